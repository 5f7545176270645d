//! Checking any text ends, and every finding has its place in the text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sealer_core::lint::{across, check};
use sealwright_fuzz::MemoryLimit;

fuzz_target!(|text: &str| {
    let _limit = MemoryLimit::for_input(text.len());
    let checked = check(text);
    for finding in &checked.findings {
        assert!(text.get(finding.place.bytes.clone()).is_some(), "{:?}", finding.place);
        assert!(finding.place.start <= finding.place.end);
        assert!(!checked.allows(finding), "what is allowed is no finding");
    }
    across(&[("a", &checked), ("b", &checked)]);
});
