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
