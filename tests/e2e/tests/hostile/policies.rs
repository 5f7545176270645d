//! What an author of SealedSecrets can make beyond plain Secrets, and the policy that refuses it.

use std::collections::BTreeMap;
use std::net::SocketAddrV4;
use std::thread;
use std::time::{Duration, Instant};

use sealwright_e2e::harness::Test;
use sealwright_e2e::sealing::Sealing;
use sealwright_e2e::world::{NAMESPACE, World};
use sealwright_e2e::{http, programs, secret};
use sealwright_test_cluster::netns;
use serde_json::{Value, json};

pub const TESTS: &[Test<World>] = &[
    (
        "a_key_label_outside_the_keys_namespace_makes_no_key",
        a_key_label_outside_the_keys_namespace_makes_no_key,
    ),
    ("a_sealed_key_that_is_none_stops_nothing", a_sealed_key_that_is_none_stops_nothing),
    ("keys_and_tokens_are_made_as_upstream_makes_them", keys_and_tokens_are_made_as_upstream_makes_them),
    ("the_policy_refuses_keys_and_tokens", the_policy_refuses_keys_and_tokens),
];

const KEY_LABEL: &str = "sealedsecrets.bitnami.com/sealed-secrets-key";
/// Long enough for a slow machine.
const LIMIT: Duration = Duration::from_secs(60);

/// A SealedSecret that makes a Secret with the label of the sealing keys.
fn sealed_key(sealing: &mut Sealing, namespace: &str, name: &str, certificate: &str, key: &str) -> Value {
    let data = BTreeMap::from([
        ("tls.crt".to_owned(), certificate.as_bytes().to_vec()),
        ("tls.key".to_owned(), key.as_bytes().to_vec()),
    ]);
    let mut plain = secret::manifest(namespace, name, &data);
    plain["type"] = "kubernetes.io/tls".into();
    plain["metadata"]["labels"] = json!({ KEY_LABEL: "active" });
    sealing.seal(&plain)
}

fn sealed_token(sealing: &mut Sealing, namespace: &str, name: &str) -> Value {
    let mut sealed = sealing.seal(&secret::manifest(namespace, name, &BTreeMap::new()));
    sealed["spec"]["template"]["type"] = "kubernetes.io/service-account-token".into();
    sealed["spec"]["template"]["metadata"]["annotations"] =
        json!({ "kubernetes.io/service-account.name": "default" });
    sealed
}

fn served_certificate() -> String {
    let (status, _, body) = http::ask(SocketAddrV4::new(netns::ADDRESS, 8080), "/v1/cert.pem", None);
    assert_eq!(status, 200);
    String::from_utf8(body).unwrap()
}

fn wait_until_served(certificate: &str) {
    let deadline = Instant::now() + LIMIT;
    while served_certificate() != certificate {
        assert!(Instant::now() < deadline, "another certificate is served");
        thread::sleep(Duration::from_millis(50));
    }
}

fn a_key_label_outside_the_keys_namespace_makes_no_key(world: &World) {
    let mut sealing = Sealing::for_cluster(world);
    let served = served_certificate();
    world.namespace("labels");
    let (certificate, key) = sealing.other_key("2040-01-01T00:00:00Z");
    world.create(&[sealed_key(&mut sealing, "labels", "key", &certificate, &key)]);
    world.wait_synced("labels", "key", "true");
    assert_eq!(world.get("secret", "labels", "key")["metadata"]["labels"][KEY_LABEL], "active");
    crate::still_works(world, &mut sealing, "labels");
    assert_eq!(served_certificate(), served);
}

fn a_sealed_key_that_is_none_stops_nothing(world: &World) {
    let mut sealing = Sealing::for_cluster(world);
    let served = served_certificate();
    world.namespace("no-keys");
    let (certificate, _) = sealing.other_key("2040-01-01T00:00:00Z");
    let (_, another) = sealing.other_key("2041-01-01T00:00:00Z");
    let rows = [
        ("no-key-words", "no certificate", "no key"),
        ("no-key-empty", "", ""),
        ("no-key-mismatch", certificate.as_str(), another.as_str()),
    ];
    for (name, certificate, key) in rows {
        world.create(&[sealed_key(&mut sealing, NAMESPACE, name, certificate, key)]);
        world.wait_synced(NAMESPACE, name, "true");
    }
    crate::still_works(world, &mut sealing, "no-keys");
    assert_eq!(served_certificate(), served);
    for (name, ..) in rows {
        world.kubectl(&["delete", "sealedsecret", name, "-n", NAMESPACE]);
        world.kubectl(&["wait", "--for=delete", &format!("secret/{name}"), "-n", NAMESPACE, "--timeout=60s"]);
    }
}

fn keys_and_tokens_are_made_as_upstream_makes_them(world: &World) {
    let mut sealing = Sealing::for_cluster(world);
    let served = served_certificate();
    let (certificate, key) = sealing.other_key("2040-01-01T00:00:00Z");
    world.create(&[sealed_key(&mut sealing, NAMESPACE, "planted", &certificate, &key)]);
    wait_until_served(&certificate);
    world.kubectl(&["delete", "sealedsecret", "planted", "-n", NAMESPACE]);
    wait_until_served(&served);

    world.namespace("tokens");
    world.create(&[sealed_token(&mut sealing, "tokens", "token")]);
    world.wait_synced("tokens", "token", "true");
    assert_eq!(world.get("secret", "tokens", "token")["type"], "kubernetes.io/service-account-token");
}

fn the_policy_refuses_keys_and_tokens(world: &World) {
    let mut sealing = Sealing::for_cluster(world);
    world.namespace("policy");
    let folder = programs::repository().join("deploy/examples/policy");
    world.kubectl(&["apply", "-f", folder.to_str().unwrap()]);
    let refusal = |object: &Value| -> Option<String> {
        let file = world.file("try.json", object.to_string());
        let call = ["create", "--dry-run=server", "-f", file.to_str().unwrap()];
        world.cluster.run(&call).err().map(|error| error.to_string())
    };

    let key = sealed_key(&mut sealing, "policy", "key", "certificate", "key");
    // The API server takes a new policy up after a moment, and tells nobody when.
    let deadline = Instant::now() + LIMIT;
    while refusal(&key).is_none() {
        assert!(Instant::now() < deadline, "the policy is never taken up");
        thread::sleep(Duration::from_millis(100));
    }
    let data = BTreeMap::from([("password".to_owned(), b"the value".to_vec())]);
    let plain = secret::manifest("policy", "plain", &data);
    let mut bootstrap = sealing.seal(&plain);
    bootstrap["spec"]["template"]["type"] = "bootstrap.kubernetes.io/token".into();
    for (object, words) in [
        (key, "must not make a sealing key"),
        (sealed_token(&mut sealing, "policy", "token"), "must not make a token"),
        (bootstrap, "must not make a token"),
        (sealing.seal_deprecated(&plain), "must not use the deprecated field"),
    ] {
        let said = refusal(&object).unwrap_or_else(|| panic!("accepted: {object}"));
        assert!(said.contains(words), "{said}");
    }

    let whole = sealing.seal(&plain);
    let with_template = |template: Value| {
        let mut object = whole.clone();
        object["spec"]["template"] = template;
        object
    };
    let mut without = whole.clone();
    without["spec"].as_object_mut().unwrap().remove("template");
    for object in [
        whole.clone(),
        without,
        with_template(json!({})),
        with_template(json!({ "metadata": null })),
        with_template(json!({ "metadata": { "labels": null, "creationTimestamp": null } })),
        with_template(json!({ "type": "kubernetes.io/tls", "metadata": { "labels": { "app": "shop" } } })),
    ] {
        assert_eq!(refusal(&object), None, "{object}");
    }
    // The controller's own writes of a status are no business of the policy.
    crate::still_works(world, &mut sealing, "policy");
}
