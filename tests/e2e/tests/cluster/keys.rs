//! Sealing keys while the controller runs: brought, retired, changed, deleted, broken, asked for, and of the plain name.
//!
//! Each test has a namespace of its own, with a controller that keeps its keys and serves nothing but that.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use sealwright_e2e::controller::Controller;
use sealwright_e2e::harness::Test;
use sealwright_e2e::world::World;
use sealwright_e2e::{http, programs, secret};
use sealwright_test_cluster::installation;
use serde_json::{Value, json};

pub const TESTS: &[Test<World>] = &[
    (
        "a_brought_key_opens_what_waits_and_a_lost_one_has_its_objects_judged_anew",
        a_brought_key_opens_what_waits_and_a_lost_one_has_its_objects_judged_anew,
    ),
    ("a_broken_key_is_one_event_and_no_exit", a_broken_key_is_one_event_and_no_exit),
    ("a_key_of_another_namespace_is_no_key", a_key_of_another_namespace_is_no_key),
    ("a_key_is_made_when_it_is_asked_for", a_key_is_made_when_it_is_asked_for),
    ("controllers_that_start_together_make_one_key", controllers_that_start_together_make_one_key),
    (
        "the_key_of_the_plain_name_is_used_and_followed_under_upstreams_rights",
        the_key_of_the_plain_name_is_used_and_followed_under_upstreams_rights,
    ),
    ("keys_that_were_lost_come_back_from_a_backup", keys_that_were_lost_come_back_from_a_backup),
    ("a_repository_is_sealed_again_by_the_controller", a_repository_is_sealed_again_by_the_controller),
];

const LABEL: &str = "sealedsecrets.bitnami.com/sealed-secrets-key";

/// A controller that keeps its keys in this new namespace and serves it alone.
fn start(world: &World, namespace: &str, arguments: &[&str]) -> Controller {
    let mut command = installation::controller(&world.cluster, programs::controller()).unwrap();
    command.env("POD_NAMESPACE", namespace).args(["--all-namespaces=false", "--key-size=2048"]);
    Controller::start(command.args(arguments))
}

/// The same alone in the cluster, and at work.
fn start_alone(world: &World, namespace: &str) -> Controller {
    world.stop();
    let mut controller = start(world, namespace, &[]);
    controller.wait_for("ready: watching");
    controller
}

/// Ends it, and lets the tests that follow have theirs.
fn end(world: &World, controller: Controller) {
    assert_eq!(controller.terminate(), Some(0));
    world.start_ours(&[]);
}

/// A key with a certificate that an authority has signed, as people bring it.
struct Brought {
    private: Vec<u8>,
    certificate: Vec<u8>,
    chain: Vec<u8>,
}

impl Brought {
    fn new(world: &World, name: &str) -> Self {
        let file = |suffix: &str| world.folder.path().join(format!("{name}.{suffix}"));
        let read = |suffix: &str| std::fs::read(file(suffix)).unwrap();
        let authority =
            ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=authority"];
        openssl(&authority, &[("-keyout", &file("ca.key")), ("-out", &file("ca.crt"))]);
        let request = ["req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=brought"];
        openssl(&request, &[("-keyout", &file("key")), ("-out", &file("csr"))]);
        let sign = ["x509", "-req", "-days", "30"];
        let (ca, ca_key, out) = (file("ca.crt"), file("ca.key"), file("crt"));
        openssl(&sign, &[("-in", &file("csr")), ("-CA", &ca), ("-CAkey", &ca_key), ("-out", &out)]);
        let (certificate, authority) = (read("crt"), read("ca.crt"));
        let chain = [certificate.as_slice(), &authority].concat();
        Self { private: read("key"), certificate, chain }
    }

    /// The Secret that holds it, without a label.
    fn secret(&self, namespace: &str, name: &str) -> Value {
        let values = BTreeMap::from([
            ("tls.key".to_owned(), self.private.clone()),
            ("tls.crt".to_owned(), self.chain.clone()),
        ]);
        let mut manifest = secret::manifest(namespace, name, &values);
        manifest["type"] = "kubernetes.io/tls".into();
        manifest
    }

    /// The same, marked as a key.
    fn marked(&self, namespace: &str, name: &str) -> Value {
        let mut manifest = self.secret(namespace, name);
        manifest["metadata"]["labels"] = json!({ LABEL: "active" });
        manifest
    }

    /// Applies an object that only this key opens.
    fn seal(&self, world: &World, namespace: &str, name: &str) {
        let certificate = world.file("sealed-for.crt", &self.certificate);
        let values = BTreeMap::from([("password".to_owned(), b"still alive".to_vec())]);
        let manifest = secret::manifest(namespace, name, &values).to_string();
        let arguments = ["--cert", certificate.to_str().unwrap()];
        let run = world.ours.run(world.folder.path(), &arguments, manifest.as_bytes()).unwrap();
        assert_eq!(run.exit, Some(0), "{}", run.stderr);
        world.cluster.apply(std::str::from_utf8(&run.stdout).unwrap()).unwrap();
    }
}

fn openssl(arguments: &[&str], files: &[(&str, &Path)]) {
    let mut command = Command::new("openssl");
    command.args(arguments);
    for (flag, file) in files {
        command.arg(flag).arg(file);
    }
    let output = command.output().expect("openssl is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn label_key(world: &World, namespace: &str, name: &str, value: &str) {
    let label = format!("{LABEL}={value}");
    world.kubectl(&["label", "secret", name, "-n", namespace, "--overwrite", &label]);
}

/// The names of the key Secrets of a namespace.
fn keys(world: &World, namespace: &str) -> Vec<String> {
    let secrets = world.list("secrets", namespace);
    let keys = secrets.iter().filter(|secret| secret["metadata"]["labels"][LABEL] == "active");
    keys.map(|key| key["metadata"]["name"].as_str().unwrap().to_owned()).collect()
}

fn a_brought_key_opens_what_waits_and_a_lost_one_has_its_objects_judged_anew(world: &World) {
    let namespace = "keys-brought";
    world.namespace(namespace);
    let mut controller = start_alone(world, namespace);
    let own = keys(world, namespace).remove(0);
    let (brought, other) = (Brought::new(world, "brought"), Brought::new(world, "other"));
    brought.seal(world, namespace, "db");
    world.wait_synced(namespace, "db", "false");

    world.cluster.apply(&brought.marked(namespace, "brought").to_string()).unwrap();
    world.wait_synced(namespace, "db", "true");
    let opened = secret::data(&world.get("secret", namespace, "db"));
    assert_eq!(opened["password"], b"still alive");

    label_key(world, namespace, "brought", "compromised");
    world.wait_synced(namespace, "db", "false");
    label_key(world, namespace, "brought", "active");
    world.wait_synced(namespace, "db", "true");

    world.cluster.apply(&other.marked(namespace, "brought").to_string()).unwrap();
    world.wait_synced(namespace, "db", "false");
    world.cluster.apply(&brought.marked(namespace, "brought").to_string()).unwrap();
    world.wait_synced(namespace, "db", "true");

    // Alone it is the key to seal with; of its chain only its own certificate is handed out.
    label_key(world, namespace, &own, "compromised");
    controller.wait_for(&format!("gone={own}"));
    let (status, _, served) = http::ask("127.0.0.1:8080".parse().unwrap(), "/v1/cert.pem", None);
    assert_eq!((status, served), (200, brought.certificate.clone()));
    label_key(world, namespace, &own, "active");

    world.kubectl(&["delete", "secret", "brought", "-n", namespace]);
    world.wait_synced(namespace, "db", "false");
    let secret = secret::data(&world.get("secret", namespace, "db"));
    assert_eq!(secret["password"], b"still alive", "what was opened stays");
    assert_eq!(keys(world, namespace), [own]);
    end(world, controller);
}

fn a_broken_key_is_one_event_and_no_exit(world: &World) {
    let namespace = "keys-broken";
    world.namespace(namespace);
    let mut controller = start_alone(world, namespace);
    let (brought, other) = (Brought::new(world, "good"), Brought::new(world, "bad"));
    brought.seal(world, namespace, "db");
    let mut broken = brought.marked(namespace, "brought");
    broken["data"]["tls.crt"] = other.secret(namespace, "brought")["data"]["tls.crt"].clone();
    world.cluster.apply(&broken.to_string()).unwrap();
    controller.wait_for("is meant as a sealing key");
    world.wait_synced(namespace, "db", "false");

    broken["metadata"]["annotations"] = json!({ "touched": "again" });
    world.cluster.apply(&broken.to_string()).unwrap();
    world.cluster.apply(&brought.marked(namespace, "brought").to_string()).unwrap();
    world.wait_synced(namespace, "db", "true");

    let events = world.list("events", namespace);
    let told: Vec<&Value> = events.iter().filter(|event| event["reason"] == "ErrKeyUnusable").collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(
        (&told[0]["type"], &told[0]["involvedObject"]["name"]),
        (&json!("Warning"), &json!("brought"))
    );
    let log = controller.log();
    assert_eq!(log.matches("is meant as a sealing key").count(), 1, "{log}");
    end(world, controller);
}

fn a_key_of_another_namespace_is_no_key(world: &World) {
    let (namespace, elsewhere) = ("keys-own", "keys-elsewhere");
    world.namespace(namespace);
    world.namespace(elsewhere);
    let foreign = Brought::new(world, "foreign");
    world.cluster.apply(&foreign.marked(elsewhere, "brought").to_string()).unwrap();
    let controller = start_alone(world, namespace);
    foreign.seal(world, namespace, "db");
    world.wait_synced(namespace, "db", "false");
    let (status, _, served) = http::ask("127.0.0.1:8080".parse().unwrap(), "/v1/cert.pem", None);
    assert_eq!(status, 200);
    assert_ne!(served, foreign.certificate);
    end(world, controller);
}

fn a_key_is_made_when_it_is_asked_for(world: &World) {
    let namespace = "keys-asked";
    world.namespace(namespace);
    let mut controller = start_alone(world, namespace);
    let before = keys(world, namespace);
    assert_eq!(before.len(), 1);
    let asked = Command::new("kill").args(["-USR1", &controller.pid().to_string()]).status();
    assert!(asked.is_ok_and(|status| status.success()));
    controller.wait_for("cause=asked");
    let after = keys(world, namespace);
    assert_eq!(after.len(), 2);
    assert!(after.contains(&before[0]));
    end(world, controller);

    // A newest key from before the cut-off is followed by one more, and that is not.
    let soon = Command::new("date").args(["-R", "--date=1 second"]).output().unwrap();
    let cutoff = format!("--key-cutoff-time={}", String::from_utf8(soon.stdout).unwrap().trim());
    world.stop();
    for said in ["cause=cutoff", "ready: watching"] {
        let mut controller = start(world, namespace, &[&cutoff, "--privatekey-labels=made=later"]);
        controller.wait_for(said);
        assert_eq!(keys(world, namespace).len(), 3);
        assert_eq!(controller.terminate(), Some(0));
    }
    let labelled = world.list("secrets", namespace);
    let labelled = labelled.iter().filter(|secret| secret["metadata"]["labels"]["made"] == "later");
    assert_eq!(labelled.count(), 1);
    world.start_ours(&[]);
}

fn controllers_that_start_together_make_one_key(world: &World) {
    let namespace = "keys-together";
    world.namespace(namespace);
    world.stop();
    let mut controllers: Vec<Controller> = (0..3)
        .map(|place| {
            let flags = ["listen-addr", "listen-metrics-addr", "page-listen-addr"];
            let arguments: Vec<String> =
                (1..).zip(flags).map(|(port, flag)| format!("--{flag}=127.0.0.1:90{place}{port}")).collect();
            start(world, namespace, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
        })
        .collect();
    for controller in &mut controllers {
        controller.wait_for("ready: watching");
    }
    assert_eq!(keys(world, namespace).len(), 1);
    for controller in controllers {
        assert_eq!(controller.terminate(), Some(0));
    }
    world.start_ours(&[]);
}

fn the_key_of_the_plain_name_is_used_and_followed_under_upstreams_rights(world: &World) {
    let (namespace, plain) = ("keys-plain", "sealed-secrets-key");
    world.namespace(namespace);
    installation::apply_upstreams_rights(&world.cluster).unwrap();
    let brought = Brought::new(world, "plain");
    let secret = brought.secret(namespace, plain).to_string();
    world.cluster.apply(&secret).unwrap();
    let controller = start_alone(world, namespace);
    assert_eq!(keys(world, namespace).len(), 0, "it is the key, and no other was made");
    brought.seal(world, namespace, "db");
    world.wait_synced(namespace, "db", "true");

    world.kubectl(&["delete", "secret", plain, "-n", namespace]);
    world.wait_synced(namespace, "db", "false");
    world.cluster.apply(&secret).unwrap();
    world.wait_synced(namespace, "db", "true");
    end(world, controller);
    installation::apply(&world.cluster).unwrap();
}

/// What `sealwright` prints, for the controller of this namespace.
/// Our `sealwright`, which asks the controller of this namespace.
fn sealwright(world: &World, namespace: &str, arguments: &[&str]) -> String {
    world.sealwright(&[arguments, &["--controller-namespace", namespace]].concat())
}

fn keys_that_were_lost_come_back_from_a_backup(world: &World) {
    let namespace = "keys-backup";
    world.namespace(namespace);
    let mut controller = start_alone(world, namespace);
    let own = keys(world, namespace).remove(0);
    let brought = Brought::new(world, "backed-up");
    brought.seal(world, namespace, "db");
    world.cluster.apply(&brought.marked(namespace, "brought").to_string()).unwrap();
    world.wait_synced(namespace, "db", "true");
    label_key(world, namespace, &own, "compromised");
    controller.wait_for(&format!("gone={own}"));

    world.file("passphrase", "correct horse\n");
    let secret = ["--passphrase-file", "passphrase"];
    sealwright(world, namespace, &[&["keys", "backup", "-o", "keys.age"], &secret[..]].concat());
    let before = sealwright(world, namespace, &["keys", "list", "--format", "json"]);
    // All is lost, and the controller has already made a first key, which has the name that every first key has.
    world.kubectl(&["delete", "secret", "brought", &own, "-n", namespace]);
    assert_eq!(controller.terminate(), Some(0));
    let mut controller = start(world, namespace, &[]);
    controller.wait_for("ready: watching");
    world.wait_synced(namespace, "db", "false");

    let said = sealwright(world, namespace, &[&["keys", "restore", "keys.age"], &secret[..]].concat());
    assert!(said.contains("brought: created\n"), "{said}");
    assert!(said.contains(&format!("{own}: created as {own}-")), "{said}");
    world.wait_synced(namespace, "db", "true");
    let after = sealwright(world, namespace, &["keys", "list", "--format", "json"]);
    let facts = |text: &str| -> BTreeSet<(String, String)> {
        let list: Vec<BTreeMap<String, Value>> = serde_json::from_str(text).unwrap();
        list.iter().map(|key| (key["state"].to_string(), key["fingerprint"].to_string())).collect()
    };
    let (before, after) = (facts(&before), facts(&after));
    assert_eq!((before.len(), after.len()), (2, 3));
    assert!(after.is_superset(&before), "{after:?}");
    end(world, controller);
}

fn a_repository_is_sealed_again_by_the_controller(world: &World) {
    let values = BTreeMap::from([("password".to_owned(), b"still alive".to_vec())]);
    let manifest = secret::manifest("keys-resealed", "db", &values).to_string();
    let kubeconfig = world.cluster.kubeconfig().to_str().unwrap();
    let kubeseal = |arguments: &[&str], stdin: &str| {
        let arguments = [&["--kubeconfig", kubeconfig], arguments].concat();
        let run = world.ours.run(world.folder.path(), &arguments, stdin.as_bytes()).unwrap();
        assert_eq!(run.exit, Some(0), "{}", run.stderr);
        String::from_utf8(run.stdout).unwrap()
    };
    let before = format!("# of the shop\n{}", kubeseal(&["-o", "yaml"], &manifest));
    let file = world.file("resealed.yaml", &before);
    sealwright(world, "kube-system", &["reseal", "resealed.yaml"]);
    let after = std::fs::read_to_string(&file).unwrap();
    let others = |text: &str| -> Vec<String> {
        text.lines().filter(|line| !line.contains("password: ")).map(str::to_owned).collect()
    };
    assert_ne!(after, before);
    assert_eq!(others(&after), others(&before));
    assert_eq!(kubeseal(&["--validate", "-f", "resealed.yaml"], ""), "");
}
