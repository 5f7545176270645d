//! Whatever real kubeseal is asked, ours does the same: outputs, exit code and the files that are written.
//!
//! `vectors/runs` holds invocations and what real kubeseal did, `differences.json` beside this file those where ours
//! does something else, and why. What is sealed is random; it stands for the scope and the bytes that it opens to.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use sealer_core::{Metadata, Scope, SealedSecret, decode_base64, encode_base64};
use sealwright_cli::kubeseal::help::{help, usage};
use serde_json::{Map, Value, json};
use unsealer::{Keyring, PrivateKey};

use crate::support::{kubeseal, told, vectors};

/// Every value that a case seals holds this, or its base64; see `vectors/README.md`.
const VALUE: [&str; 2] = ["hunter", "aHVudGVy"];

/// What a case finds beside its own files.
const SHARED: [&str; 4] = ["inputs", "keys", "sealed", "shapes"];

/// Shorter than any value sealed for 2048 bits, longer than any other word.
const SEALED_FROM: usize = 340;

#[test]
fn whatever_it_is_asked_it_does_what_real_kubeseal_did() {
    let ring = keyring();
    let mut differences = differences();
    let mut wrong = Vec::new();
    let mut compared = 0;
    for (title, case) in cases() {
        let (ours, theirs) = (ours(&case, &ring), theirs(&case, &ring));
        let mut expected = theirs.clone();
        if let Some(known) = differences.remove(&title) {
            assert!(ours != theirs, "{title} is no difference any more");
            expected.extend(known);
        }
        if ours != expected {
            let changed: Map<String, Value> =
                ours.into_iter().filter(|(field, value)| theirs.get(field) != Some(value)).collect();
            wrong.push(format!("{}: {},", json!(title), Value::from(changed)));
        }
        compared += 1;
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(differences.is_empty(), "no such cases: {:?}", differences.keys());
    assert!(compared >= 600, "only {compared} cases");
}

fn cases() -> Vec<(String, Value)> {
    let mut cases = Vec::new();
    for entry in fs::read_dir(vectors().join("runs")).unwrap() {
        let path = entry.unwrap().path();
        let topic = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let of_topic: Vec<Value> = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        cases.extend(of_topic.into_iter().map(|case| (format!("{topic}: {}", text(&case, "about")), case)));
    }
    cases
}

/// Reasons, each with the cases that it is the reason for, and what of ours is different there.
fn differences() -> BTreeMap<String, Map<String, Value>> {
    let reasons: BTreeMap<String, BTreeMap<String, Map<String, Value>>> =
        serde_json::from_str(include_str!("differences.json")).unwrap();
    let mut all = BTreeMap::new();
    for (title, known) in reasons.into_values().flatten() {
        assert!(all.insert(title.clone(), known).is_none(), "{title} has two reasons");
    }
    all
}

fn text(case: &Value, field: &str) -> String {
    case[field].as_str().unwrap_or_default().to_owned()
}

fn texts(case: &Value, field: &str) -> BTreeMap<String, String> {
    let map = case[field].as_object().cloned().unwrap_or_default();
    map.into_iter().map(|(name, value)| (name, value.as_str().unwrap().to_owned())).collect()
}

fn theirs(case: &Value, ring: &Keyring) -> Map<String, Value> {
    let result = &case["result"];
    let stderr = dialled(&text(result, "stderr").replace("Usage of kubeseal:\n", ""));
    let mut stdout = text(result, "stdout").replace("Usage of kubeseal:\n", "");
    if let Some(mistake) = stdout.strip_prefix("{usage}\n") {
        // It prints the mistake below the usage, ours above it.
        stdout = format!("{mistake}{{usage}}\n");
    }
    outcome(result["exit"].clone(), &stdout, stderr, texts(result, "written"), ring)
}

/// Upstream says which request failed in which layer of Go's network library; ours says which server did not answer.
fn dialled(text: &str) -> String {
    const REFUSED: &str = "dial tcp 127.0.0.1:1: connect: connection refused";
    let asked = text.split_once("Get \"").and_then(|(before, rest)| {
        let (url, after) = rest.split_once("\": ")?;
        let server = url.strip_suffix("/api/v1/namespaces/kube-system/services/sealed-secrets-controller")?;
        Some(format!("{before}{server}: connection refused{}", after.strip_prefix(REFUSED)?))
    });
    asked.unwrap_or_else(|| text.to_owned())
}

fn ours(case: &Value, ring: &Keyring) -> Map<String, Value> {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let files = prepare(case, folder);
    let args: Vec<String> = serde_json::from_value(case["args"].clone()).unwrap_or_default();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let environment = texts(case, "env");
    let environment: Vec<(&str, &str)> =
        environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let stdin = case["stdin64"]
        .as_str()
        .map_or_else(|| text(case, "stdin").into_bytes(), |bytes| decode_base64(bytes).unwrap());
    let (code, stdout, stderr) = told(&kubeseal(folder, &args, &environment, &stdin));
    let written = written(&files, folder);
    for text in [&stdout, &stderr].into_iter().chain(written.values()) {
        assert!(VALUE.iter().all(|value| !text.contains(value)), "a value is shown: {text}");
    }
    let program = env!("CARGO_BIN_EXE_kubeseal");
    let stdout = stdout.replace(&help(program), "{usage}\n").replace(&usage(program), "{usage}\n");
    let mut stderr = stderr;
    if code == 1 {
        // What follows says what to do next.
        stderr = stderr.split_inclusive('\n').take(1 + continuation(case)).collect();
    }
    outcome(code.into(), &stdout, stderr, written, ring)
}

/// How many lines upstream's error has below the first.
fn continuation(case: &Value) -> usize {
    text(&case["result"], "stderr").lines().count().saturating_sub(1)
}

fn prepare(case: &Value, folder: &Path) -> BTreeMap<String, String> {
    for shared in SHARED {
        symlink(fs::canonicalize(vectors().join(shared)).unwrap(), folder.join(shared)).unwrap();
    }
    for name in case["folders"].as_array().into_iter().flatten() {
        fs::create_dir(folder.join(name.as_str().unwrap())).unwrap();
    }
    let files = texts(case, "files");
    for (name, text) in &files {
        fs::write(folder.join(name), text).unwrap();
    }
    for (name, target) in texts(case, "links") {
        symlink(target, folder.join(name)).unwrap();
    }
    files
}

fn written(before: &BTreeMap<String, String>, folder: &Path) -> BTreeMap<String, String> {
    let mut written = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        // Not so with upstream: where it fails, its temporary file stays.
        assert!(!name.starts_with(".kubeseal-"), "left behind: {name}");
        if entry.file_type().unwrap().is_file() && !name.starts_with('.') {
            let text = fs::read_to_string(entry.path()).unwrap();
            if before.get(&name) != Some(&text) {
                written.insert(name, text);
            }
        }
    }
    written
}

fn outcome(
    exit: Value,
    stdout: &str,
    stderr: String,
    written: BTreeMap<String, String>,
    ring: &Keyring,
) -> Map<String, Value> {
    let shown = |text: &str| opened(&without_owner(text), ring);
    let written: Map<String, Value> =
        written.into_iter().map(|(name, text)| (name, shown(&text).into())).collect();
    Map::from_iter([
        ("exit".to_owned(), exit),
        ("stdout".to_owned(), shown(stdout).into()),
        ("stderr".to_owned(), stderr.into()),
        ("written".to_owned(), written.into()),
    ])
}

/// Upstream's opened Secret names an owner without a UID, which no API server takes, and writes an empty value as
/// null; ours leaves the owner out and writes an empty text.
fn without_owner(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut inside = None;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        match inside {
            Some(depth) if indent > depth || line.trim_start().starts_with(['-', ']']) => continue,
            _ => inside = None,
        }
        if line.trim_start().trim_start_matches('"').starts_with("ownerReferences") {
            inside = Some(indent);
            if let Some(last) = lines.last_mut().filter(|last| last.ends_with(",\n")) {
                last.replace_range(last.len() - 2.., "\n");
            }
            continue;
        }
        lines.push(line.replace(": null", ": \"\""));
    }
    lines.concat()
}

fn keyring() -> Keyring {
    let key = |bits: u32| {
        let pem = fs::read_to_string(vectors().join(format!("keys/{bits}.pkcs1.pem"))).unwrap();
        PrivateKey::from_pem(&pem).unwrap()
    };
    Keyring::from_private_keys(vec![key(2048), key(4096)])
}

/// The text with the scope and the content of each sealed value in the value's place.
fn opened(text: &str, ring: &Keyring) -> String {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let mut shown = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_base64) {
        let (before, word) = rest.split_at(start);
        let (word, after) = word.split_at(word.find(|c| !is_base64(c)).unwrap_or(word.len()));
        shown.push_str(before);
        match Some(word).filter(|word| word.len() >= SEALED_FROM).and_then(|word| open(word, ring)) {
            Some(content) => write!(shown, "{{{content}}}").unwrap(),
            // Nobody has the key of one certificate.
            None if word.len() >= SEALED_FROM && word.starts_with("AQ") => {
                write!(shown, "{{{} characters}}", word.len()).unwrap();
            }
            None => shown.push_str(word),
        }
        rest = after;
    }
    shown + rest
}

/// Tries every scope with the names that the cases use.
fn open(word: &str, ring: &Keyring) -> Option<String> {
    let mut bindings = vec![("", "", Scope::ClusterWide)];
    for namespace in ["b", "c", "default", "from-kubeconfig", "B!", "="] {
        bindings.push((namespace, "", Scope::NamespaceWide));
        for name in ["a", "other", "new", "12", "A_b.C"] {
            bindings.push((namespace, name, Scope::Strict));
        }
    }
    bindings.into_iter().find_map(|(namespace, name, scope)| {
        let annotations = scope.annotation().map(|key| (key.to_owned(), "true".to_owned()));
        let sealed = SealedSecret {
            metadata: Metadata {
                name: name.to_owned(),
                namespace: namespace.to_owned(),
                annotations: annotations.into_iter().collect(),
                ..Metadata::default()
            },
            encrypted_data: BTreeMap::from([("k".to_owned(), word.to_owned())]),
            ..SealedSecret::default()
        };
        let secret = unsealer::unseal(&sealed, ring).ok()?;
        // Exposed to compare what this test has sealed.
        let value = secret.data.get("k")?.expose();
        let text = std::str::from_utf8(value).map_or_else(|_| encode_base64(value), str::to_owned);
        Some(format!("{scope} {namespace}/{name}: {}", text.escape_debug()))
    })
}
