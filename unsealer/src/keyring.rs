//! The keys that may open a value, newest first.

use sealer_core::{CertError, SealingCert, Timestamp, cert};
use zeroize::Zeroizing;

use crate::private_key::PrivateKey;

/// A sealing key with the certificate that hands out its public half.
#[derive(Debug)]
pub struct SealingKeyPair {
    /// The name of the Secret or file that holds it.
    pub name: String,
    /// The certificate.
    pub certificate: SealingCert,
    /// The certificate as it is handed out.
    pub certificate_pem: String,
    /// When the key became the one to seal with: the certificate's start, or the Secret's creation.
    pub order: Timestamp,
    fingerprint: String,
    private: PrivateKey,
}

/// The two halves don't make a sealing key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyPairError {
    /// The certificate can't be used.
    #[error("tls.crt: {0}")]
    Certificate(#[source] CertError),
    /// The certificate carries another key: what it seals, this key would not open.
    #[error("tls.crt and tls.key do not belong together")]
    Mismatch,
}

/// All sealing keys at one moment; never changed, only replaced.
#[derive(Debug, Default)]
pub struct Keyring {
    pairs: Vec<SealingKeyPair>,
    bare: Vec<PrivateKey>,
}

impl SealingKeyPair {
    /// Joins the halves, if they belong together.
    pub fn new(
        name: String,
        private: PrivateKey,
        certificate_pem: String,
        order: Timestamp,
    ) -> Result<Self, KeyPairError> {
        let certificate = cert::parse(&certificate_pem).map_err(KeyPairError::Certificate)?;
        if certificate.key() != private.public() {
            return Err(KeyPairError::Mismatch);
        }
        let fingerprint = certificate.fingerprint();
        Ok(Self { name, certificate, certificate_pem, order, fingerprint, private })
    }

    /// The fingerprint of the certificate, which names this key everywhere.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    fn candidate(&self) -> Candidate<'_> {
        Candidate { key: &self.private, fingerprint: Some(&self.fingerprint) }
    }

    /// A secret of its own for each purpose, as [`PrivateKey::derive`] makes it.
    pub fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        self.private.derive(purpose)
    }
}

impl Keyring {
    /// Orders the keys newest first; equal moments are ordered by name, so that every start agrees.
    pub fn new(mut pairs: Vec<SealingKeyPair>) -> Self {
        pairs.sort_by(|a, b| b.order.cmp(&a.order).then_with(|| b.name.cmp(&a.name)));
        Self { pairs, bare: Vec::new() }
    }

    /// Keys of which only the private half is known, in the order given: for recovery from a backup.
    pub fn from_private_keys(bare: Vec<PrivateKey>) -> Self {
        Self::default().with_private_keys(bare)
    }

    /// The same, and keys of which only the private half is known, tried after the others.
    pub fn with_private_keys(self, bare: Vec<PrivateKey>) -> Self {
        Self { bare, ..self }
    }

    /// The key to seal with.
    pub fn newest(&self) -> Option<&SealingKeyPair> {
        self.pairs.first()
    }

    /// The keys that have a certificate, newest first.
    pub fn iter(&self) -> impl Iterator<Item = &SealingKeyPair> {
        self.pairs.iter()
    }

    /// The key of which the certificate has this fingerprint.
    pub fn by_fingerprint(&self, fingerprint: &str) -> Option<&SealingKeyPair> {
        self.pairs.iter().find(|pair| pair.fingerprint == fingerprint)
    }

    /// How many keys can open something.
    pub fn len(&self) -> usize {
        self.pairs.len() + self.bare.len()
    }

    /// Whether nothing can be opened.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The keys in the order in which they are tried.
    pub(crate) fn candidates(&self) -> impl Iterator<Item = Candidate<'_>> {
        let bare = self.bare.iter().map(|key| Candidate { key, fingerprint: None });
        self.pairs.iter().map(SealingKeyPair::candidate).chain(bare)
    }

    /// The key of which the certificate has this fingerprint.
    pub(crate) fn candidate(&self, fingerprint: &str) -> Option<Candidate<'_>> {
        self.by_fingerprint(fingerprint).map(SealingKeyPair::candidate)
    }
}

/// A private key that may be tried, and the name it has if it opens something.
#[derive(Clone, Copy)]
pub(crate) struct Candidate<'r> {
    pub(crate) key: &'r PrivateKey,
    pub(crate) fingerprint: Option<&'r str>,
}
