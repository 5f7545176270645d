//! Objects and requests through the opener: what comes out, at how many trials, and who waits for whom.

use std::sync::LazyLock;

use sealer_core::{Overrides, Plaintext, Scope, SealRequest, SecretManifest, Timestamp, seal};
use serde_json::json;

use super::*;
use crate::keys::StoredKey;
use crate::keys::tests::stored;

static KEYS: LazyLock<[StoredKey; 2]> =
    LazyLock::new(|| [stored("old", 1_700_000_000), stored("new", 1_800_000_000)]);

fn ring(keys: &[StoredKey]) -> Arc<Ring> {
    Arc::new(Ring::load(keys).0)
}

fn opener(cores: usize) -> (Opener, Arc<Metrics>) {
    let metrics = Arc::new(Metrics::new("v", false));
    (Opener::new(cores, true, Arc::clone(&metrics)), metrics)
}

fn trials(metrics: &Metrics) -> u32 {
    let text = metrics.text();
    let line = text.lines().find(|line| line.starts_with("sealwright_decrypt_trials_total")).unwrap();
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

/// A SealedSecret `payments/db` with so many items, sealed for one key.
fn sealed_for(key: &StoredKey, items: usize) -> SealedSecret {
    let mut manifest = SecretManifest::default();
    "db".clone_into(&mut manifest.metadata.name);
    "payments".clone_into(&mut manifest.metadata.namespace);
    let value = |item: usize| (format!("item-{item}"), Plaintext::new(format!("value-{item}").into_bytes()));
    manifest.data = (0..items).map(value).collect();
    let overrides = Overrides { allow_empty_data: true, ..Overrides::default() };
    let request = SealRequest::new(manifest, overrides).unwrap();
    let pair = key.pair().unwrap();
    let public = pair.certificate.check(Timestamp::from_unix_seconds(0)).unwrap();
    seal(&request, public, &mut SysRng).unwrap()
}

fn watched(sealed: &SealedSecret) -> Arc<Sealed> {
    let body = json!({
        "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
        "metadata": { "name": sealed.metadata.name, "namespace": sealed.metadata.namespace, "uid": "u", "generation": 1 },
        "spec": { "encryptedData": sealed.encrypted_data },
    });
    Arc::new(crate::watch::packed::sealed(body))
}

#[tokio::test]
async fn every_item_keeps_its_value_however_many_are_opened_at_once() {
    for (cores, items) in [(1, 1), (1, 7), (4, 1), (4, 7), (4, 0)] {
        let (opener, _) = opener(cores);
        let ring = ring(&*KEYS);
        let opened =
            opener.open(watched(&sealed_for(&KEYS[1], items)), Arc::clone(&ring), None).await.unwrap();
        assert_eq!(opened.secret.data.len(), items);
        for item in 0..items {
            let value = opened.secret.data[&format!("item-{item}")].expose();
            assert_eq!(value, format!("value-{item}").as_bytes());
        }
        let newest = ring.keys.newest().unwrap().fingerprint();
        assert!(opened.keys.iter().all(|key| key == newest));
    }
}

#[tokio::test]
async fn the_key_that_is_named_is_tried_first() {
    let (opener, metrics) = opener(1);
    let (ring, old) = (ring(&*KEYS), watched(&sealed_for(&KEYS[0], 3)));
    let opened = opener.open(Arc::clone(&old), Arc::clone(&ring), None).await.unwrap();
    assert_eq!(trials(&metrics), 4, "the newest once, then the one that opened the item before");
    let hint: Arc<str> = opened.keys.first().unwrap().as_str().into();
    opener.open(old, Arc::clone(&ring), Some(Arc::clone(&hint))).await.unwrap();
    assert_eq!(trials(&metrics), 4 + 3);
    let resealed = watched(&sealed_for(&KEYS[1], 1));
    opener.open(Arc::clone(&resealed), Arc::clone(&ring), Some(hint)).await.unwrap();
    opener.open(resealed, ring, Some("gone".into())).await.unwrap();
    assert_eq!(trials(&metrics), 4 + 3 + 2 + 1);
}

#[tokio::test]
async fn what_does_not_open_says_the_likely_cause_to_the_object_and_none_to_a_request() {
    let (opener, metrics) = opener(2);
    let mut moved = sealed_for(&KEYS[1], 2);
    "wide".clone_into(&mut moved.metadata.name);
    let error = opener.open(watched(&moved), ring(&*KEYS), None).await.unwrap_err().to_string();
    assert!(error.starts_with("no key could decrypt secret (item-0, item-1): it was sealed for"), "{error}");
    assert_eq!(trials(&metrics), 2 * 2 + 2 * 2, "each item with each key, then one item under two labels");
    let error = opener.verify(moved.clone(), ring(&*KEYS)).await.unwrap_err();
    assert_eq!(error.to_string(), "no key could decrypt secret (item-0)");
    let error = opener.rotate(moved, ring(&*KEYS)).await.unwrap_err();
    assert_eq!(error.to_string(), "no key could decrypt secret (item-0)");
    assert_eq!(trials(&metrics), 8 + 2 + 2, "a request ends with its first item that does not open");
}

#[tokio::test]
async fn a_request_is_verified_and_sealed_again_for_the_newest_key() {
    let (opener, _) = opener(2);
    let old = sealed_for(&KEYS[0], 2 * SEALS + 1);
    assert_eq!(opener.verify(old.clone(), ring(&*KEYS)).await, Ok(()));
    let new = opener.rotate(old.clone(), ring(&*KEYS)).await.unwrap();
    assert_eq!(opener.verify(new.clone(), ring(&KEYS[1..])).await, Ok(()));
    assert_eq!(new.encrypted_data.len(), old.encrypted_data.len());
    let mut widened = old;
    Scope::ClusterWide.write_annotations(&mut widened.template.metadata.annotations);
    let error = opener.rotate(widened, ring(&*KEYS)).await.unwrap_err();
    assert!(matches!(error, RotateError::Reseal(ResealError::Scope { .. })));
}

#[tokio::test]
async fn the_deprecated_form_is_refused_where_it_is_switched_off() {
    let opener = Opener::new(1, false, Arc::new(Metrics::new("v", false)));
    let old = SealedSecret {
        deprecated_data: Some("AAAA".into()),
        encrypted_data: [].into(),
        ..sealed_for(&KEYS[1], 0)
    };
    let words = "using deprecated 'data' field, use 'encryptedData' or flip the feature flag";
    assert_eq!(opener.verify(old.clone(), ring(&*KEYS)).await.unwrap_err().to_string(), words);
    assert_eq!(opener.rotate(old, ring(&*KEYS)).await.unwrap_err().to_string(), words);
}

#[tokio::test]
async fn an_object_with_many_items_does_not_keep_the_core_from_others() {
    let opener = Arc::new(opener(1).0);
    let start = |sealed: SealedSecret| {
        let opener = Arc::clone(&opener);
        tokio::spawn(async move { opener.open(watched(&sealed), ring(&*KEYS), None).await.unwrap() })
    };
    let many = start(sealed_for(&KEYS[1], 100));
    let one = start(sealed_for(&KEYS[1], 1));
    one.await.unwrap();
    assert!(!many.is_finished());
    assert_eq!(many.await.unwrap().secret.data.len(), 100);
}

#[tokio::test]
async fn a_panic_costs_nobody_else_the_core() {
    let opener = Arc::new(opener(1).0);
    let panicking = Arc::clone(&opener);
    let task = tokio::spawn(async move { panicking.in_turn(Who::Pass, || panic!("on purpose")).await });
    assert!(task.await.unwrap_err().is_panic());
    assert_eq!(opener.in_turn(Who::Pass, || 7).await, 7);
}

#[tokio::test]
async fn whoever_goes_while_work_runs_leaves_the_core_only_when_it_ends() {
    let opener = opener(1).0;
    let (begun, end) = (std::sync::mpsc::channel(), std::sync::mpsc::channel::<()>());
    let work = opener.in_turn(Who::Outside, move || {
        begun.0.send(()).unwrap();
        end.1.recv().unwrap();
    });
    tokio::select! {
        biased;
        () = work => panic!("it can't have ended"),
        () = async { while begun.1.try_recv().is_err() { tokio::task::yield_now().await; } } => {}
    }
    let mut next = std::pin::pin!(opener.in_turn(Who::Pass, || ()));
    assert!(futures_util::poll!(&mut next).is_pending());
    end.0.send(()).unwrap();
    next.await;
}
