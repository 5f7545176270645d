//! What a sealed manifest has to hold, from upstream's own reading of it.

use std::collections::BTreeMap;

use sealwright_interop::oracle::Reading;
use sealwright_interop::vectors::{Plaintext, Scope, Secret};
use serde_json::Value;

use crate::Result;

/// The flags of kubeseal that change what is sealed.
#[derive(Clone, Copy, Default)]
pub(crate) struct Flags<'a> {
    pub(crate) scope: Option<Scope>,
    pub(crate) name: Option<&'a str>,
    pub(crate) namespace: Option<&'a str>,
}

impl<'a> Flags<'a> {
    pub(crate) fn of(args: &[&'a str]) -> Self {
        let value = |flag| args.iter().position(|arg| *arg == flag).and_then(|at| args.get(at + 1)).copied();
        Self {
            scope: value("--scope").and_then(|flag| Scope::ALL.into_iter().find(|scope| scope.flag() == flag)),
            name: value("--name"),
            namespace: value("-n"),
        }
    }
}

pub(crate) fn secrets(reading: &Reading, flags: Flags<'_>) -> Result<Vec<Secret>> {
    reading.secrets.iter().map(|secret| one(secret, flags)).collect()
}

fn one(secret: &Value, flags: Flags<'_>) -> Result<Secret> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let metadata = &secret["metadata"];
    let annotated = |name: &str| metadata["annotations"][format!("sealedsecrets.bitnami.com/{name}")] == "true";
    // Upstream compares with its default: a flag that says strict is no flag.
    let scope = match flags.scope.filter(|scope| *scope != Scope::Strict) {
        Some(scope) => scope,
        None if annotated("cluster-wide") => Scope::ClusterWide,
        None if annotated("namespace-wide") => Scope::NamespaceWide,
        None => Scope::Strict,
    };
    let mut namespace = text(&metadata["namespace"]);
    if namespace.is_empty() && scope != Scope::ClusterWide {
        namespace = flags.namespace.unwrap_or("default").to_owned();
    }
    let mut data = BTreeMap::new();
    for (key, value) in secret["data"].as_object().into_iter().flatten() {
        // Go writes an empty value of `data` as null or "".
        let value = if value.is_null() { Value::String(String::new()) } else { value.clone() };
        data.insert(key.clone(), serde_json::from_value(serde_json::json!({ "base64": value }))?);
    }
    for (key, value) in secret["stringData"].as_object().into_iter().flatten() {
        data.insert(key.clone(), Plaintext::Base64(text(value).into_bytes()));
    }
    Ok(Secret {
        scope,
        namespace,
        name: flags.name.map_or_else(|| text(&metadata["name"]), str::to_owned),
        kind: text(&secret["type"]),
        data,
    })
}
