//! What is done to key Secrets shows in the ring.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::fake_secrets::FakeSecrets;
use super::*;
use crate::keys::rotate;
use crate::keys::tests::{policy, stored};
use crate::keys::{KeyPolicy, RingReceiver, StoredKey};

const PLAIN: &str = "sealed-secrets-key";

/// A key as a Secret with these labels.
fn secret(key: &StoredKey, labels: Value) -> Value {
    let mut secret = json!({
        "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
        "metadata": { "name": key.name, "namespace": "n" },
        "data": {
            "tls.key": sealer_core::encode_base64(key.private_pem.as_bytes()),
            "tls.crt": sealer_core::encode_base64(key.certificate_pem.as_bytes()),
        },
    });
    secret["metadata"]["labels"] = labels;
    secret
}

fn active(key: &StoredKey) -> Option<Value> {
    Some(secret(key, json!({ KEY_LABEL: "active" })))
}

fn retired(key: &StoredKey) -> Option<Value> {
    Some(secret(key, json!({ KEY_LABEL: "compromised" })))
}

fn unmarked(key: &StoredKey) -> Option<Value> {
    Some(secret(key, json!({})))
}

struct Running {
    ring: RingReceiver,
    _work: JoinSet<()>,
}

impl Running {
    fn start(server: &FakeSecrets) -> Self {
        let (sender, ring) = watch::channel(Arc::new(Ring::default()));
        let store = KeyStore { client: server.client(), namespace: "n".into(), policy: policy() };
        let mut work = JoinSet::new();
        work.spawn(store.follow(sender, Arc::default()));
        Self { ring, _work: work }
    }

    /// Waits until these are the keys, newest first; fails after a time that no machine needs.
    async fn until(&mut self, names: &[&str]) {
        let is_so =
            |ring: &Arc<Ring>| ring.keys.iter().map(|key| key.name.as_str()).eq(names.iter().copied());
        let so = tokio::time::timeout(Duration::from_secs(60), self.ring.wait_for(is_so)).await;
        assert!(so.is_ok(), "it never came to {names:?}");
    }
}

#[tokio::test]
async fn keys_that_are_added_relabelled_changed_and_deleted_show_in_the_ring() {
    let server = FakeSecrets::refusing([]);
    let (old, new) = (stored("old", 1_700_000_000), stored("new", 1_800_000_000));
    server.set("old", active(&old));
    let mut running = Running::start(&server);
    running.until(&["old"]).await;
    server.set("new", active(&new));
    running.until(&["new", "old"]).await;
    server.set("new", retired(&new));
    running.until(&["old"]).await;
    server.set("new", active(&new));
    running.until(&["new", "old"]).await;
    // The same name, another and older key.
    server.set("new", active(&StoredKey { name: "new".into(), ..stored("", 1_600_000_000) }));
    running.until(&["old", "new"]).await;
    server.set("old", None);
    running.until(&["new"]).await;
    assert_eq!(server.events(0).await, []);
}

#[tokio::test]
async fn a_broken_key_secret_is_told_once_and_loads_when_it_is_repaired() {
    let server = FakeSecrets::refusing([]);
    let (good, bad) = (stored("good", 1_700_000_000), stored("bad", 1_800_000_000));
    let mut broken = active(&bad).unwrap();
    broken["data"]["tls.crt"] = json!(sealer_core::encode_base64(good.certificate_pem.as_bytes()));
    server.set("bad", Some(broken.clone()));
    server.set("good", active(&good));
    let mut running = Running::start(&server);
    running.until(&["good"]).await;
    let mismatch =
        "this Secret is meant as a sealing key and can't be used: tls.crt and tls.key do not belong together";
    let told = [("bad".to_owned(), mismatch.to_owned())];
    assert_eq!(server.events(1).await, told);

    // Another version of the same fault is no news.
    broken["metadata"]["annotations"] = json!({ "touched": "again" });
    server.set("bad", Some(broken.clone()));
    server.set("bad", active(&bad));
    running.until(&["bad", "good"]).await;
    assert_eq!(server.events(1).await, told);

    server.set("bad", Some(broken));
    running.until(&["good"]).await;
    assert_eq!(server.events(2).await, [told.clone(), told].concat());
}

#[tokio::test]
async fn every_kind_of_broken_key_leaves_the_others_at_work() {
    let server = FakeSecrets::refusing([]);
    let good = stored("good", 1_700_000_000);
    server.set("good", active(&good));
    let with = |name: &str, change: &dyn Fn(&mut Value)| {
        let mut broken = active(&StoredKey { name: name.into(), ..good.clone() }).unwrap();
        change(&mut broken);
        server.set(name, Some(broken));
    };
    let text = |text: &str| json!(sealer_core::encode_base64(text.as_bytes()));
    with("empty", &|secret| secret["data"] = json!({}));
    with("no-data", &|secret| secret["data"] = Value::Null);
    with("another-type", &|secret| secret["type"] = json!("Opaque"));
    with("truncated", &|secret| secret["data"]["tls.key"] = text(&good.private_pem[..400]));
    with("elliptic", &|secret| {
        secret["data"]["tls.key"] = text(include_str!("../../../../vectors/keys/ec.pem"));
    });
    with("no-certificate", &|secret| secret["data"]["tls.crt"] = text(""));
    with("binary", &|secret| secret["data"]["tls.crt"] = json!("//79"));
    let mut running = Running::start(&server);
    running.until(&["good"]).await;
    let mut named: Vec<String> = server.events(7).await.into_iter().map(|(name, _)| name).collect();
    named.sort_unstable();
    assert_eq!(
        named,
        ["another-type", "binary", "elliptic", "empty", "no-certificate", "no-data", "truncated"]
    );
}

#[tokio::test]
async fn the_key_of_the_plain_name_needs_no_label_and_is_followed() {
    let server = FakeSecrets::refusing([]);
    let (plain, other) = (stored(PLAIN, 1_800_000_000), stored("other", 1_700_000_000));
    server.set(PLAIN, unmarked(&plain));
    server.set("other", active(&other));
    server.set("unrelated", unmarked(&StoredKey { name: "unrelated".into(), ..other }));
    let mut running = Running::start(&server);
    running.until(&[PLAIN, "other"]).await;
    server.set(PLAIN, active(&plain));
    server.set(PLAIN, retired(&plain));
    running.until(&["other"]).await;
    server.set(PLAIN, unmarked(&plain));
    running.until(&[PLAIN, "other"]).await;
    server.set(PLAIN, None);
    running.until(&["other"]).await;
}

#[tokio::test]
async fn the_key_of_the_plain_name_is_used_as_far_as_the_rights_allow() {
    let (plain, other) = (stored(PLAIN, 1_800_000_000), stored("other", 1_700_000_000));
    for (forbidden, keys) in
        [(&["list plain"][..], &[PLAIN, "other"][..]), (&["list plain", "get"], &["other"])]
    {
        let server = FakeSecrets::refusing(forbidden.iter().copied());
        server.set(PLAIN, unmarked(&plain));
        server.set("other", active(&other));
        let mut running = Running::start(&server);
        running.until(keys).await;
        assert_eq!(server.events(0).await, []);
    }
    // Without such a Secret nothing is missing.
    let server = FakeSecrets::refusing(["list plain"]);
    server.set("other", active(&other));
    Running::start(&server).until(&["other"]).await;
}

#[tokio::test]
async fn processes_that_start_together_make_one_key_and_another_when_it_is_due() {
    let server = FakeSecrets::refusing([]);
    let mut processes = JoinSet::new();
    let mut rings = Vec::new();
    let renew: Vec<Arc<Notify>> = (0..3).map(|_| Arc::default()).collect();
    for renew in &renew {
        let (sender, ring) = watch::channel(Arc::new(Ring::default()));
        let store = KeyStore { client: server.client(), namespace: "n".into(), policy: policy() };
        rings.push(ring.clone());
        let synced = Arc::new(Notify::new());
        processes.spawn(store.clone().follow(sender, Arc::clone(&synced)));
        let (policy, renew): (KeyPolicy, _) = (store.policy.clone(), Arc::clone(renew));
        processes.spawn(async move {
            synced.notified().await;
            rotate::keep(store, policy, ring, renew).await;
        });
    }
    for count in [1, 2] {
        for ring in &mut rings {
            let there = ring.wait_for(|ring| ring.keys.len() == count);
            tokio::time::timeout(Duration::from_secs(60), there).await.unwrap().unwrap();
        }
        assert_eq!(server.names().len(), count);
        renew.iter().for_each(|renew| renew.notify_one());
    }
}
