//! Real kubeseal's values open, and what ours seals has its shape, byte for byte but for the ciphertexts.

use std::collections::BTreeMap;
use std::process::Output;

use crate::support::{kubeseal, told, vectors};
use sealer_core::{decode_base64, encode_base64};
use serde_json::Value;

fn index() -> Value {
    serde_json::from_slice(&std::fs::read(vectors().join("manifest.json")).unwrap()).unwrap()
}

/// The bytes that an entry of the index stands for.
fn bytes(entry: &Value) -> Vec<u8> {
    match entry["ramp"].as_u64() {
        Some(length) => (0..length).map(|i| ((i * 31 + 7) % 256) as u8).collect(),
        None => decode_base64(entry["base64"].as_str().unwrap()).unwrap(),
    }
}

fn values(entry: &Value) -> BTreeMap<String, Vec<u8>> {
    entry.as_object().unwrap().iter().map(|(key, entry)| (key.clone(), bytes(entry))).collect()
}

fn opened(sealed: &[u8], key: &str) -> Vec<Value> {
    let args = ["--recovery-unseal", "--recovery-private-key", key];
    let output = kubeseal(&vectors(), &args, &[], sealed);
    let (code, stdout, stderr) = told(&output);
    assert_eq!((code, stderr.as_str()), (0, ""));
    serde_json::Deserializer::from_str(&stdout).into_iter().map(Result::unwrap).collect()
}

fn data(secret: &Value) -> BTreeMap<String, Vec<u8>> {
    let data = secret["data"].as_object().cloned().unwrap_or_default();
    data.into_iter().map(|(key, value)| (key, decode_base64(value.as_str().unwrap()).unwrap())).collect()
}

#[test]
fn what_real_kubeseal_sealed_opens_with_both_forms_of_the_key() {
    let index = index();
    let sealed = index["sealed"].as_array().unwrap();
    for entry in sealed {
        let file = entry["file"].as_str().unwrap();
        let form = if file.ends_with("-strict.yaml") { "pkcs8" } else { "pkcs1" };
        let secrets = opened(
            &std::fs::read(vectors().join(file)).unwrap(),
            &format!("keys/{}.{form}.pem", entry["key"]),
        );
        assert_eq!(secrets.len(), 1, "{file}");
        assert!(data(&secrets[0]) == values(&entry["data"]), "{file}");
        assert_eq!(secrets[0]["metadata"]["name"], entry["name"], "{file}");
    }
    assert!(sealed.len() >= 20);
}

#[test]
fn single_values_that_real_kubeseal_sealed_open() {
    let index = index();
    let raw = index["raw"].as_array().unwrap();
    for entry in raw {
        let file = entry["file"].as_str().unwrap();
        let text = std::fs::read_to_string(vectors().join(file)).unwrap();
        let secrets = opened(around(entry, &text).as_bytes(), &format!("keys/{}.pkcs1.pem", entry["key"]));
        assert!(data(&secrets[0])["value"] == bytes(&entry["plaintext"]), "{file}");
    }
    assert!(raw.len() >= 5);
}

/// A SealedSecret with one value, named and scoped as the entry says.
fn around(entry: &Value, value: &str) -> String {
    let annotations = match entry["scope"].as_str().unwrap() {
        "strict" => "{}".to_owned(),
        scope => format!("{{\"sealedsecrets.bitnami.com/{scope}\": \"true\"}}"),
    };
    let text = |field: &str| entry[field].as_str().unwrap_or("any");
    format!(
        "{{\"apiVersion\": \"bitnami.com/v1alpha1\", \"kind\": \"SealedSecret\",\n\
         \"metadata\": {{\"name\": \"{}\", \"namespace\": \"{}\", \"annotations\": {annotations}}},\n\
         \"spec\": {{\"encryptedData\": {{\"value\": \"{value}\"}}}}}}",
        text("name"),
        text("namespace")
    )
}

#[test]
fn single_values_are_sealed_as_they_are_and_without_a_newline_behind() {
    let plaintext = b"no newline is added \x00\xff or trimmed\n\n";
    for (scope, names) in [
        ("strict", &["-n", "ns", "--name", "db"][..]),
        ("namespace-wide", &["-n", "ns"]),
        ("cluster-wide", &[]),
    ] {
        let mut args = vec!["--raw", "--cert", "keys/2048.crt", "--scope", scope];
        args.extend(names);
        let (code, stdout, stderr) = told(&kubeseal(&vectors(), &args, &[], plaintext));
        assert_eq!((code, stderr.as_str(), stdout.contains('\n')), (0, "", false));
        let entry = serde_json::json!({"scope": scope, "namespace": "ns", "name": "db"});
        let secrets = opened(around(&entry, &stdout).as_bytes(), "keys/2048.pkcs1.pem");
        assert_eq!(data(&secrets[0])["value"], plaintext);
    }
}

/// Shapes where ours differs on purpose: an error where upstream goes on, or the other way round.
const OTHERWISE: [(&str, &str); 5] = [
    ("managed-fields", "nothing reads them in a template; they are left out"),
    ("list", "a List is read, as kubectl reads it"),
    ("config-map-text", "the line and the key are named, not Go's types"),
    ("control-character", "ours can write it in YAML, too"),
    ("sealed-secret", "it is said that it is sealed already"),
];

#[test]
fn what_is_sealed_has_real_kubeseals_shape_and_opens() {
    let index = index();
    let shapes = index["shapes"].as_array().unwrap();
    for shape in shapes {
        let id = shape["id"].as_str().unwrap();
        if OTHERWISE.iter().any(|(other, _why)| *other == id) {
            continue;
        }
        for format in ["yaml", "json"] {
            let output = sealed(shape, format);
            let (code, stdout, stderr) = told(&output);
            if let Some(error) = shape["error"].as_str() {
                assert_eq!((code, stderr.lines().next()), (1, error.lines().next()), "{id}");
                continue;
            }
            assert_eq!((code, stderr.as_str()), (0, ""), "{id}");
            let golden = std::fs::read_to_string(vectors().join(shape[format].as_str().unwrap())).unwrap();
            let (ours, golden) = (comparable(&stdout, format), comparable(&golden, format));
            assert_eq!(ours, golden, "{id}.{format}");
            let secrets = opened(stdout.as_bytes(), "keys/2048.pkcs1.pem");
            let documents = shape["documents"].as_array().unwrap();
            assert_eq!(secrets.len(), documents.len(), "{id}");
            for (secret, document) in secrets.iter().zip(documents) {
                assert!(data(secret) == values(&document["data"]), "{id}");
            }
        }
    }
    assert!(shapes.len() > 40);
}

#[test]
fn a_long_stream_is_sealed_in_its_order() {
    let names: Vec<String> = (0..40).map(|number| format!("db-{number}")).collect();
    let one = |name: &String| {
        format!("---\nkind: Secret\nmetadata: {{name: {name}, namespace: payments}}\nstringData: {{k: v}}\n")
    };
    let stream: String = names.iter().map(one).collect();
    let output = kubeseal(&vectors(), &["--cert", "keys/2048.crt"], &[], stream.as_bytes());
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
    let secrets = opened(&output.stdout, "keys/2048.pkcs1.pem");
    assert_eq!(secrets.iter().map(|secret| secret["metadata"]["name"].as_str()).collect::<Vec<_>>(), {
        names.iter().map(|name| Some(name.as_str())).collect::<Vec<_>>()
    });
}

#[test]
fn where_ours_differs_it_does_so_in_full() {
    let index = index();
    let outcome = |id: &str| {
        let shape = index["shapes"].as_array().unwrap().iter().find(|shape| shape["id"] == id).unwrap();
        told(&sealed(shape, "yaml"))
    };
    assert_eq!(outcome("list").0, 0);
    assert_eq!(outcome("control-character").0, 0);
    let managed_fields = outcome("managed-fields");
    assert_eq!((managed_fields.0, managed_fields.1.contains("managedFields")), (0, false));
    for id in ["config-map-text", "sealed-secret"] {
        let (code, stdout, stderr) = outcome(id);
        assert_eq!((code, stdout.as_str()), (1, ""), "{id}");
        assert!(stderr.starts_with("error: "), "{id}: {stderr}");
    }
}

fn sealed(shape: &Value, format: &str) -> Output {
    let mut args = vec!["--cert", "keys/2048.crt", "-o", format];
    args.extend(shape["args"].as_array().unwrap().iter().map(|arg| arg.as_str().unwrap()));
    let input = std::fs::read(vectors().join(shape["input"].as_str().unwrap())).unwrap();
    kubeseal(&vectors(), &args, &[], &input)
}

/// Without ciphertexts; in YAML also without the two lines where upstream writes line separators of Unicode as they
/// are, which a reader may fold, and ours escapes them.
fn comparable(text: &str, format: &str) -> Vec<String> {
    let escaped = |line: &&str| line.contains("/line-separator: ") || line.contains("/nel: ");
    let lines = without_ciphertexts(text);
    lines.split('\n').filter(|line| format != "yaml" || !escaped(line)).map(str::to_owned).collect()
}

/// Every word of base64 that is as long as a ciphertext becomes the same word.
fn without_ciphertexts(text: &str) -> String {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let shortest = encode_base64(&[0; 2 + 256 + 16]).len();
    let mut masked = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_base64(c)).unwrap_or(rest.len());
        masked.push_str(if end >= shortest { "CIPHERTEXT" } else { &rest[..end] });
        let next = rest[end..].find(is_base64).map_or(rest.len(), |start| end + start);
        masked.push_str(&rest[end..next]);
        rest = &rest[next..];
    }
    masked
}
