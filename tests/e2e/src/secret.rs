//! Secrets as tests compare them: plain bytes by key.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The decoded `data` of a Secret in JSON.
pub fn data(secret: &Value) -> BTreeMap<String, Vec<u8>> {
    let Some(data) = secret["data"].as_object() else { return BTreeMap::new() };
    data.iter()
        .map(|(key, value)| {
            // Upstream's kubeseal writes an empty value as null, which the API server reads as empty.
            let text =
                if value.is_null() { "" } else { value.as_str().expect("a value of a Secret is text") };
            (key.clone(), STANDARD.decode(text).expect("a value of a Secret is base64"))
        })
        .collect()
}

/// A Secret manifest in JSON.
pub fn manifest(namespace: &str, name: &str, data: &BTreeMap<String, Vec<u8>>) -> Value {
    let data: BTreeMap<&String, String> =
        data.iter().map(|(key, value)| (key, STANDARD.encode(value))).collect();
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": { "name": name, "namespace": namespace },
        "data": data,
    })
}

/// Values that trip careless code: empty, binary, beyond ASCII, with a line break at the end.
pub fn tricky_values() -> BTreeMap<String, Vec<u8>> {
    BTreeMap::from([
        ("empty".to_owned(), Vec::new()),
        ("binary.bin".to_owned(), (0..=255).collect()),
        ("beyond-ascii".to_owned(), "пароль – 秘密 🔑".as_bytes().to_vec()),
        ("line_break".to_owned(), b"first\nsecond\n".to_vec()),
        ("password".to_owned(), b"correct horse battery staple".to_vec()),
    ])
}
