//! The clock.

use sealer_core::Timestamp;

/// The present.
#[expect(clippy::disallowed_methods, reason = "this is the edge that names the clock")]
pub fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_seconds(since.as_secs())
}
