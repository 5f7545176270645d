//! A SealedSecret that was read comes back the same, binding included, from the YAML and JSON made of it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sealer_core::Policy;
use sealer_core::emit::{to_json, to_yaml};
use sealer_core::manifest::read_sealed_secrets;

fuzz_target!(|text: &str| {
    for policy in [Policy::Strict, Policy::Kubeseal] {
        for sealed in read_sealed_secrets(text, policy).unwrap_or_default() {
            for written in [to_yaml(&sealed), to_json(&sealed)] {
                let read = read_sealed_secrets(&written, policy).expect("what was written can be read");
                assert_eq!(read, std::slice::from_ref(&sealed));
                assert_eq!(read[0].binding(), sealed.binding());
            }
        }
    }
});
