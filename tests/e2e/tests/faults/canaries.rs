//! Values that would be known again wherever they turned up.

use std::collections::BTreeMap;
use std::net::{SocketAddr, SocketAddrV4};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sealwright_e2e::chance::Chance;
use sealwright_e2e::controller::Controller;
use sealwright_e2e::cutter::Cutter;
use sealwright_e2e::sealing::Sealing;
use sealwright_e2e::world::World;
use sealwright_e2e::{http, programs, secret};
use sealwright_test_cluster::installation::{self, NAME};
use sealwright_test_cluster::netns;
use serde_json::{Value, json};

const NAMESPACE: &str = "canaries";
/// In a namespace of this name an admission policy tells the value in its refusal.
const TATTLER: &str = "tattler";
/// One in so many answers of the API server breaks off.
const ONE_IN: u64 = 4;
/// What every value begins with.
const CANARY: &str = "c4n4ry-Zx81q";

pub fn no_value_is_told_to_anybody(_: &()) {
    let chance = Chance::start();
    let world = World::without_controller();
    installation::apply(&world.cluster).unwrap();
    world.namespace(NAMESPACE);
    world.namespace(TATTLER);
    world.cluster.apply(&tattling_policy().to_string()).unwrap();

    // Without TLS from here to the API server, so that answers can be broken off on their way.
    let account = world.cluster.kubectl_as(installation::NAMESPACE, NAME).unwrap();
    let mut plain = Controller::start(account.command().args(["proxy", "--port=0"]));
    let line = plain.wait_for("Starting to serve on ");
    let to: SocketAddr = line.rsplit(' ').next().unwrap().trim().parse().unwrap();
    let cutter = Cutter::start(to, ONE_IN, chance).unwrap();
    start(&world, &cutter);

    let mut sealing = Sealing::for_cluster(&world);
    let good = make(&world, &mut sealing);
    let verdicts = world.verdicts();
    for (name, data) in &good {
        assert!(verdicts[&(NAMESPACE.to_owned(), name.clone())].synced, "{name}");
        assert_eq!(secret::data(&world.get("secret", NAMESPACE, name)), *data, "{name}");
    }
    let told = &verdicts[&(TATTLER.to_owned(), "told".to_owned())];
    assert!(!told.synced && told.message.contains("denied request"), "{told:?}");
    let by_hand =
        secret::manifest(TATTLER, "by-hand", &BTreeMap::from([("password".to_owned(), canary("told"))]));
    let refusal = world.try_create(&[by_hand]).unwrap_err().to_string();
    assert!(refusal.contains("not allowed: "), "the policy tells nothing: {refusal}");
    assert_eq!(world.key_secrets().len(), 1);
    // Once more over what is there.
    let first_log = world.log();
    world.stop();
    start(&world, &cutter);
    world.wait_for("caught up");
    assert!(cutter.cuts() > 20, "only {} answers were broken off", cutter.cuts());

    let mut places = vec![
        ("the log".to_owned(), first_log),
        ("the log after a restart".to_owned(), world.log()),
        ("the events".to_owned(), world.kubectl(&["get", "events", "-A", "-o", "json"])),
        ("the SealedSecrets".to_owned(), world.kubectl(&["get", "sealedsecrets", "-A", "-o", "json"])),
    ];
    places.extend(answers(&world, &mut sealing));
    let key = String::from_utf8(secret::data(&world.key_secrets()[0])["tls.key"].clone()).unwrap();
    let forms = forms(&key);
    let secrets = world.kubectl(&["get", "secrets", "-A", "-o", "json"]);
    assert!(forms.iter().any(|form| secrets.contains(form)), "the forms are not what a value looks like");
    for canary in forms {
        for (place, text) in &places {
            assert!(!text.contains(&canary), "{canary:?} is in {place}:\n{text}");
        }
    }
}

/// Our controller with all words that could make it talk, behind the proxy.
fn start(world: &World, cutter: &Cutter) {
    let kubeconfig = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{ "name": "cut", "cluster": { "server": format!("http://{}", cutter.address()) } }],
        "users": [{ "name": "cut", "user": {} }],
        "contexts": [{ "name": "cut", "context": { "cluster": "cut", "user": "cut" } }],
        "current-context": "cut",
    });
    let kubeconfig = world.file("kubeconfig-cut", kubeconfig.to_string());
    let mut command = std::process::Command::new(programs::controller());
    command.arg("--kubeconfig").arg(kubeconfig).args(["--log-level=debug", "--rate-limit=100"]);
    command.env("POD_NAMESPACE", installation::NAMESPACE).env("RUST_LOG", "trace").env("RUST_BACKTRACE", "1");
    world.start_ours_with(&mut command);
}

/// A value that is known again, also in part: quotes and a line break make every escape another text.
fn canary(name: &str) -> Vec<u8> {
    format!("{CANARY}-{name}\"quoted\"\nsecond line\u{1f511}").into_bytes()
}

/// Every form in which a value, or the private key, could stand in a text.
fn forms(key: &str) -> Vec<String> {
    // The middle of the key: its first lines are the same in every key.
    let lines: Vec<&str> = key.lines().collect();
    let line = lines[lines.len() / 2];
    let mut forms = Vec::new();
    for text in [CANARY, "second line\u{1f511}", line] {
        let bytes = text.as_bytes();
        forms.push(text.to_owned());
        forms.push(bytes.iter().map(|byte| format!("{byte:02x}")).collect());
        forms.push(bytes.iter().map(|byte| format!("{byte:02X}")).collect());
        forms.push(format!("{bytes:?}").trim_matches(['[', ']']).to_owned());
        // In base64 a text has three faces: one for each place in a group of three bytes. What its neighbours have a
        // part in is left out.
        for before in 0..3 {
            let encoded = STANDARD.encode([&[b' '; 3][..before], bytes].concat());
            let (from, to) = ((before * 8).div_ceil(6), (before + bytes.len()) * 8 / 6);
            forms.push(encoded[from..to].to_owned());
        }
    }
    forms
}

/// Objects that end in every way there is. Gives those that become Secrets.
fn make(world: &World, sealing: &mut Sealing) -> BTreeMap<String, BTreeMap<String, Vec<u8>>> {
    let data = |name: &str| {
        BTreeMap::from([("password".to_owned(), canary(name)), ("other".to_owned(), canary(name))])
    };
    let mut seal =
        |namespace: &str, name: &str| sealing.seal(&secret::manifest(namespace, name, &data(name)));
    let mut good = BTreeMap::new();
    let mut objects = Vec::new();
    for number in 0..20 {
        let name = format!("good-{number}");
        objects.push(seal(NAMESPACE, &name));
        good.insert(name.clone(), data(&name));
    }
    let changed = |mut object: Value, path: &str, value: Value| {
        *path.split('/').fold(&mut object, |inner, part| &mut inner[part]) = value;
        object
    };
    objects.push(changed(seal(NAMESPACE, "half"), "spec/encryptedData/other", "AAAA".into()));
    objects.push(changed(seal(NAMESPACE, "no-base64"), "spec/encryptedData/other", "?".into()));
    objects.push(changed(seal(NAMESPACE, "renamed"), "metadata/name", "another".into()));
    objects.push(changed(seal(NAMESPACE, "no-tls"), "spec/template/type", "kubernetes.io/tls".into()));
    let labels = json!({ "labels": { "a b": "c" } });
    objects.push(changed(seal(NAMESPACE, "bad-label"), "spec/template/metadata", labels));
    let rendered = json!({ "data": { "config": "{{ fail .password }}" } });
    objects.push(changed(seal(NAMESPACE, "rendered"), "spec/template", rendered));
    let mut bad_key = seal(NAMESPACE, "bad-key");
    let value = bad_key["spec"]["encryptedData"]["password"].clone();
    bad_key["spec"]["encryptedData"]["a b"] = value;
    objects.push(bad_key);
    objects.push(seal(NAMESPACE, "foreign"));
    objects.push(seal(NAMESPACE, "fixed"));
    objects.push(seal(TATTLER, "told"));

    let mut foreign = secret::manifest(NAMESPACE, "foreign", &data("foreign"));
    foreign["data"]["theirs"] = STANDARD.encode(canary("theirs")).into();
    let mut fixed = secret::manifest(NAMESPACE, "fixed", &data("before"));
    fixed["immutable"] = true.into();
    fixed["metadata"]["annotations"] = json!({ "sealedsecrets.bitnami.com/managed": "true" });
    world.create(&[foreign, fixed]);
    world.create(&objects);
    good
}

/// What the servers say about themselves and about objects that they do not open.
fn answers(world: &World, sealing: &mut Sealing) -> Vec<(String, String)> {
    let value = BTreeMap::from([("password".to_owned(), canary("asked"))]);
    let mut moved = sealing.seal(&secret::manifest(NAMESPACE, "asked", &value));
    moved["metadata"]["name"] = "moved".into();
    let mut rendered = sealing.seal(&secret::manifest(NAMESPACE, "asked", &value));
    rendered["spec"]["template"]["data"] = json!({ "config": "{{ fail .password }}" });
    // Whoever sends a plain Secret by mistake does not want to see it again.
    let plain = secret::manifest(NAMESPACE, "asked", &value);
    let api = SocketAddrV4::new(netns::ADDRESS, 8080);
    let metrics = SocketAddrV4::new(netns::ADDRESS, 8081);
    let mut answers = Vec::new();
    let mut ask = |address, path: &str, body: Option<&str>| {
        let (status, head, body) = http::ask(address, path, body.map(str::as_bytes));
        let text = format!("{head}\n{}", String::from_utf8_lossy(&body));
        answers.push((format!("the answer {status} of {path}"), text));
    };
    for path in ["/healthz", "/readyz", "/v1/cert.pem", "/nothing"] {
        ask(api, path, None);
    }
    ask(metrics, "/metrics", None);
    for path in ["/v1/verify", "/v1/rotate"] {
        for object in [&moved, &rendered, &plain] {
            ask(api, path, Some(&object.to_string()));
        }
        ask(api, path, Some(&format!("password: [{CANARY}")));
    }
    // The requests above are in the log as well, if anywhere.
    answers.push(("the log of the requests".to_owned(), world.log()));
    answers
}

/// Refuses every Secret of one namespace, and says why in far too many words.
fn tattling_policy() -> Value {
    json!({ "apiVersion": "v1", "kind": "List", "items": [
        {
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "ValidatingAdmissionPolicy",
            "metadata": { "name": "tattler" },
            "spec": {
                "failurePolicy": "Fail",
                "matchConstraints": {
                    "resourceRules": [{
                        "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"],
                        "resources": ["secrets"],
                    }],
                    "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": TATTLER } },
                },
                "validations": [{
                    "expression": "false",
                    "messageExpression": "'not allowed: ' + string(object.data.password).replace('\\n', ' ')",
                }],
            },
        },
        {
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": { "name": "tattler" },
            "spec": { "policyName": "tattler", "validationActions": ["Deny"] },
        },
    ] })
}
