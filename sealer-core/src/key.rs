//! The public half of a sealing key. The private half lives in the crate `unsealer`, which the page can't link.

use std::fmt;
use std::ops::RangeInclusive;

use rand_core::TryCryptoRng;

use crate::der;
use crate::modulus::Modulus;
use crate::oaep;

/// The smallest modulus that is sealed for.
pub const MIN_BITS: usize = 2048;
/// The largest modulus that is sealed for.
pub const MAX_BITS: usize = 8192;
/// The public exponents that are sealed with, if they are odd.
const EXPONENTS: RangeInclusive<u64> = 3..=(1 << 33) - 1;

/// A public key that values are sealed for: RSA, 2048 to 8192 bits.
#[derive(Clone, PartialEq, Eq)]
pub struct SealingKey {
    modulus: Modulus,
    exponent: u64,
}

/// The key can't be sealed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The bytes are no PKCS#1 public key, or its numbers can't be a key.
    #[error("the RSA public key is malformed")]
    Malformed,
    /// Keys under 2048 bits are within reach of an attacker.
    #[error("the RSA key has {bits} bits; sealing needs {MIN_BITS} to {MAX_BITS}")]
    Size {
        /// The size of the modulus.
        bits: usize,
    },
}

impl SealingKey {
    /// Reads the DER of an RFC 8017 `RSAPublicKey`.
    pub fn from_pkcs1_der(der: &[u8]) -> Result<Self, KeyError> {
        let fields = der::sequence(der).ok_or(KeyError::Malformed)?;
        let [modulus, exponent] = fields.as_slice() else { return Err(KeyError::Malformed) };
        let numbers = (der::number(modulus), der::number(exponent));
        let (Some(modulus), Some(exponent)) = numbers else { return Err(KeyError::Malformed) };
        // Measured before the numbers are judged, so that a small key is called small.
        let bits = modulus.len() * 8 - modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
        if !(MIN_BITS..=MAX_BITS).contains(&bits) {
            return Err(KeyError::Size { bits });
        }
        let exponent = small(exponent).filter(|exponent| EXPONENTS.contains(exponent) && exponent & 1 == 1);
        let (Some(modulus), Some(exponent)) = (Modulus::new(modulus), exponent) else {
            return Err(KeyError::Malformed);
        };
        Ok(Self { modulus, exponent })
    }

    /// The size of the modulus in bits.
    pub fn bits(&self) -> usize {
        self.modulus.bits()
    }

    /// RSA-OAEP with SHA-256 for the label and for MGF1 (RFC 8017, section 7.1.1); the answer is as long as the modulus.
    pub(crate) fn wrap<R: TryCryptoRng + ?Sized>(
        &self,
        session_key: &[u8],
        label: &str,
        rng: &mut R,
    ) -> Result<Vec<u8>, R::Error> {
        let encoded = oaep::encode(session_key, label.as_bytes(), self.modulus.bytes(), rng)?;
        Ok(self.modulus.power(&encoded, self.exponent))
    }
}

/// A number of at most eight bytes.
fn small(bytes: &[u8]) -> Option<u64> {
    let mut number = [0; 8];
    number[8usize.checked_sub(bytes.len())?..].copy_from_slice(bytes);
    Some(u64::from_be_bytes(number))
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKey(RSA {})", self.bits())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;
    use rsa::oaep::EncryptingKey;
    use rsa::traits::RandomizedEncryptor;
    use rsa::{BoxedUint, PublicKey};
    use sha2::Sha256;

    use super::*;

    /// An `RSAPublicKey` of these numbers, as they stand in the DER.
    fn key(modulus: &[u8], exponent: &[u8]) -> Result<SealingKey, KeyError> {
        let number = |digits: &[u8]| {
            let length = u16::try_from(digits.len()).unwrap().to_be_bytes();
            [&[2, 0x82, length[0], length[1]], digits].concat()
        };
        // DER writes short lengths in one byte.
        let exponent = [&[2, u8::try_from(exponent.len()).unwrap()], exponent].concat();
        let numbers = [number(modulus), exponent].concat();
        let length = u16::try_from(numbers.len()).unwrap().to_be_bytes();
        SealingKey::from_pkcs1_der(&[&[0x30, 0x82, length[0], length[1]], numbers.as_slice()].concat())
    }

    #[test]
    fn numbers_that_make_no_key_are_refused() {
        let modulus = [&[0], [0xc5; 256].as_slice()].concat();
        assert_eq!(key(&modulus, &[1, 0, 1]).map(|key| key.bits()), Ok(2048));
        for exponent in [&[][..], &[0], &[1], &[2], &[0x83], &[0; 100], &[0x7f; 100]] {
            assert_eq!(key(&modulus, exponent).err(), Some(KeyError::Malformed), "{exponent:?}");
        }
        let negative = [0xc5; 256];
        let even = [&[0], [0xc4; 256].as_slice()].concat();
        for modulus in [&negative[..], &even] {
            assert_eq!(key(modulus, &[1, 0, 1]).err(), Some(KeyError::Malformed));
        }
        let small = [&[0], [0xc5; 255].as_slice()].concat();
        assert_eq!(key(&small, &[3]).err(), Some(KeyError::Size { bits: 2040 }));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_wrapped_key_is_what_the_crate_rsa_makes_of_the_same_randomness(
            digits in prop::collection::vec(any::<u8>(), 257..600),
            exponent in prop_oneof![Just(3u64), Just(65537), 1u64..1 << 32],
            message: [u8; 32],
            label in ".{0,80}",
            seed: u64,
        ) {
            let mut modulus = digits;
            modulus[0] = modulus[0].max(1);
            *modulus.last_mut().unwrap() |= 1;
            let exponent = exponent | 3;
            let rng = || ChaCha20Rng::seed_from_u64(seed);
            let by_rsa = {
                let modulus = BoxedUint::from_be_slice_vartime(&modulus);
                let key = PublicKey::new(modulus, exponent.into()).unwrap();
                EncryptingKey::<Sha256>::new_with_label(key, label.as_bytes())
                    .encrypt_with_rng(&mut rng(), &message)
                    .unwrap()
            };
            let key = SealingKey { modulus: Modulus::new(&modulus).unwrap(), exponent };
            prop_assert_eq!(key.wrap(&message, &label, &mut rng()).unwrap(), by_rsa);
        }
    }
}
