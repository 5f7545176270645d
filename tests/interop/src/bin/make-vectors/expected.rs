//! What a sealed manifest has to hold.

use std::collections::BTreeMap;

use sealwright_interop::Oracle;
use sealwright_interop::vectors::{Plaintext, Scope, Secret};
use serde_json::{Value, json};

use crate::Result;

/// The data of each Secret in a manifest, by upstream's own reading, with `stringData` over `data`.
pub(crate) fn data(oracle: &mut Oracle, manifest: &[u8]) -> Result<Vec<BTreeMap<String, Plaintext>>> {
    oracle.read(manifest)?.secrets.iter().map(data_of).collect()
}

fn data_of(secret: &Value) -> Result<BTreeMap<String, Plaintext>> {
    let mut data = BTreeMap::new();
    for (key, value) in entries(&secret["data"]) {
        // Go writes a value of no bytes as null or as "".
        let value = if value.is_null() { &Value::String(String::new()) } else { value };
        data.insert(key.clone(), serde_json::from_value(json!({ "base64": value }))?);
    }
    for (key, value) in entries(&secret["stringData"]) {
        data.insert(key.clone(), Plaintext::Base64(text(value).into_bytes()));
    }
    Ok(data)
}

/// What a SealedSecret that kubeseal wrote says of itself, joined with the data that went into it.
pub(crate) fn secret(sealed: &Value, data: BTreeMap<String, Plaintext>) -> Secret {
    let metadata = &sealed["metadata"];
    let annotated = |scope: &Scope| {
        metadata["annotations"][format!("sealedsecrets.bitnami.com/{}", scope.flag())] == "true"
    };
    Secret {
        scope: [Scope::ClusterWide, Scope::NamespaceWide]
            .into_iter()
            .find(annotated)
            .unwrap_or(Scope::Strict),
        namespace: text(&metadata["namespace"]),
        name: text(&metadata["name"]),
        kind: text(&sealed["spec"]["template"]["type"]),
        data,
    }
}

fn entries(map: &Value) -> impl Iterator<Item = (&String, &Value)> {
    map.as_object().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
