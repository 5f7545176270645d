//! The controller told to look at less, and to do more: namespaces, labels, no recreation, the old way to collect.

use std::collections::BTreeMap;
use std::process::Command;

use sealwright_e2e::harness::Test;
use sealwright_e2e::world::{NAMESPACE, World};
use sealwright_e2e::{programs, secret};
use sealwright_test_cluster::installation::NAME;
use serde_json::{Value, json};

pub const TESTS: &[Test<World>] = &[
    ("only_the_own_and_the_named_namespaces_are_served", only_the_own_and_the_named_namespaces_are_served),
    ("hundreds_of_namespaces_are_served_side_by_side", hundreds_of_namespaces_are_served_side_by_side),
    (
        "a_label_selector_picks_sealed_secrets_and_no_secrets",
        a_label_selector_picks_sealed_secrets_and_no_secrets,
    ),
    (
        "without_recreation_a_deleted_secret_waits_for_a_change",
        without_recreation_a_deleted_secret_waits_for_a_change,
    ),
    (
        "old_collection_deletes_the_secret_of_a_gone_object",
        old_collection_deletes_the_secret_of_a_gone_object,
    ),
    (
        "old_collection_spares_an_object_that_only_lost_its_label",
        old_collection_spares_an_object_that_only_lost_its_label,
    ),
    ("a_missing_definition_is_said_and_waited_for", a_missing_definition_is_said_and_waited_for),
];

/// Seals and applies an object with one value, with these labels.
fn apply(world: &World, namespace: &str, name: &str, value: &str, labels: &Value) {
    let kubeconfig = world.cluster.kubeconfig().to_str().unwrap().to_owned();
    let values = BTreeMap::from([("password".to_owned(), value.as_bytes().to_vec())]);
    let manifest = secret::manifest(namespace, name, &values).to_string();
    let run =
        world.ours.run(world.folder.path(), &["--kubeconfig", &kubeconfig], manifest.as_bytes()).unwrap();
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    let mut sealed: Value = serde_json::from_slice(&run.stdout).unwrap();
    sealed["metadata"]["labels"] = labels.clone();
    world.cluster.apply(&sealed.to_string()).unwrap();
}

fn synced(world: &World, namespace: &str, name: &str) {
    apply(world, namespace, name, "value", &json!({}));
    world.wait_synced(namespace, name, "true");
}

fn exists(world: &World, kind: &str, namespace: &str, name: &str) -> bool {
    !world.kubectl(&["get", kind, name, "-n", namespace, "--ignore-not-found", "-o", "name"]).is_empty()
}

fn is_judged(world: &World, namespace: &str, name: &str) -> bool {
    !world.get("sealedsecret", namespace, name)["status"].is_null()
}

fn uid(world: &World, namespace: &str, name: &str) -> Value {
    world.get("secret", namespace, name)["metadata"]["uid"].clone()
}

fn delete_secret(world: &World, namespace: &str, name: &str) {
    world.kubectl(&["delete", "secret", name, "-n", namespace]);
}

fn wait_for_secret(world: &World, namespace: &str, name: &str, what: &str) {
    let (object, what) = (format!("secret/{name}"), format!("--for={what}"));
    world.kubectl(&["wait", &object, "-n", namespace, &what, "--timeout=60s"]);
}

/// Gives the account of [`only_the_own_and_the_named_namespaces_are_served`] its rights in one more namespace.
fn admit(world: &World, namespace: &str) {
    let account = format!("--serviceaccount={NAMESPACE}:narrow");
    world.kubectl(&[
        "create",
        "rolebinding",
        "narrow",
        "-n",
        namespace,
        "--clusterrole=secrets-unsealer",
        &account,
    ]);
}

fn only_the_own_and_the_named_namespaces_are_served(world: &World) {
    for namespace in ["modes-named", "modes-other", "modes-closed"] {
        world.namespace(namespace);
    }
    // Rights in single namespaces, none over all of them, and none to read namespaces.
    world.kubectl(&["create", "serviceaccount", "narrow", "-n", NAMESPACE]);
    admit(world, NAMESPACE);
    admit(world, "modes-named");
    let kubeconfig = world.cluster.service_account_kubeconfig(NAMESPACE, "narrow").unwrap();
    world.stop();
    let mut command = Command::new(programs::controller());
    command.env("POD_NAMESPACE", NAMESPACE).arg("--kubeconfig").arg(kubeconfig);
    // As upstream's: the list alone means these and the own, whatever --all-namespaces says by default.
    command.arg("--additional-namespaces=modes-named,modes-closed,modes-late");
    world.start_ours_with(&mut command);

    synced(world, NAMESPACE, "own");
    synced(world, "modes-named", "db");
    delete_secret(world, "modes-named", "db");
    wait_for_secret(world, "modes-named", "db", "create");

    apply(world, "modes-other", "db", "value", &json!({}));
    apply(world, "modes-closed", "db", "value", &json!({}));
    world.namespace("modes-late");
    admit(world, "modes-late");
    synced(world, "modes-late", "db");
    admit(world, "modes-closed");
    world.wait_synced("modes-closed", "db", "true");
    assert!(!is_judged(world, "modes-other", "db"));

    let log = world.log();
    let refused =
        log.lines().filter(|line| line.contains("SealedSecrets in namespace modes-closed and go on trying"));
    assert_eq!(refused.count(), 1, "said once:\n{log}");
    world.stop();
    world.start_ours(&[]);
    world.wait_synced("modes-other", "db", "true");
}

fn hundreds_of_namespaces_are_served_side_by_side(world: &World) {
    let names: Vec<String> = (0..300).map(|number| format!("modes-many-{number}")).collect();
    let namespace =
        |name: &String| json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
    world.create(&names.iter().map(namespace).collect::<Vec<_>>());
    world.stop();
    world.start_ours(&[&format!("--additional-namespaces={}", names.join(","))]);
    for name in ["modes-many-0", "modes-many-299"] {
        synced(world, name, "db");
    }
    world.stop();
    world.start_ours(&[]);
}

fn a_label_selector_picks_sealed_secrets_and_no_secrets(world: &World) {
    world.namespace("modes-labels");
    world.stop();
    world.start_ours(&["--label-selector=tier=gold"]);
    let gold = json!({ "tier": "gold" });
    apply(world, "modes-labels", "plain", "value", &json!({ "tier": "tin" }));
    apply(world, "modes-labels", "db", "value", &gold);
    world.wait_synced("modes-labels", "db", "true");
    // The Secret carries no label, and its deletion is seen nevertheless.
    delete_secret(world, "modes-labels", "db");
    wait_for_secret(world, "modes-labels", "db", "create");
    let before = uid(world, "modes-labels", "db");

    world.kubectl(&["label", "sealedsecret", "db", "-n", "modes-labels", "tier-"]);
    apply(world, "modes-labels", "next", "value", &gold);
    world.wait_synced("modes-labels", "next", "true");
    assert_eq!(uid(world, "modes-labels", "db"), before, "its Secret stays");
    assert!(!is_judged(world, "modes-labels", "plain"));
    delete_secret(world, "modes-labels", "db");
    apply(world, "modes-labels", "last", "value", &gold);
    world.wait_synced("modes-labels", "last", "true");
    assert!(!exists(world, "secret", "modes-labels", "db"), "it is no longer ours to make");
}

fn without_recreation_a_deleted_secret_waits_for_a_change(world: &World) {
    const WRITTEN: &str = "secrets,sealedsecrets,events";
    world.namespace("modes-skip");
    let values = BTreeMap::from([("password".to_owned(), b"theirs".to_vec())]);
    world.cluster.apply(&secret::manifest("modes-skip", "foreign", &values).to_string()).unwrap();
    world.stop();
    world.start_ours(&["--skip-recreate"]);
    world.wait_for("caught up");
    synced(world, "modes-skip", "db");
    apply(world, "modes-skip", "foreign", "ours", &json!({}));
    world.wait_synced("modes-skip", "foreign", "false");
    assert_eq!(secret::data(&world.get("secret", "modes-skip", "foreign")), values);

    world.stop();
    let before = world.versions(WRITTEN);
    world.start_ours(&["--skip-recreate"]);
    world.wait_for("caught up");
    assert_eq!(world.versions(WRITTEN), before, "a restart writes nothing");

    delete_secret(world, "modes-skip", "db");
    synced(world, "modes-skip", "next");
    assert!(!exists(world, "secret", "modes-skip", "db"));
    apply(world, "modes-skip", "db", "changed", &json!({}));
    wait_for_secret(world, "modes-skip", "db", "create");
    let opened = secret::data(&world.get("secret", "modes-skip", "db"));
    assert_eq!(opened["password"], b"changed");
}

/// Stops the cluster's own garbage collector while this lives.
struct NoCollector(u32);

impl NoCollector {
    fn new(world: &World) -> Self {
        let manager = world.cluster.processes().iter().find(|process| process.name().contains("manager"));
        let pid = manager.expect("the cluster has a controller manager").pid();
        signal(pid, "-STOP");
        Self(pid)
    }
}

impl Drop for NoCollector {
    fn drop(&mut self) {
        signal(self.0, "-CONT");
    }
}

fn signal(pid: u32, signal: &str) {
    let sent = Command::new("kill").args([signal, &pid.to_string()]).status();
    assert!(sent.is_ok_and(|status| status.success()), "{pid} did not get {signal}");
}

/// Starts the controller with the one right more that it then needs.
fn start_collecting(world: &World, arguments: &[&str]) {
    if !exists(world, "clusterrole", NAMESPACE, "collector") {
        let account = format!("--serviceaccount={NAMESPACE}:{NAME}");
        world.kubectl(&["create", "clusterrole", "collector", "--verb=delete", "--resource=secrets"]);
        world.kubectl(&["create", "clusterrolebinding", "collector", "--clusterrole=collector", &account]);
    }
    world.stop();
    world.start_ours(arguments);
    world.wait_for("caught up");
}

fn old_collection_deletes_the_secret_of_a_gone_object(world: &World) {
    world.namespace("modes-gc");
    start_collecting(world, &["--old-gc-behavior"]);
    synced(world, "modes-gc", "db");
    let values = BTreeMap::from([("password".to_owned(), b"theirs".to_vec())]);
    world.cluster.apply(&secret::manifest("modes-gc", "foreign", &values).to_string()).unwrap();
    apply(world, "modes-gc", "foreign", "ours", &json!({}));
    world.wait_synced("modes-gc", "foreign", "false");

    let collector = NoCollector::new(world);
    for name in ["foreign", "db"] {
        world.kubectl(&["delete", "sealedsecret", name, "-n", "modes-gc", "--wait=false"]);
    }
    wait_for_secret(world, "modes-gc", "db", "delete");
    drop(collector);
    assert_eq!(secret::data(&world.get("secret", "modes-gc", "foreign")), values, "it was never ours");
}

fn old_collection_spares_an_object_that_only_lost_its_label(world: &World) {
    start_collecting(world, &["--old-gc-behavior", "--label-selector=tier=gold"]);
    let gold = json!({ "tier": "gold" });
    for name in ["kept", "dropped"] {
        apply(world, "modes-gc", name, "value", &gold);
        world.wait_synced("modes-gc", name, "true");
    }
    let before = uid(world, "modes-gc", "kept");
    world.kubectl(&["label", "sealedsecret", "kept", "-n", "modes-gc", "tier-"]);
    let collector = NoCollector::new(world);
    world.kubectl(&["delete", "sealedsecret", "dropped", "-n", "modes-gc", "--wait=false"]);
    wait_for_secret(world, "modes-gc", "dropped", "delete");
    drop(collector);
    assert_eq!(uid(world, "modes-gc", "kept"), before);
}

fn a_missing_definition_is_said_and_waited_for(world: &World) {
    let definition = programs::repository().join("deploy/crd/sealedsecrets.yaml");
    let definition = definition.to_str().unwrap();
    world.stop();
    world.kubectl(&["delete", "-f", definition, "--timeout=120s"]);
    let mut command =
        sealwright_test_cluster::installation::controller(&world.cluster, programs::controller()).unwrap();
    world.start_ours_until(&mut command, "apply its definition");
    world.kubectl(&["apply", "--server-side", "-f", definition]);
    world.wait_for("ready: watching");
    world.namespace("modes-definition");
    synced(world, "modes-definition", "db");
}
