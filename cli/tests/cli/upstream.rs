//! What real kubeseal says, about wrong invocations above all, ours says too, with the same exit code.

use std::collections::BTreeMap;

use crate::support::{kubeseal, told, vectors};
use serde_json::Value;

/// Of a server on a port that is closed.
const NO_ANSWER: &str = "error: cannot get sealed secret service: http://127.0.0.1:1: connection refused.";

/// Where ours says something else, and why: (what the vector is about, our first line, our exit code).
const KNOWN: [(&str, &str, i32); 32] = [
    ("version", "kubeseal version: v0.1.0", 0),
    // The text is ours.
    ("help", "Turns Secrets into SealedSecrets, which only the controller in the cluster can open.", 0),
    ("help, short", "Usage of kubeseal:", 0),
    // A List is read, as kubectl reads it, and every document is opened.
    ("kind List", "{", 0),
    ("unseal several documents", "{", 0),
    ("unseal several documents in JSON", "{", 0),
    // Line separators of Unicode are escaped, so that no reader folds them.
    ("unseal strings", "---", 0),
    // Texts of Go's decoder name Go's types; ours name the line, the column and the key.
    (
        "data that are not base64",
        "error: line 2, column 11: `k` under `data` is not base64; move it to `stringData`",
        1,
    ),
    ("data with a number", "error: line 2, column 11: a text is expected here", 1),
    ("a map for a string", "error: line 2, column 17: a text is expected here", 1),
    ("unseal a Secret", "error: line 2, column 7: this is a plain Secret, not a SealedSecret", 1),
    (
        "merge into a Secret",
        "error: cannot merge into shapes/no-type.in.yaml: line 2, column 7: this is a plain Secret, not a SealedSecret",
        1,
    ),
    (
        "merge into something else",
        "error: cannot merge into keys/not-pem.crt: line 1, column 1: a mapping (`name: value`) is expected here",
        1,
    ),
    // Upstream never ends here.
    ("garbage after two JSON documents", "error: line 1, column 25: not valid JSON from here on", 1),
    // Upstream prints the numbers of the key.
    ("certificate with an EC key", "error: expected RSA public key but found *ecdsa.PublicKey", 1),
    // Somebody is about to hand a private key around, and should hear it.
    (
        "certificate is a private key",
        "error: this is a private key; sealing needs the certificate (BEGIN CERTIFICATE), which is public",
        1,
    ),
    ("certificate cut off", "error: the certificate is malformed", 1),
    ("certificate with a wrong length", "error: the certificate is malformed", 1),
    // The layers of Go's network library say nothing to a reader.
    (
        "certificate from a closed port",
        "error: cannot fetch \"http://127.0.0.1:1/cert.pem\": connection refused",
        1,
    ),
    ("fetch without a cluster", NO_ANSWER, 1),
    ("validate without a cluster", NO_ANSWER, 1),
    ("re-encrypt without a cluster", NO_ANSWER, 1),
    ("rotate, the deprecated name", NO_ANSWER, 1),
    // A file may be called like that.
    ("certificate name that is no address", "error: open %zz: no such file or directory", 1),
    // The rest of upstream's line is about Go's types.
    (
        "kubeconfig is not YAML",
        "error: error loading config file \"keys/2048.crt\": it is not a kubeconfig",
        1,
    ),
    // Upstream names its temporary file.
    ("output into a missing folder", "error: cannot write none/out.yaml: no such file or directory", 1),
    // kubeseal never opens the deprecated form, its controller does; ours opens it wherever it opens anything.
    ("unseal the deprecated form with the wrong key", "error: no key could decrypt secret", 1),
    (
        "unseal both forms at once",
        "error: cannot use the field 'encryptedData' and the deprecated field 'data' at the same time",
        1,
    ),
    // Nothing in, and an empty Secret out: that hides a mistake.
    ("unseal nothing", "error: no SealedSecret found; make sure that the input is not empty", 1),
    // What is wrong with the value is said in words, not in Go's.
    ("unseal an item that is not base64", "error: not valid base64 (k)", 1),
    ("unseal an item that is too short", "error: truncated, not a whole sealed value (k)", 1),
    (
        "unseal with a template that can't be parsed",
        "error: spec.template.data: t:1:6: the action is not closed",
        1,
    ),
];

#[test]
fn what_is_said_and_the_exit_code_are_upstreams() {
    let cases = std::fs::read(vectors().join("kubeseal-errors.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_slice(&cases).unwrap();
    let mut known: BTreeMap<&str, (&str, i32)> =
        KNOWN.iter().map(|(about, line, code)| (*about, (*line, *code))).collect();
    let mut compared = 0;
    let mut wrong = Vec::new();
    for case in &cases {
        let text = |field: &str| case[field].as_str().unwrap().to_owned();
        let args: Vec<&str> =
            case["args"].as_array().unwrap().iter().map(|arg| arg.as_str().unwrap()).collect();
        let (code, stdout, stderr) = told(&kubeseal(&vectors(), &args, &[], text("stdin").as_bytes()));
        let stdout = stdout.replace(env!("CARGO_BIN_EXE_kubeseal"), "kubeseal");
        let (ours, expected) = if let Some((line, code_known)) = known.remove(text("about").as_str()) {
            let said = if code == 1 { stderr } else { stdout };
            ((first_line(&said), code), (line.to_owned(), code_known))
        } else {
            let code_upstream = case["exit"].as_i64().unwrap().try_into().unwrap();
            let (ours, upstreams) = match code_upstream {
                0 => (parsed(&stdout), parsed(&cleaned(&text("stdout")))),
                1 => (first_line(&stderr), first_line(&sorted_keys(&text("stderr")))),
                // Upstream prints the mistake below the usage, ours above it.
                _ => (first_line(&stdout), text("stdout").lines().last().unwrap_or_default().to_owned()),
            };
            ((ours, code), (upstreams, code_upstream))
        };
        if ours != expected {
            wrong.push(format!("{}\n   ours {ours:?}\n   not  {expected:?}", text("about")));
        }
        compared += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(known.is_empty(), "no such vectors: {known:?}");
    assert!(compared > 60, "only {compared} vectors");
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// JSON in one form whatever the order of its fields; anything else as it is.
fn parsed(text: &str) -> String {
    serde_json::from_str::<Value>(text).map_or_else(|_| text.to_owned(), |value| value.to_string())
}

/// Upstream names an owner without a UID, which no API server takes, and writes an empty value as null; ours leaves
/// the owner out and writes an empty text.
fn cleaned(text: &str) -> String {
    if let Ok(mut json) = serde_json::from_str::<Value>(text) {
        if let Some(metadata) = json["metadata"].as_object_mut() {
            metadata.remove("ownerReferences");
        }
        for value in
            json.get_mut("data").and_then(Value::as_object_mut).into_iter().flat_map(|data| data.values_mut())
        {
            if value.is_null() {
                *value = "".into();
            }
        }
        return json.to_string();
    }
    let mut inside = false;
    let mut kept = String::new();
    for line in text.lines() {
        inside =
            line == "  ownerReferences:" || inside && (line.starts_with("  - ") || line.starts_with("    "));
        if !inside {
            kept.push_str(&line.replace(": null", ": \"\""));
            kept.push('\n');
        }
    }
    kept
}

/// Upstream names the keys that no key opens in a random order; ours in that of the alphabet.
fn sorted_keys(text: &str) -> String {
    let Some((before, keys)) = text.trim_end().strip_suffix(')').and_then(|text| text.split_once(" ("))
    else {
        return text.to_owned();
    };
    let mut keys: Vec<&str> = keys.split(", ").collect();
    keys.sort_unstable();
    format!("{before} ({})", keys.join(", "))
}
