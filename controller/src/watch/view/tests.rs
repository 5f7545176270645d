//! What each event asks for, and what is remembered of an object.

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
