//! Writes SealedSecrets and Secrets as YAML or JSON in upstream's shape.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use self::value::{Fields, Value};
use crate::base64;
use crate::resource::{API_VERSION, KIND, Metadata, OwnerReference, SealedSecret, Template};
use crate::secret::PlainSecret;

mod json;
mod value;
mod yaml;

pub(crate) use json::text as json_text;
pub(crate) use value::is_less;
pub(crate) use yaml::on_one_line;

/// One YAML document, without a `---` before it; fields in alphabetical order, as upstream's.
pub fn to_yaml(sealed: &SealedSecret) -> String {
    yaml::write(&sealed_fields(sealed), 0)
}

/// Indented JSON with a line feed at its end; fields in the order of upstream's Go types.
pub fn to_json(sealed: &SealedSecret) -> String {
    json::write(&sealed_fields(sealed), 0)
}

/// A Secret in the clear as one YAML document, without a `---` before it.
pub fn secret_to_yaml(secret: &PlainSecret) -> Zeroizing<String> {
    secret_text(secret, yaml::write)
}

/// A Secret in the clear as indented JSON with a line feed at its end.
pub fn secret_to_json(secret: &PlainSecret) -> Zeroizing<String> {
    secret_text(secret, json::write)
}

fn sealed_fields(sealed: &SealedSecret) -> Fields<'_> {
    let mut spec = vec![("template", template(&sealed.template))];
    if let Some(data) = &sealed.deprecated_data {
        spec.push(("data", Value::Text(data)));
    }
    spec.push(("encryptedData", texts(&sealed.encrypted_data)));
    vec![
        ("kind", Value::Text(KIND)),
        ("apiVersion", Value::Text(API_VERSION)),
        ("metadata", metadata(&sealed.metadata)),
        ("spec", Value::Map(spec)),
    ]
}

fn template(template: &Template) -> Value<'_> {
    let mut fields = vec![("metadata", metadata(&template.metadata))];
    if let Some(type_) = &template.type_ {
        fields.push(("type", Value::Text(type_)));
    }
    if let Some(immutable) = template.immutable {
        fields.push(("immutable", Value::Boolean(immutable)));
    }
    push_texts(&mut fields, "data", &template.data);
    Value::Map(fields)
}

fn secret_text(secret: &PlainSecret, write: fn(&[(&str, Value<'_>)], usize) -> String) -> Zeroizing<String> {
    // Exposed to be written down: whoever calls this wants the Secret in the clear.
    let encoded: BTreeMap<&str, Zeroizing<String>> = secret
        .data
        .iter()
        .map(|(key, value)| (key.as_str(), Zeroizing::new(base64::encode(value.expose()))))
        .collect();
    let mut fields = vec![
        ("kind", Value::Text("Secret")),
        ("apiVersion", Value::Text("v1")),
        ("metadata", metadata(&secret.metadata)),
    ];
    if let Some(immutable) = secret.immutable {
        fields.push(("immutable", Value::Boolean(immutable)));
    }
    if !encoded.is_empty() {
        fields.push((
            "data",
            Value::Map(encoded.iter().map(|(key, value)| (*key, Value::Text(value))).collect()),
        ));
    }
    if let Some(type_) = &secret.type_ {
        fields.push(("type", Value::Text(type_)));
    }
    // Enough room for all of it, so that no copy is left behind by a text that grows.
    let room: usize = encoded.iter().map(|(key, value)| 2 * key.len() + value.len() + 16).sum();
    Zeroizing::new(write(&fields, room))
}

fn metadata(metadata: &Metadata) -> Value<'_> {
    let mut fields = Vec::new();
    for (name, text) in [
        ("name", &metadata.name),
        ("generateName", &metadata.generate_name),
        ("namespace", &metadata.namespace),
    ] {
        if !text.is_empty() {
            fields.push((name, Value::Text(text)));
        }
    }
    push_texts(&mut fields, "labels", &metadata.labels);
    push_texts(&mut fields, "annotations", &metadata.annotations);
    if !metadata.owner_references.is_empty() {
        fields.push(("ownerReferences", Value::List(metadata.owner_references.iter().map(owner).collect())));
    }
    if !metadata.finalizers.is_empty() {
        let finalizers = metadata.finalizers.iter().map(|text| Value::Text(text)).collect();
        fields.push(("finalizers", Value::List(finalizers)));
    }
    Value::Map(fields)
}

fn owner(owner: &OwnerReference) -> Value<'_> {
    let mut fields = vec![
        ("apiVersion", Value::Text(&owner.api_version)),
        ("kind", Value::Text(&owner.kind)),
        ("name", Value::Text(&owner.name)),
        ("uid", Value::Text(&owner.uid)),
    ];
    for (name, flag) in [("controller", owner.controller), ("blockOwnerDeletion", owner.block_owner_deletion)]
    {
        if let Some(flag) = flag {
            fields.push((name, Value::Boolean(flag)));
        }
    }
    Value::Map(fields)
}

fn push_texts<'a>(fields: &mut Fields<'a>, name: &'a str, map: &'a BTreeMap<String, String>) {
    if !map.is_empty() {
        fields.push((name, texts(map)));
    }
}

fn texts(map: &BTreeMap<String, String>) -> Value<'_> {
    Value::Map(map.iter().map(|(key, text)| (key.as_str(), Value::Text(text))).collect())
}
