//! A SealedSecret that was read comes back the same, binding included, from the YAML and JSON made of it, and
//! no text is read in two ways.

use sealer_core::emit::{to_json, to_yaml};
use sealer_core::manifest::read_sealed_secrets;
use sealer_core::{Policy, SealedSecret};

use crate::MemoryLimit;

/// The claim about one input; a panic says that it does not hold.
pub fn holds(text: &str) {
    let _limit = MemoryLimit::for_input(text.len());
    let both = [Policy::Strict, Policy::Kubeseal].map(|policy| read_sealed_secrets(text, policy));
    if let [Ok(strict), Ok(kubeseal)] = &both {
        // kubeseal passes over documents in which it reads nothing; the strict policy shows them.
        let [strict, kubeseal] = [strict, kubeseal]
            .map(|all| all.iter().filter(|sealed| **sealed != SealedSecret::default()).collect::<Vec<_>>());
        assert_eq!(strict, kubeseal);
    }
    for sealed in both.iter().flatten().flatten() {
        for written in [to_yaml(sealed), to_json(sealed)] {
            let read = read_sealed_secrets(&written, Policy::Strict).expect("what was written can be read");
            assert_eq!(read, std::slice::from_ref(sealed));
            assert_eq!(read[0].binding(), sealed.binding());
        }
    }
}
