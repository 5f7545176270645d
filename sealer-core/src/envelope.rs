//! The envelope of one sealed value: lengths only, no cryptography.
//!
//! `u16 big-endian length of the RSA block ‖ RSA block ‖ AES-GCM ciphertext ‖ 16-byte tag`, as upstream's
//! `pkg/crypto` writes it (`docs/format.md`).

/// The bytes of the length that an envelope starts with.
pub const LENGTH_BYTES: usize = 2;
/// The bytes of the tag that an envelope ends with.
pub const TAG_BYTES: usize = 16;

/// A sealed value, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// The session key under RSA-OAEP; as long as the modulus.
    pub session_key: &'a [u8],
    /// The value under AES-GCM, the tag at its end.
    pub ciphertext: &'a [u8],
}

/// The bytes can't be a sealed value: they are too short for the lengths they claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("truncated: not a whole sealed value")]
pub struct EnvelopeError;

impl<'a> Envelope<'a> {
    /// Takes a sealed value apart.
    pub fn parse(sealed: &'a [u8]) -> Result<Self, EnvelopeError> {
        let (length, rest) = sealed.split_first_chunk::<LENGTH_BYTES>().ok_or(EnvelopeError)?;
        let (session_key, ciphertext) =
            rest.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or(EnvelopeError)?;
        if ciphertext.len() < TAG_BYTES {
            return Err(EnvelopeError);
        }
        Ok(Self { session_key, ciphertext })
    }

    /// The length of the value inside, in bytes. Sealing does not hide it.
    pub fn plaintext_len(&self) -> usize {
        self.ciphertext.len() - TAG_BYTES
    }

    /// The size in bits of the RSA key that the value was sealed for.
    pub fn key_bits(&self) -> usize {
        self.session_key.len() * 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_and_every_truncation_is_noticed() {
        let mut sealed = vec![0, 4, 1, 2, 3, 4];
        sealed.extend([9; 5 + TAG_BYTES]);
        let envelope = Envelope::parse(&sealed).unwrap();
        assert_eq!(envelope.session_key, [1, 2, 3, 4]);
        assert_eq!(envelope.plaintext_len(), 5);
        assert_eq!(envelope.key_bits(), 32);
        for length in 0..LENGTH_BYTES + 4 + TAG_BYTES {
            assert_eq!(Envelope::parse(&sealed[..length]), Err(EnvelopeError), "{length}");
        }
    }
}
