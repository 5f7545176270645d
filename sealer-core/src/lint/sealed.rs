//! One SealedSecret: its fields, and from there to what stands in them.

use std::collections::BTreeMap;

use super::document::add_problem;
use super::report::Report;
use super::{Object, Rule, names, plaintext, scope, template, values};
use crate::emit;
use crate::manifest::{Node, Problem};
use crate::scope::Scope;
use crate::secret::is_data_key;

/// The longest JSON that fits into the annotation of `kubectl apply`.
const APPLY_BYTES: usize = 262_144;
/// The longest request that etcd takes by default.
const ETCD_BYTES: usize = 3 << 19;
/// How far a name may be from the one that was meant.
const SLIPS: usize = 2;

/// A field or an entry: its key, where that stands, and the value.
pub(super) struct Entry<'t, 'a> {
    pub(super) key: &'t str,
    pub(super) key_at: Node<'t, 'a>,
    pub(super) value: Node<'t, 'a>,
}

/// A text of the object, with its place.
pub(super) type Text<'t, 'a> = (&'t str, Node<'t, 'a>);

/// What is read of `metadata`, of the object or of its template.
#[derive(Default)]
pub(super) struct Metadata<'t, 'a> {
    pub(super) name: Option<Text<'t, 'a>>,
    pub(super) namespace: Option<Text<'t, 'a>>,
    pub(super) generates_name: bool,
    /// A name that is there but can't be read, which is told already.
    pub(super) unreadable: bool,
    pub(super) annotations: BTreeMap<&'t str, Text<'t, 'a>>,
}

impl<'t> Metadata<'t, '_> {
    pub(super) fn name(&self) -> &'t str {
        self.name.map_or("", |(name, _)| name)
    }

    pub(super) fn namespace(&self) -> &'t str {
        self.namespace.map_or("", |(namespace, _)| namespace)
    }

    pub(super) fn scope(&self) -> Scope {
        let annotations = self.annotations.iter().map(|(name, (value, _))| (*name, *value));
        Scope::from_annotations(&annotations.map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// Checks a SealedSecret.
pub(super) fn check(report: &mut Report<'_>, node: Node<'_, '_>, document: &str) {
    report.object = name_of(node);
    let before = report.count();
    let fields = fields(report, node, Some(&["apiVersion", "kind", "metadata", "spec", "status"]));
    let field = |name: &str| fields.iter().find(|field| field.key == name).map(|field| field.value);
    let meta = field("metadata").map(|node| metadata(report, node)).unwrap_or_default();
    let spec =
        field("spec").map(|node| self::fields(report, node, Some(&["encryptedData", "template", "data"])));
    let spec = spec.unwrap_or_default();
    let spec_field = |name: &str| spec.iter().find(|field| field.key == name);
    let template = spec_field("template").map(|field| field.value);
    let of_template = template
        .map(|node| self::fields(report, node, Some(&["metadata", "type", "immutable", "data"])))
        .unwrap_or_default();
    let template_field =
        |name: &str| of_template.iter().find(|field| field.key == name).map(|field| field.value);
    let template_meta = template_field("metadata").map(|node| metadata(report, node)).unwrap_or_default();

    names::check(report, node, &meta, &template_meta);
    scope::check(report, &meta, &template_meta);
    plaintext::check_copies(report, &meta);
    plaintext::check_copies(report, &template_meta);

    let encrypted = spec_field("encryptedData");
    let items = encrypted.map(|field| values::check(report, field)).unwrap_or_default();
    let templates = template_field("data").map(|node| texts(report, node)).unwrap_or_default();
    template::take(report, &templates);
    let deprecated = spec_field("data").filter(|field| !field.value.is_null());
    match (deprecated, items.is_empty()) {
        (Some(data), true) => {
            report.add(Rule::DeprecatedData, data.key_at, "`spec.data` is deprecated");
        }
        (Some(data), false) => {
            report.add(Rule::BothForms, data.key_at, "`spec.data` stands beside `spec.encryptedData`");
        }
        // What starts with a dollar sign is an instruction for Kustomize.
        (None, true) if templates.is_empty() && node.get("$patch").is_none() && report.is_sound(before) => {
            let at = encrypted.map_or(node, |field| field.key_at);
            report.add(Rule::NoValues, at, "there is no sealed value");
        }
        (None, _) => {}
    }
    size(report, node, document, before);
    report.objects.push(Object {
        namespace: meta.namespace().to_owned(),
        name: meta.name().to_owned(),
        scope: meta.scope(),
        place: report.place_of(node),
        items,
    });
}

/// What remains: whatever the reader refuses that no rule has told, and how large the object is.
fn size(report: &mut Report<'_>, node: Node<'_, '_>, document: &str, before: usize) {
    let sealed = match node.sealed_secret() {
        Ok(sealed) => sealed,
        Err(error) => {
            if let Some((position, problem)) = error.position().zip(error.problem())
                && report.count() == before
                && !matches!(problem, Problem::UnknownField { .. })
            {
                let at = report.rest_of_line(position);
                add_problem(report, at, problem);
            }
            return;
        }
    };
    // JSON escapes and indents, but never doubles a file of base64.
    if document.len() < APPLY_BYTES / 2 {
        return;
    }
    let size = emit::to_json(&sealed).len();
    if size > ETCD_BYTES {
        report.add(
            Rule::ObjectSize,
            node,
            format!("the object has {size} bytes, and etcd takes {ETCD_BYTES}"),
        );
    } else if size > APPLY_BYTES {
        let message = format!("the object has {size} bytes, and `kubectl apply` takes {APPLY_BYTES}");
        report.add(Rule::ApplySize, node, message);
    }
}

/// How the object is called in a report.
pub(super) fn name_of(node: Node<'_, '_>) -> Option<String> {
    let metadata = node.get("metadata")?;
    let word = |field: &str| metadata.get(field).and_then(Node::scalar).filter(|name| is_data_key(name));
    let name = word("name")?;
    Some(word("namespace").map_or_else(|| name.to_owned(), |namespace| format!("{namespace}/{name}")))
}

/// `metadata`: what the rules ask about.
fn metadata<'t, 'a>(report: &mut Report<'_>, node: Node<'t, 'a>) -> Metadata<'t, 'a> {
    let mut metadata = Metadata::default();
    for Entry { key, value, .. } in fields(report, node, None) {
        match key {
            "name" | "namespace" => {
                let text = text(report, value);
                metadata.unreadable |= text.is_none();
                let text = text.filter(|(name, _)| !name.is_empty());
                *(if key == "name" { &mut metadata.name } else { &mut metadata.namespace }) = text;
            }
            "generateName" => metadata.generates_name = true,
            "annotations" => {
                let texts = texts(report, value).into_iter();
                metadata.annotations = texts.map(|(entry, text)| (entry.key, (text, entry.value))).collect();
            }
            "labels" => drop(texts(report, value)),
            _ => {}
        }
    }
    metadata
}

/// The entries of a mapping of which every value is a text; those that are none are told.
pub(super) fn texts<'t, 'a>(report: &mut Report<'_>, node: Node<'t, 'a>) -> Vec<(Entry<'t, 'a>, &'t str)> {
    let entries = fields(report, node, None).into_iter();
    entries.filter_map(|entry| text(report, entry.value).map(|(text, _)| (entry, text))).collect()
}

/// A text, or nothing and a finding.
fn text<'t, 'a>(report: &mut Report<'_>, node: Node<'t, 'a>) -> Option<Text<'t, 'a>> {
    match node.text() {
        Ok(text) => Some((text, node)),
        Err(problem) => {
            let at = report.place_of(node);
            add_problem(report, at, &problem);
            None
        }
    }
}

/// The entries of a mapping, each key once. With `known`, other keys are told.
pub(super) fn fields<'t, 'a>(
    report: &mut Report<'_>,
    node: Node<'t, 'a>,
    known: Option<&[&'static str]>,
) -> Vec<Entry<'t, 'a>> {
    if !node.is_mapping() && !node.is_null() {
        report.add(Rule::WrongType, node, "a mapping (`name: value`) is expected here");
    }
    let mut entries: Vec<Entry<'t, 'a>> = Vec::new();
    let mut seen = BTreeMap::new();
    for (key_at, value) in node.entries() {
        let key = match key_at.text() {
            Ok("<<") if report.text[key_at.at()..].starts_with("<<") => {
                report.add(Rule::Ambiguous, key_at, Problem::MergeKey.to_string());
                continue;
            }
            Ok(key) => key,
            Err(problem) => {
                let at = report.place_of(key_at);
                add_problem(report, at, &problem);
                continue;
            }
        };
        let here = report.place_of(key_at);
        if let Some(line) = seen.insert(key, here.start.line) {
            add_problem(report, here, &Problem::Duplicate { line });
            continue;
        }
        if let Some(known) = known
            && !known.contains(&key)
            && !key.starts_with('$')
        {
            let message = match meant(key, known) {
                Some(field) => format!("there is no such field; write `{field}`"),
                None => "there is no such field".to_owned(),
            };
            report.add_at(Rule::UnknownField, here, message);
            continue;
        }
        entries.push(Entry { key, key_at, value });
    }
    entries
}

/// The field that a misspelt one stands for.
fn meant(key: &str, known: &[&'static str]) -> Option<&'static str> {
    let near = |field: &str| distance(&key.to_lowercase(), &field.to_lowercase());
    let best = known.iter().copied().min_by_key(|field| near(field))?;
    (near(best) <= SLIPS).then_some(best)
}

/// Levenshtein's distance, for words of a sane length.
fn distance(a: &str, b: &str) -> usize {
    if a.len().abs_diff(b.len()) > SLIPS {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, right) in b.chars().enumerate() {
            let replaced = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_told_from_another_word() {
        let known = ["encryptedData", "template", "data"];
        for (key, field) in [
            ("encryptdData", Some("encryptedData")),
            ("encryptedata", Some("encryptedData")),
            ("Template", Some("template")),
            ("templates", Some("template")),
            ("date", Some("data")),
            ("secretName", None),
            ("", None),
        ] {
            assert_eq!(meant(key, &known), field, "{key}");
        }
    }
}
