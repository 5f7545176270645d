//! Opens one sealed value.

use aws_lc_rs::aead::{AES_128_GCM, AES_192_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::rsa::OAEP_SHA256_MGF1SHA256;
use sealer_core::{Envelope, Plaintext, decode_base64};
use zeroize::Zeroizing;

use crate::error::ItemFault;
use crate::keyring::{Candidate, Keyring};
use crate::private_key::PrivateKey;

/// Takes the text of a sealed value apart for whoever wants to open it.
pub(crate) fn with_envelope<T>(
    text: &str,
    then: impl FnOnce(&Envelope<'_>) -> Result<T, ItemFault>,
) -> Result<T, ItemFault> {
    let bytes = decode_base64(text).map_err(|_| ItemFault::NotBase64)?;
    then(&Envelope::parse(&bytes).map_err(|_| ItemFault::Truncated)?)
}

/// Tries the keys, `first` before the others, and counts the trials.
pub(crate) fn try_keys<'r>(
    envelope: &Envelope<'_>,
    label: &str,
    ring: &'r Keyring,
    first: Option<Candidate<'r>>,
    trials: &mut u32,
) -> Option<(Plaintext, Candidate<'r>)> {
    let others =
        ring.candidates().filter(|other| !first.is_some_and(|first| std::ptr::eq(first.key, other.key)));
    first
        .into_iter()
        .chain(others)
        // The length of the RSA block is public, so a block for a key of another size costs nothing.
        .filter(|candidate| envelope.session_key.len() == candidate.key.oaep().key_size_bytes())
        .find_map(|candidate| {
            *trials += 1;
            Some((open(envelope, label, candidate.key)?, candidate))
        })
}

/// Inverts `hybrid::seal_value`, or says nothing at all about why it can't: which step failed is a secret.
///
/// Follows upstream's `HybridDecrypt`; like Go it takes session keys of 16, 24 and 32 bytes.
fn open(envelope: &Envelope<'_>, label: &str, key: &PrivateKey) -> Option<Plaintext> {
    let oaep = key.oaep();
    let mut room = Zeroizing::new(vec![0; oaep.min_output_size()]);
    let session_key = oaep
        .decrypt(&OAEP_SHA256_MGF1SHA256, envelope.session_key, &mut room, Some(label.as_bytes()))
        .ok()?;
    let algorithm = match session_key.len() {
        16 => &AES_128_GCM,
        24 => &AES_192_GCM,
        32 => &AES_256_GCM,
        _ => return None,
    };
    let cipher = LessSafeKey::new(UnboundKey::new(algorithm, session_key).ok()?);
    let mut value = Zeroizing::new(envelope.ciphertext.to_vec());
    // The zero nonce is the format's: every value has a session key of its own.
    let nonce = Nonce::assume_unique_for_key([0; 12]);
    let length = cipher.open_in_place(nonce, Aad::empty(), &mut value).ok()?.len();
    value.truncate(length);
    Some(Plaintext::new(std::mem::take(&mut *value)))
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::aead::Algorithm;
    use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
    use aws_lc_rs::rsa::{KeyPair, OaepPublicEncryptingKey, PublicEncryptingKey};
    use aws_lc_rs::signature::KeyPair as _;

    use super::*;

    const LABEL: &str = "payments/db";

    /// A ring of one key, and the public half for envelopes that no sealer makes.
    fn key() -> (Keyring, OaepPublicEncryptingKey, Vec<u8>) {
        let private = PrivateKey::generate(2048).unwrap();
        let pair = KeyPair::from_pkcs8(private.to_pkcs8_der().as_ref()).unwrap();
        let spki: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
        let public = PublicEncryptingKey::from_der(spki.as_ref()).unwrap();
        // RFC 8017, appendix A.1.1: the headers of the sequence and of the modulus, and its leading zero.
        let modulus = pair.public_key().as_ref()[4 + 4 + 1..][..256].to_vec();
        (Keyring::from_private_keys(vec![private]), OaepPublicEncryptingKey::new(public).unwrap(), modulus)
    }

    fn wrap(public: &OaepPublicEncryptingKey, session_key: &[u8]) -> Vec<u8> {
        let mut room = vec![0; public.ciphertext_size()];
        let label = Some(LABEL.as_bytes());
        public.encrypt(&OAEP_SHA256_MGF1SHA256, session_key, &mut room, label).unwrap().to_vec()
    }

    fn encrypt(algorithm: &'static Algorithm, session_key: &[u8], value: &[u8]) -> Vec<u8> {
        let cipher = LessSafeKey::new(UnboundKey::new(algorithm, session_key).unwrap());
        let mut sealed = value.to_vec();
        let nonce = Nonce::assume_unique_for_key([0; 12]);
        cipher.seal_in_place_append_tag(nonce, Aad::empty(), &mut sealed).unwrap();
        sealed
    }

    fn opened(ring: &Keyring, session_key: &[u8], ciphertext: &[u8]) -> Option<Vec<u8>> {
        let envelope = Envelope { session_key, ciphertext };
        let (value, _) = try_keys(&envelope, LABEL, ring, None, &mut 0)?;
        Some(value.expose().to_vec())
    }

    #[test]
    fn session_keys_have_the_lengths_that_go_takes() {
        let (ring, public, _) = key();
        let session_key = [7; 48];
        for (length, algorithm) in [(16, &AES_128_GCM), (24, &AES_192_GCM), (32, &AES_256_GCM)] {
            let ciphertext = encrypt(algorithm, &session_key[..length], b"hunter2");
            let wrapped = wrap(&public, &session_key[..length]);
            assert_eq!(opened(&ring, &wrapped, &ciphertext).unwrap(), b"hunter2", "{length} bytes");
            assert_eq!(opened(&ring, &wrapped, &ciphertext[..ciphertext.len() - 1]), None, "a shorter tag");
        }
        let ciphertext = encrypt(&AES_256_GCM, &session_key[..32], b"hunter2");
        for length in [0, 1, 15, 17, 23, 25, 31, 33, 48] {
            let wrapped = wrap(&public, &session_key[..length]);
            assert_eq!(opened(&ring, &wrapped, &ciphertext), None, "{length} bytes");
        }
    }

    #[test]
    fn numbers_that_are_no_ciphertext_open_nothing() {
        let (ring, _, modulus) = key();
        let below = [&modulus[..255], &[modulus[255] - 1]].concat();
        let mut one = [0; 256];
        one[255] = 1;
        for block in [&[0; 256][..], &one, &below, &modulus, &[255; 256]] {
            assert_eq!(opened(&ring, block, &[0; 32]), None);
        }
        for length in [0, 1, 255, 257, 512] {
            assert_eq!(opened(&ring, &vec![1; length], &[0; 32]), None, "{length} bytes");
        }
    }
}
