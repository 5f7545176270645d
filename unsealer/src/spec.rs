//! What a SealedSecret seals, as bytes to sign.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest as hash};
use sealer_core::{OwnerReference, SealedSecret};

/// The digest of the sealed spec: equal where everything in it is equal. Metadata has no part in it.
pub fn digest(sealed: &SealedSecret) -> [u8; 32] {
    let SealedSecret { metadata: _, encrypted_data, deprecated_data, template } = sealed;
    let mut parts = Parts::default();
    parts.map(encrypted_data);
    parts.optional(deprecated_data.as_deref());
    parts.map(&template.metadata.labels);
    parts.map(&template.metadata.annotations);
    parts.count(template.metadata.owner_references.len());
    for owner in &template.metadata.owner_references {
        parts.owner(owner);
    }
    parts.optional(template.type_.as_deref());
    parts.flag(template.immutable);
    parts.map(&template.data);
    let digest = hash(&SHA256, parts.as_bytes());
    digest.as_ref().try_into().expect("SHA-256 gives 32 bytes")
}

/// Fields one after the other, each with its length, so that no two lists of fields look alike.
#[derive(Debug, Default)]
pub struct Parts(Vec<u8>);

impl Parts {
    /// All fields so far.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// A number, or how many fields follow.
    pub fn count(&mut self, count: usize) {
        self.0.extend((count as u64).to_be_bytes());
    }

    /// Any bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.extend(bytes);
    }

    /// A text.
    pub fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// Yes, no or neither.
    pub fn flag(&mut self, flag: Option<bool>) {
        self.0.push(flag.map_or(2, u8::from));
    }

    fn optional(&mut self, text: Option<&str>) {
        self.0.push(text.is_some().into());
        self.text(text.unwrap_or_default());
    }

    fn map(&mut self, map: &BTreeMap<String, String>) {
        self.count(map.len());
        for (key, value) in map {
            self.text(key);
            self.text(value);
        }
    }

    fn owner(&mut self, owner: &OwnerReference) {
        for text in [&owner.api_version, &owner.kind, &owner.name, &owner.uid] {
            self.text(text);
        }
        self.flag(owner.controller);
        self.flag(owner.block_owner_deletion);
    }
}
