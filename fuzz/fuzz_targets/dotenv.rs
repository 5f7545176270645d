//! Throws arbitrary input at a claim of `tests/claims`.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| sealwright_claims::dotenv::holds(text));
