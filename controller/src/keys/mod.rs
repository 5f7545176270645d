//! Sealing keys between their stored form and the keyring. What is stored may be anything: a bad key is reported
//! and left out, never an exit.

pub mod follow;
pub mod rotate;
pub mod store;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use sealer_core::{Timestamp, cert};
use tokio::sync::watch;
use unsealer::{
    KeyPairError, Keyring, PrivateKey, PrivateKeyError, SealingKeyPair, SelfSignedError, self_signed,
};
use zeroize::Zeroizing;

use crate::decide::{KeyMeta, Keys};
use crate::metrics::{KeyTimes, Metrics};

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
    /// When it became the key to seal with, where that is not the start of its certificate.
    pub order: Option<Timestamp>,
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
    /// Reading it ended in a panic.
    #[error("reading it broke off; this is a bug")]
    BrokeOff,
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
    pub ids: Keys,
}

/// Shows the keys among the metrics, for as long as they may change.
pub async fn show(mut ring: RingReceiver, metrics: Arc<Metrics>) {
    loop {
        let times = |pair: &SealingKeyPair| KeyTimes {
            name: pair.name.clone(),
            not_before: pair.certificate.not_before(),
            not_after: pair.certificate.not_after(),
        };
        metrics.set_keys(ring.borrow_and_update().keys.iter().map(times).collect());
        if ring.changed().await.is_err() {
            return;
        }
    }
}

/// Hands the newest ring to whoever needs it.
pub type RingReceiver = watch::Receiver<Arc<Ring>>;

impl Ring {
    /// Loads what can be loaded, and says why the rest can't. Takes a few milliseconds for each key.
    pub fn load(stored: &[StoredKey]) -> (Self, Vec<(String, KeyFault)>) {
        Self::load_with(stored, StoredKey::pair)
    }

    fn load_with(
        stored: &[StoredKey],
        pair: impl Fn(&StoredKey) -> Result<SealingKeyPair, KeyFault>,
    ) -> (Self, Vec<(String, KeyFault)>) {
        let mut pairs = Vec::new();
        let mut faults = Vec::new();
        for key in stored {
            // Anybody's file or Secret is read here: a mistake in that must not cost the other keys.
            let read = catch_unwind(AssertUnwindSafe(|| pair(key)));
            match read.unwrap_or(Err(KeyFault::BrokeOff)) {
                Ok(pair) => pairs.push(pair),
                Err(fault) => faults.push((key.name.clone(), fault)),
            }
        }
        let ids = pairs.iter().map(|pair| pair.fingerprint().to_owned()).collect();
        let ids = Keys::new(ids);
        (Self { keys: Keyring::new(pairs), ids }, faults)
    }

    /// What can be said of the keys, newest first.
    pub fn metas(&self) -> Vec<KeyMeta> {
        let meta = |pair: &SealingKeyPair| KeyMeta {
            name: pair.name.clone(),
            order: pair.order,
            expiry: pair.certificate.not_after(),
            fingerprint: pair.fingerprint().to_owned(),
        };
        self.keys.iter().map(meta).collect()
    }
}

impl StoredKey {
    /// The key in use. Of a chain the first certificate counts, and it alone is handed out, as upstream does.
    pub fn pair(&self) -> Result<SealingKeyPair, KeyFault> {
        let private = PrivateKey::from_pem(&self.private_pem)?;
        let start = cert::parse(&self.certificate_pem).map_err(KeyPairError::Certificate)?.not_before();
        let certificate = first_certificate(&self.certificate_pem);
        Ok(SealingKeyPair::new(self.name.clone(), private, certificate, self.order.unwrap_or(start))?)
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
        Ok(Self { name, order: None, private_pem: private.to_pkcs1_pem(), certificate_pem })
    }
}

/// The first certificate of a PEM text, without what stands around it.
fn first_certificate(pem: &str) -> String {
    let lines = pem.lines().map(str::trim).skip_while(|line| *line != "-----BEGIN CERTIFICATE-----");
    let mut block = String::with_capacity(pem.len());
    for line in lines {
        block.push_str(line);
        block.push('\n');
        if line == "-----END CERTIFICATE-----" {
            break;
        }
    }
    block
}

#[cfg(test)]
pub(crate) mod tests;
