//! Throws arbitrary input at a claim of `tests/claims`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sealwright_claims::unseal::holds(bytes));
