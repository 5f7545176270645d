//! What the watches read of an object: most of its metadata says who wrote which field, and is never made anything of.

use std::borrow::Cow;
use std::collections::BTreeMap;

use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{OwnerReference, Time};
use kube::Resource;
use kube::core::ObjectMeta;
use sealer_core::resource;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::crd::{GROUP, PLURAL, VERSION};

/// A Secret by its metadata; its values are not asked for.
#[derive(Debug, Clone, Deserialize)]
pub struct SeenSecret {
    /// Its metadata, as far as it is read.
    #[serde(deserialize_with = "metadata")]
    pub metadata: ObjectMeta,
}

/// A SealedSecret, however bad: one must not stop the others from being read. What anybody may write stays text here,
/// because what is nested too deeply can't be taken apart, and would end the whole list or watch.
#[derive(Debug, Clone, Deserialize)]
pub struct SeenSealed {
    /// Its metadata, as far as it is read.
    #[serde(deserialize_with = "metadata")]
    pub metadata: ObjectMeta,
    /// Its spec as it stands.
    #[serde(default)]
    pub spec: Box<RawValue>,
    /// Its status as it stands.
    #[serde(default)]
    pub status: Box<RawValue>,
}

/// The part of the metadata that is read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    name: Option<String>,
    namespace: Option<String>,
    uid: Option<String>,
    resource_version: Option<String>,
    generation: Option<i64>,
    creation_timestamp: Option<Time>,
    deletion_timestamp: Option<Time>,
    labels: Option<BTreeMap<String, String>>,
    annotations: Option<BTreeMap<String, String>>,
    owner_references: Option<Vec<OwnerReference>>,
}

fn metadata<'de, D: Deserializer<'de>>(from: D) -> Result<ObjectMeta, D::Error> {
    let read = Metadata::deserialize(from)?;
    Ok(ObjectMeta {
        name: read.name,
        namespace: read.namespace,
        uid: read.uid,
        resource_version: read.resource_version,
        generation: read.generation,
        creation_timestamp: read.creation_timestamp,
        deletion_timestamp: read.deletion_timestamp,
        labels: read.labels,
        annotations: read.annotations,
        owner_references: read.owner_references,
        ..ObjectMeta::default()
    })
}

impl Resource for SeenSecret {
    type DynamicType = ();
    type Scope = NamespaceResourceScope;

    fn kind((): &()) -> Cow<'_, str> {
        "Secret".into()
    }

    fn group((): &()) -> Cow<'_, str> {
        "".into()
    }

    fn version((): &()) -> Cow<'_, str> {
        "v1".into()
    }

    fn plural((): &()) -> Cow<'_, str> {
        "secrets".into()
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }

    fn metadata_api() -> bool {
        true
    }
}

impl Resource for SeenSealed {
    type DynamicType = ();
    type Scope = NamespaceResourceScope;

    fn kind((): &()) -> Cow<'_, str> {
        resource::KIND.into()
    }

    fn group((): &()) -> Cow<'_, str> {
        GROUP.into()
    }

    fn version((): &()) -> Cow<'_, str> {
        VERSION.into()
    }

    fn plural((): &()) -> Cow<'_, str> {
        PLURAL.into()
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

#[cfg(test)]
mod tests {
    use kube::core::{ObjectList, WatchEvent};
    use serde_json::json;

    use super::*;

    #[test]
    fn all_that_is_read_arrives_and_nothing_else_does() {
        let all = json!({
            "name": "db", "namespace": "payments", "uid": "u", "resourceVersion": "5", "generation": 2,
            "creationTimestamp": "2025-12-31T00:00:00Z", "deletionTimestamp": "2026-01-01T00:00:00Z", "labels": { "a": "b" }, "annotations": { "c": "d" },
            "ownerReferences": [{ "apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "x", "controller": true }],
        });
        let mut sent = all.clone();
        sent["managedFields"] = json!([{ "manager": "kubectl", "fieldsV1": { "f:data": {} } }]);
        sent["finalizers"] = json!(["x"]);
        let secret: SeenSecret = serde_json::from_value(json!({ "kind": "x", "metadata": sent })).unwrap();
        assert_eq!(serde_json::to_value(&secret.metadata).unwrap(), all);
        let sealed: SeenSealed =
            serde_json::from_value(json!({ "metadata": sent, "spec": [1], "x": 1 })).unwrap();
        assert_eq!(serde_json::to_value(&sealed.metadata).unwrap(), all);
        assert_eq!((sealed.spec.get(), sealed.status.get()), ("[1]", "null"));
    }

    #[test]
    fn one_that_is_nested_too_deeply_does_not_stop_the_others() {
        let metadata = r#""metadata":{"name":"db","namespace":"payments"}"#;
        let nested = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
        let deep = format!(
            r#"{{{metadata},"spec":{{"template":{{"metadata":{{"x":{nested}}}}}}},"status":{nested}}}"#
        );
        let list = format!(
            r#"{{"kind":"SealedSecretList","apiVersion":"v1","metadata":{{}},"items":[{deep},{{{metadata}}}]}}"#
        );
        let list: ObjectList<SeenSealed> = serde_json::from_str(&list).unwrap();
        assert_eq!(list.items.len(), 2);
        let event = format!(r#"{{"type":"MODIFIED","object":{deep}}}"#);
        let event: WatchEvent<SeenSealed> = serde_json::from_str(&event).unwrap();
        assert!(matches!(event, WatchEvent::Modified(_)));
    }

    #[test]
    fn secrets_are_asked_for_without_their_values() {
        assert!(SeenSecret::metadata_api());
        assert_eq!(SeenSecret::url_path(&(), Some("n")), "/api/v1/namespaces/n/secrets");
        assert!(!SeenSealed::metadata_api());
        let path = "/apis/bitnami.com/v1alpha1/namespaces/n/sealedsecrets";
        assert_eq!(SeenSealed::url_path(&(), Some("n")), path);
    }
}
