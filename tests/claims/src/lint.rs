//! Checking any text ends, and every finding has its place in the text.

use sealer_core::lint::{across, check};

use crate::MemoryLimit;

/// The claim about one input; a panic says that it does not hold.
pub fn holds(text: &str) {
    let _limit = MemoryLimit::for_input(text.len());
    let checked = check(text);
    for finding in &checked.findings {
        assert!(text.get(finding.place.bytes.clone()).is_some(), "{:?}", finding.place);
        assert!(finding.place.start <= finding.place.end);
        assert!(!checked.allows(finding), "what is allowed is no finding");
    }
    across(&[("a", &checked), ("b", &checked)]);
}
