//! What the one box holds: decides what a text is, reads it, and says what was found. No value leaves here
//! but inside the manifests.

use std::rc::Rc;

use sealer_core::dotenv::{self, Dialect};
use sealer_core::manifest::{self, Policy, Position, Recognised};
use sealer_core::secret::is_data_key;
use sealer_core::{Metadata, Scope, SecretManifest};

use crate::names;
use crate::sealed_file::{Document, SealedFile};
use crate::text;

/// What a text was taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One Secret manifest or more.
    Manifests,
    /// `KEY=value` lines.
    Lines(Dialect),
}

/// What was read, without any value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// What the text was taken for.
    pub kind: Kind,
    /// The Secrets in their order; never empty.
    pub secrets: Vec<SecretSummary>,
}

/// One Secret, without its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretSummary {
    /// The name in the text; empty without one.
    pub name: String,
    /// The namespace in the text; empty without one.
    pub namespace: String,
    /// The scope that its annotations say.
    pub scope: Scope,
    /// What is known of each value.
    pub values: Vec<ValueSummary>,
    /// Fields that a cluster had added and that were left out.
    pub stripped: Vec<&'static str>,
}

/// What may be shown of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueSummary {
    /// Its key.
    pub key: Rc<str>,
    /// Its length in bytes; sealing doesn't hide it either.
    pub bytes: usize,
    /// Whether it ends with a line break, which applications often take as part of a password.
    pub line_break: bool,
}

/// What a text turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Values to seal.
    Values(Rc<Summary>),
    /// A file with SealedSecrets, to be changed.
    File(Rc<SealedFile>),
}

/// Why a text can't be sealed, in words for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, if it is one place.
    pub at: Option<Position>,
    /// What is wrong.
    pub what: String,
    /// What to do next.
    pub next: Option<&'static str>,
}

/// Whether a text is a SealedSecret, perhaps among other documents.
pub fn is_sealed(text: &str) -> bool {
    matches!(guess(text), Guess::Manifests) && manifest::recognise(text) == Recognised::SealedSecret
}

/// Reads a text with values that is not blank.
pub fn read(text: &str, dialect: Dialect) -> Result<(Summary, Vec<SecretManifest>), Problem> {
    let (kind, manifests) = match guess(text) {
        Guess::Manifests => {
            let manifests = manifest::read_secrets(text, Policy::Strict)
                .map_err(|error| text::manifest_problem(&error))?;
            (Kind::Manifests, manifests)
        }
        Guess::Lines => {
            let values = dotenv::parse(text, dialect).map_err(|error| text::lines_problem(&error))?;
            let mut secret = SecretManifest { metadata: Metadata::default(), ..SecretManifest::default() };
            secret.data.extend(values.into_iter().map(|entry| (entry.key, entry.value)));
            (Kind::Lines(dialect), vec![secret])
        }
        Guess::PrivateKey => return Err(text::private_key_in_the_box()),
        Guess::Certificate => return Err(text::certificate_in_the_box()),
        Guess::Unknown => return Err(text::unknown_text()),
    };
    let secrets = manifests.iter().map(summary).collect::<Result<_, _>>()?;
    Ok((Summary { kind, secrets }, manifests))
}

enum Guess {
    Manifests,
    Lines,
    PrivateKey,
    Certificate,
    Unknown,
}

/// Judges by the first line that says something: comments and blank lines say nothing.
fn guess(text: &str) -> Guess {
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let Some(first) = lines.next() else { return Guess::Unknown };
    if first.starts_with("-----BEGIN ") {
        return if sealer_core::cert::contains_private_key(text) {
            Guess::PrivateKey
        } else {
            Guess::Certificate
        };
    }
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let unexported = first.strip_prefix("export ").unwrap_or(first).trim_start();
    let name_end = unexported.bytes().position(|byte| !is_name(byte)).unwrap_or(unexported.len());
    if name_end > 0 && unexported[name_end..].trim_start().starts_with('=') {
        return Guess::Lines;
    }
    let opens = first.starts_with(['{', '[', '-', '%', '"', '\'']);
    if opens || first.contains(": ") || first.ends_with(':') {
        return Guess::Manifests;
    }
    Guess::Unknown
}

fn summary(secret: &SecretManifest) -> Result<SecretSummary, Problem> {
    if let Some(key) = secret.data.keys().find(|key| !is_data_key(key)) {
        return Err(text::key_problem(key));
    }
    let total: usize = secret.data.values().map(sealer_core::Plaintext::len).sum();
    if total > names::MAX_VALUES_BYTES {
        return Err(text::too_large(total));
    }
    let values = secret.data.iter().map(|(key, value)| ValueSummary {
        key: Rc::from(key.as_str()),
        bytes: value.len(),
        // Exposed for one byte, of which one bit is kept.
        line_break: value.expose().ends_with(b"\n"),
    });
    Ok(SecretSummary {
        name: secret.metadata.name.clone(),
        namespace: secret.metadata.namespace.clone(),
        scope: Scope::from_annotations(&secret.metadata.annotations),
        values: values.collect(),
        stripped: secret.stripped.clone(),
    })
}

impl Summary {
    /// How many values there are in all Secrets together.
    pub fn values(&self) -> usize {
        self.secrets.iter().map(|secret| secret.values.len()).sum()
    }

    /// The only Secret, if there is just one.
    pub fn only(&self) -> Option<&SecretSummary> {
        match self.secrets.as_slice() {
            [secret] => Some(secret),
            _ => None,
        }
    }

    /// Whether these can be values for that SealedSecret: one Secret that has the same name, or none.
    pub fn fits(&self, document: &Document) -> bool {
        let same = |said: &str, known: &str| said.is_empty() || known.is_empty() || said == known;
        self.only().is_some_and(|secret| {
            same(&secret.name, &document.name) && same(&secret.namespace, &document.namespace)
        })
    }

    /// The scope that all Secrets agree on.
    pub fn scope(&self) -> Option<Scope> {
        let (first, rest) = self.secrets.split_first()?;
        rest.iter().all(|secret| secret.scope == first.scope).then_some(first.scope)
    }
}

#[cfg(test)]
mod tests;
