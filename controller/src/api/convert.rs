//! Kubernetes' own types to the facts and back. A bad object becomes a fact too, never an error of the watch.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference as KubeOwner, Time};
use sealer_core::{Metadata, OwnerReference, Plaintext, Scope, SealedSecret, Template, Timestamp};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use zeroize::Zeroize as _;

use crate::decide::Write;
use crate::facts::{
    DEFAULT_TYPE, Existing, MANAGED_ANNOTATION, Malformed, ObjectKey, Observed, Sealed, SecretVersion,
    controller, is_sealed_secret, says,
};

/// Where an object is, by its metadata.
pub fn key(meta: &ObjectMeta) -> ObjectKey {
    ObjectKey {
        namespace: meta.namespace.clone().unwrap_or_default(),
        name: meta.name.clone().unwrap_or_default(),
    }
}

/// A SealedSecret. Only its own metadata has to be sound, which the API server sees to.
pub fn sealed(meta: ObjectMeta, spec: &RawValue, status: &RawValue) -> Sealed {
    let key = key(&meta);
    let annotations = meta.annotations.unwrap_or_default();
    let scope = Scope::from_annotations(&annotations);
    let own = Metadata {
        name: key.name.clone(),
        namespace: key.namespace.clone(),
        labels: meta.labels.unwrap_or_default(),
        annotations,
        ..Metadata::default()
    };
    Sealed {
        uid: meta.uid.unwrap_or_default(),
        created: meta.creation_timestamp.as_ref().map_or(Timestamp::from_unix_seconds(0), moment),
        resource_version: meta.resource_version.unwrap_or_default(),
        generation: meta.generation.unwrap_or_default(),
        deleting: meta.deletion_timestamp.is_some(),
        scope,
        content: read(spec).and_then(|spec| content(own, &spec)),
        status: serde_json::from_str(status.get()).ok(),
        key,
    }
}

/// The API server takes what is nested thousands of levels deep.
fn read(spec: &RawValue) -> Result<Value, Malformed> {
    serde_json::from_str(spec.get())
        .map_err(|_| Malformed { field: "spec", expected: "a map of fewer than 128 levels" })
}

/// What is sealed, from the spec as it stands. Null is as good as absent, and unknown fields are not looked at.
pub fn content(metadata: Metadata, spec: &Value) -> Result<SealedSecret, Malformed> {
    let spec = map(spec, "spec")?;
    let template = map(field(spec, "template"), "spec.template")?;
    let meta = map(field(template, "metadata"), "spec.template.metadata")?;
    let template_metadata = Metadata {
        labels: strings(field(meta, "labels"), "spec.template.metadata.labels")?,
        annotations: strings(field(meta, "annotations"), "spec.template.metadata.annotations")?,
        owner_references: template_owners(field(meta, "ownerReferences"))?,
        ..Metadata::default()
    };
    Ok(SealedSecret {
        metadata,
        encrypted_data: strings(field(spec, "encryptedData"), "spec.encryptedData")?,
        deprecated_data: text(field(spec, "data"), "spec.data")?.filter(|data| !data.is_empty()),
        template: Template {
            metadata: template_metadata,
            type_: text(field(template, "type"), "spec.template.type")?,
            immutable: match field(template, "immutable") {
                Value::Null => None,
                Value::Bool(immutable) => Some(*immutable),
                _ => return Err(Malformed { field: "spec.template.immutable", expected: "true or false" }),
            },
            data: strings(field(template, "data"), "spec.template.data")?,
        },
    })
}

fn field<'a>(map: Option<&'a Map<String, Value>>, name: &str) -> &'a Value {
    map.and_then(|map| map.get(name)).unwrap_or(&Value::Null)
}

fn map<'a>(value: &'a Value, field: &'static str) -> Result<Option<&'a Map<String, Value>>, Malformed> {
    match value {
        Value::Null => Ok(None),
        Value::Object(map) => Ok(Some(map)),
        _ => Err(Malformed { field, expected: "a map" }),
    }
}

fn text(value: &Value, field: &'static str) -> Result<Option<String>, Malformed> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        _ => Err(Malformed { field, expected: "a string" }),
    }
}

fn strings(value: &Value, field: &'static str) -> Result<BTreeMap<String, String>, Malformed> {
    let malformed = Malformed { field, expected: "a map of strings" };
    let Some(map) = map(value, field).map_err(|_| malformed.clone())? else { return Ok(BTreeMap::new()) };
    map.iter()
        .map(|(key, value)| match value {
            Value::String(text) => Ok((key.clone(), text.clone())),
            _ => Err(malformed.clone()),
        })
        .collect()
}

fn template_owners(value: &Value) -> Result<Vec<OwnerReference>, Malformed> {
    let read: Option<Vec<KubeOwner>> = serde_json::from_value(value.clone())
        // The parser's own words could quote the object.
        .map_err(|_| Malformed {
            field: "spec.template.metadata.ownerReferences",
            expected: "a list of owners",
        })?;
    Ok(read.unwrap_or_default().into_iter().map(owner).collect())
}

fn owner(from: KubeOwner) -> OwnerReference {
    OwnerReference {
        api_version: from.api_version,
        kind: from.kind,
        name: from.name,
        uid: from.uid,
        controller: from.controller,
        block_owner_deletion: from.block_owner_deletion,
    }
}

fn kube_owner(from: OwnerReference) -> KubeOwner {
    KubeOwner {
        api_version: from.api_version,
        kind: from.kind,
        name: from.name,
        uid: from.uid,
        controller: from.controller,
        block_owner_deletion: from.block_owner_deletion,
    }
}

/// The owners of an object.
pub fn owners(meta: &ObjectMeta) -> Vec<OwnerReference> {
    meta.owner_references.iter().flatten().cloned().map(owner).collect()
}

/// A Secret from the metadata watch, trimmed to what the decisions need: there may be tens of thousands.
pub fn observed(meta: &ObjectMeta) -> Observed {
    let owners = owners(meta);
    let name = meta.name.as_deref().unwrap_or_default();
    Observed {
        version: version(meta),
        owned: controller(&owners).is_some_and(|owner| is_sealed_secret(owner, name)),
        managed: meta.annotations.as_ref().is_some_and(|annotations| says(annotations, MANAGED_ANNOTATION)),
    }
}

/// Which version of a Secret this is.
pub fn version(meta: &ObjectMeta) -> SecretVersion {
    SecretVersion {
        uid: meta.uid.clone().unwrap_or_default(),
        resource_version: meta.resource_version.clone().unwrap_or_default(),
    }
}

/// A moment of the API server's. Nothing there is from before the epoch.
pub fn moment(time: &Time) -> Timestamp {
    Timestamp::from_unix_seconds(u64::try_from(time.0.as_second()).unwrap_or_default())
}

/// A Secret that was read, taken apart: the metadata, which a write has to bring back, and the facts.
pub fn existing(secret: Secret) -> (ObjectMeta, Existing) {
    let Secret { metadata, data, type_, immutable, string_data: _ } = secret;
    let facts = Existing {
        version: version(&metadata),
        deleting: metadata.deletion_timestamp.is_some(),
        owners: owners(&metadata),
        type_: type_.filter(|type_| !type_.is_empty()).unwrap_or_else(|| DEFAULT_TYPE.to_owned()),
        immutable: immutable == Some(true),
        labels: metadata.labels.clone().unwrap_or_default(),
        annotations: metadata.annotations.clone().unwrap_or_default(),
        data: data.into_iter().flatten().map(|(key, value)| (key, Plaintext::new(value.0))).collect(),
    };
    (metadata, facts)
}

/// The Secret to send. What the metadata holds besides labels, annotations and owners stays as it is.
pub fn secret(metadata: ObjectMeta, write: Write) -> Secret {
    let Write { labels, annotations, owners, type_, immutable, data } = write;
    Secret {
        metadata: ObjectMeta {
            labels: Some(labels).filter(|map| !map.is_empty()),
            annotations: Some(annotations).filter(|map| !map.is_empty()),
            owner_references: Some(owners.into_iter().map(kube_owner).collect::<Vec<_>>())
                .filter(|owners| !owners.is_empty()),
            ..metadata
        },
        type_: Some(type_),
        immutable: immutable.filter(|immutable| *immutable),
        // Exposed to the request to the API server; the caller wipes this copy after sending it.
        data: Some(data.into_iter().map(|(key, value)| (key, ByteString(value.expose().to_vec()))).collect()),
        string_data: None,
    }
}

/// Overwrites the values of a Secret that was sent or received.
pub fn wipe(mut secret: Secret) {
    for value in secret.data.iter_mut().flat_map(BTreeMap::values_mut) {
        value.0.zeroize();
    }
}

#[cfg(test)]
mod tests;
