//! What must hold in a cluster, in the order in which it is tried.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sealwright_e2e::harness::Test;
use sealwright_e2e::{person, secret};
use sealwright_interop::Kubeseal;
use sealwright_interop::vectors::{Form, Key, Scope, Vectors};
use serde_json::{Value, json};

use crate::world::{NAMESPACE, PAGE, World};

pub const TESTS: &[Test<World>] = &[
    ("the_controller_makes_its_key_as_upstream_does", the_controller_makes_its_key_as_upstream_does),
    ("both_kubeseals_fetch_the_newest_certificate", both_kubeseals_fetch_the_newest_certificate),
    (
        "what_upstreams_kubeseal_seals_our_controller_opens",
        what_upstreams_kubeseal_seals_our_controller_opens,
    ),
    ("what_our_kubeseal_seals_our_controller_opens", what_our_kubeseal_seals_our_controller_opens),
    ("what_our_page_seals_our_controller_opens", what_our_page_seals_our_controller_opens),
    ("an_opened_secret_is_owned_reported_and_listed", an_opened_secret_is_owned_reported_and_listed),
    ("a_renamed_moved_or_widened_object_does_not_open", a_renamed_moved_or_widened_object_does_not_open),
    ("keys_that_are_added_open_every_vector", keys_that_are_added_open_every_vector),
    ("a_changed_object_changes_its_secret", a_changed_object_changes_its_secret),
    ("a_deleted_secret_comes_back", a_deleted_secret_comes_back),
    ("a_deleted_object_takes_its_secret_along", a_deleted_object_takes_its_secret_along),
    ("a_foreign_secret_is_not_touched", a_foreign_secret_is_not_touched),
    (
        "an_object_that_makes_no_sense_does_not_stop_the_others",
        an_object_that_makes_no_sense_does_not_stop_the_others,
    ),
    ("a_restart_writes_nothing", a_restart_writes_nothing),
    ("no_value_is_in_the_log_or_in_an_event", no_value_is_in_the_log_or_in_an_event),
    ("upstreams_controller_opens_what_ours_sealed", upstreams_controller_opens_what_ours_sealed),
    ("our_controller_takes_over_from_upstreams", our_controller_takes_over_from_upstreams),
];

fn the_controller_makes_its_key_as_upstream_does(world: &World) {
    let keys = world.key_secrets();
    assert_eq!(keys.len(), 1);
    assert_eq!(keys[0]["type"], "kubernetes.io/tls");
    assert!(keys[0]["metadata"]["name"].as_str().unwrap().starts_with("sealed-secrets-key"));
    let data = secret::data(&keys[0]);
    assert!(data["tls.key"].starts_with(b"-----BEGIN RSA PRIVATE KEY-----"));
    assert!(data["tls.crt"].starts_with(b"-----BEGIN CERTIFICATE-----"));
    let certificate = world.file("own.crt", &data["tls.crt"]);
    let text = std::process::Command::new("openssl")
        .args(["x509", "-noout", "-text", "-in", certificate.to_str().unwrap()])
        .output()
        .unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    for part in ["Public-Key: (4096 bit)", "CA:TRUE", "Encipher Only", "sha256WithRSAEncryption"] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
}

fn fetch_cert(world: &World, kubeseal: &Kubeseal) -> Vec<u8> {
    let kubeconfig = world.cluster.kubeconfig().to_str().unwrap().to_owned();
    let run = kubeseal.run(world.folder.path(), &["--fetch-cert", "--kubeconfig", &kubeconfig], b"").unwrap();
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    run.stdout
}

fn both_kubeseals_fetch_the_newest_certificate(world: &World) {
    let certificate = secret::data(&world.key_secrets()[0])["tls.crt"].clone();
    assert_eq!(fetch_cert(world, &world.upstream), certificate, "upstream's");
    assert_eq!(fetch_cert(world, &world.ours), certificate, "ours");
}

/// Seals the tricky values under every scope with this kubeseal, which asks the cluster for the certificate.
fn seal_with(world: &World, kubeseal: &Kubeseal, namespace: &str) {
    world.namespace(namespace);
    let kubeconfig = world.cluster.kubeconfig().to_str().unwrap().to_owned();
    for scope in Scope::ALL {
        let manifest = secret::manifest(namespace, scope.flag(), &secret::tricky_values()).to_string();
        let arguments = ["--kubeconfig", &kubeconfig, "--scope", scope.flag(), "-o", "yaml"];
        let run = kubeseal.run(world.folder.path(), &arguments, manifest.as_bytes()).unwrap();
        assert_eq!(run.exit, Some(0), "{}", run.stderr);
        let file = world.file(&format!("{namespace}-{}.yaml", scope.flag()), run.stdout);
        world.kubectl(&["apply", "-f", file.to_str().unwrap()]);
    }
}

/// The Secrets of [`seal_with`] are there and hold the same bytes.
fn tricky_values_arrived(world: &World, namespace: &str) {
    for scope in Scope::ALL {
        world.wait_synced(namespace, scope.flag(), "true");
        let opened = world.get("secret", namespace, scope.flag());
        assert_eq!(secret::data(&opened), secret::tricky_values(), "{scope:?}");
    }
}

fn what_upstreams_kubeseal_seals_our_controller_opens(world: &World) {
    seal_with(world, &world.upstream, "from-upstream");
    tricky_values_arrived(world, "from-upstream");
}

fn what_our_kubeseal_seals_our_controller_opens(world: &World) {
    seal_with(world, &world.ours, "from-ours");
    tricky_values_arrived(world, "from-ours");
}

/// Seals the tricky values on the page, for the server's certificate or another; gives the downloaded file.
fn seal_on_page(
    world: &World,
    certificate: Option<&Path>,
    namespace: &str,
    name: &str,
    scope: Scope,
) -> PathBuf {
    let mut manifest = secret::manifest(namespace, name, &secret::tricky_values());
    if scope != Scope::Strict {
        let annotation = format!("sealedsecrets.bitnami.com/{}", scope.flag());
        manifest["metadata"]["annotations"] = json!({ annotation: "true" });
    }
    let manifest = world.file("pasted.json", manifest.to_string());
    person::seal_on_page(PAGE, certificate, &manifest, world.folder.path())
}

fn what_our_page_seals_our_controller_opens(world: &World) {
    world.namespace("from-page");
    for scope in Scope::ALL {
        let file = seal_on_page(world, None, "from-page", scope.flag(), scope);
        world.kubectl(&["apply", "-f", file.to_str().unwrap()]);
    }
    tricky_values_arrived(world, "from-page");
}

fn an_opened_secret_is_owned_reported_and_listed(world: &World) {
    let sealed = world.get("sealedsecret", "from-ours", "strict");
    let opened = world.get("secret", "from-ours", "strict");
    let owner = &opened["metadata"]["ownerReferences"][0];
    assert_eq!(owner["uid"], sealed["metadata"]["uid"]);
    assert_eq!(owner["controller"], true);
    assert_eq!(owner["kind"], "SealedSecret");
    assert_eq!(owner["apiVersion"], "bitnami.com/v1alpha1");
    let synced = &sealed["status"]["conditions"][0];
    assert_eq!(synced["type"], "Synced");
    assert_eq!(synced["status"], "True");
    assert_eq!(sealed["status"]["observedGeneration"], sealed["metadata"]["generation"]);
    let table = world.kubectl(&["get", "sealedsecret", "strict", "-n", "from-ours"]);
    let (header, row) = table.trim().split_once('\n').unwrap();
    assert_eq!(header.split_whitespace().collect::<Vec<_>>(), ["NAME", "STATUS", "SYNCED", "AGE"]);
    assert!(row.split_whitespace().any(|word| word == "True"), "{row}");
    let events = world.list("events", "from-ours");
    let unsealed = events.iter().filter(|event| event["reason"] == "Unsealed" && event["type"] == "Normal");
    assert_eq!(unsealed.count(), Scope::ALL.len(), "one event for each object");
}

/// Applies a SealedSecret and waits for the refusal that upstream words.
fn refused(world: &World, sealed: &Value) {
    let (namespace, name) =
        (sealed["metadata"]["namespace"].as_str().unwrap(), sealed["metadata"]["name"].as_str().unwrap());
    world.cluster.apply(&sealed.to_string()).unwrap();
    world.wait_synced(namespace, name, "false");
    let object = world.get("sealedsecret", namespace, name);
    // The likely cause follows.
    let message = object["status"]["conditions"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("no key could decrypt secret (password): "), "{message}");
    assert_eq!(object["status"]["observedGeneration"], object["metadata"]["generation"]);
    let secrets = world.list("secrets", namespace);
    assert!(secrets.iter().all(|secret| secret["metadata"]["name"] != name), "a Secret was made of {name}");
    let events = world.list("events", namespace);
    let event = events.iter().find(|event| {
        event["reason"] == "ErrUnsealFailed"
            && event["involvedObject"]["name"] == name
            && event["type"] == "Warning"
    });
    let event = event.unwrap_or_else(|| panic!("no event about {name}"));
    assert!(event["message"].as_str().unwrap().contains("no key could decrypt secret (password)"));
}

fn a_renamed_moved_or_widened_object_does_not_open(world: &World) {
    world.namespace("moved-from");
    world.namespace("moved-to");
    let kubeconfig = world.cluster.kubeconfig().to_str().unwrap().to_owned();
    let seal = |scope: Scope| -> Value {
        let values = BTreeMap::from([("password".to_owned(), b"hunter2".to_vec())]);
        let manifest = secret::manifest("moved-from", "db", &values).to_string();
        let arguments = ["--kubeconfig", &kubeconfig, "--scope", scope.flag()];
        let run = world.ours.run(world.folder.path(), &arguments, manifest.as_bytes()).unwrap();
        serde_json::from_slice(&run.stdout).unwrap()
    };
    let mut renamed = seal(Scope::Strict);
    renamed["metadata"]["name"] = "renamed".into();
    refused(world, &renamed);
    for scope in [Scope::Strict, Scope::NamespaceWide] {
        let mut moved = seal(scope);
        moved["metadata"]["namespace"] = "moved-to".into();
        moved["metadata"]["name"] = format!("moved-{}", scope.flag()).into();
        refused(world, &moved);
    }
    let mut widened = seal(Scope::Strict);
    widened["metadata"]["annotations"] = json!({ "sealedsecrets.bitnami.com/cluster-wide": "true" });
    refused(world, &widened);
    let mut widened = seal(Scope::NamespaceWide);
    widened["metadata"]["annotations"] = json!({ "sealedsecrets.bitnami.com/cluster-wide": "true" });
    widened["metadata"]["name"] = "widened".into();
    refused(world, &widened);
}

fn keys_that_are_added_open_every_vector(world: &World) {
    let vectors = Vectors::load().unwrap();
    let mut namespaces: Vec<&str> = Vec::new();
    // The objects come first: a key that is added has to wake those that wait for it.
    for sealed in &vectors.index.sealed {
        let (namespace, name) = (sealed.secret.namespace.as_str(), sealed.secret.name.as_str());
        if !namespaces.contains(&namespace) {
            world.cluster.run(&["create", "namespace", namespace]).ok();
            namespaces.push(namespace);
        }
        let path = vectors.root().join(&sealed.file);
        // Several vectors have one name: each takes its turn. Large ones don't fit an annotation of `apply`.
        world.kubectl(&["delete", "sealedsecret", name, "-n", namespace, "--ignore-not-found"]);
        world.kubectl(&[
            "wait",
            "--for=delete",
            &format!("secret/{name}"),
            "-n",
            namespace,
            "--timeout=120s",
        ]);
        if sealed.form == Form::Data {
            // The resource definition, upstream's as ours, insists on the newer field beside the deprecated one.
            let mut object: Value = serde_json::from_slice(&vectors.read(&sealed.file).unwrap()).unwrap();
            object["spec"]["encryptedData"] = json!({});
            world.cluster.apply(&object.to_string()).unwrap();
        } else {
            world.kubectl(&["create", "-n", namespace, "-f", path.to_str().unwrap()]);
        }
        let key = vectors.key(sealed.key).unwrap();
        if !world.key_secrets().iter().any(|there| there["metadata"]["name"] == vector_key_name(key).as_str())
        {
            world.wait_synced(namespace, name, "false");
            add_vector_key(world, &vectors, key);
        }
        world.wait_synced(namespace, name, "true");
        let opened = secret::data(&world.get("secret", namespace, name));
        let expected: BTreeMap<_, _> =
            sealed.secret.data.iter().map(|(key, value)| (key.clone(), value.bytes())).collect();
        assert_eq!(opened, expected, "{}", sealed.id);
    }
    assert!(
        vectors.index.sealed.iter().any(|sealed| sealed.form == Form::Data),
        "the deprecated form is among them"
    );
    // What was opened with a key that is taken away is judged anew, and once more when the key is back.
    let last = &vectors.index.sealed[vectors.index.sealed.len() - 1];
    let key = vectors.key(last.key).unwrap();
    world.kubectl(&["delete", "secret", &vector_key_name(key), "-n", NAMESPACE]);
    world.wait_synced(&last.secret.namespace, &last.secret.name, "false");
    add_vector_key(world, &vectors, key);
    world.wait_synced(&last.secret.namespace, &last.secret.name, "true");
}

fn vector_key_name(key: &Key) -> String {
    format!("vector-{}", key.bits)
}

/// Brings a key of the vectors into the cluster, as people bring their own. Every second one is PKCS#8.
fn add_vector_key(world: &World, vectors: &Vectors, key: &Key) {
    let private = if key.bits.is_multiple_of(2048) { &key.pkcs8 } else { &key.pkcs1 };
    let values = BTreeMap::from([
        ("tls.crt".to_owned(), vectors.read(&key.certificate).unwrap()),
        ("tls.key".to_owned(), vectors.read(private).unwrap()),
    ]);
    let mut manifest = secret::manifest(NAMESPACE, &vector_key_name(key), &values);
    manifest["type"] = "kubernetes.io/tls".into();
    manifest["metadata"]["labels"] = json!({ "sealedsecrets.bitnami.com/sealed-secrets-key": "active" });
    world.cluster.apply(&manifest.to_string()).unwrap();
}

/// A SealedSecret `story/db` with this password, as our kubeseal seals it.
fn story(world: &World, password: &str) -> Value {
    let kubeconfig = world.cluster.kubeconfig().to_str().unwrap().to_owned();
    let values = BTreeMap::from([("password".to_owned(), password.as_bytes().to_vec())]);
    let manifest = secret::manifest("story", "db", &values).to_string();
    let run =
        world.ours.run(world.folder.path(), &["--kubeconfig", &kubeconfig], manifest.as_bytes()).unwrap();
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    serde_json::from_slice(&run.stdout).unwrap()
}

fn story_password(world: &World) -> Vec<u8> {
    secret::data(&world.get("secret", "story", "db"))["password"].clone()
}

fn a_changed_object_changes_its_secret(world: &World) {
    world.namespace("story");
    for password in ["first", "second"] {
        world.cluster.apply(&story(world, password).to_string()).unwrap();
        let generation = world.get("sealedsecret", "story", "db")["metadata"]["generation"].clone();
        let observed = format!("--for=jsonpath={{.status.observedGeneration}}={generation}");
        world.kubectl(&["wait", "sealedsecret/db", "-n", "story", &observed, "--timeout=60s"]);
        world.wait_synced("story", "db", "true");
        assert_eq!(story_password(world), password.as_bytes());
    }
}

fn a_deleted_secret_comes_back(world: &World) {
    let before = world.get("secret", "story", "db")["metadata"]["uid"].clone();
    world.kubectl(&["delete", "secret", "db", "-n", "story"]);
    world.kubectl(&["wait", "secret/db", "-n", "story", "--for=create", "--timeout=60s"]);
    assert_eq!(story_password(world), b"second");
    assert_ne!(world.get("secret", "story", "db")["metadata"]["uid"], before);
}

fn a_deleted_object_takes_its_secret_along(world: &World) {
    world.kubectl(&["delete", "sealedsecret", "db", "-n", "story"]);
    world.kubectl(&["wait", "secret/db", "-n", "story", "--for=delete", "--timeout=120s"]);
}

fn a_foreign_secret_is_not_touched(world: &World) {
    world.namespace("foreign");
    let values = BTreeMap::from([("password".to_owned(), b"theirs".to_vec())]);
    world.cluster.apply(&secret::manifest("foreign", "db", &values).to_string()).unwrap();
    let before = world.get("secret", "foreign", "db")["metadata"]["resourceVersion"].clone();
    let kubeconfig = world.cluster.kubeconfig().to_str().unwrap().to_owned();
    let manifest = secret::manifest("foreign", "db", &values).to_string();
    let run =
        world.ours.run(world.folder.path(), &["--kubeconfig", &kubeconfig], manifest.as_bytes()).unwrap();
    world.cluster.apply(std::str::from_utf8(&run.stdout).unwrap()).unwrap();
    world.wait_synced("foreign", "db", "false");
    let message = world.get("sealedsecret", "foreign", "db")["status"]["conditions"][0]["message"].clone();
    assert!(
        message.as_str().unwrap().contains("already exists and is not managed by SealedSecret"),
        "{message}"
    );
    assert_eq!(world.get("secret", "foreign", "db")["metadata"]["resourceVersion"], before);
}

fn an_object_that_makes_no_sense_does_not_stop_the_others(world: &World) {
    world.namespace("nonsense");
    let nonsense = json!({
        "apiVersion": "bitnami.com/v1alpha1",
        "kind": "SealedSecret",
        "metadata": { "name": "nonsense", "namespace": "nonsense" },
        "spec": { "encryptedData": { "password": "not base64!" } },
    });
    world.cluster.apply(&nonsense.to_string()).unwrap();
    world.wait_synced("nonsense", "nonsense", "false");
    world.cluster.apply(&story(world, "still alive").to_string()).unwrap();
    world.wait_synced("story", "db", "true");
    assert_eq!(story_password(world), b"still alive");
}

/// What a controller could write.
const WRITTEN: &str = "secrets,sealedsecrets,events";

fn a_restart_writes_nothing(world: &World) {
    let before = world.versions(WRITTEN);
    assert_eq!(world.stop(), Some(0), "a controller that is asked to end ends well");
    world.start_ours(&[]);
    world.wait_for("caught up");
    assert_eq!(world.versions(WRITTEN), before);
}

fn no_value_is_in_the_log_or_in_an_event(world: &World) {
    let events = world.kubectl(&["get", "events", "-A", "-o", "json"]);
    let statuses = world.kubectl(&["get", "sealedsecrets", "-A", "-o", "jsonpath={.items[*].status}"]);
    for (place, text) in [("log", world.log()), ("events", events), ("statuses", statuses)] {
        for canary in
            ["correct horse", "Y29ycmVjdCBob3Jz", "hunter2", "aHVudGVyMg", "still alive", "PRIVATE KEY"]
        {
            assert!(!text.contains(canary), "{canary:?} is in the {place}");
        }
    }
}

fn upstreams_controller_opens_what_ours_sealed(world: &World) {
    // Sealed while our controller serves the page; opened when only upstream's runs. The keys of all sizes are there
    // since the vectors were opened.
    world.namespace("handed-over");
    let vectors = Vectors::load().unwrap();
    let mut files = Vec::new();
    for key in &vectors.index.keys {
        let certificate = vectors.root().join(&key.certificate);
        for scope in Scope::ALL {
            let name = format!("cli-{}-{}", key.bits, scope.flag());
            let manifest = secret::manifest("handed-over", &name, &secret::tricky_values()).to_string();
            let arguments = ["--cert", certificate.to_str().unwrap(), "--scope", scope.flag()];
            let run = world.ours.run(world.folder.path(), &arguments, manifest.as_bytes()).unwrap();
            files.push((name.clone(), world.file(&format!("{name}.json"), run.stdout)));

            let name = format!("page-{}-{}", key.bits, scope.flag());
            let file = seal_on_page(world, Some(&certificate), "handed-over", &name, scope);
            files.push((name, file));
        }
    }
    assert_eq!(files.len(), 2 * 4 * 3, "page and command line, four sizes of key, three scopes");
    world.stop();
    world.start_upstream(&[]);
    for (name, file) in files {
        world.kubectl(&["apply", "-f", file.to_str().unwrap()]);
        world.wait_synced("handed-over", &name, "true");
        let opened = world.get("secret", "handed-over", &name);
        assert_eq!(secret::data(&opened), secret::tricky_values(), "{name}");
    }
    tricky_values_arrived(world, "from-page");
}

fn our_controller_takes_over_from_upstreams(world: &World) {
    world.stop();
    world.start_ours(&[]);
    let before = world.get("secret", "handed-over", "cli-4096-strict")["metadata"]["resourceVersion"].clone();
    world.cluster.apply(&story(world, "after the change").to_string()).unwrap();
    let generation = world.get("sealedsecret", "story", "db")["metadata"]["generation"].clone();
    let observed = format!("--for=jsonpath={{.status.observedGeneration}}={generation}");
    world.kubectl(&["wait", "sealedsecret/db", "-n", "story", &observed, "--timeout=60s"]);
    assert_eq!(story_password(world), b"after the change");
    assert_eq!(world.get("secret", "handed-over", "cli-4096-strict")["metadata"]["resourceVersion"], before);
}
