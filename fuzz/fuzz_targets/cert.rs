//! Throws arbitrary input at a claim of `tests/claims`.

#![no_main]

libfuzzer_sys::fuzz_target!(|der: &[u8]| sealwright_claims::cert::holds(der));
