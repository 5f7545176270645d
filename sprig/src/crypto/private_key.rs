//! Private keys of all kinds that certificates can have: read, written and signed with.

use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, OctetStringRef};
use der::{Decode, Encode};
use ed25519_dalek::{Signer, SigningKey};
use go_template::{Call, Fault};
use rsa::pkcs1::{EncodeRsaPrivateKey, EncodeRsaPublicKey, RsaPrivateKeyRef};
use rsa::pkcs8::PrivateKeyInfoRef;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, PrivateKey as RsaPrivateKey};
use sha2::{Digest, Sha256};
use x509_cert::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use zeroize::Zeroizing;

use super::curves::CurveKey;
use super::dsa::DsaPrivateKey;
use super::{Random, cost, pem};

/// A private key. Each kind wipes itself when dropped.
pub(super) enum PrivateKey {
    Rsa(Box<RsaPrivateKey>),
    Curve(CurveKey),
    Ed25519(Box<SigningKey>),
    /// A sound one of a kind that Go reads and makes no certificates for: DSA and X25519.
    Uncertifiable,
}

/// The public half, as certificates hold it.
pub(super) struct PublicKey {
    /// The whole `SubjectPublicKeyInfo`.
    pub info: Vec<u8>,
    /// What its bit string holds.
    pub bits: Vec<u8>,
}

const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const X25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.110");
const RSA_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");

/// The largest modulus that is read, in bits; twice of what anybody uses.
const RSA_MAX: usize = 8192;

const UNREADABLE: Fault = Fault::new("the private key is not well-formed");
const UNCERTIFIABLE: Fault = Fault::new("only RSA, ECDSA and Ed25519 keys can have or sign certificates");
pub(super) const UNWRITABLE: Fault = Fault::new("the key or certificate cannot be encoded");

impl PrivateKey {
    /// A new RSA key.
    pub fn generate_rsa(call: &mut Call<'_>, bits: usize, cost: usize) -> Result<Self, Fault> {
        call.spend(cost)?;
        let key = RsaPrivateKey::new(&mut Random(call.host), bits);
        key.map(|key| Self::Rsa(Box::new(key))).map_err(|_| Fault::new("no RSA key could be made"))
    }

    /// A new key on P-256.
    pub fn generate_ecdsa(call: &mut Call<'_>) -> Result<Self, Fault> {
        call.spend(cost::CURVE)?;
        let key = CurveKey::generate(&mut Random(call.host));
        key.map(Self::Curve).ok_or(Fault::new("no ECDSA key could be made"))
    }

    /// A new Ed25519 key.
    pub fn generate_ed25519(call: &mut Call<'_>) -> Result<Self, Fault> {
        call.spend(cost::CURVE)?;
        let mut seed = Zeroizing::new([0; 32]);
        call.host.random(&mut *seed);
        Ok(Self::Ed25519(Box::new(SigningKey::from_bytes(&seed))))
    }

    /// A key in PEM, in one of the forms that Sprig reads: PKCS#8, PKCS#1, SEC 1, and OpenSSL's for DSA.
    pub fn parse(call: &mut Call<'_>, text: &[u8]) -> Result<Self, Fault> {
        call.take(text.len().saturating_mul(3))?;
        let block = pem::decode(text).ok_or(Fault::new("the private key is not PEM"))?;
        let der = &*block.bytes;
        match block.label {
            b"PRIVATE KEY" => Self::parse_pkcs8(call, der),
            b"RSA PRIVATE KEY" => Self::parse_rsa(call, der),
            b"EC PRIVATE KEY" => Self::parse_curve(call, None, der),
            b"DSA PRIVATE KEY" => {
                DsaPrivateKey::from_der(der).map(|_| Self::Uncertifiable).map_err(|_| UNREADABLE)
            }
            _ => Err(Fault::new("the PEM is not of a private key, or of an encrypted one")),
        }
    }

    fn parse_pkcs8(call: &mut Call<'_>, der: &[u8]) -> Result<Self, Fault> {
        let info = PrivateKeyInfoRef::try_from(der).map_err(|_| UNREADABLE)?;
        let key = info.private_key.as_bytes();
        match info.algorithm.oid {
            rsa::pkcs1::ALGORITHM_OID => Self::parse_rsa(call, key),
            EC => {
                let curve = info.algorithm.parameters.and_then(|curve| curve.decode_as().ok());
                Self::parse_curve(call, curve, key)
            }
            kind @ (ED25519 | X25519) if info.algorithm.parameters.is_none() => {
                call.spend(cost::CURVE)?;
                let seed = <&OctetStringRef>::from_der(key).map_err(|_| UNREADABLE)?;
                let seed = seed.as_bytes().try_into().map_err(|_| UNREADABLE)?;
                Ok(match kind {
                    ED25519 => Self::Ed25519(Box::new(SigningKey::from_bytes(seed))),
                    _ => Self::Uncertifiable,
                })
            }
            _ => Err(Fault::new("the private key is of an unknown kind")),
        }
    }

    fn parse_rsa(call: &mut Call<'_>, der: &[u8]) -> Result<Self, Fault> {
        let parts = RsaPrivateKeyRef::from_der(der).map_err(|_| UNREADABLE)?;
        let bits = parts.modulus.as_bytes().len() * 8;
        if bits > RSA_MAX || parts.public_exponent.as_bytes().len() > 8 {
            return Err(Fault::new("the RSA key has more than 8192 bits"));
        }
        call.spend(cost::rsa(bits))?;
        let key = RsaPrivateKey::try_from(parts).map_err(|_| UNREADABLE)?;
        Ok(Self::Rsa(Box::new(key)))
    }

    fn parse_curve(call: &mut Call<'_>, curve: Option<ObjectIdentifier>, der: &[u8]) -> Result<Self, Fault> {
        call.spend(cost::CURVE)?;
        CurveKey::parse(curve, der).map(Self::Curve).ok_or(UNREADABLE)
    }

    /// The key in PEM, in the form that Sprig writes.
    pub fn to_pem(&self) -> Result<Zeroizing<String>, Fault> {
        match self {
            Self::Rsa(key) => {
                let der = key.to_pkcs1_der().map_err(|_| UNWRITABLE)?;
                Ok(pem::encode("RSA PRIVATE KEY", der.as_bytes()))
            }
            Self::Curve(key) => Ok(pem::encode("EC PRIVATE KEY", &key.to_der().map_err(|_| UNWRITABLE)?)),
            Self::Ed25519(key) => {
                let der = ed25519_pkcs8(key.as_bytes()).map_err(|_| UNWRITABLE)?;
                Ok(pem::encode("PRIVATE KEY", &der))
            }
            Self::Uncertifiable => Err(UNCERTIFIABLE),
        }
    }

    /// The public key.
    pub fn public(&self) -> Result<PublicKey, Fault> {
        match self {
            Self::Rsa(key) => {
                let bits = key.as_public_key().to_pkcs1_der().map_err(|_| UNWRITABLE)?;
                PublicKey::new(rsa::pkcs1::ALGORITHM_ID, bits.as_bytes())
            }
            Self::Curve(key) => {
                let parameters = Some(AnyRef::from(&key.curve.oid));
                PublicKey::new(AlgorithmIdentifierRef { oid: EC, parameters }, &key.public)
            }
            Self::Ed25519(key) => PublicKey::new(plain(ED25519), key.verifying_key().as_bytes()),
            Self::Uncertifiable => Err(UNCERTIFIABLE),
        }
    }

    /// How Go signs certificates with such a key.
    pub fn signature_algorithm(&self) -> Result<AlgorithmIdentifierRef<'static>, Fault> {
        match self {
            Self::Rsa(_) => Ok(AlgorithmIdentifierRef { oid: RSA_SHA_256, parameters: Some(AnyRef::NULL) }),
            Self::Curve(key) => Ok(plain(key.curve.signature)),
            Self::Ed25519(_) => Ok(plain(ED25519)),
            Self::Uncertifiable => Err(UNCERTIFIABLE),
        }
    }

    /// The signature of a message in that way.
    pub fn sign(&self, call: &mut Call<'_>, message: &[u8]) -> Result<Vec<u8>, Fault> {
        let failed = Fault::new("the key cannot sign");
        call.spend(message.len())?;
        match self {
            Self::Rsa(key) => {
                call.spend(cost::rsa(key.size() * 8))?;
                let scheme = Pkcs1v15Sign::new::<Sha256>();
                // The random bytes blind the computation and leave no trace in the result.
                key.sign_with_rng(&mut Random(call.host), scheme, &Sha256::digest(message))
                    .map_err(|_| failed)
            }
            Self::Curve(key) => {
                call.spend(cost::CURVE)?;
                key.sign(message).ok_or(failed)
            }
            Self::Ed25519(key) => {
                call.spend(cost::CURVE)?;
                Ok(key.sign(message).to_bytes().to_vec())
            }
            Self::Uncertifiable => Err(UNCERTIFIABLE),
        }
    }
}

impl PublicKey {
    fn new(algorithm: AlgorithmIdentifierRef<'_>, bits: &[u8]) -> Result<Self, Fault> {
        let subject_public_key = BitStringRef::from_bytes(bits).map_err(|_| UNWRITABLE)?;
        let info = SubjectPublicKeyInfoRef { algorithm, subject_public_key };
        Ok(Self { info: info.to_der().map_err(|_| UNWRITABLE)?, bits: bits.to_vec() })
    }
}

fn plain(oid: ObjectIdentifier) -> AlgorithmIdentifierRef<'static> {
    AlgorithmIdentifierRef { oid, parameters: None }
}

fn ed25519_pkcs8(seed: &[u8; 32]) -> der::Result<Zeroizing<Vec<u8>>> {
    let seed = Zeroizing::new(OctetStringRef::new(seed)?.to_der()?);
    PrivateKeyInfoRef::new(plain(ED25519), OctetStringRef::new(&seed)?).to_der().map(Zeroizing::new)
}
