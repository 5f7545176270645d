//! An object opens exactly where its values are bound to: by the watch, by verify and by rotate.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddrV4;

use sealwright_e2e::harness::Test;
use sealwright_e2e::sealing::{Sealing, annotation};
use sealwright_e2e::world::World;
use sealwright_e2e::{http, secret};
use sealwright_interop::vectors::Scope;
use sealwright_test_cluster::netns;
use serde_json::{Value, json};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub const TESTS: &[Test<World>] = &[
    ("an_object_opens_only_where_it_is_bound_to", an_object_opens_only_where_it_is_bound_to),
    ("verify_and_rotate_open_only_what_is_bound_so", verify_and_rotate_open_only_what_is_bound_so),
];

const HOME: &str = "escape-from";
const AWAY: &str = "escape-to";

/// What is done to an object after its values were sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Nothing,
    Rename,
    Move,
    RenameAndMove,
    /// Add the annotation, or take it away where it was.
    ClusterWide,
    NamespaceWide,
    /// The annotation stands in the template alone; there it means nothing.
    TemplateOnly,
    MetadataOnly,
    /// Not the word that counts.
    CapitalTrue,
    One,
    BothAnnotations,
    /// Deleted, and created again with another UID.
    Again,
    SwapKeys,
    /// One value comes from another object of the same namespace and scope.
    Sibling,
}

use Turn::*;
const TURNS: [Turn; 14] = [
    Nothing,
    Rename,
    Move,
    RenameAndMove,
    ClusterWide,
    NamespaceWide,
    TemplateOnly,
    MetadataOnly,
    CapitalTrue,
    One,
    BothAnnotations,
    Again,
    SwapKeys,
    Sibling,
];

/// One row: an object as it comes, and what it should open to.
struct Attempt {
    scope: Scope,
    turn: Turn,
    object: Value,
    /// What its values are bound to.
    bound: Vec<u8>,
    opens: Option<BTreeMap<String, Vec<u8>>>,
}

fn label(scope: Scope, namespace: &str, name: &str) -> Vec<u8> {
    match scope {
        Scope::Strict => format!("{namespace}/{name}"),
        Scope::NamespaceWide => namespace.to_owned(),
        Scope::ClusterWide => String::new(),
    }
    .into_bytes()
}

/// The scope that the annotations of an object or of a template say.
fn scope_of(object: &Value) -> Scope {
    let says = |scope: Scope| {
        annotation(scope).is_some_and(|name| object["metadata"]["annotations"][name] == "true")
    };
    [Scope::ClusterWide, Scope::NamespaceWide].into_iter().find(|scope| says(*scope)).unwrap_or(Scope::Strict)
}

fn attempts(sealing: &mut Sealing) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for scope in Scope::ALL {
        for turn in TURNS {
            attempts.push(attempt(sealing, scope, turn));
        }
    }
    attempts
}

fn attempt(sealing: &mut Sealing, scope: Scope, turn: Turn) -> Attempt {
    let name = format!("{}-{turn:?}", scope.flag()).to_lowercase();
    let mut values = [b"the first".to_vec(), b"the second".to_vec()];
    let mut sealed = values.clone().map(|value| sealing.value(scope, HOME, &name, &value));
    let mut whole = true;
    match turn {
        SwapKeys => {
            sealed.swap(0, 1);
            values.swap(0, 1);
        }
        Sibling => {
            values[0] = b"the sibling's".to_vec();
            sealed[0] = sealing.value(scope, HOME, &format!("{name}-sibling"), &values[0]);
            whole = scope != Scope::Strict;
        }
        _ => {}
    }
    let encrypted = sealed.map(|value| STANDARD.encode(value));
    let own = annotation(scope);
    let annotations = own.as_ref().map_or(json!({}), |own| json!({ own: "true" }));
    let template = json!({ "annotations": annotations, "labels": { "kept": "yes" } });
    let mut object = json!({
        "apiVersion": "bitnami.com/v1alpha1",
        "kind": "SealedSecret",
        "metadata": { "name": name, "namespace": HOME, "annotations": annotations },
        "spec": {
            "encryptedData": { "first": encrypted[0], "second": encrypted[1] },
            "template": { "metadata": template },
        },
    });
    turn_object(&mut object, turn, own.as_deref());
    let metadata = &object["metadata"];
    let reads =
        label(scope_of(&object), metadata["namespace"].as_str().unwrap(), metadata["name"].as_str().unwrap());
    let bound = label(scope, HOME, &name);
    let data = ["first", "second"].map(str::to_owned).into_iter().zip(values).collect();
    let opens = (whole && reads == bound).then_some(data);
    Attempt { scope, turn, object, bound, opens }
}

fn turn_object(object: &mut Value, turn: Turn, own: Option<&str>) {
    let wide = |scope| annotation(scope).expect("a wide scope has an annotation");
    let rename = |object: &mut Value| {
        let name = format!("{}-renamed", object["metadata"]["name"].as_str().unwrap());
        object["metadata"]["name"] = name.into();
    };
    let toggle = |object: &mut Value, name: String| {
        let annotations = object["metadata"]["annotations"].as_object_mut().unwrap();
        if annotations.remove(&name).is_none() {
            annotations.insert(name, "true".into());
        }
    };
    // Where there is no annotation of its own, the widest is tried.
    let key = own.map_or_else(|| wide(Scope::ClusterWide), str::to_owned);
    match turn {
        Nothing | Again | SwapKeys | Sibling => {}
        Rename => rename(object),
        Move => object["metadata"]["namespace"] = AWAY.into(),
        RenameAndMove => {
            rename(object);
            object["metadata"]["namespace"] = AWAY.into();
        }
        ClusterWide => toggle(object, wide(Scope::ClusterWide)),
        NamespaceWide => toggle(object, wide(Scope::NamespaceWide)),
        TemplateOnly => {
            object["metadata"]["annotations"] = json!({});
            object["spec"]["template"]["metadata"]["annotations"] = json!({ key: "true" });
        }
        MetadataOnly => {
            object["metadata"]["annotations"] = json!({ key: "true" });
            object["spec"]["template"]["metadata"]["annotations"] = json!({});
        }
        CapitalTrue => object["metadata"]["annotations"] = json!({ key: "True" }),
        One => object["metadata"]["annotations"] = json!({ key: "1" }),
        BothAnnotations => {
            object["metadata"]["annotations"] =
                json!({ wide(Scope::ClusterWide): "true", wide(Scope::NamespaceWide): "true" });
        }
    }
}

fn an_object_opens_only_where_it_is_bound_to(world: &World) {
    let mut sealing = Sealing::for_cluster(world);
    world.namespace(HOME);
    world.namespace(AWAY);
    let attempts = attempts(&mut sealing);
    assert_eq!(attempts.len(), 42);
    assert_eq!(attempts.iter().filter(|attempt| attempt.opens.is_none()).count(), 20);

    let again: Vec<Value> =
        attempts.iter().filter(|row| row.turn == Again).map(|row| row.object.clone()).collect();
    world.create(&again);
    world.verdicts();
    world.kubectl(&["delete", "sealedsecrets", "--all", "-n", HOME]);
    let objects: Vec<Value> = attempts.iter().map(|row| row.object.clone()).collect();
    world.create(&objects);

    let verdicts = world.verdicts();
    let mut made: BTreeMap<(String, String), _> = BTreeMap::new();
    for namespace in [HOME, AWAY] {
        for secret in world.list("secrets", namespace) {
            let name = secret["metadata"]["name"].as_str().unwrap().to_owned();
            made.insert((namespace.to_owned(), name), secret::data(&secret));
        }
    }
    for Attempt { scope, turn, object, opens, .. } in &attempts {
        let text = |field: &str| object["metadata"][field].as_str().unwrap().to_owned();
        let key = (text("namespace"), text("name"));
        assert_eq!(made.remove(&key), *opens, "{scope:?} {turn:?}");
        let verdict = &verdicts[&key];
        assert_eq!(verdict.synced, opens.is_some(), "{scope:?} {turn:?}: {}", verdict.message);
        if opens.is_none() {
            let expected = "no key could decrypt secret (first";
            assert!(verdict.message.starts_with(expected), "{scope:?} {turn:?}: {}", verdict.message);
        }
    }
    assert!(made.is_empty(), "Secrets that nobody asked for: {:?}", made.keys());
    crate::still_works(world, &mut sealing, HOME);
}

fn verify_and_rotate_open_only_what_is_bound_so(world: &World) {
    let mut sealing = Sealing::for_cluster(world);
    let api = SocketAddrV4::new(netns::ADDRESS, 8080);
    let key = String::from_utf8(secret::data(&world.key_secrets()[0])["tls.key"].clone()).unwrap();
    let mut refusals = BTreeSet::new();
    for Attempt { scope, turn, object, bound, opens } in attempts(&mut sealing) {
        let row = format!("{scope:?} {turn:?}");
        let text = object.to_string();
        let (verified, _, said) = http::ask(api, "/v1/verify", Some(text.as_bytes()));
        let (rotated, _, answer) = http::ask(api, "/v1/rotate", Some(text.as_bytes()));
        let Some(data) = opens else {
            refusals.insert([(verified, said), (rotated, answer)]);
            continue;
        };
        assert_eq!(verified, 200, "{row}");
        let claimed = scope_of(&object["spec"]["template"]);
        if claimed != Scope::Strict && claimed != scope_of(&object) {
            // Sealed anew it would open where the template says, or else the template would lie.
            assert!(rotated >= 400, "{row}: {rotated}");
            assert_eq!(find(&answer, b"encryptedData"), None, "{row}");
            continue;
        }
        assert_eq!(rotated, 200, "{row}");
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        let was = |field: &str| object["metadata"][field].clone();
        assert_eq!(
            [&answer["metadata"]["name"], &answer["metadata"]["namespace"]],
            [&was("name"), &was("namespace")]
        );
        assert_eq!(scope_of(&answer), scope_of(&object), "{row}");
        assert_eq!(answer["spec"]["template"]["metadata"]["labels"]["kept"], "yes", "{row}");
        for (key_name, value) in data {
            let text = answer["spec"]["encryptedData"][&key_name].as_str().unwrap();
            let sealed = STANDARD.decode(text).unwrap();
            assert_ne!(text, object["spec"]["encryptedData"][&key_name], "{row}: nothing was sealed anew");
            let name = was("name");
            let name = name.as_str().unwrap();
            for scope in Scope::ALL {
                let label = label(scope, HOME, name);
                let expected = (label == bound).then_some(&value);
                assert_eq!(sealing.open(&[&key], &label, &sealed).as_ref(), expected, "{row}, as {scope:?}");
            }
        }
    }

    // Whatever the reason is, nobody outside learns it.
    assert_eq!(refusals.len(), 1, "{refusals:?}");
    let [(verified, _), (rotated, _)] = &refusals.into_iter().next().unwrap();
    assert_eq!(*verified, 409);
    assert!(*rotated >= 400, "{rotated}");
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
