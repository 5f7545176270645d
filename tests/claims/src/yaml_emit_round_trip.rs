//! Whatever texts its maps hold, a SealedSecret comes back the same from its YAML, under both policies.

use sealer_core::emit::to_yaml;
use sealer_core::manifest::read_sealed_secrets;
use sealer_core::{Policy, SealedSecret};

use crate::MemoryLimit;

/// The claim about one input; a panic says that it does not hold.
pub fn holds(text: &str) {
    let _limit = MemoryLimit::for_input(text.len());
    // Keys and values in turn; the separator alone is in none of them. A text by itself is both.
    let texts: Vec<&str> = text.split('\u{1f}').collect();
    let pairs = texts.chunks(2).map(|pair| (pair[0].to_owned(), pair[pair.len() - 1].to_owned()));
    let mut sealed = SealedSecret { encrypted_data: pairs.collect(), ..SealedSecret::default() };
    let map = &sealed.encrypted_data;
    (sealed.metadata.annotations, sealed.template.metadata.labels) = (map.clone(), map.clone());
    let written = to_yaml(&sealed);
    for policy in [Policy::Strict, Policy::Kubeseal] {
        let read = read_sealed_secrets(&written, policy);
        assert_eq!(read.as_deref(), Ok(std::slice::from_ref(&sealed)), "{policy:?}");
    }
}
