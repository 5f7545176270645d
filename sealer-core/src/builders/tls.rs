//! `kubernetes.io/tls`.

use std::fmt;
use std::net::IpAddr;

use x509_cert::der::asn1::{AnyRef, ObjectIdentifier};

use super::private_key::{self, KeyTextError, PublicHalf};
use super::{Built, Note};
use crate::cert;
use crate::der;
use crate::pem;
use crate::secret::{Plaintext, TLS_CERTIFICATE, TLS_KEY};
use crate::time::Timestamp;

/// Less than this long before its end, a certificate is told to end soon: thirty days.
const SOON_SECONDS: u64 = 30 * 24 * 60 * 60;

const SUBJECT_ALT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
/// The numbers that names of servers have among the kinds of names (RFC 5280, section 4.2.1.6).
const DNS_NAME: u32 = 2;
const ADDRESS: u32 = 7;

/// What is to be done with a certificate that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expired {
    /// It is an error.
    Refused,
    /// It is told in a note.
    Told,
}

/// What the certificate of the server says, for looking at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// The DNS names and addresses that it is for, in its order.
    pub names: Vec<ServerName>,
    /// The last moment of its validity.
    pub not_after: Timestamp,
}

/// A name that a certificate is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerName {
    /// A DNS name, perhaps with a wildcard.
    Dns(String),
    /// An IP address.
    Address(IpAddr),
}

impl fmt::Display for ServerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => f.write_str(name),
            Self::Address(address) => address.fmt(f),
        }
    }
}

/// No server could use this certificate with this key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    /// There is no certificate where one should be.
    #[error("there is no certificate in it; it begins with -----BEGIN CERTIFICATE-----")]
    CertificateMissing,
    /// A certificate that can't be read.
    #[error("certificate {number} is malformed")]
    CertificateMalformed {
        /// Which of them, from 1.
        number: usize,
    },
    /// Certificate and key are in each other's place.
    #[error("certificate and private key are swapped")]
    Swapped,
    /// A private key would be written where servers send it to everybody.
    #[error("there is a private key among the certificates; put it into a file of its own")]
    KeyAmongCertificates,
    /// There is no private key where one should be.
    #[error("there is no private key in it; it begins with -----BEGIN PRIVATE KEY----- or alike")]
    KeyMissing,
    /// The key can't be used without a passphrase.
    #[error(
        "the private key has a passphrase, which nobody would type; take it off: openssl pkey -in KEY -out NEW"
    )]
    KeyEncrypted,
    /// The key is one for SSH.
    #[error(
        "this private key is for SSH; TLS needs one that begins with -----BEGIN PRIVATE KEY----- or alike"
    )]
    KeyForSsh,
    /// The key can't be read.
    #[error("the private key is malformed")]
    KeyMalformed,
    /// The key belongs to something else.
    #[error("the private key does not belong to the certificate")]
    Mismatch,
    /// The certificate is over.
    #[error("the certificate ended on {on}")]
    Expired {
        /// Its last moment.
        on: Timestamp,
    },
}

struct Certificate<'a> {
    text: &'a str,
    issuer: Vec<u8>,
    subject: Vec<u8>,
    not_before: Timestamp,
    not_after: Timestamp,
    key: PublicHalf,
    names: Vec<ServerName>,
}

/// A chain of certificates, in any order, with the private key of its first.
///
/// Texts that are right are kept byte for byte, as `kubectl create secret tls` keeps them.
pub fn tls(
    certificates: &Plaintext,
    key: &Plaintext,
    now: Timestamp,
    expired: Expired,
) -> Result<(Built, Leaf), TlsError> {
    // Exposed to be looked at.
    let chain_text = str::from_utf8(certificates.expose()).map_err(|_| TlsError::CertificateMissing)?;
    let key_text = str::from_utf8(key.expose()).map_err(|_| TlsError::KeyMissing)?;
    let mut certificates = read_certificates(chain_text, key_text)?;
    let half = match private_key::read(key_text) {
        Ok(half) => half,
        Err(KeyTextError::Missing) => return Err(TlsError::KeyMissing),
        Err(KeyTextError::Encrypted) => return Err(TlsError::KeyEncrypted),
        Err(KeyTextError::Ssh) => return Err(TlsError::KeyForSsh),
        Err(KeyTextError::Malformed) => return Err(TlsError::KeyMalformed),
    };

    let mut notes = Vec::new();
    let fits: Vec<Option<bool>> = certificates.iter().map(|one| one.key.is_of_one_key_with(&half)).collect();
    let leaf = match fits.iter().position(|fit| *fit == Some(true)) {
        Some(leaf) => leaf,
        None if fits.iter().all(|fit| *fit == Some(false)) => return Err(TlsError::Mismatch),
        None => {
            notes.push(Note::KeyNotCompared);
            first_that_issued_none(&certificates, &fits)
        }
    };
    let (order, chain) = chain_from(leaf, &certificates);
    let mut value = chain_text.to_owned();
    if !order.is_sorted() {
        notes.push(Note::Reordered);
        value = order.iter().flat_map(|&index| [certificates[index].text, "\n"]).collect();
    }
    if chain < order.len() {
        notes.push(Note::OutsideChain { count: order.len() - chain });
    }
    let leaf = certificates.swap_remove(leaf);
    notes.extend(validity(&leaf, now, expired)?);
    if leaf.names.is_empty() {
        notes.push(Note::NoNames);
    }
    let values = [(TLS_CERTIFICATE, Plaintext::new(value.into_bytes())), (TLS_KEY, key.clone())];
    let built = Built::of("kubernetes.io/tls", values, notes);
    Ok((built, Leaf { names: leaf.names, not_after: leaf.not_after }))
}

fn read_certificates<'a>(chain: &'a str, key: &str) -> Result<Vec<Certificate<'a>>, TlsError> {
    let blocks = pem::blocks(chain);
    let has_key = blocks.iter().any(|block| block.label.ends_with("PRIVATE KEY"));
    let mut certificates = Vec::new();
    for block in blocks.iter().filter(|block| block.label == "CERTIFICATE") {
        let number = certificates.len() + 1;
        let read = block.der.as_deref().and_then(|der| certificate(der, block.text));
        certificates.push(read.ok_or(TlsError::CertificateMalformed { number })?);
    }
    match (certificates.is_empty(), has_key) {
        (true, true) if pem::blocks(key).iter().any(|block| block.label == "CERTIFICATE") => {
            Err(TlsError::Swapped)
        }
        (true, _) => Err(TlsError::CertificateMissing),
        (false, true) => Err(TlsError::KeyAmongCertificates),
        (false, false) => Ok(certificates),
    }
}

fn certificate<'a>(der: &[u8], text: &'a str) -> Option<Certificate<'a>> {
    let fields = cert::fields(der)?;
    Some(Certificate {
        text,
        issuer: fields.issuer.value().to_vec(),
        subject: fields.subject.value().to_vec(),
        not_before: fields.not_before,
        not_after: fields.not_after,
        key: PublicHalf::of_certificate(&fields.key),
        names: fields.extensions.and_then(names).unwrap_or_default(),
    })
}

/// The names of a SubjectAltName (RFC 5280, section 4.2.1.6); `None` without one that can be read.
fn names(extensions: &[u8]) -> Option<Vec<ServerName>> {
    let mut extensions = der::sequence(extensions)?.into_iter().filter_map(der::members);
    let is_it = |name: &AnyRef<'_>| name.decode_as::<ObjectIdentifier>() == Ok(SUBJECT_ALT_NAME);
    // Whether it is critical may stand between the two.
    let found = extensions.find_map(|fields| fields.last().filter(|_| is_it(&fields[0])).copied())?;
    let name = |name: AnyRef<'_>| match (name.header().tag().number().value(), name.value()) {
        (DNS_NAME, bytes) => str::from_utf8(bytes).ok().map(|name| ServerName::Dns(name.to_owned())),
        (ADDRESS, bytes) => match <[u8; 4]>::try_from(bytes) {
            Ok(bytes) => Some(ServerName::Address(IpAddr::from(bytes))),
            Err(_) => <[u8; 16]>::try_from(bytes).ok().map(|bytes| ServerName::Address(IpAddr::from(bytes))),
        },
        _ => None,
    };
    Some(der::sequence(found.value())?.into_iter().filter_map(name).collect())
}

/// Of those that may belong to the key, the first that no other says to be issued by.
fn first_that_issued_none(certificates: &[Certificate<'_>], fits: &[Option<bool>]) -> usize {
    let issued_none = |index: usize| {
        let others = certificates.iter().enumerate().filter(|(other, _)| *other != index);
        others.map(|(_, other)| &other.issuer).all(|issuer| *issuer != certificates[index].subject)
    };
    let possible = || (0..certificates.len()).filter(|&index| fits[index] != Some(false));
    possible().find(|&index| issued_none(index)).or_else(|| possible().next()).unwrap_or(0)
}

/// The order that TLS asks for (RFC 8446, section 4.4.2), and how many of it are the chain; the others follow as they were.
fn chain_from(leaf: usize, certificates: &[Certificate<'_>]) -> (Vec<usize>, usize) {
    let mut rest: Vec<usize> = (0..certificates.len()).filter(|&index| index != leaf).collect();
    let mut order = vec![leaf];
    let mut last = leaf;
    while let Some(next) =
        rest.iter().position(|&index| certificates[index].subject == certificates[last].issuer)
    {
        last = rest.remove(next);
        order.push(last);
    }
    let chain = order.len();
    order.extend(rest);
    (order, chain)
}

fn validity(leaf: &Certificate<'_>, now: Timestamp, expired: Expired) -> Result<Option<Note>, TlsError> {
    let on = leaf.not_after;
    Ok(match expired {
        Expired::Refused if now > on => return Err(TlsError::Expired { on }),
        Expired::Told if now > on => Some(Note::Ended { on }),
        _ if now < leaf.not_before => Some(Note::NotYetValid { from: leaf.not_before }),
        _ if on.unix_seconds() - now.unix_seconds() < SOON_SECONDS => Some(Note::EndsSoon { on }),
        _ => None,
    })
}
