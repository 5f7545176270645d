//! A SealedSecret between passes: what every event is compared with, and the rest as text.
//!
//! Taken apart it needs several times the memory, and there may be thousands that nobody touches for months.

use std::collections::BTreeMap;

use kube::core::ObjectMeta;
use sealer_core::{Scope, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::api::convert::{self, moment};
use crate::facts::{ObjectKey, Sealed, Version};
use crate::watch::seen::SeenSealed;

/// Holds the whole object once more, and nothing reads it.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// A SealedSecret between passes.
#[derive(Debug)]
pub struct Packed {
    /// Its UID.
    pub uid: Box<str>,
    /// The version that was seen.
    pub resource_version: Box<str>,
    /// The generation of its spec.
    pub generation: i64,
    /// Whether it is being deleted.
    pub deleting: bool,
    /// Its scope.
    pub scope: Scope,
    /// The generation that its status speaks of.
    pub judged: Option<i64>,
    rest: Box<str>,
}

/// What only a pass needs.
#[derive(Serialize, Deserialize)]
struct Rest {
    /// In seconds since 1970.
    created: u64,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
    spec: Box<RawValue>,
    status: Box<RawValue>,
}

/// The part of a status that is needed between passes.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Judged {
    observed_generation: Option<i64>,
}

impl Packed {
    /// Packs an object from the watch.
    pub fn new(object: SeenSealed) -> Self {
        let SeenSealed { metadata, spec, status } = object;
        let mut annotations = metadata.annotations.unwrap_or_default();
        annotations.remove(LAST_APPLIED);
        // A status of another shape speaks of no generation.
        let judged: Judged = serde_json::from_str(status.get()).unwrap_or_default();
        let created = metadata.creation_timestamp.as_ref().map_or(0, |time| moment(time).unix_seconds());
        let rest = Rest { created, labels: metadata.labels.unwrap_or_default(), annotations, spec, status };
        Self {
            uid: metadata.uid.unwrap_or_default().into(),
            resource_version: metadata.resource_version.unwrap_or_default().into(),
            generation: metadata.generation.unwrap_or_default(),
            deleting: metadata.deletion_timestamp.is_some(),
            scope: Scope::from_annotations(&rest.annotations),
            judged: judged.observed_generation,
            rest: serde_json::to_string(&rest).expect("maps with text for keys can be written").into(),
        }
    }

    /// The object again. `key` says where it is.
    pub fn unpack(&self, key: &ObjectKey) -> Sealed {
        let rest: Rest = serde_json::from_str(&self.rest).expect("`new` has written it");
        let Rest { created, labels, annotations, spec, status } = rest;
        let metadata = ObjectMeta {
            name: Some(key.name.clone()),
            namespace: Some(key.namespace.clone()),
            uid: Some(self.uid.to_string()),
            resource_version: Some(self.resource_version.to_string()),
            generation: Some(self.generation),
            labels: Some(labels),
            annotations: Some(annotations),
            ..ObjectMeta::default()
        };
        let created = Timestamp::from_unix_seconds(created);
        Sealed { deleting: self.deleting, created, ..convert::sealed(metadata, &spec, &status) }
    }

    /// What of it matters to its Secret.
    pub fn version(&self) -> Version {
        Version { uid: self.uid.to_string(), generation: self.generation, scope: self.scope }
    }

    /// Whether nothing that matters to its Secret differs.
    pub fn is_like(&self, other: &Self) -> bool {
        self.uid == other.uid
            && self.generation == other.generation
            && self.scope == other.scope
            && self.deleting == other.deleting
    }
}

/// A SealedSecret as a pass meets it, from its JSON.
#[cfg(test)]
pub(crate) fn sealed(body: serde_json::Value) -> Sealed {
    let object: SeenSealed = serde_json::from_value(body).unwrap();
    let key = convert::key(&object.metadata);
    Packed::new(object).unpack(&key)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn object() -> Value {
        json!({
            "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
            "metadata": {
                "name": "db", "namespace": "payments", "uid": "u", "resourceVersion": "5", "generation": 2,
                "creationTimestamp": "2026-01-02T03:04:05Z",
                "labels": { "app.kubernetes.io/instance": "shop" },
                "annotations": { "sealedsecrets.bitnami.com/namespace-wide": "true" },
            },
            "spec": { "encryptedData": { "foo": "AgBv" }, "template": { "type": "kubernetes.io/tls", "immutable": true } },
            "status": { "observedGeneration": 2, "conditions": [{ "type": "Synced", "status": "True" }], "receipt": "r" },
        })
    }

    fn both_ways(object: &Value) -> (Packed, Sealed, Sealed) {
        let object: SeenSealed = serde_json::from_value(object.clone()).unwrap();
        let key = convert::key(&object.metadata);
        let straight = convert::sealed(object.metadata.clone(), &object.spec, &object.status);
        let packed = Packed::new(object);
        let back = packed.unpack(&key);
        (packed, straight, back)
    }

    #[test]
    fn what_is_unpacked_is_what_was_packed() {
        let mut bad = object();
        bad["spec"] = json!([18_446_744_073_709_551_615_u64, -1.5e300, null, "\u{1f511}\n"]);
        bad["status"] = json!("none");
        let mut going = object();
        going["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
        let bare = json!({ "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "metadata": { "name": "db" } });
        for object in [object(), bad, going, bare] {
            let (packed, straight, back) = both_ways(&object);
            assert_eq!(back, straight, "{object}");
            assert_eq!(packed.version(), straight.version());
            assert_eq!(packed.deleting, straight.deleting);
            let created = object["metadata"]["creationTimestamp"].is_string();
            assert_eq!(back.created.unix_seconds(), if created { 1_767_323_045 } else { 0 });
            assert_eq!(packed.judged, straight.status.and_then(|status| status.observed_generation));
        }
    }

    #[test]
    fn what_is_nested_too_deeply_is_a_fact_too() {
        let nested = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
        let text = format!(
            r#"{{"metadata":{{"name":"db","namespace":"payments"}},"spec":{{"x":{nested}}},"status":{nested}}}"#
        );
        let object: SeenSealed = serde_json::from_str(&text).unwrap();
        let key = convert::key(&object.metadata);
        let back = Packed::new(object).unpack(&key);
        assert_eq!(back.content.unwrap_err().to_string(), "spec is not a map of fewer than 128 levels");
        assert_eq!(back.status, None);
    }

    #[test]
    fn the_copy_that_kubectl_leaves_is_not_kept() {
        let mut applied = object();
        applied["metadata"]["annotations"][LAST_APPLIED] = json!("AgBv".repeat(1000));
        let (packed, _, back) = both_ways(&applied);
        assert!(packed.rest.len() < 1000);
        assert_eq!(back, both_ways(&object()).1);
    }

    #[test]
    fn only_what_matters_to_the_secret_makes_it_another() {
        let like = |change: fn(&mut Value)| {
            let mut other = object();
            change(&mut other);
            both_ways(&object()).0.is_like(&both_ways(&other).0)
        };
        assert!(like(|object| object["metadata"]["resourceVersion"] = json!("6")));
        assert!(like(|object| object["status"] = json!({})));
        assert!(like(|object| object["metadata"]["labels"] = json!({})));
        assert!(!like(|object| object["metadata"]["uid"] = json!("u2")));
        assert!(!like(|object| object["metadata"]["generation"] = json!(3)));
        assert!(!like(|object| object["metadata"]["annotations"] = json!({})));
        assert!(!like(|object| object["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z")));
    }
}
