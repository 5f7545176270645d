//! Sealing keys between their stored form and the keyring. What is stored may be anything: a bad key is reported
//! and left out, never an exit.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use sealer_core::{Timestamp, cert};
use tokio::sync::watch;
use unsealer::{
    KeyPairError, Keyring, PrivateKey, PrivateKeyError, SealingKeyPair, SelfSignedError, self_signed,
};
use zeroize::Zeroizing;

use crate::decide::KeyMeta;

/// The type of the Secret that holds a sealing key.
pub const KEY_TYPE: &str = "kubernetes.io/tls";
/// The label that marks such a Secret; any value but [`KEY_ACTIVE`] retires it.
pub const KEY_LABEL: &str = "sealedsecrets.bitnami.com/sealed-secrets-key";
/// The value of that label for a key in use.
pub const KEY_ACTIVE: &str = "active";

/// A sealing key as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// The name of the Secret or file.
    pub name: String,
    /// `tls.key`, the private key in PEM.
    pub private_pem: Zeroizing<String>,
    /// `tls.crt`, the certificate in PEM.
    pub certificate_pem: String,
}

impl std::fmt::Debug for StoredKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredKey").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A stored key can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// The Secret has another type.
    #[error("it is not of type {KEY_TYPE}")]
    Type,
    /// A part is missing.
    #[error("it has no {0}")]
    Missing(&'static str),
    /// A part is not text.
    #[error("{0} is not PEM")]
    NotText(&'static str),
    /// The private key can't be used.
    #[error("tls.key: {0}")]
    Private(#[from] PrivateKeyError),
    /// The two parts don't make a sealing key.
    #[error(transparent)]
    Pair(#[from] KeyPairError),
}

/// A new key could not be made.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// There is no private key.
    #[error("cannot generate a private key: {0}")]
    Private(#[from] PrivateKeyError),
    /// There is no certificate for it.
    #[error("cannot sign the certificate of a new key: {0}")]
    Certificate(#[from] SelfSignedError),
}

/// How new keys are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPolicy {
    /// What the names of new keys start with.
    pub prefix: String,
    /// Their size in bits.
    pub bits: usize,
    /// How long their certificates are valid.
    pub ttl: Duration,
    /// The common name in their certificates.
    pub common_name: String,
    /// After how long the newest is followed by another; `None` for never.
    pub renew: Option<Duration>,
    /// What makes a key newer than another.
    pub order: KeyOrder,
    /// A newest key from before this moment is followed by another.
    pub cutoff: Option<Timestamp>,
    /// Annotations for the Secrets of new keys.
    pub annotations: BTreeMap<String, String>,
    /// Labels for the Secrets of new keys. [`KEY_LABEL`] is not theirs to set.
    pub labels: BTreeMap<String, String>,
}

/// What makes a key newer than another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum KeyOrder {
    /// The start of its certificate.
    #[default]
    CertNotBefore,
    /// The creation of its Secret.
    SecretCreationTimestamp,
}

/// All usable keys at one moment.
#[derive(Debug, Default)]
pub struct Ring {
    /// The keys.
    pub keys: Keyring,
    /// The fingerprints of their certificates.
    pub ids: BTreeSet<String>,
}

/// Hands the newest ring to whoever needs it.
pub type RingReceiver = watch::Receiver<std::sync::Arc<Ring>>;

impl Ring {
    /// Loads what can be loaded, and says why the rest can't. Takes a few milliseconds for each key.
    pub fn load(stored: &[StoredKey]) -> (Self, Vec<(String, KeyFault)>) {
        let mut pairs = Vec::new();
        let mut faults = Vec::new();
        for key in stored {
            match key.pair() {
                Ok(pair) => pairs.push(pair),
                Err(fault) => faults.push((key.name.clone(), fault)),
            }
        }
        let ids = pairs.iter().map(|pair| pair.certificate.fingerprint()).collect();
        (Self { keys: Keyring::new(pairs), ids }, faults)
    }

    /// What decisions about keys need to know, newest first.
    pub fn metas(&self) -> Vec<KeyMeta> {
        let meta = |pair: &SealingKeyPair| KeyMeta {
            order: pair.order,
            fingerprint: pair.certificate.fingerprint(),
        };
        self.keys.iter().map(meta).collect()
    }
}

impl StoredKey {
    /// The key in use, ordered by the start of its certificate.
    pub fn pair(&self) -> Result<SealingKeyPair, KeyFault> {
        let private = PrivateKey::from_pem(&self.private_pem)?;
        let order = cert::parse(&self.certificate_pem).map_err(KeyPairError::Certificate)?.not_before();
        Ok(SealingKeyPair::new(self.name.clone(), private, self.certificate_pem.clone(), order)?)
    }

    /// Makes a new key with a self-signed certificate. Takes half a second for 4096 bits.
    pub fn generate(
        name: String,
        policy: &KeyPolicy,
        now: Timestamp,
        serial: [u8; 16],
    ) -> Result<Self, GenerateError> {
        let private = PrivateKey::generate(policy.bits)?;
        let certificate_pem = self_signed(&private, &policy.common_name, now, policy.ttl.as_secs(), serial)?;
        Ok(Self { name, private_pem: private.to_pkcs1_pem(), certificate_pem })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn policy() -> KeyPolicy {
        KeyPolicy {
            prefix: "sealed-secrets-key".into(),
            bits: 2048,
            ttl: Duration::from_secs(87_600 * 3600),
            common_name: String::new(),
            renew: None,
            order: KeyOrder::default(),
            cutoff: None,
            annotations: BTreeMap::new(),
            labels: BTreeMap::new(),
        }
    }

    pub(crate) fn stored(name: &str, at: u64) -> StoredKey {
        StoredKey::generate(name.into(), &policy(), Timestamp::from_unix_seconds(at), [7; 16]).unwrap()
    }

    #[test]
    fn a_bad_key_is_named_and_the_others_serve() {
        let (old, new) = (stored("old", 1_700_000_000), stored("new", 1_800_000_000));
        let mixed =
            StoredKey { certificate_pem: old.certificate_pem.clone(), name: "mixed".into(), ..new.clone() };
        let junk =
            StoredKey { private_pem: Zeroizing::new("junk".into()), name: "junk".into(), ..new.clone() };
        let (ring, faults) = Ring::load(&[old, mixed, new.clone(), junk]);
        let names: Vec<&str> = ring.keys.iter().map(|pair| pair.name.as_str()).collect();
        assert_eq!(names, ["new", "old"]);
        assert_eq!(ring.ids.len(), 2);
        assert_eq!(ring.keys.newest().unwrap().certificate_pem, new.certificate_pem);
        let faulty: Vec<&str> = faults.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(faulty, ["mixed", "junk"]);
        assert_eq!(faults[0].1, KeyFault::Pair(KeyPairError::Mismatch));
    }

    #[test]
    fn debug_of_a_stored_key_shows_its_name_alone() {
        let key = stored("k", 1);
        let shown = format!("{key:?}");
        assert!(shown.contains("\"k\"") && !shown.contains("BEGIN"), "{shown}");
    }
}
