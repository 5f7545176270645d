//! Any text is read or refused with a message, and what the strict policy takes, kubeseal's reads the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sealer_core::Policy;
use sealer_core::manifest::read_secrets;

fuzz_target!(|text: &str| {
    let [strict, kubeseal] = [Policy::Strict, Policy::Kubeseal].map(|policy| {
        let mut read = read_secrets(text, policy).map_err(|error| error.to_string());
        for secret in read.iter_mut().flatten() {
            // One policy goes by the text's order of fields, the other by the alphabet.
            secret.stripped.sort_unstable();
        }
        read
    });
    if strict.is_ok() {
        assert_eq!(strict, kubeseal);
    }
});
