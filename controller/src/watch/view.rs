//! What this process knows of the cluster: the copies that the watches keep, and what it did itself.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kube::runtime::watcher::Event;
use tokio::time::Instant;

use crate::api::convert;
use crate::decide::{Keys, Record, SETTLING, Vanished, Verdict};
use crate::facts::{ObjectKey, Observed, Sealed};
use crate::watch::mirror::{Change, Mirror, Reach};
use crate::watch::packed::Packed;
use crate::watch::queue::{Level, Queue};
use crate::watch::seen::{SeenSealed, SeenSecret};

/// Everything a pass over one object starts from.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The SealedSecret.
    pub sealed: Arc<Sealed>,
    /// Its Secret, by its metadata.
    pub observed: Option<Observed>,
    /// Whether Secrets of the namespace are watched: only then does a Secret that was not observed not exist.
    pub watched: bool,
    /// The Secret that was there a moment ago.
    pub vanished: Option<Vanished>,
    /// What was done last.
    pub record: Option<Record>,
}

/// What this process knows of the cluster.
#[derive(Debug, Default)]
pub struct View {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    sealed: Mirror<Arc<Packed>>,
    secrets: Mirror<Observed>,
    vanished: HashMap<ObjectKey, (Observed, Instant)>,
    records: HashMap<ObjectKey, Record>,
    /// Every set of keys that a record rests on, once.
    keys: HashSet<Keys>,
    /// The SealedSecrets that are gone and whose Secrets somebody has to collect, by their UIDs; `None` where the
    /// garbage collector does it.
    gone: Option<HashMap<ObjectKey, BTreeSet<String>>>,
}

impl State {
    fn vanished(&self, key: &ObjectKey) -> Option<Vanished> {
        let (last, at) = self.vanished.get(key)?;
        Some(Vanished { last: last.clone(), age: at.elapsed() })
    }
}

impl View {
    /// A view that also remembers SealedSecrets that are gone, for [`Self::take_gone`].
    pub fn with_gone() -> Self {
        let view = Self::default();
        view.lock().gone = Some(HashMap::new());
        view
    }

    /// The UIDs of SealedSecrets of that key that are gone; each is told once.
    pub fn take_gone(&self, key: &ObjectKey) -> BTreeSet<String> {
        self.lock().gone.as_mut().and_then(|gone| gone.remove(key)).unwrap_or_default()
    }

    /// Takes back what was told and could not be seen to.
    pub fn put_back_gone(&self, key: &ObjectKey, uid: String) {
        if let Some(gone) = &mut self.lock().gone {
            gone.entry(key.clone()).or_default().insert(uid);
        }
    }

    /// Everything a pass over that object starts from; `None` where it is gone.
    pub fn facts(&self, key: &ObjectKey) -> Option<Facts> {
        let state = self.lock();
        let packed = Arc::clone(state.sealed.get(key)?);
        // What was done to an earlier object of the name, and told of it, says nothing of this one.
        let record = state.records.get(key).filter(|record| *record.version.uid == *packed.uid).cloned();
        let vanished = state.vanished(key);
        let observed = state.secrets.get(key).cloned();
        let watched = state.secrets.knows(&key.namespace);
        drop(state);
        let sealed = Arc::new(packed.unpack(key));
        Some(Facts { sealed, observed, watched, vanished, record })
    }

    /// Brings what is known of the Secret up to date; of the SealedSecret nothing.
    pub fn refresh(&self, facts: &mut Facts) {
        let state = self.lock();
        let key = &facts.sealed.key;
        facts.observed = state.secrets.get(key).cloned();
        facts.vanished = state.vanished(key);
    }

    /// Keeps what a pass did, unless the object has gone meanwhile.
    pub fn remember(&self, key: &ObjectKey, mut record: Record) {
        let mut state = self.lock();
        let Some(sealed) = state.sealed.get(key) else { return };
        // The watch may have been faster.
        record.hear(&sealed.resource_version);
        record.share(&mut state.keys);
        state.records.insert(key.clone(), record);
    }

    /// Takes in an event of the SealedSecret watch. A change of nothing but the status asks for no pass:
    /// it is our own echo, or a deployment tool writing back what it read.
    pub fn take_sealed(&self, reach: &Reach, event: Event<SeenSealed>, queue: &Queue<ObjectKey>) {
        let mut state = self.lock();
        let changes = state.sealed.take(reach, event, |object| {
            let key = convert::key(&object.metadata);
            (key, Arc::new(Packed::new(object)))
        });
        for change in changes {
            match change {
                Change::Set { key, old, listed } => {
                    let State { sealed, records, gone, .. } = &mut *state;
                    // Whatever a first list shows was there before.
                    let first = listed && !sealed.knows(&key.namespace);
                    let Some(new) = sealed.get(&key) else { continue };
                    if let Some(record) = records.get_mut(&key) {
                        record.hear(&new.resource_version);
                    }
                    if let Some(before) = old.as_ref().filter(|old| old.uid != new.uid)
                        && let Some(gone) = gone
                    {
                        gone.entry(key.clone()).or_default().insert(before.uid.to_string());
                    }
                    if !old.is_some_and(|old| old.is_like(new)) {
                        let judged = new.judged == Some(new.generation);
                        let level = if judged && listed {
                            Level::Backlog
                        } else if first {
                            Level::Unjudged
                        } else {
                            Level::Fresh
                        };
                        queue.push(key, level);
                    }
                }
                Change::Gone { key, last } => {
                    state.records.remove(&key);
                    if let Some(gone) = &mut state.gone {
                        gone.entry(key.clone()).or_default().insert(last.uid.to_string());
                    }
                    // Whoever has told of it takes that back, and no pass that still runs tells again.
                    queue.push(key, Level::Fresh);
                }
            }
        }
    }

    /// Takes in an event of the Secret watch. The echo of an own write asks for no pass.
    pub fn take_secret(&self, reach: &Reach, event: Event<SeenSecret>, queue: &Queue<ObjectKey>) {
        let mut state = self.lock();
        let changes = state.secrets.take(reach, event, |SeenSecret { metadata }| {
            (convert::key(&metadata), convert::observed(&metadata))
        });
        for change in changes {
            match change {
                Change::Set { key, old, listed } => {
                    state.vanished.remove(&key);
                    // A first list brings no news: it must not push the backlog of a start before what is new.
                    let first = listed && !state.secrets.knows(&key.namespace);
                    let (Some(new), Some(_)) = (state.secrets.get(&key), state.sealed.get(&key)) else {
                        continue;
                    };
                    let verdict = state.records.get(&key).map(|record| &record.verdict);
                    let echo = matches!(verdict, Some(Verdict::Synced(own)) if *own == new.version);
                    if !echo && old.is_none_or(|old| old.version != new.version) {
                        let drift = matches!(verdict, Some(Verdict::Synced(_) | Verdict::Left(_)));
                        queue.push(key, if drift || first { Level::Backlog } else { Level::Fresh });
                    }
                }
                Change::Gone { key, last } => {
                    if state.sealed.get(&key).is_some() {
                        if last.comes_back() {
                            queue.push(key.clone(), Level::Fresh);
                        } else {
                            queue.push_after(key.clone(), Level::Fresh, SETTLING);
                        }
                    }
                    state.vanished.retain(|_, (_, at)| at.elapsed() < SETTLING);
                    state.vanished.insert(key, (last, Instant::now()));
                }
            }
        }
    }

    /// Asks for a pass over every object that a change of the keys could concern.
    pub fn keys_changed(&self, ids: &BTreeSet<String>, queue: &Queue<ObjectKey>) {
        let state = self.lock();
        for (key, record) in &state.records {
            if !record.rests_on(ids) {
                queue.push(key.clone(), Level::Backlog);
            }
        }
    }

    /// Whether there is a SealedSecret of that key.
    pub fn has(&self, key: &ObjectKey) -> bool {
        self.lock().sealed.get(key).is_some()
    }

    /// How many SealedSecrets there are.
    pub fn sealed_count(&self) -> usize {
        self.lock().sealed.len()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change above is one step; a panic in between leaves a copy that the next event corrects.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
