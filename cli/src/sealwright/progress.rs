//! Shows how far a command is that may take more than a moment.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar on stderr, if that is a terminal; `what` is counted.
pub fn bar(count: usize, what: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(&format!("{{bar:40}} {{pos}} of {{len}} {what}, {{eta}} left"));
    let bar = ProgressBar::new(count as u64);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
