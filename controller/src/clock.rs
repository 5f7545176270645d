//! The one place that names the clock and the random source of the system.

use k8s_openapi::jiff;
use sealer_core::Timestamp;

/// Now.
pub fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// Now, in whole seconds.
pub fn timestamp() -> Timestamp {
    Timestamp::from_unix_seconds(u64::try_from(now().as_second()).unwrap_or_default())
}

/// Between 0 and 1, for spreading retries; without randomness they are merely not spread.
pub fn jitter() -> f64 {
    getrandom::u32().map_or(1.0, |random| f64::from(random) / f64::from(u32::MAX))
}

/// A secret that nobody else has; drawn once, at the start.
pub fn secret() -> Result<[u8; 32], getrandom::Error> {
    let mut secret = [0; 32];
    for part in secret.chunks_exact_mut(8) {
        part.copy_from_slice(&getrandom::u64()?.to_be_bytes());
    }
    Ok(secret)
}

/// The serial number of a certificate.
pub fn serial() -> Result<[u8; 16], getrandom::Error> {
    let (high, low) = (getrandom::u64()?, getrandom::u64()?);
    let mut serial = [0; 16];
    serial[..8].copy_from_slice(&high.to_be_bytes());
    serial[8..].copy_from_slice(&low.to_be_bytes());
    Ok(serial)
}
