//! What can be told of a private key without computing with it.

use rsa::pkcs1::RsaPrivateKeyRef;
use rsa::pkcs8::PrivateKeyInfoRef;
use sec1::EcPrivateKey;
use x509_cert::der::Decode;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::spki::SubjectPublicKeyInfoRef;

use crate::cert::{EC, RSA};
use crate::pem::{self, Block};

/// The public half, as far as it is known: the modulus of RSA, the point of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PublicHalf {
    algorithm: ObjectIdentifier,
    value: Option<Vec<u8>>,
}

/// The text is no private key that could be used as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyTextError {
    /// There is no private key in it.
    Missing,
    /// It can't be used without a passphrase.
    Encrypted,
    /// It is of a kind that only SSH can use.
    Ssh,
    /// It can't be read.
    Malformed,
}

impl PublicHalf {
    /// The key of a certificate.
    pub(super) fn of_certificate(info: &SubjectPublicKeyInfoRef<'_>) -> Self {
        let bits = info.subject_public_key.raw_bytes();
        let value = match info.algorithm.oid {
            RSA => {
                rsa::pkcs1::RsaPublicKeyRef::try_from(bits).ok().map(|key| key.modulus.as_bytes().to_vec())
            }
            _ => Some(bits.to_vec()),
        };
        Self { algorithm: info.algorithm.oid, value }
    }

    /// Whether both are of one key; `None` where that can't be told.
    pub(super) fn is_of_one_key_with(&self, other: &Self) -> Option<bool> {
        if self.algorithm != other.algorithm {
            return Some(false);
        }
        let (one, two) = (self.value.as_ref()?, other.value.as_ref()?);
        // A point can be written in two lengths.
        (one.len() == two.len() || self.algorithm == RSA).then_some(one == two)
    }
}

/// Reads the first private key of a PEM text.
pub(super) fn read(text: &str) -> Result<PublicHalf, KeyTextError> {
    let blocks = pem::blocks(text);
    let block =
        blocks.iter().find(|block| block.label.ends_with("PRIVATE KEY")).ok_or(KeyTextError::Missing)?;
    if block.encrypted || block.label == "ENCRYPTED PRIVATE KEY" {
        return Err(KeyTextError::Encrypted);
    }
    let der = block.der.as_deref().ok_or(KeyTextError::Malformed)?;
    of_block(block, der).ok_or(KeyTextError::Malformed)?
}

/// `None` where the body is not what the label says.
fn of_block(block: &Block<'_>, der: &[u8]) -> Option<Result<PublicHalf, KeyTextError>> {
    let half = match block.label {
        "RSA PRIVATE KEY" => PublicHalf { algorithm: RSA, value: Some(modulus(der)?) },
        "EC PRIVATE KEY" => PublicHalf { algorithm: EC, value: point(der)? },
        "PRIVATE KEY" => {
            let info = PrivateKeyInfoRef::try_from(der).ok()?;
            let (algorithm, inner) = (info.algorithm.oid, info.private_key.as_bytes());
            let value = match algorithm {
                RSA => Some(modulus(inner)?),
                EC => point(inner)?,
                // RFC 5958 has a place for it, which most programs leave empty.
                _ => info.public_key.map(|bits| bits.raw_bytes().to_vec()),
            };
            PublicHalf { algorithm, value }
        }
        "OPENSSH PRIVATE KEY" => return Some(Err(openssh(der)?)),
        // `DSA PRIVATE KEY`, which no certificate of today has.
        _ => return Some(Err(KeyTextError::Ssh)),
    };
    Some(Ok(half))
}

fn modulus(der: &[u8]) -> Option<Vec<u8>> {
    Some(RsaPrivateKeyRef::try_from(der).ok()?.modulus.as_bytes().to_vec())
}

/// The outer `None`: it is no key of an elliptic curve. The inner: the point is left out.
fn point(der: &[u8]) -> Option<Option<Vec<u8>>> {
    Some(EcPrivateKey::from_der(der).ok()?.public_key.map(<[u8]>::to_vec))
}

/// OpenSSH's `PROTOCOL.key`: a magic text, then the name of the cipher behind its length.
fn openssh(body: &[u8]) -> Option<KeyTextError> {
    let (length, rest) = body.strip_prefix(b"openssh-key-v1\0")?.split_at_checked(4)?;
    let length = u32::from_be_bytes(length.try_into().ok()?);
    let cipher = rest.get(..usize::try_from(length).ok()?)?;
    Some(if cipher == b"none" { KeyTextError::Ssh } else { KeyTextError::Encrypted })
}
