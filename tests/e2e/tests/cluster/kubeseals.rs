//! Both kubeseals before both controllers: they agree about what opens, and what either has sealed again both open.

use std::collections::BTreeMap;

use sealwright_e2e::harness::Test;
use sealwright_e2e::secret;
use sealwright_e2e::world::World;
use sealwright_interop::vectors::Scope;
use sealwright_interop::{Kubeseal, Run};
use serde_json::{Value, json};

pub const TESTS: &[Test<World>] = &[
    ("both_kubeseals_agree_about_what_opens", both_kubeseals_agree_about_what_opens),
    ("a_turn_at_upstreams_controller_is_waited_for", a_turn_at_upstreams_controller_is_waited_for),
    ("what_either_has_sealed_again_both_open", what_either_has_sealed_again_both_open),
    ("a_template_outlives_upstreams_controller", a_template_outlives_upstreams_controller),
    ("a_file_is_sealed_again_in_place", a_file_is_sealed_again_in_place),
];

const CLUSTER_WIDE: &str = "sealedsecrets.bitnami.com/cluster-wide";

pub fn run(world: &World, kubeseal: &Kubeseal, arguments: &[&str], stdin: &str) -> Run {
    let kubeconfig = world.cluster.kubeconfig().to_str().unwrap();
    let arguments = [&["--kubeconfig", kubeconfig], arguments].concat();
    kubeseal.run(world.folder.path(), &arguments, stdin.as_bytes()).unwrap()
}

pub fn succeeded(run: Run) -> String {
    assert_eq!((run.exit, run.stderr.as_str()), (Some(0), ""));
    String::from_utf8(run.stdout).unwrap()
}

/// Once with our controller and once with upstream's; afterwards ours runs again.
pub fn with_each_controller(world: &World, check: impl Fn(&str)) {
    check("our controller");
    world.stop();
    world.start_upstream(&["--rate-limit=100", "--rate-limit-burst=100"]);
    check("upstream's controller");
    world.stop();
    world.start_ours(&[]);
}

/// A SealedSecret of the tricky values, with labels of its own and of its template.
fn sealed(world: &World, scope: Scope) -> Value {
    let mut manifest = secret::manifest("kubeseals", scope.flag(), &secret::tricky_values());
    manifest["metadata"]["labels"] = json!({ "app": "shop" });
    manifest["type"] = json!("example.org/settings");
    let text = succeeded(run(world, &world.ours, &["--scope", scope.flag()], &manifest.to_string()));
    let mut sealed: Value = serde_json::from_str(&text).unwrap();
    sealed["metadata"]["labels"] = json!({ "team": "payments" });
    sealed
}

/// What both kubeseals open it to, with all keys of the cluster: the Secret without its data, and the data.
fn opened(world: &World, sealed: &str) -> (Value, BTreeMap<String, Vec<u8>>) {
    let keys = json!({ "apiVersion": "v1", "kind": "List", "items": world.key_secrets() });
    let keys = world.file("keys.json", keys.to_string());
    let arguments = ["--recovery-unseal", "--recovery-private-key", keys.to_str().unwrap()];
    let [upstream, ours] = [&world.upstream, &world.ours].map(|kubeseal| {
        let opened = succeeded(run(world, kubeseal, &arguments, sealed));
        let mut opened: Value = serde_json::from_str(&opened).unwrap();
        // Upstream names an owner without a UID, which no API server takes; ours leaves it out.
        opened["metadata"].as_object_mut().unwrap().remove("ownerReferences");
        let data = secret::data(&opened);
        opened.as_object_mut().unwrap().remove("data");
        (opened, data)
    });
    assert_eq!(ours, upstream);
    ours
}

fn without_values(sealed: &Value) -> Value {
    let mut sealed = sealed.clone();
    for value in sealed["spec"]["encryptedData"].as_object_mut().unwrap().values_mut() {
        *value = "SEALED".into();
    }
    sealed
}

type Change = (&'static str, fn(&mut Value));

const CHANGES: [Change; 9] = [
    ("unchanged", |_| {}),
    ("renamed", |sealed| sealed["metadata"]["name"] = json!("other")),
    ("moved", |sealed| sealed["metadata"]["namespace"] = json!("other")),
    ("widened", |sealed| sealed["metadata"]["annotations"] = json!({ CLUSTER_WIDE: "true" })),
    ("narrowed", |sealed| sealed["metadata"]["annotations"] = json!({})),
    ("with a damaged value", |sealed| sealed["spec"]["encryptedData"]["password"] = json!("AgA=")),
    ("with a value that is no base64", |sealed| sealed["spec"]["encryptedData"]["password"] = json!("***")),
    ("without a value", |sealed| sealed["spec"]["encryptedData"] = json!({})),
    ("as a cluster gives it", |sealed| {
        sealed["metadata"]["creationTimestamp"] = Value::Null;
        sealed["metadata"]["uid"] = json!("0b0b");
        sealed["status"] = json!({ "observedGeneration": 1 });
    }),
];

fn both_kubeseals_agree_about_what_opens(world: &World) {
    let inputs: Vec<(String, String)> = Scope::ALL
        .iter()
        .flat_map(|&scope| {
            let sealed = sealed(world, scope);
            CHANGES.map(|(what, change)| {
                let mut sealed = sealed.clone();
                change(&mut sealed);
                (format!("{}, {what}", scope.flag()), sealed.to_string())
            })
        })
        .chain([("nothing".to_owned(), String::new()), ("a comment".to_owned(), "# nothing\n".to_owned())])
        .collect();
    with_each_controller(world, |controller| {
        for (what, input) in &inputs {
            let [upstream, ours] = [&world.upstream, &world.ours].map(|kubeseal| {
                let run = run(world, kubeseal, &["--validate"], input);
                assert!(run.stdout.is_empty(), "{what} before {controller}");
                (run.exit, run.stderr.lines().next().unwrap_or_default().to_owned())
            });
            assert_eq!(ours, upstream, "{what} before {controller}");
        }
    });
}

/// It answers two questions a second, and four at once.
fn a_turn_at_upstreams_controller_is_waited_for(world: &World) {
    let input = vec![sealed(world, Scope::Strict).to_string(); 6].join("\n---\n");
    world.stop();
    world.start_upstream(&[]);
    assert_eq!(succeeded(run(world, &world.ours, &["--validate"], &input)), "");
    world.stop();
    world.start_ours(&[]);
}

fn what_either_has_sealed_again_both_open(world: &World) {
    with_each_controller(world, |controller| {
        for scope in Scope::ALL {
            let sealed = sealed(world, scope);
            let before = opened(world, &sealed.to_string());
            for (format, first) in [("json", "{\n"), ("yaml", "---\n")] {
                let arguments = ["--re-encrypt", "-o", format];
                let [upstream, ours] = [&world.upstream, &world.ours].map(|kubeseal| {
                    let anew = succeeded(run(world, kubeseal, &arguments, &sealed.to_string()));
                    assert!(anew.starts_with(first), "{anew}");
                    anew
                });
                assert_eq!(opened(world, &upstream).1, before.1, "{scope:?} {controller}");
                assert_eq!(opened(world, &ours), before, "{scope:?} {controller}");
                if controller == "our controller" {
                    assert_eq!(masked(&ours), masked(&upstream), "{scope:?} {format}");
                }
                if format == "json" {
                    let anew: Value = serde_json::from_str(&ours).unwrap();
                    assert_eq!(without_values(&anew), without_values(&sealed), "{scope:?} {controller}");
                    for (key, value) in sealed["spec"]["encryptedData"].as_object().unwrap() {
                        assert_ne!(
                            &anew["spec"]["encryptedData"][key], value,
                            "{scope:?} {controller} {key}"
                        );
                    }
                }
            }
        }
    });
}

/// The text with every sealed value replaced, since no two sealings are alike.
fn masked(text: &str) -> String {
    let long = |word: &str| word.len() > 300;
    text.lines()
        .map(|line| match line.rsplit([' ', '"']).find(|word| long(word)) {
            Some(value) => line.replace(value, "SEALED"),
            None => line.to_owned(),
        })
        .collect::<Vec<_>>()
        .join("\n")
}

fn a_template_outlives_upstreams_controller(world: &World) {
    let mut sealed = sealed(world, Scope::Strict);
    sealed["spec"]["template"]["data"] = json!({ "url": "postgres://{{ .password }}" });
    let before = opened(world, &sealed.to_string());
    with_each_controller(world, |controller| {
        let anew = succeeded(run(world, &world.ours, &["--re-encrypt"], &sealed.to_string()));
        let anew_value: Value = serde_json::from_str(&anew).unwrap();
        assert_eq!(without_values(&anew_value), without_values(&sealed), "{controller}");
        assert_eq!(opened(world, &anew), before, "{controller}");
    });
    // A template that hides a value which it uses can't stay once it was rendered; the Secret is the same.
    sealed["spec"]["template"]["data"] = json!({ "password": "{{ .password }} twice {{ .password }}" });
    let before = opened(world, &sealed.to_string());
    with_each_controller(world, |controller| {
        let run = run(world, &world.ours, &["--re-encrypt"], &sealed.to_string());
        assert_eq!(run.exit, Some(0), "{controller}: {}", run.stderr);
        assert_eq!(run.stderr.is_empty(), controller == "our controller", "{}", run.stderr);
        assert_eq!(opened(world, &String::from_utf8(run.stdout).unwrap()), before, "{controller}");
    });
}

fn a_file_is_sealed_again_in_place(world: &World) {
    with_each_controller(world, |controller| {
        let texts = [&world.upstream, &world.ours].map(|kubeseal| {
            let sealed: Vec<String> =
                Scope::ALL.iter().map(|&scope| sealed(world, scope).to_string()).collect();
            let file = world.file("in-place.yaml", sealed.join("\n---\n"));
            assert_eq!(succeeded(run(world, kubeseal, &["--re-encrypt", "-f", "in-place.yaml"], "")), "");
            let text = std::fs::read_to_string(file).unwrap();
            assert_eq!(succeeded(run(world, kubeseal, &["--validate", "-f", "in-place.yaml"], "")), "");
            masked(&text)
        });
        for text in &texts {
            assert_eq!(text.matches("---").count(), Scope::ALL.len(), "{controller}");
        }
        if controller == "our controller" {
            assert_eq!(texts[0], texts[1]);
        }
    });
}
