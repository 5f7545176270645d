//! Names, keys, annotations and templates that nobody would write by hand.

use std::collections::BTreeMap;

use sealwright_e2e::harness::Test;
use sealwright_e2e::sealing::Sealing;
use sealwright_e2e::secret;
use sealwright_e2e::world::World;
use serde_json::{Value, json};

pub const TESTS: &[Test<World>] = &[
    ("a_key_that_no_secret_can_have_is_refused", a_key_that_no_secret_can_have_is_refused),
    ("the_longest_name_is_a_name", the_longest_name_is_a_name),
    ("a_template_says_only_what_it_may", a_template_says_only_what_it_may),
    ("a_template_that_makes_no_sense_is_refused", a_template_that_makes_no_sense_is_refused),
];

const VALUE: &[u8] = b"the value";

fn one_value(key: &str) -> BTreeMap<String, Vec<u8>> {
    BTreeMap::from([(key.to_owned(), VALUE.to_vec())])
}

fn a_key_that_no_secret_can_have_is_refused(world: &World) {
    let mut sealing = Sealing::for_cluster(world);
    world.namespace("keys");
    let longest = "k".repeat(253);
    let longer = "k".repeat(254);
    // What the API server takes as the key of a Secret.
    let rows = [
        ("plain", "password", true),
        ("dotted", ".hidden-file_1.txt", true),
        ("prototype", "__proto__", true),
        ("longest", longest.as_str(), true),
        ("longer", longer.as_str(), false),
        ("empty", "", false),
        ("dot", ".", false),
        ("up", "..", false),
        ("path", "../../etc/passwd", false),
        ("slash", "a/b", false),
        ("space", "a b", false),
        ("line", "a\nb", false),
        ("beyond-ascii", "ключ", false),
        ("null", "a\u{0}b", false),
    ];
    let objects: Vec<Value> = rows
        .iter()
        .map(|(name, key, _)| sealing.seal(&secret::manifest("keys", name, &one_value(key))))
        .collect();
    world.create(&objects);
    let verdicts = world.verdicts();
    let made: BTreeMap<String, _> = world
        .list("secrets", "keys")
        .iter()
        .map(|object| (object["metadata"]["name"].as_str().unwrap().to_owned(), secret::data(object)))
        .collect();
    for (name, key, fits) in rows {
        let verdict = &verdicts[&("keys".to_owned(), name.to_owned())];
        assert_eq!(verdict.synced, fits, "{key:?}: {}", verdict.message);
        assert_eq!(made.get(name), fits.then(|| one_value(key)).as_ref(), "{key:?}");
    }
    crate::still_works(world, &mut sealing, "keys");
}

fn the_longest_name_is_a_name(world: &World) {
    let mut sealing = Sealing::for_cluster(world);
    world.namespace("names");
    let longest = "n".repeat(253);
    for name in ["0", "a.b-c.d", longest.as_str()] {
        world.create(&[sealing.seal(&secret::manifest("names", name, &one_value("password")))]);
        world.wait_synced("names", name, "true");
        assert_eq!(secret::data(&world.get("secret", "names", name)), one_value("password"), "{name}");
    }
    crate::still_works(world, &mut sealing, "names");
}

fn a_template_says_only_what_it_may(world: &World) {
    let mut sealing = Sealing::for_cluster(world);
    world.namespace("greedy");
    let mut sealed = sealing.seal(&secret::manifest("greedy", "greedy", &one_value("password")));
    sealed["spec"]["template"]["metadata"] = json!({
        "name": "elsewhere",
        "namespace": "kube-system",
        "generateName": "many-",
        "uid": "00000000-0000-0000-0000-000000000000",
        "resourceVersion": "1",
        "generation": 7,
        "creationTimestamp": "2001-01-01T00:00:00Z",
        "deletionTimestamp": "2001-01-01T00:00:00Z",
        "deletionGracePeriodSeconds": 0,
        "finalizers": ["example.org/never"],
        "managedFields": [{ "manager": "somebody", "operation": "Apply" }],
        "ownerReferences": [{
            "apiVersion": "v1", "kind": "Namespace", "name": "kube-system", "uid": "1", "controller": true,
        }],
        "labels": { "kept": "yes" },
    });
    world.create(&[sealed]);
    world.wait_synced("greedy", "greedy", "true");
    let made = world.get("secret", "greedy", "greedy");
    let metadata = &made["metadata"];
    assert_eq!(metadata["labels"], json!({ "kept": "yes" }));
    for field in ["finalizers", "generateName", "deletionTimestamp"] {
        assert_eq!(metadata[field], Value::Null, "{field}");
    }
    let owners = metadata["ownerReferences"].as_array().unwrap();
    assert_eq!(owners.len(), 1);
    assert_eq!(owners[0]["kind"], "SealedSecret");
    let elsewhere = world.list("secrets", "kube-system");
    assert!(elsewhere.iter().all(|object| object["metadata"]["name"] != "elsewhere"));
    crate::still_works(world, &mut sealing, "greedy");
}

fn a_template_that_makes_no_sense_is_refused(world: &World) {
    let mut sealing = Sealing::for_cluster(world);
    world.namespace("senseless");
    // More than all annotations of an object together may have.
    let large = "x".repeat(300 * 1024);
    let rows = [
        ("labels-text", json!({ "metadata": { "labels": "text" } })),
        ("labels-number", json!({ "metadata": { "labels": { "a": 1 } } })),
        ("labels-list", json!({ "metadata": { "labels": ["a"] } })),
        ("labels-nested", json!({ "metadata": { "labels": { "a": { "b": "c" } } } })),
        ("annotations-number", json!({ "metadata": { "annotations": { "a": 1 } } })),
        ("owners-text", json!({ "metadata": { "ownerReferences": "me" } })),
        ("label-no-name", json!({ "metadata": { "labels": { "a b": "c" } } })),
        ("label-no-value", json!({ "metadata": { "labels": { "a": "not a value!" } } })),
        ("annotation-no-name", json!({ "metadata": { "annotations": { "a b": "c" } } })),
        ("annotations-large", json!({ "metadata": { "annotations": { "a": large } } })),
        ("type-unfit", json!({ "type": "kubernetes.io/tls" })),
        ("type-long", json!({ "type": "t".repeat(5000) })),
    ];
    let mut accepted = Vec::new();
    for (name, template) in rows {
        let mut sealed = sealing.seal(&secret::manifest("senseless", name, &one_value("password")));
        sealed["spec"]["template"] = template;
        match world.try_create(&[sealed]) {
            Ok(()) => accepted.push(name),
            // What the definition of SealedSecrets refuses never reaches the controller.
            Err(error) => assert!(error.to_string().contains("in body must be"), "{name}: {error}"),
        }
    }
    assert!(accepted.len() >= 5, "{accepted:?}");
    let verdicts = world.verdicts();
    for name in accepted {
        let verdict = &verdicts[&("senseless".to_owned(), name.to_owned())];
        // The API server takes any word for a type, however long.
        assert_eq!(verdict.synced, name == "type-long", "{name}: {}", verdict.message);
        assert!(verdict.message.len() < 4096, "{name}: a message of {} bytes", verdict.message.len());
    }
    assert_eq!(world.list("secrets", "senseless").len(), 1);
    crate::still_works(world, &mut sealing, "senseless");
}
