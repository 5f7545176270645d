//! What is made of objects, and of bad ones.

use serde_json::json;

use super::*;
use crate::watch::packed::sealed;

#[test]
fn a_whole_object_is_read() {
    let read = sealed(json!({
        "apiVersion": "bitnami.com/v1alpha1",
        "kind": "SealedSecret",
        "metadata": {
            "name": "db", "namespace": "payments", "uid": "u1", "resourceVersion": "5", "generation": 2,
            "creationTimestamp": null,
            "annotations": { "sealedsecrets.bitnami.com/namespace-wide": "true" },
        },
        "spec": {
            "encryptedData": { "foo": "AgBv" },
            "template": {
                "data": null, "type": "kubernetes.io/tls", "immutable": true,
                "metadata": {
                    "creationTimestamp": null, "name": "db", "labels": { "a": "b" }, "finalizers": ["no"],
                    "ownerReferences": [{ "apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "x" }],
                },
            },
        },
        "status": { "observedGeneration": 2, "conditions": [{ "type": "Synced", "status": "True" }] },
    }));
    assert_eq!(read.key.to_string(), "payments/db");
    assert_eq!((read.uid.as_str(), read.generation, read.scope), ("u1", 2, Scope::NamespaceWide));
    assert_eq!(read.status.unwrap().synced().unwrap().status, "True");
    let content = read.content.unwrap();
    assert_eq!(content.binding().unwrap().label(), "payments");
    assert_eq!(content.encrypted_data["foo"], "AgBv");
    assert_eq!(content.template.metadata.labels["a"], "b");
    assert_eq!(content.template.metadata.owner_references[0].kind, "Pod");
    assert!(content.template.metadata.finalizers.is_empty());
    assert_eq!(content.template.immutable, Some(true));
    assert_eq!(content.deprecated_data, None);
}

#[test]
fn a_malformed_spec_is_a_fact_that_names_the_field_and_quotes_nothing() {
    for (spec, message) in [
        (json!("CANARY"), "spec is not a map"),
        (json!({ "encryptedData": "CANARY" }), "spec.encryptedData is not a map of strings"),
        (json!({ "encryptedData": ["CANARY"] }), "spec.encryptedData is not a map of strings"),
        (json!({ "encryptedData": { "a": { "CANARY": 1 } } }), "spec.encryptedData is not a map of strings"),
        (json!({ "data": 1 }), "spec.data is not a string"),
        (json!({ "template": [] }), "spec.template is not a map"),
        (json!({ "template": { "immutable": "CANARY" } }), "spec.template.immutable is not true or false"),
        (
            json!({ "template": { "metadata": { "labels": { "a": 1 } } } }),
            "spec.template.metadata.labels is not a map of strings",
        ),
        (
            json!({ "template": { "metadata": { "ownerReferences": "CANARY" } } }),
            "spec.template.metadata.ownerReferences is not a list of owners",
        ),
    ] {
        let body =
            json!({ "metadata": { "name": "db", "namespace": "payments", "generation": 1 }, "spec": spec });
        let read = sealed(body);
        assert_eq!(read.content.unwrap_err().to_string(), message);
        assert_eq!(read.generation, 1);
    }
}

#[test]
fn an_object_without_a_spec_seals_nothing() {
    let read = sealed(json!({ "metadata": { "name": "db", "namespace": "payments" } }));
    assert!(read.content.unwrap().encrypted_data.is_empty());
    assert_eq!(read.status, None);
}

#[test]
fn observed_metadata_says_who_owns_and_what_is_handed_over() {
    let meta = |owners: Value, annotations: Value| -> ObjectMeta {
        serde_json::from_value(json!({ "name": "db", "ownerReferences": owners, "annotations": annotations }))
            .unwrap()
    };
    let ours = json!([{ "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "name": "db", "uid": "u", "controller": true }]);
    assert!(observed(&meta(ours, json!(null))).owned);
    assert!(!observed(&meta(json!([]), json!(null))).owned);
    assert!(observed(&meta(json!(null), json!({ "sealedsecrets.bitnami.com/managed": "true" }))).managed);
    assert!(!observed(&meta(json!(null), json!({ "sealedsecrets.bitnami.com/patch": "true" }))).managed);
}

#[test]
fn a_secret_comes_back_from_a_write_with_everything_that_is_not_ours() {
    let theirs: Secret = serde_json::from_value(json!({
        "metadata": {
            "name": "db", "namespace": "payments", "uid": "s", "resourceVersion": "9",
            "finalizers": ["keep.me/please"], "labels": { "old": "1" },
        },
        "data": { "foo": "b2xk" },
    }))
    .unwrap();
    let (metadata, facts) = existing(theirs);
    assert_eq!((facts.type_.as_str(), facts.immutable), ("Opaque", false));
    assert_eq!(facts.data["foo"].expose(), b"old");
    let write = Write {
        labels: BTreeMap::new(),
        annotations: BTreeMap::new(),
        owners: vec![],
        type_: facts.type_,
        immutable: Some(false),
        data: [("foo".to_owned(), Plaintext::new(b"new".to_vec()))].into(),
    };
    let sent = serde_json::to_value(secret(metadata, write)).unwrap();
    assert_eq!(
        sent,
        json!({
            "apiVersion": "v1", "kind": "Secret", "type": "Opaque", "data": { "foo": "bmV3" },
            "metadata": {
                "name": "db", "namespace": "payments", "uid": "s", "resourceVersion": "9",
                "finalizers": ["keep.me/please"],
            },
        })
    );
}
