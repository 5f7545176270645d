//! Any text is read or refused with a message; no policy finds values that the strict one reads otherwise.

use sealer_core::Policy;
use sealer_core::manifest::read_secrets;

use crate::MemoryLimit;

/// The claim about one input; a panic says that it does not hold.
pub fn holds(text: &str) {
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
}
