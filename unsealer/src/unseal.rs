//! Opens a SealedSecret.

use std::collections::BTreeMap;

use sealer_core::{
    BindingError, Envelope, Metadata, PlainSecret, Plaintext, Policy, SealedSecret, decode_base64, manifest,
};

use crate::keyring::Keyring;
use crate::open::open;
use crate::private_key::PrivateKey;

/// The SealedSecret does not open. No text here holds a byte of a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnsealError {
    /// Some values do not open; upstream's text for those that no key opens.
    #[error("{}", describe(.0))]
    Items(Vec<ItemError>),
    /// A name that its scope needs is missing.
    #[error(transparent)]
    Binding(#[from] BindingError),
    /// Both forms at once. The text is upstream's.
    #[error("cannot use the field 'encryptedData' and the deprecated field 'data' at the same time")]
    BothForms,
    /// The deprecated `spec.data` does not open. The text is upstream's.
    #[error("no key could decrypt secret")]
    Deprecated,
    /// What was sealed in `spec.data` is no Secret.
    #[error("the deprecated field 'data' does not hold a Secret")]
    DeprecatedContent,
    /// `spec.template.data` is not rendered by this version.
    #[error("spec.template.data is not supported by this version; seal the rendered values instead")]
    Templates,
}

/// One value that does not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemError {
    /// Its key under `encryptedData`.
    pub key: String,
    /// Why, as far as that may be told.
    pub fault: ItemFault,
}

/// Why one value does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemFault {
    /// None of the keys opens it: another cluster's, renamed, moved, rescoped or damaged. Which, nobody learns.
    NoKey,
    /// It is not base64.
    NotBase64,
    /// It ends before its own lengths say.
    Truncated,
}

impl ItemFault {
    fn text(self) -> &'static str {
        match self {
            Self::NoKey => "no key could decrypt secret",
            Self::NotBase64 => "not valid base64",
            Self::Truncated => "truncated, not a whole sealed value",
        }
    }
}

/// `no key could decrypt secret (k1, k2); not valid base64 (k3)`: one line, grouped as upstream groups.
fn describe(items: &[ItemError]) -> String {
    let mut groups: BTreeMap<ItemFault, Vec<&str>> = BTreeMap::new();
    for item in items {
        groups.entry(item.fault).or_default().push(&item.key);
    }
    let groups: Vec<String> =
        groups.iter().map(|(fault, keys)| format!("{} ({})", fault.text(), keys.join(", "))).collect();
    groups.join("; ")
}

/// Opens every value, or none: the Secret that upstream's `Unseal` would make, without the owner, which only a
/// cluster knows.
///
/// The label comes from the SealedSecret's own name, namespace and annotations. That is the access check.
pub fn unseal(sealed: &SealedSecret, ring: &Keyring) -> Result<PlainSecret, UnsealError> {
    let label = sealed.binding()?.label();
    let mut secret = match &sealed.deprecated_data {
        None => from_items(sealed, &label, ring)?,
        Some(_) if !sealed.encrypted_data.is_empty() => return Err(UnsealError::BothForms),
        Some(data) => from_deprecated(data, &label, ring)?,
    };
    secret.metadata.name.clone_from(&sealed.metadata.name);
    secret.metadata.namespace.clone_from(&sealed.metadata.namespace);
    Ok(secret)
}

fn from_items(sealed: &SealedSecret, label: &str, ring: &Keyring) -> Result<PlainSecret, UnsealError> {
    if !sealed.template.data.is_empty() {
        return Err(UnsealError::Templates);
    }
    let mut opener = Opener { label, ring, last: None };
    let mut data = BTreeMap::new();
    let mut failed = Vec::new();
    for (key, text) in &sealed.encrypted_data {
        match opener.open(text) {
            Ok(value) => drop(data.insert(key.clone(), value)),
            Err(fault) => failed.push(ItemError { key: key.clone(), fault }),
        }
    }
    if !failed.is_empty() {
        return Err(UnsealError::Items(failed));
    }
    // Labels, annotations and owners are all that a template contributes of its metadata: upstream copies the
    // rest as well, and a resourceVersion or a finalizer from there wrecks the Secret.
    let from = &sealed.template.metadata;
    let metadata = Metadata {
        labels: from.labels.clone(),
        annotations: from.annotations.clone(),
        owner_references: from.owner_references.clone(),
        ..Metadata::default()
    };
    Ok(PlainSecret {
        metadata,
        type_: sealed.template.type_.clone(),
        immutable: sealed.template.immutable,
        data,
    })
}

/// The deprecated form holds a whole Secret in JSON under one envelope.
fn from_deprecated(data: &str, label: &str, ring: &Keyring) -> Result<PlainSecret, UnsealError> {
    let json = Opener { label, ring, last: None }.open(data).map_err(|_| UnsealError::Deprecated)?;
    // Exposed to the parser, whose errors quote nothing and are dropped here all the same.
    let text = std::str::from_utf8(json.expose()).map_err(|_| UnsealError::DeprecatedContent)?;
    let manifests =
        manifest::read_secrets(text, Policy::Kubeseal).map_err(|_| UnsealError::DeprecatedContent)?;
    let manifest = manifests.into_iter().next().ok_or(UnsealError::DeprecatedContent)?;
    let metadata = Metadata {
        labels: manifest.metadata.labels,
        annotations: manifest.metadata.annotations,
        ..Metadata::default()
    };
    Ok(PlainSecret { metadata, type_: manifest.type_, immutable: manifest.immutable, data: manifest.data })
}

/// Opens the values of one object, starting with the key that opened the one before.
struct Opener<'a> {
    label: &'a str,
    ring: &'a Keyring,
    last: Option<&'a PrivateKey>,
}

impl Opener<'_> {
    fn open(&mut self, text: &str) -> Result<Plaintext, ItemFault> {
        let sealed = decode_base64(text).map_err(|_| ItemFault::NotBase64)?;
        let envelope = Envelope::parse(&sealed).map_err(|_| ItemFault::Truncated)?;
        let last = self.last;
        let others =
            self.ring.private_keys().filter(|key| !last.is_some_and(|last| std::ptr::eq(last, *key)));
        for key in last.into_iter().chain(others) {
            if let Some(value) = open(&envelope, self.label, key) {
                self.last = Some(key);
                return Ok(value);
            }
        }
        Err(ItemFault::NoKey)
    }
}
