//! Whole passes: what the API server is asked for, and when it is left in peace.

use getrandom::SysRng;
use kube::runtime::watcher::Event;
use sealer_core::manifest::SecretManifest;
use sealer_core::{Overrides, Plaintext, SealRequest, Timestamp, seal};
use serde_json::{Value, json};
use tokio::sync::watch;

mod drift;
mod receipts;

use super::*;
use crate::api::fake::{FakeApi, kept, pruned, refusal};
use crate::cluster::settings::Rules;
use crate::keys::Ring;
use crate::keys::tests::stored;
use crate::metrics::Metrics;
use crate::opener::Opener;
use crate::pass::context::Context;
use crate::pass::digest::Digester;
use crate::pass::report::Reporter;
use crate::watch::mirror::Reach;
use crate::watch::queue::Queue;
use crate::watch::view::View;

const SECRETS: &str = "/api/v1/namespaces/payments/secrets";
const SEALED: &str = "/apis/bitnami.com/v1alpha1/namespaces/payments/sealedsecrets/db";
const EVENTS: &str = "/api/v1/namespaces/payments/events";

/// A controller with one key, an API server that answers as told, and one SealedSecret for that key.
struct World {
    shared: Shared,
    keys: watch::Sender<Arc<Ring>>,
    api: FakeApi,
    encrypted: Value,
}

fn key() -> ObjectKey {
    ObjectKey { namespace: "payments".into(), name: "db".into() }
}

/// The certificates of all the keys are of the same second.
fn ring(names: &[&str]) -> Arc<Ring> {
    let keys: Vec<_> = names.iter().map(|name| stored(name, 1_800_000_000)).collect();
    Arc::new(Ring::load(&keys).0)
}

impl World {
    fn new(update_status: bool) -> Self {
        Self::with(&ring(&["k"]), Rules::default(), update_status)
    }

    fn with(ring: &Arc<Ring>, rules: Rules, update_status: bool) -> Self {
        let mut manifest = SecretManifest::default();
        manifest.metadata.name = "db".into();
        manifest.metadata.namespace = "payments".into();
        manifest.data.insert("foo".into(), Plaintext::new(b"bar".to_vec()));
        let request = SealRequest::new(manifest, Overrides::default()).unwrap();
        let certificate = &ring.keys.newest().unwrap().certificate;
        let for_key = certificate.check(Timestamp::from_unix_seconds(0)).unwrap();
        let encrypted = json!(seal(&request, for_key, &mut SysRng).unwrap().encrypted_data);
        Self::start(ring, rules, update_status, encrypted)
    }

    fn start(ring: &Arc<Ring>, rules: Rules, update_status: bool, encrypted: Value) -> Self {
        let api = FakeApi::default();
        let (keys, ring) = watch::channel(Arc::clone(ring));
        let metrics = Arc::new(Metrics::new("v", false));
        let context = Context {
            view: View::default(),
            queue: Queue::new(),
            ring,
            opener: Arc::new(Opener::new(2, true, Arc::clone(&metrics))),
            digester: Digester::new(&[7; 32]),
            reporter: Reporter::new(update_status),
            rules,
            readiness: Arc::default(),
            metrics,
        };
        Self { shared: Shared { context: Arc::new(context), client: api.client() }, keys, api, encrypted }
    }

    /// Another process with the same keys, which has seen the same object and Secret.
    fn restarted(&self, object: Value, secret: &str) -> Self {
        let rules = self.shared.context.rules;
        let next = Self::start(&self.keys.borrow(), rules, true, self.encrypted.clone()).watching();
        next.show(object);
        next.show_secret(secret);
        next
    }

    /// A line of the metrics.
    fn counted(&self, line: &str) -> bool {
        self.shared.context.metrics.text().lines().any(|shown| shown == line)
    }

    /// How many RSA operations there were.
    fn decryptions(&self) -> u64 {
        let text = self.shared.context.metrics.text();
        let line = text.lines().find_map(|line| line.strip_prefix("sealwright_decrypt_trials_total "));
        line.unwrap().parse().unwrap()
    }

    /// The watch of Secrets has shown all of them: none.
    fn watching(self) -> Self {
        let context = &self.shared.context;
        for event in [Event::Init, Event::InitDone] {
            context.view.take_secret(&Reach::Everywhere, event, &context.queue);
        }
        self
    }

    fn object(&self, generation: i64, version: &str) -> Value {
        json!({
            "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
            "metadata": {
                "name": "db", "namespace": "payments", "uid": "u1", "generation": generation, "resourceVersion": version,
            },
            "spec": { "encryptedData": self.encrypted },
        })
    }

    /// The watch shows the object.
    fn show(&self, object: Value) {
        let context = &self.shared.context;
        context.view.take_sealed(
            &Reach::Everywhere,
            Event::Apply(serde_json::from_value(object).unwrap()),
            &context.queue,
        );
    }

    /// The watch shows its Secret.
    fn show_secret(&self, version: &str) {
        let context = &self.shared.context;
        let meta = secret(version).1;
        context.view.take_secret(
            &Reach::Everywhere,
            Event::Apply(serde_json::from_value(meta).unwrap()),
            &context.queue,
        );
    }

    async fn pass(&self) -> Action {
        reconcile(&self.shared, &key()).await
    }
}

fn secret(version: &str) -> (u16, Value) {
    let owner = json!({ "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "name": "db", "uid": "u1", "controller": true });
    let body = json!({
        "apiVersion": "v1", "kind": "Secret", "type": "Opaque", "data": { "foo": "YmFy" },
        "metadata": {
            "name": "db", "namespace": "payments", "uid": "s", "resourceVersion": version, "ownerReferences": [owner],
        },
    });
    (200, body)
}

fn event() -> (u16, Value) {
    (201, json!({ "metadata": { "name": "e" }, "involvedObject": {} }))
}

#[tokio::test]
async fn a_new_object_costs_three_calls_and_its_echoes_none() {
    let world = World::new(true).watching();
    world.show(world.object(1, "5"));
    world.api.then([secret("7"), kept("6"), event()]);
    assert_eq!(world.pass().await, Action::Done);
    let asked = world.api.asked();
    let calls: Vec<&str> = asked.iter().map(|(call, _)| call.as_str()).collect();
    assert_eq!(calls, [format!("POST {SECRETS}"), format!("PUT {SEALED}/status"), format!("POST {EVENTS}")]);
    assert_eq!(asked[0].1["data"]["foo"], "YmFy");
    assert_eq!(asked[1].1["metadata"]["resourceVersion"], "5");
    assert!(asked[1].1.get("spec").is_none());
    assert_eq!(asked[1].1["status"]["conditions"][0]["type"], "Synced");
    assert_eq!((&asked[2].1["reason"], &asked[2].1["type"]), (&json!("Unsealed"), &json!("Normal")));
    assert_eq!(asked[2].1["source"]["component"], "sealed-secrets");

    let mut echo = world.object(1, "6");
    echo["status"] = asked[1].1["status"].clone();
    world.show(echo);
    world.show_secret("7");
    assert_eq!(world.pass().await, Action::Done);
    assert_eq!(world.api.calls(), [""; 0]);
}

#[tokio::test]
async fn an_object_for_another_key_is_told_once_and_touches_no_secret() {
    let (world, other) = (World::new(true).watching(), World::new(true));
    world.show(other.object(1, "5"));
    world.api.then([kept("6"), event()]);
    assert_eq!(world.pass().await, Action::Done);
    let asked = world.api.asked();
    assert_eq!(asked[0].0, format!("PUT {SEALED}/status"));
    let message = asked[0].1["status"]["conditions"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("no key could decrypt secret (foo): it was sealed for another cluster, or"));
    assert_eq!(asked[1].1["message"], format!("Failed to unseal: {message}"));
    assert_eq!(world.pass().await, Action::Done);
    assert_eq!(world.api.calls(), [""; 0]);
}

#[tokio::test]
async fn a_failing_server_makes_it_unknown_and_is_asked_again_without_more_noise() {
    let world = World::new(true).watching();
    world.show(world.object(1, "5"));
    world.api.then([refusal(503, "Unavailable"), kept("6"), event()]);
    let Action::Again(first) = world.pass().await else { panic!("gave up") };
    let asked = world.api.asked();
    assert_eq!(asked[1].1["status"]["conditions"][0]["status"], "Unknown");
    assert_eq!(asked[2].1["reason"], "ErrUpdateFailed");
    world.api.then([refusal(503, "Unavailable")]);
    let Action::Again(second) = world.pass().await else { panic!("gave up") };
    assert_eq!(world.api.calls(), [format!("POST {SECRETS}")], "no second status, no second event");
    assert!(second.as_millis() >= 500 && first.as_millis() <= 500, "{first:?} {second:?}");
}

#[tokio::test]
async fn a_status_that_meets_a_newer_version_is_written_again_unless_the_spec_is_newer_too() {
    let world = World::new(true).watching();
    world.show(world.object(1, "5"));
    let conflict = || refusal(409, "Conflict");
    world.api.then([secret("7"), conflict(), (200, world.object(1, "9")), kept("10"), event()]);
    assert_eq!(world.pass().await, Action::Done);
    let asked = world.api.asked();
    assert_eq!(asked[3].1["metadata"]["resourceVersion"], "9");

    let world = World::new(true).watching();
    world.show(world.object(1, "5"));
    world.api.then([secret("7"), conflict(), (200, world.object(2, "9")), event()]);
    assert_eq!(world.pass().await, Action::Done);
    assert_eq!(world.api.calls().len(), 4);
}

#[tokio::test]
async fn a_status_that_can_not_be_written_is_tried_again_alone() {
    let world = World::new(true).watching();
    world.show(world.object(1, "5"));
    world.api.then([secret("7"), refusal(403, "Forbidden"), event()]);
    assert!(matches!(world.pass().await, Action::Again(_)));
    let told = [format!("POST {SECRETS}"), format!("PUT {SEALED}/status"), format!("POST {EVENTS}")];
    assert_eq!(world.api.calls(), told, "the event is told all the same");
    world.show_secret("7");
    for _ in 0..3 {
        world.api.then([refusal(403, "Forbidden")]);
        assert!(matches!(world.pass().await, Action::Again(_)));
        assert_eq!(world.api.calls(), [format!("PUT {SEALED}/status")]);
    }
    assert_eq!(world.decryptions(), 1);
    let failed = "sealed_secrets_controller_unseal_errors_total{namespace=\"payments\",reason=\"status\"} 4";
    assert!(world.counted(failed));
    world.api.then([kept("6")]);
    assert_eq!(world.pass().await, Action::Done);
    assert_eq!(world.api.asked()[0].1["status"]["conditions"][0]["status"], "True");
    assert_eq!(world.pass().await, Action::Done);
    assert_eq!(world.api.calls(), [""; 0]);
}

#[tokio::test]
async fn a_failure_that_no_status_tells_is_told_by_one_event() {
    let world = World::new(true).watching();
    world.show(world.object(1, "5"));
    world.api.then([refusal(503, "Unavailable"), refusal(403, "Forbidden"), event()]);
    assert!(matches!(world.pass().await, Action::Again(_)));
    assert_eq!(world.api.calls().len(), 3);
    for _ in 0..2 {
        world.api.then([refusal(503, "Unavailable"), refusal(403, "Forbidden")]);
        assert!(matches!(world.pass().await, Action::Again(_)));
        assert_eq!(world.api.calls(), [format!("POST {SECRETS}"), format!("PUT {SEALED}/status")]);
    }
}

#[tokio::test]
async fn a_last_attempt_that_is_asked_for_is_the_last() {
    let rules = Rules { max_retries: Some(1), ..Rules::default() };
    let world = World::with(&ring(&["k"]), rules, true).watching();
    world.show(world.object(1, "5"));
    world.api.then([refusal(503, "Unavailable"), kept("6"), event(), refusal(503, "Unavailable")]);
    assert!(matches!(world.pass().await, Action::Again(_)));
    assert_eq!(world.pass().await, Action::Done);
}

#[tokio::test]
async fn statuses_can_be_left_alone() {
    let world = World::new(false).watching();
    world.show(world.object(1, "5"));
    world.api.then([secret("7"), event()]);
    assert_eq!(world.pass().await, Action::Done);
    assert_eq!(world.api.calls(), [format!("POST {SECRETS}"), format!("POST {EVENTS}")]);
}

#[tokio::test]
async fn a_secret_is_not_made_again_for_an_object_that_is_gone() {
    let world = World::new(true).watching();
    world.show(world.object(1, "5"));
    world.api.then([secret("7"), kept("6"), event()]);
    world.pass().await;
    world.show_secret("7");
    let context = &world.shared.context;
    let meta = secret("7").1;
    context.view.take_secret(
        &Reach::Everywhere,
        Event::Delete(serde_json::from_value(meta).unwrap()),
        &context.queue,
    );
    world.api.asked();
    world.api.then([refusal(404, "NotFound")]);
    assert_eq!(world.pass().await, Action::Done);
    assert_eq!(world.api.calls(), [format!("GET {SEALED}")]);

    world.api.then([(200, world.object(1, "6")), secret("8"), kept("7"), event()]);
    assert_eq!(world.pass().await, Action::Done);
    let receipt = format!("PUT {SEALED}/status");
    assert_eq!(
        world.api.calls(),
        [format!("GET {SEALED}"), format!("POST {SECRETS}"), receipt, format!("POST {EVENTS}")]
    );
}

#[tokio::test]
async fn keys_that_change_during_a_pass_ask_for_another() {
    let world = World::new(true).watching();
    let all = world.keys.send_replace(Arc::default());
    world.show(world.object(1, "5"));
    let queue = &world.shared.context.queue;
    let taken = queue.next().await.unwrap();
    world.api.then([kept("6"), event()]);
    let mut first = std::pin::pin!(world.pass());
    assert!(futures_util::poll!(&mut first).is_pending(), "it opens with the keys of its start");
    world.keys.send_replace(all);
    assert_eq!(first.await, Action::Done);
    queue.done(&taken);
    assert_eq!(queue.len(), 1);

    world.api.asked();
    world.api.then([secret("7"), kept("7"), event()]);
    assert_eq!(world.pass().await, Action::Done);
    assert_eq!(world.api.calls()[0], format!("POST {SECRETS}"));
}

#[tokio::test]
async fn a_secret_that_is_handed_over_after_a_refusal_becomes_what_the_template_says() {
    let world = World::new(true).watching();
    let context = &world.shared.context;
    let show = |secret: &Value| {
        let meta = serde_json::from_value(secret.clone()).unwrap();
        context.view.take_secret(&Reach::Everywhere, Event::Apply(meta), &context.queue);
    };
    let mut foreign = secret("7").1;
    foreign["metadata"]["ownerReferences"] = json!([]);
    foreign["metadata"]["labels"] = json!({ "theirs": "1" });
    show(&foreign);
    world.show(world.object(1, "5"));
    world.api.then([(200, foreign.clone()), kept("6"), event()]);
    assert_eq!(world.pass().await, Action::Done);
    assert_eq!(world.api.asked()[1].1["status"]["conditions"][0]["reason"], "NotManaged");
    foreign["metadata"]["annotations"] = json!({ "sealedsecrets.bitnami.com/managed": "true" });
    foreign["metadata"]["resourceVersion"] = json!("8");
    show(&foreign);
    world.api.then([(200, foreign), secret("9"), kept("10"), event()]);
    assert_eq!(world.pass().await, Action::Done);
    let written = &world.api.asked()[1].1["metadata"];
    assert_eq!(written.get("labels"), None);
    assert_eq!(written["ownerReferences"][0]["uid"], "u1");
}

#[tokio::test]
async fn a_new_version_does_not_wait_for_the_failures_of_the_old_one() {
    let world = World::new(false).watching();
    let short = std::time::Duration::from_millis(500);
    let wait = async || match world.pass().await {
        Action::Again(wait) => wait,
        Action::Done => panic!("not tried again"),
    };
    world.show(world.object(1, "5"));
    world.api.then([refusal(500, "InternalError"), event()]);
    assert!(wait().await <= short);
    world.api.then((0..4).map(|_| refusal(500, "InternalError")));
    for _ in 0..3 {
        wait().await;
    }
    assert!(wait().await > 4 * short);
    world.show(world.object(2, "6"));
    world.api.then([refusal(500, "InternalError"), event()]);
    assert!(wait().await <= short);
}

#[tokio::test]
async fn a_secret_that_no_watch_shows_is_looked_at_before_every_pass() {
    let world = World::new(true);
    world.show(world.object(1, "5"));
    let (absent, created, updated) = (refusal(404, "NotFound"), secret("7"), kept("6"));
    world.api.then([absent, created, updated, (201, json!({}))]);
    assert_eq!(world.pass().await, Action::Done);
    let read = format!("GET {SECRETS}/db");
    assert_eq!(
        world.api.calls(),
        [read.clone(), format!("POST {SECRETS}"), format!("PUT {SEALED}/status"), format!("POST {EVENTS}")]
    );
    world.api.then([secret("7")]);
    assert_eq!(world.pass().await, Action::Done);
    assert_eq!(world.api.calls(), [read], "nothing has changed");
}
