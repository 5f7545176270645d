//! Verify, rotate and the metrics, as upstream's kubeseal and Prometheus meet them.

use std::collections::BTreeSet;
use std::net::SocketAddrV4;

use sealwright_e2e::harness::Test;
use sealwright_e2e::world::World;
use sealwright_e2e::{http, secret};
use sealwright_interop::Run;
use sealwright_interop::vectors::Scope;
use sealwright_test_cluster::netns;
use serde_json::{Value, json};

pub const TESTS: &[Test<World>] = &[
    ("upstreams_kubeseal_validates_what_opens_here", upstreams_kubeseal_validates_what_opens_here),
    (
        "a_renamed_moved_or_widened_object_is_not_validated",
        a_renamed_moved_or_widened_object_is_not_validated,
    ),
    ("validating_renders_no_template", validating_renders_no_template),
    ("twelve_objects_validate_in_one_run", twelve_objects_validate_in_one_run),
    (
        "upstreams_kubeseal_encrypts_anew_under_the_same_scope",
        upstreams_kubeseal_encrypts_anew_under_the_same_scope,
    ),
    ("nothing_is_encrypted_anew_for_a_wider_scope", nothing_is_encrypted_anew_for_a_wider_scope),
    ("an_endless_or_huge_body_keeps_nobody_out", an_endless_or_huge_body_keeps_nobody_out),
    ("every_metric_of_upstream_has_its_name_and_labels", every_metric_of_upstream_has_its_name_and_labels),
];

const API: SocketAddrV4 = SocketAddrV4::new(netns::ADDRESS, 8080);
const METRICS: SocketAddrV4 = SocketAddrV4::new(netns::ADDRESS, 8081);
const CLUSTER_WIDE: &str = "sealedsecrets.bitnami.com/cluster-wide";

fn kubeseal(world: &World, arguments: &[&str], stdin: impl AsRef<[u8]>) -> Run {
    let kubeconfig = world.cluster.kubeconfig().to_str().unwrap();
    let arguments = [&["--kubeconfig", kubeconfig], arguments].concat();
    world.upstream.run(world.folder.path(), &arguments, stdin.as_ref()).unwrap()
}

/// A SealedSecret of the tricky values, named after its scope, in a namespace that need not be there.
fn seal(world: &World, scope: Scope) -> Value {
    let mut manifest = secret::manifest("http", scope.flag(), &secret::tricky_values());
    manifest["metadata"]["labels"] = json!({ "kept": "yes" });
    let run = kubeseal(world, &["--scope", scope.flag()], manifest.to_string());
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    serde_json::from_slice(&run.stdout).unwrap()
}

fn validate(world: &World, sealed: &Value) -> Run {
    kubeseal(world, &["--validate"], sealed.to_string())
}

fn encrypt_anew(world: &World, sealed: &Value) -> Run {
    kubeseal(world, &["--re-encrypt"], sealed.to_string())
}

fn upstreams_kubeseal_validates_what_opens_here(world: &World) {
    for scope in Scope::ALL {
        let run = validate(world, &seal(world, scope));
        assert_eq!((run.exit, run.stderr.as_str()), (Some(0), ""), "{scope:?}");
    }
}

/// Changes that must not open under a strict scope.
const ESCAPES: [fn(&mut Value); 4] = [
    |sealed| sealed["metadata"]["name"] = json!("other"),
    |sealed| sealed["metadata"]["namespace"] = json!("other"),
    |sealed| sealed["metadata"]["annotations"] = json!({ CLUSTER_WIDE: "true" }),
    |sealed| {
        sealed["metadata"]["annotations"] = json!({ CLUSTER_WIDE: "true" });
        sealed["spec"]["template"]["metadata"]["annotations"] = json!({ CLUSTER_WIDE: "true" });
    },
];

fn a_renamed_moved_or_widened_object_is_not_validated(world: &World) {
    let sealed = seal(world, Scope::Strict);
    for escape in ESCAPES {
        let mut sealed = sealed.clone();
        escape(&mut sealed);
        let run = validate(world, &sealed);
        let name = sealed["metadata"]["name"].as_str().unwrap();
        assert_eq!(run.exit, Some(1), "{sealed}");
        assert!(run.stderr.contains(&format!("unable to decrypt sealed secret: {name}")), "{}", run.stderr);
    }
}

fn validating_renders_no_template(world: &World) {
    let mut sealed = seal(world, Scope::Strict);
    sealed["spec"]["template"]["data"] = json!({ "x": "{{ fail .password }}{{ no such thing" });
    assert_eq!(validate(world, &sealed).exit, Some(0));
}

fn twelve_objects_validate_in_one_run(world: &World) {
    let sealed = seal(world, Scope::Strict).to_string();
    let run = kubeseal(world, &["--validate"], vec![sealed; 12].join("\n---\n"));
    assert_eq!((run.exit, run.stderr.as_str()), (Some(0), ""), "they wait for their turns");
}

fn upstreams_kubeseal_encrypts_anew_under_the_same_scope(world: &World) {
    world.namespace("http");
    for scope in Scope::ALL {
        let sealed = seal(world, scope);
        let run = encrypt_anew(world, &sealed);
        assert_eq!((run.exit, run.stderr.as_str()), (Some(0), ""), "{scope:?}");
        let anew: Value = serde_json::from_slice(&run.stdout).unwrap();
        assert_eq!(anew["spec"]["template"], sealed["spec"]["template"], "{scope:?}");
        assert_eq!(anew["metadata"]["annotations"], sealed["metadata"]["annotations"], "{scope:?}");
        for (key, value) in sealed["spec"]["encryptedData"].as_object().unwrap() {
            assert_ne!(&anew["spec"]["encryptedData"][key], value, "{scope:?} {key}");
        }
        world.cluster.apply(&anew.to_string()).unwrap();
        world.wait_synced("http", scope.flag(), "true");
        let opened = world.get("secret", "http", scope.flag());
        assert_eq!(secret::data(&opened), secret::tricky_values(), "{scope:?}");
        assert_eq!(opened["metadata"]["labels"]["kept"], "yes");
    }
}

fn nothing_is_encrypted_anew_for_a_wider_scope(world: &World) {
    let sealed = seal(world, Scope::Strict);
    let in_template: fn(&mut Value) =
        |sealed| sealed["spec"]["template"]["metadata"]["annotations"] = json!({ CLUSTER_WIDE: "true" });
    for escape in ESCAPES.into_iter().chain([in_template]) {
        let mut sealed = sealed.clone();
        escape(&mut sealed);
        let run = encrypt_anew(world, &sealed);
        assert_eq!(run.exit, Some(1), "{sealed}");
        assert!(run.stderr.contains("cannot re-encrypt secret"), "{}", run.stderr);
        assert!(run.stdout.is_empty());
    }
}

fn an_endless_or_huge_body_keeps_nobody_out(world: &World) {
    let (code, _, _) = http::ask(API, "/v1/verify", Some(&[b'['; 100_000]));
    assert_eq!(code, 500);
    let (code, ..) = http::ask(API, "/healthz", None);
    assert_eq!(code, 200);
    assert_eq!(validate(world, &seal(world, Scope::ClusterWide)).exit, Some(0));
}

/// The series of a scrape that are upstream's: names, label names, and bounds of buckets; and the types.
fn shapes(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter(|line| line.trim_start_matches("# TYPE ").starts_with("sealed_secrets_controller_"))
        .map(|line| {
            if line.starts_with('#') {
                return line.to_owned();
            }
            let (name, labels) = line.split_once('{').unwrap_or((line.split(' ').next().unwrap(), ""));
            let mut labels: Vec<String> = labels
                .split("\",")
                .filter_map(|label| match label.split_once('=')? {
                    // As it is written: `1` and `1.0` are two series to Prometheus.
                    ("le", bound) => Some(format!("le={}", bound.split('"').nth(1).unwrap())),
                    (name, _) => Some(name.to_owned()),
                })
                .collect();
            labels.sort_unstable();
            format!("{name}{labels:?}")
        })
        .collect()
}

/// Has everything happen that upstream counts, and gives what is counted then.
fn scrape(world: &World, namespace: &str) -> String {
    world.namespace(namespace);
    let mut sealed = seal(world, Scope::ClusterWide);
    sealed["metadata"]["namespace"] = json!(namespace);
    world.cluster.apply(&sealed.to_string()).unwrap();
    world.wait_synced(namespace, "cluster-wide", "true");
    let mut broken = sealed.clone();
    broken["metadata"]["name"] = json!("broken");
    broken["spec"]["encryptedData"] = json!({ "password": "AgA=" });
    world.cluster.apply(&broken.to_string()).unwrap();
    world.wait_synced(namespace, "broken", "false");
    assert_eq!(validate(world, &sealed).exit, Some(0));
    assert_eq!(encrypt_anew(world, &sealed).exit, Some(0));
    let (code, head, body) = http::ask(METRICS, "/metrics", None);
    assert_eq!(code, 200);
    assert!(head.to_lowercase().contains("content-type: text/plain; version=0.0.4; charset=utf-8"), "{head}");
    String::from_utf8(body).unwrap()
}

fn every_metric_of_upstream_has_its_name_and_labels(world: &World) {
    let ours = scrape(world, "counted-by-ours");
    world.stop();
    world.start_upstream(&[]);
    let upstreams = scrape(world, "counted-by-upstream");
    world.stop();
    world.start_ours(&[]);
    let (ours, upstreams) = (shapes(&ours), shapes(&upstreams));
    assert!(upstreams.len() > 20, "{upstreams:#?}");
    let missing: Vec<&String> = upstreams.difference(&ours).collect();
    assert!(missing.is_empty(), "{missing:#?} are not among {ours:#?}");
}
