//! What the slow operations cost, in steps of about 2 ns: their mean time in a release build, measured.

/// bcrypt at cost 10: 62 ms.
pub(super) const BCRYPT: usize = 31_000_000;
/// scrypt with N = 2^15, r = 8, p = 2: 128 ms. Its 32 MiB are free again before anything else is made, so they
/// are not taken out of the sum that a rendering may make.
pub(super) const SCRYPT: usize = 64_000_000;
/// A new RSA key of 2048 bits: 45 ms.
pub(super) const RSA_2048: usize = 23_000_000;
/// A new RSA key of 4096 bits: 500 ms. One in fifty takes three times as long.
pub(super) const RSA_4096: usize = 250_000_000;
/// New DSA parameters and a key: 240 ms.
pub(super) const DSA: usize = 120_000_000;
/// Any operation with a key on a curve: P-521 takes the longest, 0.6 ms.
pub(super) const CURVE: usize = 300_000;

/// An operation with an RSA key that one has: 6 ms for 4096 bits, and eight times as long for twice the bits.
pub(super) const fn rsa(bits: usize) -> usize {
    (bits / 20).pow(3) / 3
}
