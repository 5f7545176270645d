//! The templates in `vectors/templates` are right: Go still renders them so, and upstream's unsealing does too.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use std::collections::BTreeMap;

use sealwright_interop::vectors::{Bytes, TemplateCase};
use sealwright_interop::{Oracle, OracleError, Vectors, binaries};
use serde_json::{Value, json};

/// `None`, after a loud line, without Go.
fn oracle() -> Option<Oracle> {
    binaries::ensure_or_skip().unwrap().map(|built| Oracle::start(&built.oracle).unwrap())
}

/// What was rendered; `None` where it was refused.
fn rendered<T>(answer: Result<T, OracleError>) -> Option<T> {
    match answer {
        Ok(output) => Some(output),
        Err(OracleError::Refused(words)) if !words.starts_with("endless: ") => None,
        Err(error) => panic!("{error}"),
    }
}

fn lossy(output: Option<Vec<u8>>) -> Option<String> {
    output.map(|output| String::from_utf8_lossy(&output).into_owned())
}

#[test]
fn go_renders_every_template_as_recorded() {
    let Some(mut oracle) = oracle() else { return };
    let topics = Vectors::load().unwrap().templates().unwrap();
    for (topic, cases) in &topics {
        for case in cases {
            let output = rendered(oracle.render(case.key(), &case.template, &case.values()));
            let same = output == case.result();
            assert!(same, "{topic}: {}: {:?}", case.title(), lossy(output));
        }
    }
    assert!(topics.values().map(Vec::len).sum::<usize>() > 2000);
}

#[test]
fn upstream_unseals_templates_to_what_was_recorded() {
    let Some(mut oracle) = oracle() else { return };
    let vectors = Vectors::load().unwrap();
    let key = vectors.key(2048).unwrap();
    let (certificate, private) = (vectors.text(&key.certificate).unwrap(), vectors.text(&key.pkcs8).unwrap());
    let topics = vectors.templates().unwrap();
    for case in topics["real"].iter().chain(&topics["actions"]) {
        let sealed = sealed(&mut oracle, &certificate, case);
        let opened = rendered(oracle.unseal(&serde_json::to_vec(&sealed).unwrap(), &[&private]));
        // Go writes a value of no bytes as null.
        let output = opened.map(|secret| match &secret["data"][case.key()] {
            Value::Null => Vec::new(),
            text => serde_json::from_value::<Bytes>(text.clone()).unwrap().0,
        });
        let same = output == case.result();
        assert!(same, "{}: {:?}", case.title(), lossy(output));
    }
}

/// A SealedSecret with the case's values, and its template under `spec.template.data`.
fn sealed(oracle: &mut Oracle, certificate: &str, case: &TemplateCase) -> Value {
    let data: BTreeMap<_, _> = case.values().into_iter().map(|(key, value)| (key, Bytes(value))).collect();
    let secret = json!({ "metadata": { "name": "a", "namespace": "b" }, "data": data });
    let mut sealed = oracle.seal_secret(certificate, &secret).unwrap();
    sealed["spec"]["template"]["data"] = json!({ case.key(): case.template });
    sealed
}
