//! The private half of a sealing key.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::rsa::{KeySize, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use pkcs8::der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, OctetStringRef};
use pkcs8::der::{Decode, Encode, SecretDocument};
use pkcs8::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfo};
use pkcs8::{LineEnding, PrivateKeyInfo, PrivateKeyInfoRef};
use sealer_core::SealingKey;
use zeroize::Zeroizing;

/// The sizes of RSA keys that can be made.
pub const KEY_BITS: [usize; 4] = [2048, 3072, 4096, 8192];

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// Keeps what is derived here apart from whatever else is ever derived from such a key.
const DERIVATION: &[u8] = b"sealwright derived secret 1";
const PKCS1_LABEL: &str = "RSA PRIVATE KEY";
const PKCS8_LABEL: &str = "PRIVATE KEY";

/// An RSA private key of 2048 to 8192 bits. It prints as its size only.
pub struct PrivateKey {
    key: PrivateDecryptingKey,
    oaep: OaepPrivateDecryptingKey,
    public: SealingKey,
}

/// The text is no private key that can open anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrivateKeyError {
    /// There is no PEM block with a private key.
    #[error("no private key in the text; expected a PEM block RSA PRIVATE KEY or PRIVATE KEY")]
    Missing,
    /// The PEM block or what is in it is damaged, or its size is outside 2048 to 8192 bits.
    #[error("the private key is malformed, or its size is outside 2048 to 8192 bits")]
    Malformed,
    /// The key is encrypted with a passphrase.
    #[error("the private key is protected by a passphrase; decrypt it first")]
    Encrypted,
    /// The key is not RSA. The text is upstream's.
    #[error("private key is not an RSA key")]
    NotRsa,
    /// A size that the crypto library does not make.
    #[error("cannot make an RSA key of {bits} bits; it can be 2048, 3072, 4096 or 8192")]
    Size {
        /// The size that was asked for.
        bits: usize,
    },
    /// The crypto library could not make a key.
    #[error("making the RSA key failed")]
    Generate,
}

impl PrivateKey {
    /// Reads the first private key of a PEM text: PKCS#1 (what upstream writes) or PKCS#8 (what
    /// `openssl req -newkey` writes). Text around the block is skipped.
    pub fn from_pem(pem: &str) -> Result<Self, PrivateKeyError> {
        let block = private_block(pem).ok_or(PrivateKeyError::Missing)?;
        // RFC 1421 says it in a header, RFC 7468 in the label; neither can be part of base64.
        if block.contains("Proc-Type: 4,ENCRYPTED") || block.contains("ENCRYPTED PRIVATE KEY") {
            return Err(PrivateKeyError::Encrypted);
        }
        let (label, der) = SecretDocument::from_pem(&block).map_err(|_| PrivateKeyError::Malformed)?;
        match label {
            PKCS1_LABEL => Self::from_pkcs1_der(der.as_bytes()),
            PKCS8_LABEL => Self::from_pkcs8_der(der.as_bytes()),
            // EC, DSA and OpenSSH keys have labels of their own.
            _ => Err(PrivateKeyError::NotRsa),
        }
    }

    /// Makes a new key; `bits` is one of [`KEY_BITS`]. Takes half a second for 4096 bits.
    pub fn generate(bits: usize) -> Result<Self, PrivateKeyError> {
        let size = match bits {
            2048 => KeySize::Rsa2048,
            3072 => KeySize::Rsa3072,
            4096 => KeySize::Rsa4096,
            8192 => KeySize::Rsa8192,
            _ => return Err(PrivateKeyError::Size { bits }),
        };
        let key = PrivateDecryptingKey::generate(size).map_err(|_| PrivateKeyError::Generate)?;
        Self::new(key)
    }

    /// The key as a PEM block `RSA PRIVATE KEY`, as upstream stores it.
    pub fn to_pkcs1_pem(&self) -> Zeroizing<String> {
        let pkcs8 = self.to_pkcs8_der();
        let info = PrivateKeyInfoRef::try_from(pkcs8.as_ref()).expect("the library writes PKCS#8");
        let document =
            SecretDocument::try_from(info.private_key.as_bytes()).expect("PKCS#8 wraps a PKCS#1 key");
        document.to_pem(PKCS1_LABEL, LineEnding::LF).expect("a whole document has a PEM form")
    }

    /// The public half.
    pub fn public(&self) -> &SealingKey {
        &self.public
    }

    /// The size of the modulus in bits.
    pub fn bits(&self) -> usize {
        self.key.key_size_bits()
    }

    /// A secret of its own for each purpose, the same on every start and whichever form the key is stored in.
    ///
    /// HKDF-SHA256 (RFC 5869) over the PKCS#8 form that the library writes; who has one such secret knows nothing
    /// of the others or of the key.
    pub fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let key = self.to_pkcs8_der();
        let extracted = Salt::new(HKDF_SHA256, DERIVATION).extract(key.as_ref());
        let mut derived = Zeroizing::new([0; 32]);
        extracted
            .expand(&[purpose.as_bytes()], HKDF_SHA256)
            .and_then(|expanded| expanded.fill(derived.as_mut_slice()))
            .expect("HKDF-SHA256 gives 32 bytes");
        derived
    }

    pub(crate) fn oaep(&self) -> &OaepPrivateDecryptingKey {
        &self.oaep
    }

    pub(crate) fn to_pkcs8_der(&self) -> Pkcs8V1Der<'static> {
        self.key.as_der().expect("a key that was read can be written")
    }

    /// aws-lc-rs imports PKCS#8 only, so a PKCS#1 key is wrapped (RFC 5208; RFC 8017, appendix A.1).
    fn from_pkcs1_der(der: &[u8]) -> Result<Self, PrivateKeyError> {
        let key = OctetStringRef::new(der).map_err(|_| PrivateKeyError::Malformed)?;
        let algorithm = AlgorithmIdentifierRef { oid: RSA, parameters: Some(AnyRef::NULL) };
        let info: PrivateKeyInfo<_, _, BitStringRef<'_>> = PrivateKeyInfo::new(algorithm, key);
        let wrapped = Zeroizing::new(info.to_der().map_err(|_| PrivateKeyError::Malformed)?);
        Self::from_pkcs8_der(&wrapped)
    }

    fn from_pkcs8_der(der: &[u8]) -> Result<Self, PrivateKeyError> {
        let info = PrivateKeyInfoRef::try_from(der).map_err(|_| PrivateKeyError::Malformed)?;
        if info.algorithm.oid != RSA {
            return Err(PrivateKeyError::NotRsa);
        }
        Self::new(PrivateDecryptingKey::from_pkcs8(der).map_err(|_| PrivateKeyError::Malformed)?)
    }

    fn new(key: PrivateDecryptingKey) -> Result<Self, PrivateKeyError> {
        let spki: PublicKeyX509Der<'_> = key.public_key().as_der().map_err(|_| PrivateKeyError::Malformed)?;
        let spki = SubjectPublicKeyInfo::<AnyRef<'_>, BitStringRef<'_>>::from_der(spki.as_ref())
            .map_err(|_| PrivateKeyError::Malformed)?;
        let public = SealingKey::from_pkcs1_der(spki.subject_public_key.raw_bytes())
            .map_err(|_| PrivateKeyError::Malformed)?;
        let oaep = OaepPrivateDecryptingKey::new(key.clone()).map_err(|_| PrivateKeyError::Malformed)?;
        Ok(Self { key, oaep, public })
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey(RSA {}, <redacted>)", self.bits())
    }
}

/// The text of the first block whose label ends in `PRIVATE KEY`, trimmed line by line.
fn private_block(pem: &str) -> Option<Zeroizing<String>> {
    let is = |line: &str, edge: &str| line.starts_with(edge) && line.ends_with("PRIVATE KEY-----");
    let mut lines = pem.lines().map(str::trim).skip_while(|line| !is(line, "-----BEGIN "));
    let mut block = Zeroizing::new(String::with_capacity(pem.len() + 1));
    loop {
        let line = lines.next()?;
        block.push_str(line);
        block.push('\n');
        if is(line, "-----END ") {
            return Some(block);
        }
    }
}
