//! Any text is refused with a message, or gives data keys that come once each and in the order of their lines.

use sealer_core::dotenv::{Dialect, parse};
use sealer_core::secret::is_data_key;

use crate::MemoryLimit;

/// The claim about one input; a panic says that it does not hold.
pub fn holds(text: &str) {
    let _limit = MemoryLimit::for_input(text.len());
    for dialect in [Dialect::Godotenv, Dialect::Docker] {
        match parse(text, dialect) {
            Ok(entries) => {
                assert!(entries.iter().all(|entry| is_data_key(&entry.key)));
                assert!(entries.is_sorted_by(|a, b| a.line < b.line));
                let mut keys: Vec<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
                keys.sort_unstable();
                assert!(keys.is_sorted_by(|a, b| a < b));
            }
            Err(error) => assert!(error.at.line <= text.split('\n').count() && !error.to_string().is_empty()),
        }
    }
}
