//! OAEP: hides a message and its label in a number that RSA may raise to a power (RFC 8017, section 7.1.1).

use rand_core::TryCryptoRng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The bytes of a hash.
const HASH: usize = 32;

/// The message as `length` bytes: `0 ‖ seed ⊕ mask ‖ (hash of the label ‖ 0… ‖ 1 ‖ message) ⊕ mask`, with SHA-256 everywhere. The message
/// has at most `length - 66` bytes.
pub(crate) fn encode<R: TryCryptoRng + ?Sized>(
    message: &[u8],
    label: &[u8],
    length: usize,
    rng: &mut R,
) -> Result<Zeroizing<Vec<u8>>, R::Error> {
    let mut encoded = Zeroizing::new(vec![0; length]);
    let (seed, block) = encoded[1..].split_at_mut(HASH);
    rng.try_fill_bytes(seed)?;
    let start = block.len() - message.len();
    block[..HASH].copy_from_slice(&Sha256::digest(label));
    block[start - 1] = 1;
    block[start..].copy_from_slice(message);
    mask(block, seed);
    mask(seed, block);
    Ok(encoded)
}

/// Adds what MGF1 (appendix B.2.1) makes of the seed.
fn mask(bytes: &mut [u8], seed: &[u8]) {
    for (count, chunk) in (0u32..).zip(bytes.chunks_mut(HASH)) {
        let hash = Sha256::new().chain_update(seed).chain_update(count.to_be_bytes()).finalize();
        for (byte, mask) in chunk.iter_mut().zip(hash) {
            *byte ^= mask;
        }
    }
}
