//! How upstream reads YAML 1.1, and how it writes YAML.

use sealwright_interop::OracleError;
use sealwright_interop::vectors::{EmitCase, YamlCase};
use sealwright_interop::yaml_texts::{KEYS, SCALARS, WHOLE};
use serde_json::{Value, json};

use crate::{Makers, Result};

pub(crate) fn reading(makers: &mut Makers) -> Result<()> {
    const FILE: &str = "yaml11.json";
    if makers.folder.has(FILE) {
        return Ok(());
    }
    let mut texts: Vec<(String, Vec<u8>)> = Vec::new();
    for scalar in SCALARS {
        let text = format!("metadata: {{name: a, namespace: b}}\nstringData:\n  k: {scalar}\n");
        texts.push((format!("stringData value {scalar}"), text.into_bytes()));
    }
    for key in KEYS {
        let text = format!("metadata: {{name: a, namespace: b}}\nstringData:\n  {key}: v\n");
        texts.push((format!("stringData key {key}"), text.into_bytes()));
    }
    for (about, text) in WHOLE {
        texts.push(((*about).to_owned(), text.to_vec()));
    }
    let cases = texts
        .into_iter()
        .map(|(about, text)| {
            let mut case = YamlCase { about, text, secrets: None, passed_over: Vec::new(), error: None };
            match makers.oracle.read(&case.text) {
                Ok(reading) => {
                    case.secrets = Some(reading.secrets);
                    case.passed_over = reading.passed_over;
                }
                Err(OracleError::Refused(error)) => case.error = Some(error),
                Err(error) => return Err(error.into()),
            }
            Ok(case)
        })
        .collect::<Result<Vec<_>>>()?;
    makers.folder.add_json(FILE, &cases)
}

pub(crate) fn writing(makers: &mut Makers) -> Result<()> {
    const FILE: &str = "yaml-emit.json";
    if makers.folder.has(FILE) {
        return Ok(());
    }
    let manifest: Value = serde_json::from_slice(&makers.folder.read("shapes/strings.in.json")?)?;
    let strings =
        manifest["metadata"]["annotations"].as_object().ok_or("strings.in.json has no annotations")?;
    let mut values = Vec::new();
    for string in strings.values().filter_map(Value::as_str) {
        values.push(json!({ "outer": { "inner": string } }));
        values.push(json!({ string: "value" }));
    }
    values.extend([
        json!({}),
        json!({ "map": {}, "list": [], "null": null, "true": true, "false": false }),
        json!({ "zero": 0, "negative": -1, "large": 9_007_199_254_740_993_i64, "float": 1.5, "exponent": 1e30 }),
        json!({ "list": ["a", "b c", "yes", { "x": 1, "y": [1, [2, 3]] }] }),
        json!({ "b": 1, "B": 2, "a": 3, "_": 4, "10": 5, "9": 6, "a10": 7, "a9": 8, "é": 9, "a-b": 10, "a.b": 11 }),
        json!({ "delete": "a\u{7f}b" }),
        json!({ "list of texts": ["one\ntwo\n", "x"] }),
    ]);
    let cases = values
        .into_iter()
        .map(|value| match makers.oracle.emit(&value) {
            Ok(yaml) => Ok(EmitCase { value, yaml: Some(yaml), error: None }),
            Err(OracleError::Refused(error)) => Ok(EmitCase { value, yaml: None, error: Some(error) }),
            Err(error) => Err(error.into()),
        })
        .collect::<Result<Vec<_>>>()?;
    makers.folder.add_json(FILE, &cases)
}
