//! How SealedSecrets are read: visible errors where upstream drops content, tolerance where Go has it.

use sealer_core::manifest::{Problem, read_sealed_secrets};
use sealer_core::{Policy, Scope, SealedSecret};

const HEAD: &str =
    "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db, namespace: payments}\n";

fn one(text: &str, policy: Policy) -> SealedSecret {
    let mut sealed = read_sealed_secrets(text, policy).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(sealed.len(), 1, "{text}");
    sealed.remove(0)
}

#[test]
fn everything_of_a_sealed_secret_is_read() {
    let text = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: db\n  namespace: payments\n  \
                annotations: {sealedsecrets.bitnami.com/namespace-wide: \"true\"}\n  uid: kept-out\nspec:\n  \
                encryptedData:\n    password: AgB=\n  data: AgC=\n  template:\n    type: Opaque\n    immutable: true\n    \
                data: {url: \"{{ .password }}\"}\n    metadata:\n      creationTimestamp: null\n      labels: {app: db}\n      \
                finalizers: [f]\n      ownerReferences: [{apiVersion: v1, kind: Pod, name: p, uid: u, controller: true}]\n\
                status: {conditions: []}\n";
    for policy in [Policy::Strict, Policy::Kubeseal] {
        let sealed = one(text, policy);
        assert_eq!(sealed.scope(), Scope::NamespaceWide);
        assert_eq!((sealed.metadata.name.as_str(), sealed.metadata.namespace.as_str()), ("db", "payments"));
        assert_eq!(sealed.encrypted_data["password"], "AgB=");
        assert_eq!(sealed.deprecated_data.as_deref(), Some("AgC="));
        assert_eq!(sealed.template.type_.as_deref(), Some("Opaque"));
        assert_eq!(sealed.template.immutable, Some(true));
        assert_eq!(sealed.template.data["url"], "{{ .password }}");
        assert_eq!(sealed.template.metadata.labels["app"], "db");
        assert_eq!(sealed.template.metadata.finalizers, ["f"]);
        let owner = &sealed.template.metadata.owner_references[0];
        assert_eq!(
            (owner.uid.as_str(), owner.controller, owner.block_owner_deletion),
            ("u", Some(true), None)
        );
    }
}

#[test]
fn nulls_are_tolerated_where_go_tolerates_them() {
    for spec in [
        "spec: null\n",
        "spec: {encryptedData: null, data: null, template: null}\n",
        "spec: {template: {metadata: null, type: null, immutable: null, data: null}}\n",
        "spec: {template: {metadata: {labels: null, annotations: null, finalizers: null, ownerReferences: null}}}\n",
        "",
    ] {
        for policy in [Policy::Strict, Policy::Kubeseal] {
            let sealed = one(&format!("{HEAD}{spec}"), policy);
            assert!(sealed.encrypted_data.is_empty() && sealed.template.type_.is_none(), "{spec}");
        }
    }
}

#[test]
fn what_upstream_would_drop_in_silence_is_an_error() {
    for (rest, message) in [
        ("spec: {encryptedData: AgB=}\n", "line 4, column 23: a mapping (`name: value`) is expected here"),
        ("spec: {encryptedData: [AgB=]}\n", "line 4, column 23: a mapping (`name: value`) is expected here"),
        ("spec: {encryptedData: {a: {b: c}}}\n", "line 4, column 27: a text is expected here"),
        ("spec: {encryptedData: {a: [AgB=]}}\n", "line 4, column 27: a text is expected here"),
        ("spec: AgB=\n", "line 4, column 7: a mapping (`name: value`) is expected here"),
        ("spec: {template: AgB=}\n", "line 4, column 18: a mapping (`name: value`) is expected here"),
        ("--- AgB=\n", "line 4, column 1: only a comment may follow `---` on its line"),
    ] {
        for policy in [Policy::Strict, Policy::Kubeseal] {
            let error = read_sealed_secrets(&format!("{HEAD}{rest}"), policy).expect_err(rest);
            assert_eq!(error.to_string(), message, "{policy:?} {rest}");
        }
    }
    let json = r#"{"kind":"SealedSecret","spec":{"encryptedData":{"a":5}}}"#;
    assert_eq!(read_sealed_secrets(json, Policy::Strict).unwrap_err().code(), "wrong-type");
}

#[test]
fn other_objects_and_nothing_at_all_are_told_apart() {
    for (text, message) in [
        ("kind: Secret\n", "line 1, column 7: this is a plain Secret, not a SealedSecret"),
        ("kind: hunter2\n", "line 1, column 7: this is another kind of object, not a SealedSecret"),
        ("", "no SealedSecret found; make sure that the input is not empty"),
        ("# nothing\n---\n", "no SealedSecret found; make sure that the input is not empty"),
    ] {
        for policy in [Policy::Strict, Policy::Kubeseal] {
            assert_eq!(read_sealed_secrets(text, policy).unwrap_err().to_string(), message);
        }
    }
    let kindless = "metadata: {name: db}\nspec: {encryptedData: {a: AgB=}}\n";
    assert!(read_sealed_secrets(kindless, Policy::Kubeseal).is_ok());
    let error = read_sealed_secrets(kindless, Policy::Strict).unwrap_err();
    assert_eq!(error.problem(), Some(&Problem::NoKind { kind: "SealedSecret" }));
}

#[test]
fn duplicates_are_refused_or_the_last_one_wins() {
    let text = format!("{HEAD}spec:\n  encryptedData:\n    a: first\n    a: last\n");
    assert_eq!(one(&text, Policy::Kubeseal).encrypted_data["a"], "last");
    assert_eq!(
        read_sealed_secrets(&text, Policy::Strict).unwrap_err().to_string(),
        "line 7, column 5: this key is already defined on line 6"
    );
}

#[test]
fn lists_and_streams_give_all_their_objects() {
    let item = r#"{"kind":"SealedSecret","metadata":{"name":"a"},"spec":{"encryptedData":{}}}"#;
    for text in [
        format!("{item}{item}\n"),
        format!("--- # one\n{item}\n---\n{item}\n"),
        format!("kind: List\nitems: [{item}, {item}]\n"),
        format!(r#"{{"kind":"SealedSecretList","items":[{item},{item}]}}"#),
    ] {
        for policy in [Policy::Strict, Policy::Kubeseal] {
            assert_eq!(read_sealed_secrets(&text, policy).unwrap().len(), 2, "{text}");
        }
    }
}
