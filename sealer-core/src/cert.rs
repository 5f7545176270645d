//! The certificate that carries a sealing key.

use sha2::{Digest, Sha256};
use x509_cert::der::Tag;
use x509_cert::der::asn1::{AnyRef, ObjectIdentifier};

use crate::der;
use crate::key::{KeyError, SealingKey};
use crate::pem;
use crate::time::Timestamp;

/// A certificate with a key that can be sealed for. Its signature, usages and start are not judged, as
/// kubeseal doesn't: trust comes from where it was fetched, and from its fingerprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealingCert {
    key: SealingKey,
    not_before: Timestamp,
    not_after: Timestamp,
    fingerprint: [u8; 32],
}

/// The text holds no certificate that can be sealed for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertError {
    /// No `CERTIFICATE` block. The text is upstream's.
    #[error("data does not contain any valid RSA or ECDSA certificates")]
    Missing,
    /// There is a private key where the certificate should be.
    #[error("this is a private key; sealing needs the certificate (BEGIN CERTIFICATE), which is public")]
    PrivateKey,
    /// A block that is no X.509 certificate.
    #[error("the certificate is malformed")]
    Malformed,
    /// The key is not RSA. The text is upstream's.
    #[error("expected RSA public key but found {found}")]
    NotRsa {
        /// The kind of key, as Go names it.
        found: &'static str,
    },
    /// The key is RSA and still can't be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The certificate is over. The text is upstream's.
    #[error("failed to encrypt using an expired certificate on {}", on.long_date())]
    Expired {
        /// Its last moment.
        on: Timestamp,
    },
}

// Names of algorithms, as DER writes them.
pub(crate) const RSA: &[u8] = const { ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1") }.as_bytes();
pub(crate) const EC: &[u8] = const { ObjectIdentifier::new_unwrap("1.2.840.10045.2.1") }.as_bytes();
const ED25519: &[u8] = const { ObjectIdentifier::new_unwrap("1.3.101.112") }.as_bytes();

/// Reads the first certificate of a PEM text; text around the blocks is skipped (RFC 7468, section 2).
pub fn parse(text: &str) -> Result<SealingCert, CertError> {
    let first = pem::blocks(text).into_iter().find(|block| block.label == "CERTIFICATE");
    let der = match first {
        Some(block) => block.der.ok_or(CertError::Malformed)?,
        None if contains_private_key(text) => return Err(CertError::PrivateKey),
        None => return Err(CertError::Missing),
    };
    let Fields { not_before, not_after, key, .. } = fields(&der).ok_or(CertError::Malformed)?;
    let found = match key.algorithm {
        RSA => None,
        EC => Some("*ecdsa.PublicKey"),
        ED25519 => Some("ed25519.PublicKey"),
        _ => Some("<nil>"),
    };
    if let Some(found) = found {
        return Err(CertError::NotRsa { found });
    }
    Ok(SealingCert {
        key: SealingKey::from_pkcs1_der(key.bits)?,
        not_before,
        not_after,
        fingerprint: Sha256::digest(&*der).into(),
    })
}

/// What is needed of an X.509 certificate (RFC 5280, section 4.1).
#[cfg_attr(not(feature = "builders"), expect(dead_code, reason = "the page looks at no extension"))]
pub(crate) struct Fields<'a> {
    pub(crate) issuer: AnyRef<'a>,
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Timestamp,
    pub(crate) subject: AnyRef<'a>,
    pub(crate) key: PublicKey<'a>,
    /// The DER of `Extensions`.
    pub(crate) extensions: Option<&'a [u8]>,
}

/// The public key of a certificate (`SubjectPublicKeyInfo`).
pub(crate) struct PublicKey<'a> {
    /// Its name, as DER writes it.
    pub(crate) algorithm: &'a [u8],
    /// The key, as its algorithm writes it.
    pub(crate) bits: &'a [u8],
}

/// Reads what is needed. The other fields are passed over unread: what they say is not judged, and certificates that
/// people bring break the RFC there in small ways.
pub(crate) fn fields(der: &[u8]) -> Option<Fields<'_>> {
    const EXTENSIONS: u32 = 3;
    let certificate = der::sequence(der)?;
    let [tbs, _algorithm, _signature, ..] = certificate.as_slice() else { return None };
    let tbs = der::members(*tbs)?;
    // The version in front, which the first edition of X.509 did not have, is a field with a number.
    let is_versioned = tbs.first()?.header().tag().is_context_specific();
    let [_serial, _algorithm, issuer, validity, subject, key, rest @ ..] = &tbs[usize::from(is_versioned)..]
    else {
        return None;
    };
    let validity = der::members(*validity)?;
    let [not_before, not_after] = validity.as_slice() else { return None };
    Some(Fields {
        issuer: *issuer,
        not_before: der::moment(not_before)?,
        not_after: der::moment(not_after)?,
        subject: *subject,
        key: public_key(*key)?,
        extensions: der::numbered(rest, EXTENSIONS),
    })
}

fn public_key(key: AnyRef<'_>) -> Option<PublicKey<'_>> {
    let fields = der::members(key)?;
    let [algorithm, bits, ..] = fields.as_slice() else { return None };
    Some(PublicKey {
        algorithm: der::algorithm(*algorithm)?,
        bits: der::bits(der::of(Tag::BitString, bits)?)?,
    })
}

/// Whether a PEM text holds a private key of any kind: something that must not be pasted about.
pub fn contains_private_key(pem: &str) -> bool {
    pem.lines().any(|line| {
        let line = line.trim();
        line.starts_with("-----BEGIN ") && line.ends_with("PRIVATE KEY-----")
    })
}

impl SealingCert {
    /// The key, if the certificate is not over at that moment.
    pub fn check(&self, now: Timestamp) -> Result<&SealingKey, CertError> {
        if now > self.not_after {
            return Err(CertError::Expired { on: self.not_after });
        }
        Ok(&self.key)
    }

    /// The key, whatever the time: for comparing, not for sealing.
    pub fn key(&self) -> &SealingKey {
        &self.key
    }

    /// The size of its RSA key in bits.
    pub fn bits(&self) -> usize {
        self.key.bits()
    }

    /// The first moment of its validity.
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// The last moment of its validity.
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// SHA-256 of the whole certificate, as `openssl x509 -noout -fingerprint -sha256` prints it:
    /// upper-case hexadecimal pairs with colons.
    pub fn fingerprint(&self) -> String {
        let pairs: Vec<String> = self.fingerprint.iter().map(|byte| format!("{byte:02X}")).collect();
        pairs.join(":")
    }
}
