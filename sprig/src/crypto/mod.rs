//! Random strings, passwords, keys and certificates.
//!
//! All randomness and the time come from the host. With the same bytes and the same time every function gives
//! the same result, in every process: signatures are deterministic (PKCS#1 v1.5, RFC 6979, Ed25519).

pub(crate) mod aes;
pub(crate) mod certificates;
mod cost;
mod curves;
mod dsa;
pub(crate) mod keys;
pub(crate) mod password;
mod pem;
mod private_key;
pub(crate) mod random;
#[cfg(test)]
mod testing;
mod x509;

use std::convert::Infallible;

use base64::alphabet::STANDARD;
use base64::engine::{Engine, GeneralPurpose, GeneralPurposeConfig};
use go_template::Host;
use rand_core::{TryCryptoRng, TryRng};
use zeroize::Zeroizing;

/// The host's random bytes, as RustCrypto wants them.
struct Random<'a>(&'a mut dyn Host);

impl TryRng for Random<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.0.random(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.0.random(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, buffer: &mut [u8]) -> Result<(), Infallible> {
        self.0.random(buffer);
        Ok(())
    }
}

impl TryCryptoRng for Random<'_> {}

const STANDARD_BASE64: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// What Go's `base64.StdEncoding` makes of the text: line ends do not count, and neither do bits that pad.
fn base64_decode(text: &[u8]) -> Option<Vec<u8>> {
    STANDARD_BASE64.decode(&*without(text, b"\r\n")).ok()
}

/// The text without some bytes.
fn without(text: &[u8], dropped: &[u8]) -> Zeroizing<Vec<u8>> {
    // At once as large as it may get: a vector that grew would leave copies behind.
    let mut kept = Zeroizing::new(Vec::with_capacity(text.len()));
    kept.extend(text.iter().filter(|byte| !dropped.contains(byte)));
    kept
}

fn base64_encode(bytes: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(STANDARD_BASE64.encode(bytes))
}
