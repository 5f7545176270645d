use super::*;

const MANIFEST: &str = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  namespace: payments\nstringData:\n  password: \"hunter2\\n\"\n  user: someone\n";

fn found(text: &str) -> Summary {
    read(text, Dialect::Godotenv, SecretType::Opaque).unwrap().0
}

fn refused(text: &str) -> Problem {
    read(text, Dialect::Godotenv, SecretType::Opaque).unwrap_err()
}

#[test]
fn a_manifest_is_summed_up_without_its_values() {
    let summary = found(MANIFEST);
    assert_eq!(summary.kind, Kind::Manifests);
    let secret = summary.only().unwrap();
    assert_eq!((secret.name.as_str(), secret.namespace.as_str()), ("db", "payments"));
    let values: Vec<_> = secret.values.iter().map(|value| (&*value.key, value.bytes, value.trap)).collect();
    assert_eq!(values, [("password", 8, Some(Trap::LineBreak)), ("user", 7, None)]);
    assert!(!format!("{summary:?}").contains("hunter2"));
}

#[test]
fn base64_of_a_text_is_noticed_and_base64_of_bytes_is_not() {
    for (value, expected) in [
        ("aHVudGVyMg==", Some(Trap::Base64)),
        // As `echo … | base64` leaves it.
        ("aHVudGVyMgo=\n", Some(Trap::Base64)),
        ("aHVudGVyMg", None),
        ("aHU=", None),
        ("hunter2\n", Some(Trap::LineBreak)),
        ("password", None),
        ("payments", None),
        ("c2VjcmV0LWtleQ", None),
        ("q83vASNFZ4k=", None),
        ("", None),
    ] {
        assert_eq!(trap(&Plaintext::new(value.as_bytes().to_vec())), expected, "{value}");
    }
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

fn pem(label: &str) -> String {
    format!("-----BEGIN {label}-----\nAA==\n-----END {label}-----\n")
}

#[test]
fn what_a_type_is_made_of_is_recognised_and_a_part_by_the_type_that_was_chosen() {
    let (certificate, key) = (pem("CERTIFICATE"), pem("PRIVATE KEY"));
    let docker = r#" {"auths":{"r.io":{"auth":"dTpw"}}}"#;
    let (opaque, tls) = (SecretType::Opaque, SecretType::Tls);
    for (text, chosen, kind, keys) in [
        (format!("{certificate}{key}"), opaque, Kind::Typed(tls), &["tls.crt", "tls.key"][..]),
        (format!("{key}\n{certificate}{certificate}"), opaque, Kind::Typed(tls), &["tls.crt", "tls.key"]),
        (key.clone(), opaque, Kind::Typed(SecretType::SshAuth), &["ssh-privatekey"]),
        (pem("OPENSSH PRIVATE KEY"), opaque, Kind::Typed(SecretType::SshAuth), &["ssh-privatekey"]),
        (key, tls, Kind::PrivateKey, &["tls.key"]),
        (certificate, tls, Kind::Certificates, &["tls.crt"]),
        (docker.to_owned(), opaque, Kind::Typed(SecretType::Docker), &[".dockerconfigjson"]),
        (r#"{"credsStore":"x"}"#.to_owned(), opaque, Kind::Typed(SecretType::Docker), &[".dockerconfigjson"]),
    ] {
        let summary = read(&text, Dialect::Godotenv, chosen).unwrap().0;
        let found: Vec<_> = summary.only().unwrap().values.iter().map(|value| &*value.key).collect();
        assert_eq!((summary.kind, found.as_slice()), (kind, keys));
    }
}

#[test]
fn files_that_the_box_reads_go_there_and_each_of_the_others_is_a_value() {
    let (certificate, key) = (pem("CERTIFICATE"), pem("PRIVATE KEY"));
    let (opaque, tls) = (SecretType::Opaque, SecretType::Tls);
    let (one, open) = (false, true);
    for (files, is_open, chosen, goes_there) in [
        (&[MANIFEST][..], one, opaque, true),
        (&[MANIFEST], open, opaque, true),
        (&["A=1"], one, opaque, true),
        (&["A=1", "B=2"], one, opaque, false),
        (&["plain text"], one, opaque, false),
        (&["server:\n  port: 80\n"], one, opaque, false),
        (&["[section]\nkey = 1\n"], one, opaque, false),
        (&["A=1\0"], one, opaque, false),
        (&[""], one, opaque, false),
        (&[&certificate], one, opaque, false),
        (&[&key], one, opaque, true),
        (&[&key], one, tls, false),
        (&[&key], open, opaque, false),
        (&[&certificate, &key], one, opaque, true),
        (&[&key, &certificate], open, opaque, true),
        (&[&certificate, &certificate], one, opaque, false),
        (&[&certificate, &key, &key], one, opaque, false),
        (&[&certificate, &key, "notes"], one, opaque, false),
        (&[r#"{"auths":{}}"#], one, opaque, true),
        (&[r#"{"auths":{}}"#], open, opaque, false),
    ] {
        let values: Vec<_> = files.iter().map(|file| Plaintext::new(file.as_bytes().to_vec())).collect();
        assert_eq!(for_the_box(&values, is_open, chosen).is_some(), goes_there, "{files:?} {chosen:?}");
    }
    assert!(for_the_box(&[Plaintext::new(vec![0xff])], one, opaque).is_none());
}

#[test]
fn a_part_of_a_tls_secret_that_is_a_file_is_named_after_what_it_is() {
    let key = |name: &str, text: &str, secret_type| {
        key_of_file(name, &Plaintext::new(text.as_bytes().to_vec()), secret_type)
    };
    assert_eq!(key("a.pem", &pem("CERTIFICATE"), SecretType::Tls), "tls.crt");
    assert_eq!(key("a.pem", &pem("PRIVATE KEY"), SecretType::Tls), "tls.key");
    assert_eq!(key("ca.crt", "other", SecretType::Tls), "ca.crt");
    assert_eq!(key("a.pem", &pem("CERTIFICATE"), SecretType::Opaque), "a.pem");
}

#[test]
fn what_is_neither_is_named_for_what_it_is() {
    assert!(refused("hello there").what.contains("neither"));
    for unusable in [pem("ENCRYPTED PRIVATE KEY"), pem("PRIVATE KEY") + &pem("PRIVATE KEY")] {
        assert!(refused(&unusable).what.contains("private key"));
    }
    assert!(refused(&pem("CERTIFICATE")).what.contains("certificate"));
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
