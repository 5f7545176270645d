//! The clock.

use sealer_core::Timestamp;

/// This moment, as the machine's clock says it.
#[cfg(target_arch = "wasm32")]
pub fn now() -> Timestamp {
    // Milliseconds as a float; the cast saturates, so that a clock before 1970 reads as 1970.
    Timestamp::from_unix_seconds((js_sys::Date::now() / 1000.0) as u64)
}

/// This moment, as the machine's clock says it.
#[cfg(not(target_arch = "wasm32"))]
#[expect(clippy::disallowed_methods, reason = "this is the edge that names the clock")]
pub fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Timestamp::from_unix_seconds(since.map_or(0, |since| since.as_secs()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_clock_stands_after_this_was_written() {
        assert!(super::now().unix_seconds() > 1_767_225_600, "{}", super::now());
    }
}
