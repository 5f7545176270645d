//! What the one box holds: decides what a text is, reads it, and says what was found. No value leaves here
//! but inside the manifests.

use std::rc::Rc;

use sealer_core::dotenv::{self, Dialect};
use sealer_core::manifest::{self, Policy, Position, Recognised};
use sealer_core::secret::is_data_key;
use sealer_core::{Plaintext, Scope, SecretManifest, builders, decode_base64, split_pair};
use zeroize::Zeroizing;

use crate::names;
use crate::sealed_file::{Document, SealedFile};
use crate::secret_type::{DOCKER_CONFIG, SSH_KEY, SecretType, TLS_CERTIFICATE, TLS_KEY};
use crate::text;

/// The least characters that are looked at as base64.
const LEAST_BASE64: usize = 8;

/// What a text was taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One Secret manifest or more.
    Manifests,
    /// `KEY=value` lines.
    Lines(Dialect),
    /// All that a Secret of this type is made of, as it is used elsewhere.
    Typed(SecretType),
    /// The certificates of a Secret for TLS, without their key.
    Certificates,
    /// The key of a Secret for TLS, without its certificate.
    PrivateKey,
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
    /// What is easily wrong with it.
    pub trap: Option<Trap>,
}

/// What a value often is by mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trap {
    /// One line and its end, which applications often take as part of a password.
    LineBreak,
    /// Base64 of a text: encoded once more than it was meant to be.
    Base64,
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

/// Reads a text with values that is not blank. What is made of a key or a certificate by itself depends on the type of the
/// Secret.
pub fn read(
    text: &str,
    dialect: Dialect,
    secret_type: SecretType,
) -> Result<(Summary, Vec<SecretManifest>), Problem> {
    let (kind, manifests) = match guess(text) {
        Guess::Manifests => {
            let manifests = manifest::read_secrets(text, Policy::Strict)
                .map_err(|error| text::manifest_problem(&error))?;
            (Kind::Manifests, manifests)
        }
        Guess::Lines => {
            let values = dotenv::parse(text, dialect).map_err(|error| text::lines_problem(&error))?;
            let mut secret = SecretManifest::default();
            secret.data.extend(values.into_iter().map(|entry| (entry.key, entry.value)));
            (Kind::Lines(dialect), vec![secret])
        }
        Guess::PrivateKey => key_and_certificates(text, secret_type)?,
        Guess::DockerConfig => {
            let config = Plaintext::new(text.as_bytes().to_vec());
            (Kind::Typed(SecretType::Docker), vec![secret_of([(DOCKER_CONFIG, config)])])
        }
        Guess::Certificate if secret_type == SecretType::Tls => {
            let certificates = Plaintext::new(text.as_bytes().to_vec());
            (Kind::Certificates, vec![secret_of([(TLS_CERTIFICATE, certificates)])])
        }
        Guess::Certificate => return Err(text::certificate_in_the_box()),
        Guess::Unknown => return Err(text::unknown_text()),
    };
    let secrets = manifests.iter().map(summary).collect::<Result<_, _>>()?;
    Ok((Summary { kind, secrets }, manifests))
}

/// A certificate with its key, or a key by itself: one of SSH unless it is to be one of TLS.
fn key_and_certificates(text: &str, secret_type: SecretType) -> Result<(Kind, Vec<SecretManifest>), Problem> {
    let (certificates, mut key) = split_pair(text).ok_or_else(text::unusable_key)?;
    let key = Plaintext::new(std::mem::take(&mut *key).into_bytes());
    let found = match (certificates.is_empty(), secret_type) {
        (false, _) => {
            let certificates = Plaintext::new(certificates.into_bytes());
            let values = secret_of([(TLS_CERTIFICATE, certificates), (TLS_KEY, key)]);
            (Kind::Typed(SecretType::Tls), values)
        }
        (true, SecretType::Tls) => (Kind::PrivateKey, secret_of([(TLS_KEY, key)])),
        (true, _) => (Kind::Typed(SecretType::SshAuth), secret_of([(SSH_KEY, key)])),
    };
    Ok((found.0, vec![found.1]))
}

fn secret_of<const N: usize>(values: [(&str, Plaintext); N]) -> SecretManifest {
    let mut secret = SecretManifest::default();
    for (key, value) in values {
        secret.data.insert(key.to_owned(), value);
    }
    secret
}

/// The text for the box, if that is what these files are: one that it reads, or a certificate and its key. Each of
/// other files is a value. With a SealedSecret open, so is whatever has a name there.
pub fn for_the_box(files: &[Plaintext], is_open: bool, secret_type: SecretType) -> Option<Zeroizing<String>> {
    let is_alone = files.len() == 1;
    let bytes: usize = files.iter().map(|file| file.len() + 1).sum();
    let mut text = Zeroizing::new(String::with_capacity(bytes));
    for file in files {
        // Exposed to be looked at.
        let piece = str::from_utf8(file.expose()).ok()?;
        if !is_alone && !matches!(guess(piece), Guess::Certificate | Guess::PrivateKey) {
            return None;
        }
        text.push_str(piece);
        if !is_alone {
            text.push('\n');
        }
    }
    let is_one_key = is_alone && !is_open && secret_type != SecretType::Tls;
    let is_read = match guess(&text) {
        Guess::Manifests => is_manifest(&text),
        Guess::Lines => true,
        Guess::DockerConfig => !is_open,
        Guess::PrivateKey => {
            split_pair(&text).is_some_and(|(certificates, _)| !certificates.is_empty() || is_one_key)
        }
        Guess::Certificate | Guess::Unknown => false,
    };
    (is_read && !text.contains('\0')).then_some(text)
}

/// The key of a value that is a file: the one that the type has for it, or the file's name.
pub fn key_of_file(name: &str, value: &Plaintext, secret_type: SecretType) -> String {
    // Exposed to be looked at.
    let text = str::from_utf8(value.expose()).unwrap_or_default();
    match (secret_type, guess(text)) {
        (SecretType::Tls, Guess::Certificate) => TLS_CERTIFICATE.to_owned(),
        (SecretType::Tls, Guess::PrivateKey) => TLS_KEY.to_owned(),
        _ => names::key_of_file(name),
    }
}

/// What is easily wrong with a value.
pub fn trap(value: &Plaintext) -> Option<Trap> {
    // Exposed to look at its shape; that alone is kept.
    let value = value.expose();
    if is_base64_of_text(value) {
        return Some(Trap::Base64);
    }
    builders::is_line_with_break(value).then_some(Trap::LineBreak)
}

/// Eight letters that are no base64 of anything readable are as common as passwords: of those three in a thousand decode to text.
fn is_base64_of_text(value: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(value) else { return false };
    let is_text = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    let decoded = (text.len() >= LEAST_BASE64).then(|| decode_base64(text).ok()).flatten();
    decoded.is_some_and(|decoded| Zeroizing::new(decoded).iter().all(is_text))
}

fn is_manifest(text: &str) -> bool {
    matches!(manifest::recognise(text), Recognised::SecretManifest | Recognised::SealedSecret)
}

enum Guess {
    Manifests,
    Lines,
    DockerConfig,
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
    let of_docker = ["\"auths\"", "\"credsStore\"", "\"credHelpers\""];
    if first.starts_with('{') && of_docker.iter().any(|field| text.contains(field)) && !is_manifest(text) {
        return Guess::DockerConfig;
    }
    let opens = first.starts_with(['{', '-', '%', '"', '\'']);
    if opens || first.contains(": ") || first.ends_with(':') {
        return Guess::Manifests;
    }
    Guess::Unknown
}

fn summary(secret: &SecretManifest) -> Result<SecretSummary, Problem> {
    if let Some(key) = secret.data.keys().find(|key| !is_data_key(key)) {
        return Err(text::key_problem(key));
    }
    let total: usize = secret.data.values().map(Plaintext::len).sum();
    if total > names::MAX_VALUES_BYTES {
        return Err(text::too_large(total));
    }
    let values = secret.data.iter().map(|(key, value)| ValueSummary {
        key: Rc::from(key.as_str()),
        bytes: value.len(),
        trap: trap(value),
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
