//! `.env` files as people write them: what is read is what godotenv and docker read, but for what is listed in
//! `differences.json` with its reason.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use std::collections::BTreeMap;

use sealer_core::dotenv::{Dialect, parse};
use sealer_core::encode_base64;
use serde_json::Value;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/dotenv/");

/// Values in base64; `None`: refused.
type Outcome = Option<BTreeMap<String, String>>;

fn text(file: &str) -> String {
    std::fs::read_to_string(format!("{FOLDER}{file}")).unwrap()
}

fn list(file: &str) -> Vec<Value> {
    serde_json::from_str(&text(file)).unwrap()
}

fn ours(text: &str, dialect: Dialect) -> Outcome {
    let entries = parse(text, dialect).ok()?;
    Some(entries.into_iter().map(|entry| (entry.key, encode_base64(entry.value.expose()))).collect())
}

fn theirs(case: &Value, dialect: &str) -> Outcome {
    let values = case[dialect]["values"].as_object()?;
    Some(values.iter().map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned())).collect())
}

/// What a listed difference says that is read instead.
fn reads(difference: &Value) -> Outcome {
    let values = difference["reads"].as_object()?;
    Some(
        values
            .iter()
            .map(|(key, value)| (key.clone(), encode_base64(value.as_str().unwrap().as_bytes())))
            .collect(),
    )
}

#[test]
fn every_file_is_read_as_godotenv_and_docker_read_it_but_for_those_listed() {
    let (cases, differences) = (list("results.json"), list("differences.json"));
    assert!(cases.len() >= 40);
    let mut met = 0;
    for case in &cases {
        let file = case["file"].as_str().unwrap();
        for (name, dialect) in [("godotenv", Dialect::Godotenv), ("docker", Dialect::Docker)] {
            let peers = theirs(case, name);
            let listed = differences.iter().find(|each| each["file"] == file && each["dialect"] == name);
            let expected = listed.map_or_else(|| peers.clone(), reads);
            assert_eq!(ours(&text(file), dialect), expected, "{name}: {file}");
            if listed.is_some() {
                assert_ne!(expected, peers, "{name}: {file} is no difference");
                met += 1;
            }
        }
    }
    assert_eq!(met, differences.len(), "a difference is listed of a file that is not there");
}
