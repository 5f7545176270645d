//! Keys on NIST's curves.

use der::asn1::{ObjectIdentifier, UintRef};
use der::{Encode, Sequence};
use ecdsa::elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use ecdsa::elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytesSize, Generate, SecretKey};

use ecdsa::EcdsaCurve;
use ecdsa::hazmat::sign_prehashed_rfc6979;
use p256::NistP256;
use p384::NistP384;
use p521::NistP521;
use sec1::{EcParameters, EcPrivateKey};
use sha2::digest::common::BlockSizeUser;
use sha2::{Digest, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use super::Random;

/// A private key and the public one, as the point's coordinates without compression.
pub(super) struct CurveKey {
    pub curve: &'static Curve,
    scalar: Zeroizing<Vec<u8>>,
    pub public: Vec<u8>,
}

/// A curve and the signatures that Go makes with keys on it.
pub(super) struct Curve {
    pub oid: ObjectIdentifier,
    pub signature: ObjectIdentifier,
    size: usize,
    public: fn(&[u8]) -> Option<Vec<u8>>,
    sign: fn(&[u8], &[u8]) -> Option<Vec<u8>>,
}

const ECDSA_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_SHA_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const ECDSA_SHA_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.4");

static P256: Curve = Curve {
    oid: ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"),
    signature: ECDSA_SHA_256,
    size: 32,
    public: public::<NistP256>,
    sign: sign::<NistP256, Sha256>,
};
static P384: Curve = Curve {
    oid: ObjectIdentifier::new_unwrap("1.3.132.0.34"),
    signature: ECDSA_SHA_384,
    size: 48,
    public: public::<NistP384>,
    sign: sign::<NistP384, Sha384>,
};
static P521: Curve = Curve {
    oid: ObjectIdentifier::new_unwrap("1.3.132.0.35"),
    signature: ECDSA_SHA_512,
    size: 66,
    public: public::<NistP521>,
    sign: sign::<NistP521, Sha512>,
};

impl CurveKey {
    /// A new key on P-256.
    pub fn generate(random: &mut Random<'_>) -> Option<Self> {
        let Ok(key) = SecretKey::<NistP256>::try_generate_from_rng(random);
        Self::new(&P256, Zeroizing::new(key.to_bytes().to_vec()))
    }

    /// A key in SEC 1's form. The curve is named by what the key came in, or else by the key itself.
    pub fn parse(curve: Option<ObjectIdentifier>, der: &[u8]) -> Option<Self> {
        let parsed = EcPrivateKey::try_from(der).ok()?;
        let named = parsed.parameters.and_then(EcParameters::named_curve);
        let curve = curve.or(named)?;
        let curve = [&P256, &P384, &P521].into_iter().find(|known| known.oid == curve)?;
        // Some write zeros too many in front and some leave those out that belong there. Go reads both.
        let padding = parsed.private_key.len().saturating_sub(curve.size);
        let (padding, digits) = parsed.private_key.split_at(padding);
        if padding.iter().any(|&byte| byte != 0) {
            return None;
        }
        let mut scalar = Zeroizing::new(vec![0; curve.size]);
        scalar[curve.size - digits.len()..].copy_from_slice(digits);
        Self::new(curve, scalar)
    }

    fn new(curve: &'static Curve, scalar: Zeroizing<Vec<u8>>) -> Option<Self> {
        let public = (curve.public)(&scalar)?;
        Some(Self { curve, scalar, public })
    }

    /// The key in SEC 1's form, with the curve's name and the public key.
    pub fn to_der(&self) -> der::Result<Zeroizing<Vec<u8>>> {
        let key = EcPrivateKey {
            private_key: &self.scalar,
            parameters: Some(EcParameters::NamedCurve(self.curve.oid)),
            public_key: Some(&self.public),
        };
        key.to_der().map(Zeroizing::new)
    }

    /// The signature of a message, always the same.
    pub fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        (self.curve.sign)(&self.scalar, message)
    }
}

fn public<C>(scalar: &[u8]) -> Option<Vec<u8>>
where
    C: CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    let key = SecretKey::<C>::from_slice(scalar).ok()?;
    Some(key.public_key().to_sec1_point(false).as_bytes().to_vec())
}

fn sign<C, D>(scalar: &[u8], message: &[u8]) -> Option<Vec<u8>>
where
    C: EcdsaCurve + CurveArithmetic,
    D: Digest + BlockSizeUser,
{
    let key = SecretKey::<C>::from_slice(scalar).ok()?.to_nonzero_scalar();
    let (signature, _) = sign_prehashed_rfc6979::<C, D>(&key, &D::digest(message), &[]);
    let (r, s) = signature.split_bytes();
    EcdsaSignature { r: UintRef::new(&r).ok()?, s: UintRef::new(&s).ok()? }.to_der().ok()
}

#[derive(Sequence)]
struct EcdsaSignature<'a> {
    r: UintRef<'a>,
    s: UintRef<'a>,
}
