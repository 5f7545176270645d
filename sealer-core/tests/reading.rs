//! How texts are read: by upstream's answers under the kubeseal policy, by tables under the strict one.

use std::collections::BTreeMap;

use sealer_core::manifest::{ManifestError, Problem, Reading, Shape, read_secrets};
use sealer_core::{Policy, SecretManifest, decode_base64, encode_base64};
use serde_json::{Value as Json, json};

fn vectors() -> Vec<Json> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/yaml11.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// An upstream Secret in JSON, as kubeseal goes on with it: stripped, `stringData` over `data`.
fn expected(secret: &Json) -> Json {
    let meta = &secret["metadata"];
    let mut data = BTreeMap::new();
    for (key, value) in secret["data"].as_object().into_iter().flatten() {
        data.insert(key.clone(), value.as_str().unwrap_or_default().to_owned());
    }
    for (key, value) in secret["stringData"].as_object().into_iter().flatten() {
        data.insert(key.clone(), encode_base64(value.as_str().unwrap().as_bytes()));
    }
    let mut annotations = meta["annotations"].as_object().cloned().unwrap_or_default();
    annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
    json!({
        "name": meta["name"].as_str().unwrap_or_default(),
        "generateName": meta["generateName"].as_str().unwrap_or_default(),
        "namespace": meta["namespace"].as_str().unwrap_or_default(),
        "labels": meta["labels"].as_object().cloned().unwrap_or_default(),
        "annotations": annotations,
        "finalizers": meta["finalizers"].as_array().cloned().unwrap_or_default(),
        "type": secret["type"].as_str(),
        "immutable": secret["immutable"].as_bool(),
        "data": data,
    })
}

fn ours(secret: &SecretManifest) -> Json {
    let data: BTreeMap<&String, String> =
        secret.data.iter().map(|(key, value)| (key, encode_base64(value.expose()))).collect();
    json!({
        "name": secret.metadata.name,
        "generateName": secret.metadata.generate_name,
        "namespace": secret.metadata.namespace,
        "labels": secret.metadata.labels,
        "annotations": secret.metadata.annotations,
        "finalizers": secret.metadata.finalizers,
        "type": secret.type_,
        "immutable": secret.immutable,
        "data": data,
    })
}

#[test]
fn what_upstream_reads_is_read_alike() {
    let mut wrong = Vec::new();
    let mut same = 0;
    for vector in vectors() {
        let about = vector["about"].as_str().unwrap();
        let bytes = decode_base64(vector["text"].as_str().unwrap()).unwrap();
        // Upstream reads bytes; whoever calls us has refused what is not UTF-8.
        let Ok(text) = String::from_utf8(bytes) else { continue };
        let read = read_secrets(&text, Policy::Kubeseal);
        match vector["secrets"].as_array() {
            Some(secrets) if !secrets.is_empty() => {
                let secrets: Vec<Json> = secrets.iter().map(expected).collect();
                match read {
                    Ok(found) if found.iter().map(ours).collect::<Vec<_>>() == secrets => same += 1,
                    Ok(found) => wrong.push(format!(
                        "{about}: {text:?}\n  upstream {}\n  ours     {}",
                        json!(secrets),
                        json!(found.iter().map(ours).collect::<Vec<_>>())
                    )),
                    Err(error) => wrong.push(format!("{about}: {text:?}: ours fails: {error}")),
                }
            }
            _ => match read {
                Err(_) => same += 1,
                Ok(found) => wrong.push(format!(
                    "{about}: {text:?}: upstream refuses ({}), ours reads {}",
                    vector["error"],
                    json!(found.iter().map(ours).collect::<Vec<_>>())
                )),
            },
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
    assert!(same > 300, "only {same} vectors compared");
}
