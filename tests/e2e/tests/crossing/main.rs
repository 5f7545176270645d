//! Our kubeseal and upstream's, without a cluster: each opens what the other sealed, and neither opens what was
//! moved.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod merging;

use std::collections::BTreeMap;

use sealwright_e2e::{programs, secret};
use sealwright_interop::binaries;
use sealwright_interop::vectors::{Key, Scope, Vectors};
use sealwright_interop::{Kubeseal, Run};
use serde_json::Value;

const BITS: [u32; 4] = [2048, 3072, 4096, 8192];

/// Upstream's kubeseal and ours; `None`, after one loud line, without Go.
fn both() -> Option<(Kubeseal, Kubeseal)> {
    let binaries = binaries::ensure_or_skip().unwrap()?;
    Some((Kubeseal::at(binaries.kubeseal), Kubeseal::at(programs::kubeseal())))
}

fn run(kubeseal: &Kubeseal, arguments: &[&str], input: &[u8]) -> Run {
    let vectors = programs::repository().join("vectors");
    kubeseal.run(&vectors, arguments, input).unwrap()
}

fn seal(kubeseal: &Kubeseal, key: &Key, scope: Scope, manifest: &Value) -> Value {
    let run = run(
        kubeseal,
        &["--cert", &key.certificate, "--scope", scope.flag()],
        manifest.to_string().as_bytes(),
    );
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    serde_json::from_slice(&run.stdout).unwrap()
}

fn unseal(kubeseal: &Kubeseal, key: &Key, sealed: &Value) -> Run {
    let arguments = ["--recovery-unseal", "--recovery-private-key", &key.pkcs1];
    run(kubeseal, &arguments, sealed.to_string().as_bytes())
}

fn each_key_and_scope(mut check: impl FnMut(&Key, Scope)) {
    let vectors = Vectors::load().unwrap();
    for bits in BITS {
        for scope in Scope::ALL {
            check(vectors.key(bits).unwrap(), scope);
        }
    }
}

/// The values of `from`'s sealing, opened by `to`, for every size of key and every scope.
fn crosses(from: &Kubeseal, to: &Kubeseal) {
    let values = secret::tricky_values();
    let manifest = secret::manifest("payments", "db", &values);
    each_key_and_scope(|key, scope| {
        let sealed = seal(from, key, scope, &manifest);
        let opened = unseal(to, key, &sealed);
        assert_eq!(opened.exit, Some(0), "{} {scope:?}: {}", key.bits, opened.stderr);
        let opened: Value = serde_json::from_slice(&opened.stdout).unwrap();
        assert_eq!(secret::data(&opened), values, "{} {scope:?}", key.bits);
    });
}

#[test]
fn what_upstream_seals_ours_opens() {
    let Some((upstream, ours)) = both() else { return };
    crosses(&upstream, &ours);
}

#[test]
fn what_ours_seals_upstream_opens() {
    let Some((upstream, ours)) = both() else { return };
    crosses(&ours, &upstream);
}

#[test]
fn a_mebibyte_crosses_both_ways() {
    let Some((upstream, ours)) = both() else { return };
    let vectors = Vectors::load().unwrap();
    let key = vectors.key(4096).unwrap();
    let values = BTreeMap::from([("large".to_owned(), (0..1 << 20).map(|i| (i % 251) as u8).collect())]);
    let manifest = secret::manifest("payments", "large", &values);
    for (from, to) in [(&upstream, &ours), (&ours, &upstream)] {
        let opened = unseal(to, key, &seal(from, key, Scope::Strict, &manifest));
        let opened: Value = serde_json::from_slice(&opened.stdout).unwrap();
        assert_eq!(secret::data(&opened), values);
    }
}

/// What is changed after sealing, how, and the scopes under which the values still open.
type Move = (&'static str, fn(&mut Value), &'static [Scope]);

fn moves() -> Vec<Move> {
    const CLUSTER: &str = "sealedsecrets.bitnami.com/cluster-wide";
    const NAMESPACE: &str = "sealedsecrets.bitnami.com/namespace-wide";
    vec![
        ("unmoved", |_| {}, &Scope::ALL),
        (
            "renamed",
            |sealed| sealed["metadata"]["name"] = "other".into(),
            &[Scope::NamespaceWide, Scope::ClusterWide],
        ),
        (
            "moved to another namespace",
            |sealed| sealed["metadata"]["namespace"] = "other".into(),
            &[Scope::ClusterWide],
        ),
        (
            "widened to the cluster",
            |sealed| sealed["metadata"]["annotations"] = serde_json::json!({ CLUSTER: "true" }),
            &[Scope::ClusterWide],
        ),
        (
            "widened to the namespace",
            |sealed| sealed["metadata"]["annotations"] = serde_json::json!({ NAMESPACE: "true" }),
            &[Scope::NamespaceWide],
        ),
        ("narrowed", |sealed| sealed["metadata"]["annotations"] = serde_json::json!({}), &[Scope::Strict]),
        (
            "widened in the template only",
            |sealed| {
                sealed["spec"]["template"]["metadata"]["annotations"] =
                    serde_json::json!({ CLUSTER: "true" });
            },
            &Scope::ALL,
        ),
        (
            "an item renamed",
            |sealed| {
                let items = sealed["spec"]["encryptedData"].as_object_mut().unwrap();
                let value = items.remove("password").unwrap();
                items.insert("renamed".to_owned(), value);
            },
            &Scope::ALL,
        ),
    ]
}

#[test]
fn moved_values_open_exactly_where_upstream_opens_them() {
    let Some((upstream, ours)) = both() else { return };
    let vectors = Vectors::load().unwrap();
    let key = vectors.key(2048).unwrap();
    let values = BTreeMap::from([("password".to_owned(), b"hunter2".to_vec())]);
    for scope in Scope::ALL {
        let sealed = seal(&ours, key, scope, &secret::manifest("payments", "db", &values));
        for (what, change, opens) in moves() {
            let mut moved = sealed.clone();
            change(&mut moved);
            for (who, kubeseal) in [("ours", &ours), ("upstream", &upstream)] {
                let run = unseal(kubeseal, key, &moved);
                if opens.contains(&scope) {
                    assert_eq!(run.exit, Some(0), "{who}: {scope:?}, {what}: {}", run.stderr);
                } else {
                    assert_eq!(run.exit, Some(1), "{who}: {scope:?}, {what}");
                    // Ours says a next step on a line of its own.
                    let line = run.stderr.lines().next();
                    assert_eq!(
                        line,
                        Some("error: no key could decrypt secret (password)"),
                        "{who}: {scope:?}, {what}"
                    );
                    assert!(run.stdout.is_empty(), "{who}: {scope:?}, {what}");
                }
            }
        }
    }
}

#[test]
fn every_flipped_byte_is_noticed_without_a_word_about_which() {
    let Some((_, ours)) = both() else { return };
    let vectors = Vectors::load().unwrap();
    let key = vectors.key(2048).unwrap();
    let values = BTreeMap::from([("password".to_owned(), b"hunter2".to_vec())]);
    let sealed = seal(&ours, key, Scope::Strict, &secret::manifest("payments", "db", &values));
    let text = sealed["spec"]["encryptedData"]["password"].as_str().unwrap();
    // One character in each part: the length, the RSA block, the ciphertext, the tag.
    for position in [0, 40, 346, text.len() - 8] {
        let mut flipped = text.to_owned().into_bytes();
        flipped[position] = if flipped[position] == b'B' { b'C' } else { b'B' };
        let mut damaged = sealed.clone();
        damaged["spec"]["encryptedData"]["password"] = String::from_utf8(flipped).unwrap().into();
        let run = unseal(&ours, key, &damaged);
        assert_eq!(run.exit, Some(1), "{position}");
        assert!(run.stdout.is_empty());
        assert!(!run.stderr.contains("hunter2"));
        assert!(run.stderr.contains("(password)"), "{}", run.stderr);
    }
}

#[test]
fn a_raw_value_of_ours_opens_upstream() {
    let Some((upstream, ours)) = both() else { return };
    each_key_and_scope(|key, scope| {
        let arguments = [
            "--raw",
            "--cert",
            &key.certificate,
            "--scope",
            scope.flag(),
            "--name",
            "db",
            "--namespace",
            "payments",
        ];
        let run = run(&ours, &arguments, b"hunter2");
        assert_eq!(run.exit, Some(0), "{}", run.stderr);
        let mut sealed = seal(
            &upstream,
            key,
            scope,
            &secret::manifest("payments", "db", &BTreeMap::from([("password".to_owned(), Vec::new())])),
        );
        sealed["spec"]["encryptedData"]["password"] = String::from_utf8(run.stdout).unwrap().into();
        let opened: Value = serde_json::from_slice(&unseal(&upstream, key, &sealed).stdout).unwrap();
        assert_eq!(secret::data(&opened)["password"], b"hunter2");
    });
}

/// The output with every sealed value replaced, since no two sealings are alike. Left out are two strings that
/// upstream writes as YAML which reads back as something else: a lone NEL, and a line separator.
fn masked(text: &str) -> String {
    let mut shape = String::new();
    let lossy = |line: &&str| {
        ["example.org/nel:", "example.org/line-separator:"].iter().any(|key| line.contains(key))
    };
    for line in text.lines().filter(|line| !lossy(line)) {
        let long = line.rsplit([' ', '"']).find(|word| word.len() > 300);
        shape.push_str(&long.map_or_else(|| line.to_owned(), |value| line.replace(value, "SEALED")));
        shape.push('\n');
    }
    shape
}

/// Where ours does not do as upstream, and why.
const OURS_DIFFERS: [(&str, &str); 3] = [
    ("managed-fields", "upstream keeps managedFields, a cluster's bookkeeping; ours drops them"),
    ("control-character", "upstream's YAML writer refuses a DEL in an annotation; ours escapes it"),
    ("list", "upstream takes a List for one Secret without data; ours seals its items"),
];

#[test]
fn tricky_manifests_take_the_shape_that_upstream_gave_them() {
    let vectors = Vectors::load().unwrap();
    let ours = Kubeseal::at(programs::kubeseal());
    let mut checked = 0;
    for shape in &vectors.index.shapes {
        if OURS_DIFFERS.iter().any(|(id, _)| *id == shape.id) {
            continue;
        }
        let certificate = &vectors.key(shape.key).unwrap().certificate;
        for (format, expected) in [("yaml", &shape.yaml), ("json", &shape.json)] {
            let mut arguments = vec!["--cert", certificate, "-o", format];
            arguments.extend(shape.args.iter().map(String::as_str));
            let run = run(&ours, &arguments, &vectors.read(&shape.input).unwrap());
            match (expected, &shape.error) {
                (Some(file), _) => {
                    assert_eq!(run.exit, Some(0), "{}: {}", shape.id, run.stderr);
                    let expected = masked(&vectors.text(file).unwrap());
                    assert_eq!(
                        masked(&String::from_utf8(run.stdout).unwrap()),
                        expected,
                        "{} {format}",
                        shape.id
                    );
                }
                (None, Some(_)) => {
                    assert_eq!(run.exit, Some(1), "{}: upstream refuses this", shape.id);
                    assert!(run.stderr.starts_with("error: "), "{}: {}", shape.id, run.stderr);
                }
                (None, None) => panic!("{}: neither output nor error", shape.id),
            }
            checked += 1;
        }
    }
    assert!(checked > 40, "only {checked} shapes");
}
