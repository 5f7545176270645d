//! Values in the open: Secrets beside the SealedSecrets, and the copies that kubectl leaves in annotations.

use super::Rule;
use super::document::is_placeholder;
use super::report::Report;
use super::sealed::{Metadata, name_of};
use crate::manifest::{COPIES, Node, outline};
use crate::secret::is_data_key;

/// How many keys a message names.
const NAMES: usize = 5;

/// Checks a Secret: it should not be here, unless it holds nothing.
pub(super) fn check(report: &mut Report<'_>, secret: Node<'_, '_>) {
    let keys = plain_keys(secret);
    let Some((_, first)) = keys.first() else { return };
    report.object = name_of(secret);
    let mut names: Vec<String> = keys
        .iter()
        .take(NAMES)
        .filter(|(key, _)| is_data_key(key))
        .map(|(key, _)| format!("`{key}`"))
        .collect();
    if keys.len() > names.len() {
        names.push(format!("{} more", keys.len() - names.len()));
    }
    let value = if keys.len() == 1 { "a value" } else { "values" };
    report.add(Rule::Plaintext, *first, format!("a Secret with {value} in plain text: {}", names.join(", ")));
}

/// Checks the annotations of a SealedSecret or of its template.
pub(super) fn check_copies(report: &mut Report<'_>, metadata: &Metadata<'_, '_>) {
    for name in COPIES {
        if let Some((copy, at)) = metadata.annotations.get(name)
            && holds_values(copy)
        {
            report.add(Rule::PlaintextCopy, *at, "this annotation holds a Secret's values in plain text");
        }
    }
}

fn holds_values(copy: &str) -> bool {
    outline(copy).iter().any(|document| match document.root() {
        Ok(Some(root)) => {
            let is_other = root.get("kind").is_some_and(|kind| kind.scalar() != Some("Secret"));
            !is_other && !plain_keys(root).is_empty()
        }
        Ok(None) => false,
        // Cut or not, what it holds is not known to be harmless.
        Err(_) => copy.contains("\"data\"") || copy.contains("\"stringData\""),
    })
}

/// The keys of all values that are neither empty, nor encrypted by SOPS, nor filled in later.
fn plain_keys<'t, 'a>(secret: Node<'t, 'a>) -> Vec<(&'t str, Node<'t, 'a>)> {
    let by_sops = secret.get("sops").is_some();
    let maps = ["data", "stringData"].into_iter().filter_map(|field| secret.get(field));
    maps.flat_map(Node::entries)
        .filter(|(_, value)| {
            let text = value.scalar().unwrap_or_default();
            let harmless = text.trim().is_empty()
                || value.is_null()
                || is_placeholder(text)
                || by_sops && text.starts_with("ENC[");
            // A value that is no scalar is refused by every cluster; what is in it is in the open all the same.
            !harmless || value.is_mapping() || value.items().next().is_some()
        })
        .map(|(key, _)| (key.scalar().unwrap_or_default(), key))
        .collect()
}
