//! One controller takes over from the other, by nothing but another program, and no Secret notices.

use std::collections::BTreeMap;
use std::net::SocketAddrV4;
use std::time::{Duration, Instant};

use sealwright_e2e::sealing::{Sealing, annotation};
use sealwright_e2e::world::World;
use sealwright_e2e::{http, secret};
use sealwright_interop::vectors::Scope;
use sealwright_test_cluster::{installation, netns};
use serde_json::{Value, json};

const NAMESPACE: &str = "swap";
/// How many Secrets there are of each kind.
const EACH: usize = 10;
/// Everything that upstream can make of a SealedSecret, once.
const KINDS: [&str; 20] = [
    "strict",
    "namespace-wide",
    "cluster-wide",
    "several-values",
    "no-values",
    "without-type",
    "docker",
    "tls",
    "basic-auth",
    "ssh-auth",
    "own-type",
    "labelled",
    "immutable",
    "deprecated",
    "deprecated-wide",
    "managed",
    "patched",
    "managed-and-patched",
    "not-owned",
    "moved-into",
];
/// As fast as the machine is: neither waits for its own limits.
const FAST: [&str; 2] = ["--kubeclient-qps=-1", "--kubeclient-burst=1000"];
/// Long enough for a slow machine.
const LIMIT: Duration = Duration::from_secs(120);

pub fn no_secret_changes_when_the_controller_is_swapped(_: &()) {
    let upstreams_crd = sealwright_interop::binaries::ensure(&mut |_| {}).unwrap().crd;
    let world = World::with_upstreams_rights(&upstreams_crd);
    world.start_upstream(&FAST);
    let expected = make_all_kinds(&world);
    let count = expected.len();
    assert_eq!(count, KINDS.len() * EACH);
    // It judged some more than once: those that already had a Secret.
    wait_until_upstream_judged(&world, count);
    let before = world.versions("secrets");
    assert_data(&world, &expected, "made by upstream");

    for definition in [upstreams_crd, installation::our_crd()] {
        installation::apply_crd(&world.cluster, &definition).unwrap();
        world.stop();
        world.start_ours_in_pod();
        world.wait_for("caught up");
        assert_eq!(world.versions("secrets"), before, "ours took over under {}", definition.display());
        assert_all_synced(&world, count);

        // What it wrote itself it has to recognise as well.
        let everything = world.versions("secrets,sealedsecrets,events");
        world.stop();
        world.start_ours_in_pod();
        world.wait_for("caught up");
        assert_eq!(world.versions("secrets,sealedsecrets,events"), everything, "ours started again");

        world.stop();
        world.start_upstream(&FAST);
        wait_until_upstream_judged(&world, count);
        assert_eq!(world.versions("secrets"), before, "upstream took over under {}", definition.display());
        assert_all_synced(&world, count);
    }
    assert_data(&world, &expected, "after all swaps");
}

/// Creates the objects, and the Secrets that some of them find. Gives the data that each Secret ends with.
fn make_all_kinds(world: &World) -> BTreeMap<String, BTreeMap<String, Vec<u8>>> {
    let mut sealing = Sealing::for_cluster(world);
    world.namespace(NAMESPACE);
    let (mut found, mut sealed, mut expected) = (Vec::new(), Vec::new(), BTreeMap::new());
    for kind in KINDS {
        for number in 0..EACH {
            let name = format!("{kind}-{number}");
            let data = values(kind, number);
            let mut ends_with = data.clone();
            if let Some(existing) = existing(kind, &name) {
                if kind.contains("patched") {
                    ends_with.extend(secret::data(&existing));
                    ends_with.extend(data.clone());
                }
                found.push(existing);
            }
            sealed.push(seal(&mut sealing, kind, &name, &data));
            expected.insert(name, ends_with);
        }
    }
    world.create(&found);
    world.create(&sealed);
    expected
}

fn values(kind: &str, number: usize) -> BTreeMap<String, Vec<u8>> {
    let value = |key: &str, value: String| (key.to_owned(), value.into_bytes());
    match kind {
        "several-values" => secret::tricky_values(),
        "no-values" => BTreeMap::new(),
        "docker" => {
            BTreeMap::from([value(".dockerconfigjson", format!(r#"{{"auths":{{"r{number}":{{}}}}}}"#))])
        }
        "tls" => {
            BTreeMap::from([value("tls.crt", format!("c{number}")), value("tls.key", format!("k{number}"))])
        }
        "basic-auth" => {
            BTreeMap::from([value("username", "u".to_owned()), value("password", format!("p{number}"))])
        }
        "ssh-auth" => BTreeMap::from([value("ssh-privatekey", format!("ssh {number}"))]),
        _ => BTreeMap::from([value("password", format!("{kind} {number}"))]),
    }
}

fn secret_type(kind: &str) -> &str {
    match kind {
        "docker" => "kubernetes.io/dockerconfigjson",
        "tls" => "kubernetes.io/tls",
        "basic-auth" => "kubernetes.io/basic-auth",
        "ssh-auth" => "kubernetes.io/ssh-auth",
        "own-type" => "example.org/settings",
        _ => "Opaque",
    }
}

/// The Secret that is there before the SealedSecret comes, for kinds that take one over.
fn existing(kind: &str, name: &str) -> Option<Value> {
    let annotations = match kind {
        "managed" => json!({ "sealedsecrets.bitnami.com/managed": "true" }),
        "patched" => json!({ "sealedsecrets.bitnami.com/patch": "true" }),
        "managed-and-patched" => {
            json!({ "sealedsecrets.bitnami.com/managed": "true", "sealedsecrets.bitnami.com/patch": "true" })
        }
        _ => return None,
    };
    let data = BTreeMap::from([
        ("password".to_owned(), b"before".to_vec()),
        ("theirs".to_owned(), b"not ours".to_vec()),
    ]);
    let mut existing = secret::manifest(NAMESPACE, name, &data);
    existing["metadata"]["annotations"] = annotations;
    existing["metadata"]["labels"] = json!({ "theirs": "yes" });
    Some(existing)
}

fn seal(sealing: &mut Sealing, kind: &str, name: &str, data: &BTreeMap<String, Vec<u8>>) -> Value {
    let mut plain = secret::manifest(NAMESPACE, name, data);
    plain["type"] = secret_type(kind).into();
    let scope = match kind {
        "namespace-wide" => Scope::NamespaceWide,
        "cluster-wide" | "deprecated-wide" => Scope::ClusterWide,
        _ => Scope::Strict,
    };
    if let Some(annotation) = annotation(scope) {
        plain["metadata"]["annotations"] = json!({ annotation: "true" });
    }
    match kind {
        "labelled" => {
            plain["metadata"]["labels"] = json!({ "app": "shop", "tier": "web" });
            plain["metadata"]["annotations"] = json!({ "example.org/note": "two\\nlines" });
        }
        "immutable" => plain["immutable"] = true.into(),
        // Without the second one upstream itself takes the Secret for somebody else's at the next look.
        "not-owned" => {
            plain["metadata"]["annotations"] = json!({
                "sealedsecrets.bitnami.com/skip-set-owner-references": "true",
                "sealedsecrets.bitnami.com/managed": "true",
            });
        }
        _ => {}
    }
    if kind.starts_with("deprecated") {
        return sealing.seal_deprecated(&plain);
    }
    let mut sealed = sealing.seal(&plain);
    match kind {
        "without-type" => drop(sealed["spec"]["template"].as_object_mut().unwrap().remove("type")),
        // Names in the template are not the ones that count.
        "moved-into" => sealed["spec"]["template"]["metadata"]["name"] = "elsewhere".into(),
        _ => {}
    }
    sealed
}

/// Upstream counts what it judged; when that no longer grows beyond all objects, it has come to its end.
fn wait_until_upstream_judged(world: &World, count: usize) {
    let metrics = SocketAddrV4::new(netns::ADDRESS, 8081);
    let deadline = Instant::now() + LIMIT;
    loop {
        let (_, _, body) = http::ask(metrics, "/metrics", None);
        let text = String::from_utf8_lossy(&body).into_owned();
        let judged = text
            .lines()
            .find_map(|line| line.strip_prefix("sealed_secrets_controller_unseal_requests_total "))
            .and_then(|number| number.parse::<f64>().ok());
        if judged.is_some_and(|judged| judged >= count as f64) {
            break;
        }
        assert!(Instant::now() < deadline, "upstream judged {judged:?} of {count}\n{}", world.log());
        std::thread::sleep(Duration::from_millis(200));
    }
    // Counted before it is judged: the last one may still be under way, and its status comes last.
    assert_all_synced(world, count);
}

fn assert_all_synced(world: &World, count: usize) {
    let verdicts = world.verdicts();
    assert_eq!(verdicts.len(), count);
    let failed: Vec<_> = verdicts.iter().filter(|(_, verdict)| !verdict.synced).collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

fn assert_data(world: &World, expected: &BTreeMap<String, BTreeMap<String, Vec<u8>>>, when: &str) {
    let secrets = world.list("secrets", NAMESPACE);
    let actual: BTreeMap<String, _> = secrets
        .iter()
        .map(|object| (object["metadata"]["name"].as_str().unwrap().to_owned(), secret::data(object)))
        .collect();
    for (name, data) in expected {
        assert_eq!(actual.get(name), Some(data), "{name}, {when}");
    }
    assert_eq!(actual.len(), expected.len(), "{when}");
}
