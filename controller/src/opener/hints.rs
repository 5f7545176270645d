//! Which key opened an object last, for those that the newest does not open.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::facts::{ObjectKey, Sealed};

/// Sweeping so few is not worth it.
const FEW: usize = 256;

/// The fingerprint of the key that opened an object last. The newest key is tried first anyway, so that most objects
/// need no entry.
#[derive(Debug, Default)]
pub(super) struct Hints(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// With the object as it was then: gone from the watch's copy, it is gone from here at the next sweep.
    keys: HashMap<ObjectKey, (Weak<Sealed>, Arc<str>)>,
    sweep_at: usize,
}

impl Hints {
    pub(super) fn get(&self, object: &ObjectKey) -> Option<Arc<str>> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.keys.get(object).map(|(_, key)| Arc::clone(key))
    }

    /// `None`: the newest key opens it.
    pub(super) fn set(&self, sealed: &Arc<Sealed>, key: Option<&str>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match key {
            None => drop(state.keys.remove(&sealed.key)),
            Some(key) => {
                state.keys.insert(sealed.key.clone(), (Arc::downgrade(sealed), key.into()));
                if state.keys.len() > state.sweep_at.max(FEW) {
                    state.keys.retain(|_, (object, _)| object.strong_count() > 0);
                    state.sweep_at = 2 * state.keys.len();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::packed::sealed;

    fn object(number: usize) -> Arc<Sealed> {
        let body = json!({ "metadata": { "name": format!("db-{number}"), "namespace": "payments" } });
        Arc::new(sealed(body))
    }

    #[test]
    fn a_hint_stays_until_the_newest_key_opens_the_object() {
        let hints = Hints::default();
        let (before, after) = (object(1), object(1));
        hints.set(&before, Some("AA:BB"));
        drop(before);
        assert_eq!(hints.get(&after.key).as_deref(), Some("AA:BB"), "also for its next version");
        hints.set(&after, None);
        assert_eq!(hints.get(&after.key), None);
    }

    #[test]
    fn objects_that_are_gone_are_forgotten() {
        let hints = Hints::default();
        let living: Vec<_> = (0..FEW).map(object).collect();
        for number in 0..20 * FEW {
            let object = living.get(number).cloned().unwrap_or_else(|| object(number));
            hints.set(&object, Some("AA:BB"));
            assert!(hints.0.lock().unwrap().keys.len() <= 2 * (FEW + 1));
        }
        assert!(living.iter().all(|object| hints.get(&object.key).is_some()));
    }
}
