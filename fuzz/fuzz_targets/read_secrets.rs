//! Any text is read or refused with a message; no policy finds values that the strict one reads otherwise.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sealer_core::Policy;
use sealer_core::manifest::read_secrets;
use sealwright_fuzz::MemoryLimit;

fuzz_target!(|text: &str| {
    let _limit = MemoryLimit::for_input(text.len());
    let [strict, kubeseal] = [Policy::Strict, Policy::Kubeseal].map(|policy| {
        let mut read = read_secrets(text, policy).map_err(|error| error.to_string());
        for secret in read.iter_mut().flatten() {
            // One policy goes by the text's order of fields, the other by the alphabet.
            secret.stripped.sort_unstable();
        }
        read
    });
    let (Ok(strict), Ok(kubeseal)) = (strict, kubeseal) else { return };
    // kubeseal passes over documents for what stands in unread fields, and takes an empty list for a Secret
    // without values.
    for secret in kubeseal.iter().filter(|secret| !secret.data.is_empty()) {
        assert!(strict.contains(secret), "{secret:?} is not among {strict:?}");
    }
});
