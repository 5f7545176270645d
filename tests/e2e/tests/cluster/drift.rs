//! What the controller does about Secrets that somebody else has changed.

use std::collections::BTreeMap;

use sealwright_e2e::harness::Test;
use sealwright_e2e::secret;
use sealwright_e2e::world::World;
use serde_json::json;

pub const TESTS: &[Test<World>] = &[
    (
        "foreign_values_are_reported_and_healed_at_the_next_start",
        foreign_values_are_reported_and_healed_at_the_next_start,
    ),
    ("foreign_values_are_healed_at_once_where_asked", foreign_values_are_healed_at_once_where_asked),
    ("foreign_labels_are_left_alone", foreign_labels_are_left_alone),
];

const WRITTEN: &str = "secrets,sealedsecrets,events";

/// A new SealedSecret `db`, and its Secret.
fn synced(world: &World, namespace: &str) {
    world.namespace(namespace);
    let kubeconfig = world.cluster.kubeconfig().to_str().unwrap().to_owned();
    let values = BTreeMap::from([("password".to_owned(), b"sealed".to_vec())]);
    let manifest = secret::manifest(namespace, "db", &values).to_string();
    let run =
        world.ours.run(world.folder.path(), &["--kubeconfig", &kubeconfig], manifest.as_bytes()).unwrap();
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    world.cluster.apply(std::str::from_utf8(&run.stdout).unwrap()).unwrap();
    world.wait_synced(namespace, "db", "true");
}

/// Somebody writes another value, and a label of their own.
fn edit(world: &World, namespace: &str) {
    let patch = json!({
        "metadata": { "labels": { "theirs": "1" } },
        "stringData": { "password": "edited" },
    });
    world.kubectl(&["patch", "secret", "db", "-n", namespace, "--patch", &patch.to_string()]);
}

fn wait_for_value(world: &World, namespace: &str, base64: &str) {
    let what = format!("--for=jsonpath={{.data.password}}={base64}");
    world.kubectl(&["wait", "secret/db", "-n", namespace, &what, "--timeout=60s"]);
}

fn restart(world: &World, arguments: &[&str]) {
    world.stop();
    world.start_ours(arguments);
    world.wait_for("caught up");
}

fn foreign_values_are_reported_and_healed_at_the_next_start(world: &World) {
    restart(world, &[]);
    synced(world, "drift-report");
    edit(world, "drift-report");
    world.wait_for("SecretDrifted");
    let data = secret::data(&world.get("secret", "drift-report", "db"));
    assert_eq!(data["password"], b"edited");
    restart(world, &[]);
    wait_for_value(world, "drift-report", "c2VhbGVk");
    // The log is faster than the event, which is there when the controller has ended.
    let events = world.list("events", "drift-report");
    let told = events.iter().filter(|event| event["reason"] == "SecretDrifted");
    assert_eq!(told.count(), 1);
    let labels = &world.get("secret", "drift-report", "db")["metadata"]["labels"];
    assert_eq!(labels, &json!({ "theirs": "1" }));
}

fn foreign_values_are_healed_at_once_where_asked(world: &World) {
    restart(world, &["--drift=heal"]);
    synced(world, "drift-heal");
    for _ in 0..3 {
        edit(world, "drift-heal");
        wait_for_value(world, "drift-heal", "c2VhbGVk");
    }
    edit(world, "drift-heal");
    world.wait_for("The next try is in an hour");
    let data = secret::data(&world.get("secret", "drift-heal", "db"));
    assert_eq!(data["password"], b"edited");
    restart(world, &[]);
    wait_for_value(world, "drift-heal", "c2VhbGVk");
}

fn foreign_labels_are_left_alone(world: &World) {
    restart(world, &[]);
    synced(world, "drift-label");
    world.kubectl(&["label", "secret", "db", "-n", "drift-label", "theirs=1"]);
    restart(world, &[]);
    let labels = &world.get("secret", "drift-label", "db")["metadata"]["labels"];
    assert_eq!(labels, &json!({ "theirs": "1" }));
    // The start has renewed the receipt, so that the next one finds nothing to do.
    let before = world.versions(WRITTEN);
    restart(world, &[]);
    assert_eq!(world.versions(WRITTEN), before);
}
