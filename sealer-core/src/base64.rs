//! Base64 as Go's `encoding/base64.StdEncoding` reads and writes it.

use ::base64::Engine as _;
use ::base64::alphabet::STANDARD;
use ::base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

// Go neither insists on zero trailing bits nor accepts missing padding.
const GO_STANDARD: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// The text is not standard, padded base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not valid base64")]
pub struct Base64Error;

/// Decodes standard, padded base64; carriage returns and line feeds are skipped, as Go does.
pub fn decode(text: &str) -> Result<Vec<u8>, Base64Error> {
    if text.bytes().any(|byte| matches!(byte, b'\r' | b'\n')) {
        // May be a plaintext value on its way in, so the joined copy is wiped.
        let joined: Zeroizing<Vec<u8>> =
            Zeroizing::new(text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect());
        return GO_STANDARD.decode(joined.as_slice()).map_err(|_| Base64Error);
    }
    GO_STANDARD.decode(text).map_err(|_| Base64Error)
}

/// Encodes as standard, padded base64 on one line.
pub fn encode(bytes: &[u8]) -> String {
    GO_STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_are_skipped_and_other_alphabets_refused() {
        assert_eq!(decode("aGVs\r\nbG8=\n").unwrap(), b"hello");
        assert_eq!(decode("").unwrap(), b"");
        for wrong in ["aGVsbG8", "aGVs bG8=", "_-8=", "aGVsbG8=x", "a", "===="] {
            assert_eq!(decode(wrong), Err(Base64Error), "{wrong}");
        }
    }

    #[test]
    fn trailing_bits_are_ignored_as_go_ignores_them() {
        assert_eq!(decode("aGVsbG9=").unwrap(), b"hello");
    }
}
