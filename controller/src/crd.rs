//! The resource definition, and the status it defines: upstream's, with a receipt.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::yaml;

/// The group of a SealedSecret.
pub const GROUP: &str = "bitnami.com";
/// The version of a SealedSecret.
pub const VERSION: &str = "v1alpha1";
/// SealedSecrets in URLs.
pub const PLURAL: &str = "sealedsecrets";

/// The status of a SealedSecret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// What holds; `Synced` first.
    #[serde(default)]
    pub conditions: Vec<Condition>,
    /// The generation that was judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// What a controller remembers of its own work; opaque, and gone where upstream's definition prunes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
}

/// One condition, in upstream's shape: it has a `lastUpdateTime` that Kubernetes' own has not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// Its type.
    #[serde(rename = "type")]
    pub type_: String,
    /// `True`, `False` or `Unknown`.
    pub status: String,
    /// When it was last written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_update_time: Option<String>,
    /// When its status last flipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_transition_time: Option<String>,
    /// Why, in one word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl Status {
    /// The condition that upstream defined.
    pub fn synced(&self) -> Option<&Condition> {
        self.conditions.iter().find(|condition| condition.type_ == "Synced")
    }
}

/// The definition as the YAML of `deploy/crd/sealedsecrets.yaml`.
pub fn yaml() -> String {
    format!(
        "# Generated from controller/src/crd.rs by `cargo xtask gen`; do not edit.\n{}",
        yaml::document(&definition())
    )
}

/// The definition. Written out rather than derived: it has to be upstream's to the letter where it decides what
/// the API server accepts, prunes and prints. One thing more is accepted: files from before `encryptedData`, which
/// have `data` only; they open still.
pub fn definition() -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": { "name": format!("{PLURAL}.{GROUP}") },
        "spec": {
            "group": GROUP,
            "names": {
                "kind": "SealedSecret",
                "listKind": "SealedSecretList",
                "plural": PLURAL,
                "singular": "sealedsecret",
            },
            "scope": "Namespaced",
            "versions": [{
                "name": VERSION,
                "served": true,
                "storage": true,
                "subresources": { "status": {} },
                "additionalPrinterColumns": [
                    { "name": "Status", "type": "string", "jsonPath": ".status.conditions[0].message" },
                    { "name": "Synced", "type": "string", "jsonPath": ".status.conditions[0].status" },
                    { "name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp" },
                ],
                "schema": { "openAPIV3Schema": {
                    "description": "A Secret whose values only the controller of this cluster can open; safe in any repository.",
                    "type": "object",
                    "required": ["spec"],
                    "properties": {
                        "apiVersion": { "type": "string" },
                        "kind": { "type": "string" },
                        "metadata": { "type": "object" },
                        "spec": spec(),
                        "status": status(),
                    },
                } },
            }],
        },
    })
}

fn spec() -> Value {
    json!({
        "description": "What is sealed, and what the Secret looks like besides.",
        "type": "object",
        "anyOf": [{ "required": ["encryptedData"] }, { "required": ["data"] }],
        "properties": {
            "data": {
                "description": "Deprecated: a whole Secret under one envelope. Use encryptedData.",
                "type": "string",
                "format": "byte",
            },
            "encryptedData": {
                "description": "The sealed values by their keys, each the base64 of one envelope.",
                "type": "object",
                "additionalProperties": { "type": "string" },
                "x-kubernetes-preserve-unknown-fields": true,
            },
            "template": template(),
        },
    })
}

fn template() -> Value {
    json!({
        "description": "Everything about the Secret that is not secret.",
        "type": "object",
        "properties": {
            "type": { "description": "The type of the Secret.", "type": "string" },
            "immutable": {
                "description": "Whether the values of the Secret can't be changed once it is made.",
                "type": "boolean",
            },
            "data": {
                "description": "Templates by their keys, rendered with the opened values.",
                "type": "object",
                "nullable": true,
                "additionalProperties": { "type": "string" },
            },
            "metadata": {
                "description": "Labels, annotations and owners of the Secret.",
                "type": "object",
                "nullable": true,
                "x-kubernetes-preserve-unknown-fields": true,
                "properties": {
                    "annotations": { "type": "object", "additionalProperties": { "type": "string" } },
                    "finalizers": { "type": "array", "items": { "type": "string" } },
                    "labels": { "type": "object", "additionalProperties": { "type": "string" } },
                    "name": { "type": "string" },
                    "namespace": { "type": "string" },
                },
            },
        },
    })
}

fn status() -> Value {
    json!({
        "description": "What the controller last found.",
        "type": "object",
        "properties": {
            "conditions": {
                "description": "What holds; Synced first.",
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["status", "type"],
                    "properties": {
                        "lastTransitionTime": {
                            "description": "When the status last flipped.",
                            "type": "string",
                            "format": "date-time",
                        },
                        "lastUpdateTime": {
                            "description": "When the condition was last written.",
                            "type": "string",
                            "format": "date-time",
                        },
                        "message": { "description": "Why, in a sentence.", "type": "string" },
                        "reason": { "description": "Why, in one word.", "type": "string" },
                        "status": { "description": "True, False or Unknown.", "type": "string" },
                        "type": { "description": "Synced, Ready, Stalled or Reconciling.", "type": "string" },
                    },
                },
            },
            "observedGeneration": {
                "description": "The generation of the spec that the conditions speak of.",
                "type": "integer",
                "format": "int64",
            },
            "receipt": {
                "description": "What the controller remembers of its own work; opaque.",
                "type": "string",
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;

    use super::*;

    #[test]
    fn the_committed_definition_is_the_generated_one() {
        let committed = include_str!("../../deploy/crd/sealedsecrets.yaml");
        assert_eq!(committed, yaml(), "run `cargo xtask gen`");
    }

    #[test]
    fn the_yaml_reads_back_as_the_definition_that_kubernetes_knows() {
        let read: Value = serde_saphyr::from_str(&yaml()).unwrap();
        assert_eq!(read, definition());
        let typed: CustomResourceDefinition = serde_json::from_value(read.clone()).unwrap();
        assert_eq!(serde_json::to_value(typed).unwrap(), read, "a field that Kubernetes does not know");
    }

    #[test]
    fn the_api_server_accepts_prunes_and_prints_as_with_upstreams() {
        let definition = definition();
        let version = &definition["spec"]["versions"][0];
        let at = |path: &str| version.pointer(path).unwrap_or_else(|| panic!("{path}")).clone();
        assert_eq!(at("/additionalPrinterColumns/0/jsonPath"), ".status.conditions[0].message");
        assert_eq!(at("/additionalPrinterColumns/1/jsonPath"), ".status.conditions[0].status");
        assert_eq!(at("/subresources/status"), json!({}));
        let spec = "/schema/openAPIV3Schema/properties/spec";
        let either = json!([{ "required": ["encryptedData"] }, { "required": ["data"] }]);
        assert_eq!(
            at(&format!("{spec}/anyOf")),
            either,
            "upstream's definition refuses files with data only"
        );
        assert_eq!(at(&format!("{spec}/properties/data/format")), "byte");
        for preserved in ["encryptedData", "template/properties/metadata"] {
            let path = format!("{spec}/properties/{preserved}/x-kubernetes-preserve-unknown-fields");
            assert_eq!(at(&path), true, "{preserved}");
        }
        for nullable in ["data", "metadata"] {
            assert_eq!(
                at(&format!("{spec}/properties/template/properties/{nullable}/nullable")),
                true,
                "{nullable}"
            );
        }
    }

    #[test]
    fn a_status_of_upstreams_is_read_and_unknown_fields_are_no_obstacle() {
        let theirs = json!({
            "conditions": [{ "type": "Synced", "status": "True", "message": "", "new": 1 }],
            "observedGeneration": 4,
        });
        let status: Status = serde_json::from_value(theirs).unwrap();
        assert_eq!(status.synced().unwrap().status, "True");
        assert_eq!(status.observed_generation, Some(4));
    }
}
