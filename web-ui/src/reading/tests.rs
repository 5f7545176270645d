use super::*;

const MANIFEST: &str = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  namespace: payments\nstringData:\n  password: \"hunter2\\n\"\n  user: someone\n";

fn found(text: &str) -> Summary {
    read(text, Dialect::Godotenv).unwrap().0
}

fn refused(text: &str) -> Problem {
    read(text, Dialect::Godotenv).unwrap_err()
}

#[test]
fn a_manifest_is_summed_up_without_its_values() {
    let summary = found(MANIFEST);
    assert_eq!(summary.kind, Kind::Manifests);
    let secret = summary.only().unwrap();
    assert_eq!((secret.name.as_str(), secret.namespace.as_str()), ("db", "payments"));
    let values: Vec<_> =
        secret.values.iter().map(|value| (&*value.key, value.bytes, value.line_break)).collect();
    assert_eq!(values, [("password", 8, true), ("user", 7, false)]);
    assert!(!format!("{summary:?}").contains("hunter2"));
}

#[test]
fn lines_and_manifests_are_told_apart() {
    for text in ["A=1", "export A=1\nB=2", "# hello\n\nA = 1", "a.b-c=", "\u{feff}A=1"] {
        assert_eq!(found(text).kind, Kind::Lines(Dialect::Godotenv), "{text}");
    }
    for text in [MANIFEST.to_owned(), format!("---\n{MANIFEST}"), format!("# A=1\n{MANIFEST}")] {
        assert_eq!(found(&text).kind, Kind::Manifests, "{text}");
    }
    let json = r#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"db"},"stringData":{"a":"b=c"}}"#;
    assert_eq!(found(json).kind, Kind::Manifests);
}

#[test]
fn what_is_neither_is_named_for_what_it_is() {
    assert!(refused("hello there").what.contains("neither"));
    assert!(
        refused("-----BEGIN RSA PRIVATE KEY-----\nAA==\n-----END RSA PRIVATE KEY-----")
            .what
            .contains("private key")
    );
    assert!(
        refused("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----").what.contains("certificate")
    );
    assert!(
        refused("kind: SealedSecret\napiVersion: bitnami.com/v1alpha1\nmetadata: {name: a}\n")
            .what
            .contains("sealed already")
    );
}

#[test]
fn a_mistake_is_placed_and_its_text_is_not_repeated() {
    let problem = refused("A=1\nhunter2\n");
    assert_eq!(problem.at, Some(Position { line: 2, column: 1 }));
    assert!(!problem.what.contains("hunter2"));
    let text = MANIFEST.replace("\"hunter2\\n\"", "\"hunter2");
    let problem = refused(&text);
    assert!(problem.at.is_some(), "{problem:?}");
    assert!(!problem.what.contains("hunter2"));
}

#[test]
fn values_that_no_cluster_would_take_are_refused() {
    let text = format!("A={}", "x".repeat((1 << 20) + 1));
    assert!(refused(&text).what.contains("1 MiB"));
    let text = MANIFEST.replace("user:", "us/er:");
    assert!(refused(&text).what.contains("us/er"));
}

#[test]
fn several_secrets_agree_on_a_scope_or_not() {
    let wide = MANIFEST.replace(
        "metadata:\n",
        "metadata:\n  annotations: {sealedsecrets.bitnami.com/cluster-wide: \"true\"}\n",
    );
    assert_eq!(found(&format!("{MANIFEST}---\n{MANIFEST}")).scope(), Some(Scope::Strict));
    assert_eq!(found(&format!("{MANIFEST}---\n{wide}")).scope(), None);
}
