//! A SealedSecret taken apart, so that its items can be opened in any order and on any thread.

use std::collections::{BTreeMap, BTreeSet};

use sealer_core::{Metadata, PlainSecret, Plaintext, Policy, SealedSecret, manifest};

use crate::error::{ItemError, ItemFault, UnsealError};
use crate::keyring::{Candidate, Keyring};
use crate::open::{try_keys, with_envelope};
use crate::template::{self, Identity};

/// A SealedSecret that may be opened, item by item.
#[derive(Debug)]
pub struct Job<'a> {
    pub(crate) sealed: &'a SealedSecret,
    label: String,
    identity: Identity<'a>,
}

/// What became of one item.
#[derive(Debug)]
pub struct Opening {
    /// Which item it was.
    index: usize,
    value: Result<Plaintext, ItemFault>,
    /// The fingerprint of the certificate of the key that opened it; `None` if it did not open, or if the key has no
    /// certificate.
    pub key: Option<String>,
    /// How many keys were tried. Each trial is one RSA operation, and nothing else costs that much.
    pub trials: u32,
}

impl Opening {
    /// The value, if it opened.
    pub fn value(&self) -> Option<&Plaintext> {
        self.value.as_ref().ok()
    }
}

/// A SealedSecret that was opened.
#[derive(Debug)]
pub struct Opened {
    /// The Secret that upstream's `Unseal` would make, without the owner, which only a cluster knows.
    pub secret: PlainSecret,
    /// The fingerprints of the certificates of all keys that opened an item.
    pub keys: BTreeSet<String>,
}

impl<'a> Job<'a> {
    /// Judges everything that can be judged without a key; costs next to nothing.
    ///
    /// The label comes from the SealedSecret's own name, namespace and annotations. That is the access check.
    pub fn new(sealed: &'a SealedSecret, accept_deprecated: bool) -> Result<Self, UnsealError> {
        let label = sealed.binding()?.label();
        if sealed.deprecated_data.is_some() {
            if !accept_deprecated {
                return Err(UnsealError::DeprecatedOff);
            }
            if !sealed.encrypted_data.is_empty() {
                return Err(UnsealError::BothForms);
            }
        }
        Ok(Self { sealed, label, identity: Identity::default() })
    }

    /// The same for an object that has an identity: its templates may ask for random bytes and for the time.
    pub fn identified(self, identity: Identity<'a>) -> Self {
        Self { identity, ..self }
    }

    /// How many items there are to open. The deprecated form is one.
    pub fn len(&self) -> usize {
        self.sealed.deprecated_data.as_ref().map_or(self.sealed.encrypted_data.len(), |_| 1)
    }

    /// Whether there is nothing to open.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Opens one item; `index` counts from 0 to [`Self::len`]. The key with the fingerprint in `hint` is tried
    /// first, then the newest. A key of another size than the item was sealed for is not tried at all.
    pub fn open(&self, index: usize, ring: &Keyring, hint: Option<&str>) -> Opening {
        let hint = hint.and_then(|fingerprint| ring.candidate(fingerprint));
        self.open_with(index, ring, hint).0
    }

    /// Opens all items, one after the other.
    pub fn open_all(&self, ring: &Keyring) -> Vec<Opening> {
        let mut hint = None;
        (0..self.len())
            .map(|index| {
                let (opening, key) = self.open_with(index, ring, hint);
                hint = key.or(hint);
                opening
            })
            .collect()
    }

    fn open_with<'r>(
        &self,
        index: usize,
        ring: &'r Keyring,
        hint: Option<Candidate<'r>>,
    ) -> (Opening, Option<Candidate<'r>>) {
        let mut trials = 0;
        let result = with_envelope(self.text(index), |envelope| {
            try_keys(envelope, &self.label, ring, hint, &mut trials).ok_or(ItemFault::NoKey)
        });
        let (value, candidate) = match result {
            Ok((value, candidate)) => (Ok(value), Some(candidate)),
            Err(fault) => (Err(fault), None),
        };
        let key = candidate.and_then(|candidate| candidate.fingerprint).map(str::to_owned);
        (Opening { index, value, key, trials }, candidate)
    }

    fn text(&self, index: usize) -> &'a str {
        let text = match &self.sealed.deprecated_data {
            Some(data) => Some(data),
            None => self.sealed.encrypted_data.values().nth(index),
        };
        text.expect("the index is below the number of items")
    }

    /// Why this item alone keeps the SealedSecret from opening, if it did not open.
    pub fn refusal(&self, opening: &Opening) -> Option<UnsealError> {
        let fault = opening.value.as_ref().err()?;
        let key = self.sealed.encrypted_data.keys().nth(opening.index);
        Some(match key {
            Some(key) => {
                let failed = vec![ItemError { key: key.clone(), fault: *fault }];
                UnsealError::Items { failed, cause: None }
            }
            None => UnsealError::Deprecated { cause: None },
        })
    }

    /// Whether there are templates, so that [`Self::assemble`] may take a second. The deprecated form has none, as
    /// upstream sees it.
    pub fn renders(&self) -> bool {
        self.sealed.deprecated_data.is_none() && !self.sealed.template.data.is_empty()
    }

    /// The Secret around the openings of all items, in any order; or why there is none, all items together.
    /// `ring` is the one that they were opened with.
    pub fn assemble(&self, openings: Vec<Opening>, ring: &Keyring) -> Result<Opened, UnsealError> {
        let keys: BTreeSet<String> = openings.iter().filter_map(|opening| opening.key.clone()).collect();
        let mut secret = self.plain(openings)?;
        if self.renders() {
            let opener = keys.iter().find_map(|key| ring.candidate(key)).or_else(|| ring.candidates().last());
            // Without any item to open there may be no key; then anybody could foretell the random bytes.
            let seed = opener.ok_or(UnsealError::NoKeys)?.key.derive(template::PURPOSE);
            template::render(self.sealed, self.identity, seed.as_slice(), &mut secret.data)
                .map_err(UnsealError::Template)?;
        }
        Ok(Opened { secret, keys })
    }

    /// Whether all items opened. Nothing is rendered: what a template says of the values is nobody's business
    /// who may only ask whether they open.
    pub fn verify(&self, openings: Vec<Opening>) -> Result<(), UnsealError> {
        self.plain(openings).map(drop)
    }

    /// The Secret as far as it was sealed; no template has a say in the values.
    pub(crate) fn plain(&self, openings: Vec<Opening>) -> Result<PlainSecret, UnsealError> {
        let values = in_order(openings, self.len());
        let mut secret = match &self.sealed.deprecated_data {
            None => self.around(values)?,
            Some(_) => from_deprecated(values)?,
        };
        secret.metadata.name.clone_from(&self.sealed.metadata.name);
        secret.metadata.namespace.clone_from(&self.sealed.metadata.namespace);
        Ok(secret)
    }

    fn around(&self, values: Vec<Result<Plaintext, ItemFault>>) -> Result<PlainSecret, UnsealError> {
        let mut data = BTreeMap::new();
        let mut failed = Vec::new();
        for (key, value) in self.sealed.encrypted_data.keys().zip(values) {
            match value {
                Ok(value) => drop(data.insert(key.clone(), value)),
                Err(fault) => failed.push(ItemError { key: key.clone(), fault }),
            }
        }
        if !failed.is_empty() {
            return Err(UnsealError::Items { failed, cause: None });
        }
        // Labels, annotations and owners are all that a template contributes of its metadata: upstream copies the
        // rest as well, and a resourceVersion or a finalizer from there wrecks the Secret.
        let template = &self.sealed.template;
        let metadata = Metadata {
            labels: template.metadata.labels.clone(),
            annotations: template.metadata.annotations.clone(),
            owner_references: template.metadata.owner_references.clone(),
            ..Metadata::default()
        };
        Ok(PlainSecret { metadata, type_: template.type_.clone(), immutable: template.immutable, data })
    }
}

/// The deprecated form holds a whole Secret in JSON under one envelope.
fn from_deprecated(values: Vec<Result<Plaintext, ItemFault>>) -> Result<PlainSecret, UnsealError> {
    let json =
        values.into_iter().next().and_then(Result::ok).ok_or(UnsealError::Deprecated { cause: None })?;
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

/// The values in the order of the items. A value under the key of another would be the worst of all mistakes.
fn in_order(mut openings: Vec<Opening>, items: usize) -> Vec<Result<Plaintext, ItemFault>> {
    openings.sort_by_key(|opening| opening.index);
    assert!(openings.iter().map(|opening| opening.index).eq(0..items), "every item is opened once");
    openings.into_iter().map(|opening| opening.value).collect()
}
