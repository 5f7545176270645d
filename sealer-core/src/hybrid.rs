//! Seals one value: RSA-OAEP over a fresh session key, AES-256-GCM over the value.

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce};
use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use crate::envelope::{LENGTH_BYTES, TAG_BYTES};
use crate::key::SealingKey;

/// The bytes of a session key; opening accepts 16 and 24 as well, as Go does.
pub const SESSION_KEY_BYTES: usize = 32;

/// A value could not be sealed. Nothing of it has been written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HybridError {
    /// The random source failed. A session key must never be guessed or used twice, so nothing is retried.
    #[error("the random source failed")]
    Random,
    /// AES-GCM seals less than 64 GiB under one key.
    #[error("the value is too long to seal")]
    TooLong,
}

/// `u16 BE len ‖ RSA-OAEP(SHA-256, MGF1-SHA-256, label)(session key) ‖ AES-256-GCM(zero nonce)(value)`.
///
/// Follows upstream's `HybridEncrypt`. The zero nonce is sound because the session key is fresh and seals
/// this one value only.
pub fn seal_value<R: TryCryptoRng + ?Sized>(
    value: &[u8],
    label: &str,
    key: &SealingKey,
    rng: &mut R,
) -> Result<Vec<u8>, HybridError> {
    let mut session_key = Zeroizing::new([0u8; SESSION_KEY_BYTES]);
    rng.try_fill_bytes(session_key.as_mut_slice()).map_err(|_| HybridError::Random)?;
    let wrapped = key.wrap(session_key.as_slice(), label, rng).map_err(|_| HybridError::Random)?;
    let wrapped_len = u16::try_from(wrapped.len()).expect("keys have at most 8192 bits");

    let body = LENGTH_BYTES + wrapped.len();
    // Allocated once: a growing vector would leave copies of the plaintext behind.
    let mut sealed = Vec::with_capacity(body + value.len() + TAG_BYTES);
    sealed.extend(wrapped_len.to_be_bytes());
    sealed.extend(&wrapped);
    sealed.extend(value);
    let cipher = Aes256Gcm::new((&*session_key).into());
    let tag = cipher
        .encrypt_inout_detached(&Nonce::default(), &[], (&mut sealed[body..]).into())
        .map_err(|_| HybridError::TooLong)?;
    sealed.extend(tag);
    Ok(sealed)
}
