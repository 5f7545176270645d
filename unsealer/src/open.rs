//! Opens one sealed value with one key.

use aws_lc_rs::aead::{AES_128_GCM, AES_192_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::rsa::OAEP_SHA256_MGF1SHA256;
use sealer_core::{Envelope, Plaintext};
use zeroize::Zeroizing;

use crate::private_key::PrivateKey;

/// Inverts `hybrid::seal_value`, or says nothing at all about why it can't: which step failed is a secret.
///
/// Follows upstream's `HybridDecrypt`; like Go it takes session keys of 16, 24 and 32 bytes.
pub(crate) fn open(envelope: &Envelope<'_>, label: &str, key: &PrivateKey) -> Option<Plaintext> {
    let oaep = key.oaep();
    // The length of the RSA block is public, so a block for a key of another size costs nothing.
    if envelope.session_key.len() != oaep.key_size_bytes() {
        return None;
    }
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
