//! A text with a SealedSecret is edited so that it reads back as meant, or refused; written anew it says the same.

use sealer_core::Policy;
use sealer_core::merge::{Changes, SealedText};

use crate::MemoryLimit;

/// The claim about one input; a panic says that it does not hold.
pub fn holds(text: &str) {
    let _limit = MemoryLimit::for_input(text.len());
    let entry = |key: &str, text: &str| [(key.to_owned(), text.to_owned())].into();
    let changes = Changes {
        encrypted_data: entry("password", "AQNewPassword="),
        labels: entry("app", "shop"),
        annotations: entry("note", "two\nlines"),
        ..Changes::default()
    };
    for policy in [Policy::Strict, Policy::Kubeseal] {
        let Ok(read) = SealedText::read(text, policy) else { continue };
        let Ok(target) = read.target("db", "payments") else { continue };
        let mut meant = target.sealed().clone();
        meant.encrypted_data.extend(changes.encrypted_data.clone());
        meant.template.metadata.labels.extend(changes.labels.clone());
        meant.template.metadata.annotations.extend(changes.annotations.clone());
        for after in [target.edited(&changes), target.rewritten(&changes)].into_iter().flatten() {
            let read = SealedText::read(&after, policy).expect("what was written can be read");
            let target = read.target("db", "payments").expect("it is still there");
            assert_eq!(target.sealed(), &meant);
        }
        let Some(key) = target.sealed().encrypted_data.keys().next() else { continue };
        let goes = Changes { removed: [key.clone()].into(), ..Changes::default() };
        let moves = Changes { renamed: entry(key, "on"), ..Changes::default() };
        for (changes, left) in [(goes, None), (moves, Some("on"))] {
            let Ok(after) = target.edited(&changes) else { continue };
            let read = SealedText::read(&after, policy).expect("what was written can be read");
            let after = read.target("db", "payments").expect("it is still there");
            let mut meant = target.sealed().encrypted_data.clone();
            let value = meant.remove(key).expect("the key is one of them");
            meant.extend(left.map(|name| (name.to_owned(), value)));
            assert_eq!(after.sealed().encrypted_data, meant);
        }
    }
}
