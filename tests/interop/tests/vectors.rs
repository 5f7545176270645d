//! The vectors are right: upstream's own library opens every one, to exactly what the index says.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use sealwright_interop::vectors::{DotenvResult, Form, Plaintext, Scope, Secret, Verdict};
use sealwright_interop::{Oracle, OracleError, Vectors, binaries};
use serde_json::{Value, json};

fn vectors() -> Vectors {
    Vectors::load().unwrap()
}

/// `None`, after a loud line, without Go.
fn oracle() -> Option<Oracle> {
    binaries::ensure_or_skip().unwrap().map(|built| Oracle::start(&built.oracle).unwrap())
}

fn private_key(vectors: &Vectors, bits: u32) -> String {
    vectors.text(&vectors.key(bits).unwrap().pkcs8).unwrap()
}

/// The data of a Secret in JSON, with `stringData` over `data` as the API server lays it.
fn data(secret: &Value) -> BTreeMap<String, Plaintext> {
    let mut data = BTreeMap::new();
    for (key, value) in secret["data"].as_object().into_iter().flatten() {
        let base64 = value.as_str().unwrap_or_default();
        data.insert(key.clone(), serde_json::from_value(json!({ "base64": base64 })).unwrap());
    }
    for (key, value) in secret["stringData"].as_object().into_iter().flatten() {
        data.insert(key.clone(), Plaintext::Base64(value.as_str().unwrap().as_bytes().to_vec()));
    }
    data
}

fn assert_holds(opened: &Value, expected: &Secret, id: &str) {
    let bytes = |data: &BTreeMap<String, Plaintext>| -> BTreeMap<String, Vec<u8>> {
        data.iter().map(|(key, value)| (key.clone(), value.bytes())).collect()
    };
    assert!(bytes(&data(opened)) == bytes(&expected.data), "{id}: other data");
    assert_eq!(opened["metadata"]["name"], expected.name.as_str(), "{id}");
    assert_eq!(opened["metadata"]["namespace"].as_str().unwrap_or_default(), expected.namespace, "{id}");
    assert_eq!(opened["type"].as_str().unwrap_or_default(), expected.kind, "{id}");
}

#[test]
fn upstream_opens_every_sealed_secret() {
    let Some(mut oracle) = oracle() else { return };
    let vectors = vectors();
    for sealed in &vectors.index.sealed {
        let text = vectors.read(&sealed.file).unwrap();
        let key = vectors.key(sealed.key).unwrap();
        for key in [&key.pkcs1, &key.pkcs8] {
            let opened = oracle.unseal(&text, &[&vectors.text(key).unwrap()]).unwrap();
            assert_holds(&opened, &sealed.secret, &sealed.id);
        }
    }
}

#[test]
fn another_key_opens_no_sealed_secret() {
    let Some(mut oracle) = oracle() else { return };
    let vectors = vectors();
    for sealed in vectors.index.sealed.iter().filter(|sealed| sealed.key != 2048) {
        let text = vectors.read(&sealed.file).unwrap();
        match oracle.unseal(&text, &[&private_key(&vectors, 2048)]) {
            Err(OracleError::Refused(words)) => {
                assert!(words.starts_with("no key could decrypt secret"), "{}: {words}", sealed.id);
            }
            other => panic!("{}: {other:?}", sealed.id),
        }
    }
}

#[test]
fn upstream_opens_every_raw_value() {
    let Some(mut oracle) = oracle() else { return };
    let vectors = vectors();
    for raw in &vectors.index.raw {
        let text = vectors.text(&raw.file).unwrap();
        let sealed: Plaintext = serde_json::from_value(json!({ "base64": text })).unwrap();
        let label = oracle.label(raw.scope, &raw.namespace, &raw.name).unwrap();
        let opened = oracle.open(&[&private_key(&vectors, raw.key)], &label, &sealed.bytes()).unwrap();
        assert!(opened == raw.plaintext.bytes(), "{}: another plaintext", raw.file);
    }
}

#[test]
fn both_outputs_of_every_shape_hold_the_documents() {
    let Some(mut oracle) = oracle() else { return };
    let vectors = vectors();
    let mut opened = 0;
    for shape in &vectors.index.shapes {
        let key = private_key(&vectors, shape.key);
        if let Some(json) = &shape.json {
            let text = vectors.text(json).unwrap();
            let documents: Vec<Value> =
                serde_json::Deserializer::from_str(&text).into_iter().collect::<Result<_, _>>().unwrap();
            assert_eq!(documents.len(), shape.documents.len(), "{}", shape.id);
            for (document, expected) in documents.iter().zip(&shape.documents) {
                let secret = oracle.unseal(&serde_json::to_vec(document).unwrap(), &[&key]).unwrap();
                assert_holds(&secret, expected, &shape.id);
                opened += 1;
            }
        }
        if let Some(yaml) = &shape.yaml {
            let text = vectors.text(yaml).unwrap();
            // kubeseal writes the separator before each document.
            let documents: Vec<_> = text.split("---\napiVersion").skip(1).collect();
            assert_eq!(documents.len(), shape.documents.len(), "{}", shape.id);
            for (document, expected) in documents.iter().zip(&shape.documents) {
                let secret = oracle.unseal(format!("apiVersion{document}").as_bytes(), &[&key]).unwrap();
                assert_holds(&secret, expected, &shape.id);
                opened += 1;
            }
        }
        assert_eq!(shape.yaml.is_none(), shape.error.is_some(), "{}", shape.id);
    }
    assert!(opened > 60, "only {opened} documents");
}

#[test]
fn upstream_judges_the_odd_certificates_as_the_index_says() {
    let Some(mut oracle) = oracle() else { return };
    let vectors = vectors();
    for odd in &vectors.index.odd {
        let Some(expected) = &odd.upstream else { continue };
        match (oracle.certificate(&vectors.text(&odd.file).unwrap()), expected) {
            (Ok(key), Verdict::Bits(bits)) => assert_eq!(key.bits, *bits, "{}", odd.file),
            (Err(OracleError::Refused(words)), Verdict::Error(error)) => {
                // For an EC key the message ends in an address in memory.
                let fixed = |text: &str| text.split('&').next().map(str::to_owned);
                assert_eq!(fixed(&words), fixed(error), "{}", odd.file);
            }
            (other, _) => panic!("{}: {other:?}", odd.file),
        }
    }
}

#[test]
fn upstream_reads_and_writes_yaml_as_the_vectors_say() {
    let Some(mut oracle) = oracle() else { return };
    let vectors = vectors();
    for case in vectors.yaml_cases().unwrap() {
        match oracle.read(&case.text) {
            // Of two keys that become one, upstream keeps whichever a Go map, whose order is random, gives last.
            Ok(reading) if case.about == "keys that are equal only as strings" => {
                let secret = |value| json!({ "metadata": { "name": "a" }, "stringData": { "1": value } });
                let read = &reading.secrets[..];
                assert!([[secret("one")], [secret("two")]].iter().any(|either| either == read), "{read:?}");
            }
            Ok(reading) => assert_eq!(Some(reading.secrets), case.secrets, "{}", case.about),
            Err(OracleError::Refused(words)) => assert_eq!(Some(words), case.error, "{}", case.about),
            Err(error) => panic!("{}: {error}", case.about),
        }
    }
    for case in vectors.emit_cases().unwrap() {
        assert_eq!(oracle.emit(&case.value).ok(), case.yaml, "{}", case.value);
    }
}

#[test]
fn godotenv_and_docker_read_every_file_as_the_vectors_say() {
    let Some(mut oracle) = oracle() else { return };
    let vectors = vectors();
    let cases = vectors.dotenv().unwrap();
    assert!(cases.len() >= 40, "only {}", cases.len());
    for case in cases {
        let text = vectors.read(&format!("dotenv/{}", case.file)).unwrap();
        for (dialect, expected) in [("godotenv", case.godotenv), ("docker", case.docker)] {
            let result = match oracle.dotenv(dialect, &text) {
                Ok(values) => DotenvResult::Values(values),
                Err(OracleError::Refused(words)) => DotenvResult::Error(words),
                Err(error) => panic!("{}: {error}", case.file),
            };
            assert_eq!(result, expected, "{dialect}: {}", case.file);
        }
    }
}

#[test]
fn every_size_and_scope_is_there() {
    let vectors = vectors();
    let there: BTreeSet<_> = vectors
        .index
        .sealed
        .iter()
        .filter(|sealed| sealed.form == Form::EncryptedData)
        .map(|sealed| (sealed.key, sealed.secret.scope.flag()))
        .collect();
    for bits in [2048, 3072, 4096, 8192] {
        for scope in Scope::ALL {
            assert!(there.contains(&(bits, scope.flag())), "{bits} {}", scope.flag());
        }
    }
    let deprecated = vectors.index.sealed.iter().filter(|sealed| sealed.form == Form::Data).count();
    assert!(deprecated >= 3);
}

#[test]
fn the_index_names_every_file_and_no_other() {
    let vectors = vectors();
    let index = &vectors.index;
    let mut named: BTreeSet<&str> = BTreeSet::new();
    for key in &index.keys {
        named.extend([key.pkcs1.as_str(), &key.pkcs8, &key.certificate]);
    }
    named.extend(index.odd.iter().map(|odd| odd.file.as_str()));
    named.extend(index.sealed.iter().map(|sealed| sealed.file.as_str()));
    named.extend(index.raw.iter().map(|raw| raw.file.as_str()));
    let outputs = index.shapes.iter().flat_map(|shape| [&shape.yaml, &shape.json]).flatten();
    named.extend(outputs.map(String::as_str));
    named.extend(index.shapes.iter().map(|shape| shape.input.as_str()));
    let refusals: Vec<_> = index
        .shapes
        .iter()
        .filter(|shape| shape.error.is_some())
        .map(|shape| format!("shapes/{}.out.error.txt", shape.id))
        .collect();
    named.extend(refusals.iter().map(String::as_str));

    let mut there = BTreeSet::new();
    for folder in ["keys", "sealed", "raw", "shapes"] {
        for entry in fs::read_dir(vectors.root().join(folder)).unwrap() {
            let name = Path::new(folder).join(entry.unwrap().file_name());
            there.insert(name.to_str().unwrap().to_owned());
        }
    }
    assert_eq!(named, there.iter().map(String::as_str).collect());
}

#[test]
fn no_plaintext_of_an_annotation_survives_in_a_shape() {
    let vectors = vectors();
    for shape in vectors.index.shapes.iter().filter(|shape| shape.id.contains("last-applied")) {
        let yaml = vectors.text(shape.yaml.as_deref().unwrap()).unwrap();
        assert!(!yaml.contains("bXVzdCBub3QgbGVhaw"), "{}", shape.id);
    }
}

#[test]
fn every_invocation_has_its_result_and_none_names_this_machine() {
    let repository = env!("CARGO_MANIFEST_DIR").trim_end_matches("tests/interop");
    let mut count = 0;
    for (topic, cases) in vectors().runs().unwrap() {
        let titles: BTreeSet<&str> = cases.iter().map(|case| case.about.as_str()).collect();
        assert_eq!(titles.len(), cases.len(), "{topic}: two are about the same");
        for case in &cases {
            let title = format!("{topic}: {}", case.about);
            let result = serde_json::to_string(&case.result).unwrap();
            assert!(case.result.is_some(), "{title}: run make-vectors");
            for place in ["/home/", "/root/", "/tmp/", repository] {
                assert!(!result.contains(place), "{title}: {place}");
            }
        }
        count += cases.len();
    }
    assert!(count > 450, "only {count}");
}
