//! What can be told of a private key without computing with it.

use x509_cert::der::asn1::AnyRef;
use x509_cert::der::{Decode, Tag};

use crate::cert::{EC, PublicKey, RSA};
use crate::der::{algorithm, bits, number, numbered, of, sequence};
use crate::pem::{self, Block};

/// The public half, as far as it is known: the modulus of RSA, the point of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PublicHalf {
    algorithm: Vec<u8>,
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
    pub(super) fn of_certificate(key: &PublicKey<'_>) -> Self {
        let value = match key.algorithm {
            // RFC 8017, appendix A.1.1: the modulus comes first.
            RSA => sequence(key.bits).and_then(|fields| number(fields.first()?).map(<[u8]>::to_vec)),
            _ => Some(key.bits.to_vec()),
        };
        Self { algorithm: key.algorithm.to_vec(), value }
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
        "RSA PRIVATE KEY" => PublicHalf { algorithm: RSA.to_vec(), value: Some(modulus(der)?) },
        "EC PRIVATE KEY" => PublicHalf { algorithm: EC.to_vec(), value: point(der)? },
        "PRIVATE KEY" => {
            // RFC 5958: version, algorithm, key, attributes, and the public half, which most programs leave out.
            let fields = sequence(der)?;
            let [version, identifier, key, ..] = fields.as_slice() else { return None };
            let algorithm = algorithm(*identifier)?;
            number(version)?;
            let key = of(Tag::OctetString, key)?;
            let value = match algorithm {
                RSA => Some(modulus(key)?),
                EC => point(key)?,
                _ => numbered(&fields, 1).and_then(bits).map(<[u8]>::to_vec),
            };
            PublicHalf { algorithm: algorithm.to_vec(), value }
        }
        "OPENSSH PRIVATE KEY" => return Some(Err(openssh(der)?)),
        // `DSA PRIVATE KEY`, which no certificate of today has.
        _ => return Some(Err(KeyTextError::Ssh)),
    };
    Some(Ok(half))
}

/// RFC 8017, appendix A.1.2: version, modulus, and seven numbers more.
fn modulus(der: &[u8]) -> Option<Vec<u8>> {
    let fields = sequence(der)?;
    let is_whole = fields.len() >= 9 && fields.iter().take(9).all(|field| number(field).is_some());
    number(fields.get(1).filter(|_| is_whole)?).map(<[u8]>::to_vec)
}

/// RFC 5915: version, key, curve, point. The outer `None`: it is no key of an elliptic curve. The inner: the point is left out.
fn point(der: &[u8]) -> Option<Option<Vec<u8>>> {
    let fields = sequence(der)?;
    let [version, key, ..] = fields.as_slice() else { return None };
    number(version)?;
    of(Tag::OctetString, key)?;
    Some(match numbered(&fields, 1) {
        Some(point) => Some(bits(of(Tag::BitString, &AnyRef::from_der(point).ok()?)?)?.to_vec()),
        None => None,
    })
}

/// OpenSSH's `PROTOCOL.key`: a magic text, then the name of the cipher behind its length.
fn openssh(body: &[u8]) -> Option<KeyTextError> {
    let (length, rest) = body.strip_prefix(b"openssh-key-v1\0")?.split_at_checked(4)?;
    let length = u32::from_be_bytes(length.try_into().ok()?);
    let cipher = rest.get(..usize::try_from(length).ok()?)?;
    Some(if cipher == b"none" { KeyTextError::Ssh } else { KeyTextError::Encrypted })
}
