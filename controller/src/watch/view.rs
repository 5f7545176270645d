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
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn key() -> ObjectKey {
        ObjectKey { namespace: "payments".into(), name: "db".into() }
    }

    fn sealed(generation: i64, extra: &Value) -> SeenSealed {
        let mut object = json!({
            "metadata": { "name": "db", "namespace": "payments", "uid": "u", "generation": generation },
            "spec": { "encryptedData": {} },
        });
        object.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        serde_json::from_value(object).unwrap()
    }

    fn named(name: &str, mut object: SeenSealed) -> SeenSealed {
        object.metadata.name = Some(name.into());
        object
    }

    fn secret(version: &str, owned: bool) -> SeenSecret {
        let owners = json!([{ "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "name": "db", "uid": "u", "controller": true }]);
        serde_json::from_value(json!({ "metadata": {
            "name": "db", "namespace": "payments", "uid": "s", "resourceVersion": version,
            "ownerReferences": if owned { owners } else { json!([]) },
        } }))
        .unwrap()
    }

    fn record(view: &View, verdict: Verdict) -> Record {
        let version = view.facts(&key()).unwrap().sealed.version();
        let keys = Keys::default();
        Record { version, verdict, keys, applied: None, attempts: 0, told: None, untold: None, history: None }
    }

    fn own(version: &str) -> Verdict {
        Verdict::Synced(convert::version(&secret(version, true).metadata))
    }

    /// A view with one SealedSecret whose first pass has been taken from the queue.
    async fn settled() -> (View, Queue<ObjectKey>) {
        let (view, queue) = (View::default(), Queue::new());
        view.take_sealed(&Reach::Everywhere, Event::Apply(sealed(1, &json!({}))), &queue);
        let first = queue.next().await.unwrap();
        queue.done(&first);
        (view, queue)
    }

    #[tokio::test]
    async fn a_status_write_asks_for_nothing_and_a_new_generation_for_a_pass() {
        let (view, queue) = settled().await;
        let status = json!({ "status": { "observedGeneration": 1, "conditions": [] } });
        view.take_sealed(&Reach::Everywhere, Event::Apply(sealed(1, &status)), &queue);
        assert!(queue.is_empty());
        view.take_sealed(&Reach::Everywhere, Event::Apply(sealed(2, &status)), &queue);
        assert_eq!(queue.len(), 1);
    }

    #[tokio::test]
    async fn a_changed_scope_asks_for_a_pass_though_the_generation_stands() {
        let (view, queue) = settled().await;
        let mut wider = sealed(1, &json!({}));
        wider.metadata.annotations =
            Some([("sealedsecrets.bitnami.com/cluster-wide".to_owned(), "true".to_owned())].into());
        view.take_sealed(&Reach::Everywhere, Event::Apply(wider), &queue);
        assert_eq!(queue.len(), 1);
    }

    #[tokio::test]
    async fn the_echo_of_an_own_write_asks_for_nothing_and_drift_for_a_pass() {
        let (view, queue) = settled().await;
        view.remember(&key(), record(&view, own("7")));
        view.take_secret(&Reach::Everywhere, Event::Apply(secret("7", true)), &queue);
        assert!(queue.is_empty());
        view.take_secret(&Reach::Everywhere, Event::Apply(secret("8", true)), &queue);
        assert_eq!(queue.len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn an_owned_secret_comes_back_at_once_and_a_foreign_ones_name_rests() {
        let (view, queue) = settled().await;
        view.take_secret(&Reach::Everywhere, Event::Delete(secret("8", true)), &queue);
        assert_eq!(queue.len(), 1);
        let again = queue.next().await.unwrap();
        queue.done(&again);

        view.take_secret(&Reach::Everywhere, Event::Apply(secret("9", false)), &queue);
        let refused = queue.next().await.unwrap();
        queue.done(&refused);
        view.take_secret(&Reach::Everywhere, Event::Delete(secret("9", false)), &queue);
        assert!(queue.is_empty());
        let start = Instant::now();
        assert_eq!(queue.next().await, Some(key()));
        assert!(start.elapsed() >= SETTLING);
    }

    #[tokio::test]
    async fn secrets_without_a_sealed_secret_ask_for_nothing() {
        let (view, queue) = (View::default(), Queue::new());
        view.take_secret(&Reach::Everywhere, Event::Apply(secret("1", false)), &queue);
        view.take_secret(&Reach::Everywhere, Event::Delete(secret("1", false)), &queue);
        assert!(queue.is_empty());
    }

    #[tokio::test]
    async fn a_new_key_asks_for_a_pass_over_what_was_judged_without_it() {
        let (view, queue) = settled().await;
        view.remember(&key(), record(&view, Verdict::Unsealable));
        view.keys_changed(&BTreeSet::new(), &queue);
        assert!(queue.is_empty());
        view.keys_changed(&BTreeSet::from(["k".to_owned()]), &queue);
        assert_eq!(queue.len(), 1);
    }

    #[tokio::test]
    async fn at_a_start_what_was_judged_before_comes_last_and_what_is_announced_first() {
        let (view, queue) = (View::default(), Queue::new());
        let judged = json!({ "status": { "observedGeneration": 1, "conditions": [] } });
        view.take_sealed(&Reach::Everywhere, Event::Init, &queue);
        view.take_sealed(&Reach::Everywhere, Event::InitApply(named("old", sealed(1, &judged))), &queue);
        view.take_sealed(&Reach::Everywhere, Event::InitApply(named("new", sealed(2, &judged))), &queue);
        view.take_sealed(&Reach::Everywhere, Event::InitDone, &queue);
        view.take_sealed(&Reach::Everywhere, Event::Apply(named("newest", sealed(1, &json!({})))), &queue);
        for name in ["newest", "new", "old"] {
            assert_eq!(queue.next().await.unwrap().name, name);
        }
    }

    #[tokio::test]
    async fn what_was_done_to_an_object_goes_with_it() {
        let (view, queue) = settled().await;
        let record = record(&view, own("7"));
        view.remember(&key(), record.clone());
        view.take_sealed(&Reach::Everywhere, Event::Delete(sealed(1, &json!({}))), &queue);
        assert!(view.facts(&key()).is_none());
        view.remember(&key(), record);
        view.take_sealed(&Reach::Everywhere, Event::Apply(sealed(1, &json!({}))), &queue);
        assert_eq!(view.facts(&key()).unwrap().record, None);
    }

    #[tokio::test]
    async fn what_was_done_to_an_object_says_nothing_of_the_next_one_of_its_name() {
        let (view, queue) = settled().await;
        view.remember(&key(), record(&view, own("7")));
        let mut next = sealed(1, &json!({}));
        next.metadata.uid = Some("u2".into());
        // Deleted and made again while the watch was down: no deletion is shown.
        for event in [Event::Init, Event::InitApply(next), Event::InitDone] {
            view.take_sealed(&Reach::Everywhere, event, &queue);
        }
        assert_eq!(view.facts(&key()).unwrap().record, None);
        assert_eq!(queue.len(), 1);
    }

    #[tokio::test]
    async fn the_first_list_of_secrets_does_not_push_the_backlog_before_what_is_new() {
        let (view, queue) = (View::default(), Queue::new());
        let judged = json!({ "status": { "observedGeneration": 1, "conditions": [] } });
        let everywhere = Reach::Everywhere;
        for event in [Event::Init, Event::InitApply(sealed(1, &judged)), Event::InitDone] {
            view.take_sealed(&everywhere, event, &queue);
        }
        view.take_sealed(&everywhere, Event::Apply(named("new", sealed(1, &json!({})))), &queue);
        view.take_secret(&everywhere, Event::Init, &queue);
        view.take_secret(&everywhere, Event::InitApply(secret("7", true)), &queue);
        assert!(!view.facts(&key()).unwrap().watched);
        view.take_secret(&everywhere, Event::InitDone, &queue);
        assert!(view.facts(&key()).unwrap().watched);
        assert_eq!(queue.next().await.unwrap().name, "new");
        assert_eq!(queue.next().await.unwrap().name, "db");
    }

    #[tokio::test]
    async fn every_object_that_is_gone_is_told_once_to_who_collects() {
        let (view, queue) = (View::with_gone(), Queue::new());
        view.take_sealed(&Reach::Everywhere, Event::Apply(sealed(1, &json!({}))), &queue);
        let mut next = sealed(1, &json!({}));
        next.metadata.uid = Some("u2".into());
        view.take_sealed(&Reach::Everywhere, Event::Apply(next.clone()), &queue);
        assert_eq!(view.take_gone(&key()), ["u".to_owned()].into());
        assert_eq!(view.take_gone(&key()), BTreeSet::new());
        let first = queue.next().await.unwrap();
        queue.done(&first);
        view.take_sealed(&Reach::Everywhere, Event::Delete(next), &queue);
        assert_eq!(queue.len(), 1, "somebody has to look");
        assert_eq!(view.take_gone(&key()), ["u2".to_owned()].into());
        view.put_back_gone(&key(), "u2".into());
        assert_eq!(view.take_gone(&key()), ["u2".to_owned()].into());
    }
}
