//! How texts are read: by upstream's answers under the kubeseal policy, by tables under the strict one.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sealer_core::manifest::{ManifestError, Problem, Reading, Shape, read_secrets};
use sealer_core::{Policy, SecretManifest, decode_base64, encode_base64};
use serde_json::{Value as Json, json};

fn vectors() -> Vec<Json> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/yaml11.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// An upstream Secret in JSON, as kubeseal goes on with it: stripped, `stringData` over `data`.
fn expected(secret: &Json) -> Json {
    let meta = &secret["metadata"];
    let mut data = BTreeMap::new();
    for (key, value) in secret["data"].as_object().into_iter().flatten() {
        data.insert(key.clone(), value.as_str().unwrap_or_default().to_owned());
    }
    for (key, value) in secret["stringData"].as_object().into_iter().flatten() {
        data.insert(key.clone(), encode_base64(value.as_str().unwrap().as_bytes()));
    }
    let mut annotations = meta["annotations"].as_object().cloned().unwrap_or_default();
    annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
    json!({
        "name": meta["name"].as_str().unwrap_or_default(),
        "generateName": meta["generateName"].as_str().unwrap_or_default(),
        "namespace": meta["namespace"].as_str().unwrap_or_default(),
        "labels": meta["labels"].as_object().cloned().unwrap_or_default(),
        "annotations": annotations,
        "finalizers": meta["finalizers"].as_array().cloned().unwrap_or_default(),
        "type": secret["type"].as_str(),
        "immutable": secret["immutable"].as_bool(),
        "data": data,
    })
}

fn ours(secret: &SecretManifest) -> Json {
    let data: BTreeMap<&String, String> =
        secret.data.iter().map(|(key, value)| (key, encode_base64(value.expose()))).collect();
    json!({
        "name": secret.metadata.name,
        "generateName": secret.metadata.generate_name,
        "namespace": secret.metadata.namespace,
        "labels": secret.metadata.labels,
        "annotations": secret.metadata.annotations,
        "finalizers": secret.metadata.finalizers,
        "type": secret.type_,
        "immutable": secret.immutable,
        "data": data,
    })
}

/// Where we read and upstream does not, each for a reason.
const READ_BY_US_ALONE: [&str; 6] = [
    // YAML 1.2 added the escape for the sake of JSON.
    r#"stringData value "\/""#,
    // Line breaks in YAML 1.1, characters in YAML 1.2.
    "line separators inside",
    // What is stripped is not judged.
    "generation as a string",
    "creationTimestamp that is no time",
    "creationTimestamp as a date",
    // Upstream takes the list for one Secret without data and refuses it for that.
    "kind List with items",
];

#[test]
fn what_upstream_reads_is_read_alike() {
    let mut wrong = Vec::new();
    let mut same = 0;
    for vector in vectors() {
        let about = vector["about"].as_str().unwrap();
        if READ_BY_US_ALONE.contains(&about) {
            continue;
        }
        let bytes = decode_base64(vector["text"].as_str().unwrap()).unwrap();
        // Upstream reads bytes; whoever calls us has refused what is not UTF-8.
        let Ok(text) = String::from_utf8(bytes) else { continue };
        let read = read_secrets(&text, Policy::Kubeseal);
        match vector["secrets"].as_array() {
            Some(secrets) if !secrets.is_empty() => {
                let secrets: Vec<Json> = secrets.iter().map(expected).collect();
                match read {
                    Ok(found) if found.iter().map(ours).collect::<Vec<_>>() == secrets => same += 1,
                    Ok(found) => wrong.push(format!(
                        "{about}: {text:?}\n  upstream {}\n  ours     {}",
                        json!(secrets),
                        json!(found.iter().map(ours).collect::<Vec<_>>())
                    )),
                    Err(error) => wrong.push(format!("{about}: {text:?}: ours fails: {error}")),
                }
            }
            _ => match read {
                Err(_) => same += 1,
                Ok(found) => wrong.push(format!(
                    "{about}: {text:?}: upstream refuses ({}), ours reads {}",
                    vector["error"],
                    json!(found.iter().map(ours).collect::<Vec<_>>())
                )),
            },
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
    assert!(same > 300, "only {same} vectors compared");
}

const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n";

fn strict(text: &str) -> Result<Vec<SecretManifest>, ManifestError> {
    read_secrets(text, Policy::Strict)
}

fn value(secret: &SecretManifest, key: &str) -> String {
    String::from_utf8(secret.data[key].expose().to_vec()).unwrap()
}

#[test]
fn strict_refuses_what_two_readers_read_in_two_ways() {
    use Reading::{Boolean, Float, Integer, Text, Timestamp};
    for (scalar, yaml_1_1, yaml_1_2) in [
        ("yes", Boolean, Text),
        ("true", Boolean, Boolean),
        ("0123", Integer, Integer),
        ("1_000", Integer, Text),
        ("1e3", Float, Float),
        ("12:30:45", Integer, Text),
        ("2026-01-01", Timestamp, Text),
    ] {
        for (text, line, column) in [
            (format!("{SECRET}stringData:\n  k: {scalar}\n"), 6, 6),
            (format!("{SECRET}data:\n  k: {scalar}\n"), 6, 6),
            (format!("{SECRET}stringData:\n  {scalar}: v\n"), 6, 3),
            (format!("{SECRET}  labels:\n    l: {scalar}\n"), 6, 8),
            (format!("{SECRET}  annotations: {{a: {scalar}}}\n"), 5, 20),
            (format!("{SECRET}type: {scalar}\n"), 5, 7),
        ] {
            let error = strict(&text).unwrap_err();
            assert_eq!(error.problem(), Some(&Problem::Ambiguous { yaml_1_1, yaml_1_2 }), "{text}");
            let at = error.position().unwrap();
            assert_eq!((at.line, at.column), (line, column), "{text}");
            assert_eq!(error.code(), "ambiguous-scalar");
            assert!(
                error.to_string().contains("write it in quotes") && !error.to_string().contains(scalar),
                "{error}"
            );
        }
        let quoted = strict(&format!("{SECRET}stringData:\n  k: '{scalar}'\n")).unwrap();
        assert_eq!(value(&quoted[0], "k"), scalar);
    }
}

#[test]
fn strict_errors_say_where_and_what_to_do() {
    let secret = |rest: &str| format!("{SECRET}{rest}");
    let mut wrong = Vec::new();
    for (text, message) in [
        (
            secret("stringData:\n  a: x\n  b: y\n  a: z\n"),
            "line 8, column 3: this key is already defined on line 6",
        ),
        (secret("metadata: {}\n"), "line 5, column 1: this key is already defined on line 3"),
        (
            secret("data:\n  password: hunter2\n"),
            "line 6, column 13: `password` under `data` is not base64; move it to `stringData`",
        ),
        (
            secret("data:\n  pässword: hunter2\n"),
            "line 6, column 13: a value under `data` is not base64; move it to `stringData`",
        ),
        (
            secret("stringData:\n  a:\n  b: y\n"),
            "line 6, column 4: there is no value here; write \"\" for an empty text",
        ),
        (
            secret("stringdata:\n  a: b\n"),
            "line 5, column 1: names of fields are case-sensitive: write `stringData`",
        ),
        (secret("stringDate:\n  a: b\n"), "line 5, column 1: a Secret has no such field"),
        (secret("stringData: hunter2\n"), "line 5, column 13: a mapping (`name: value`) is expected here"),
        (secret("stringData:\n  a: [hunter2]\n"), "line 6, column 6: a text is expected here"),
        (
            secret("stringData:\n  a: !!binary aHVudGVyMg==\n"),
            "line 6, column 15: tags (`!!…`) are not read here, `!!str` apart; write the value without one",
        ),
        (secret("immutable: yes\n"), "line 5, column 12: `true` or `false` is expected here"),
        (
            secret("stringData:\n  <<: {a: b}\n"),
            "line 6, column 3: `<<` merges in YAML 1.1 and is a plain key in YAML 1.2; write the keys out",
        ),
        (secret("--- hunter2\n"), "line 5, column 1: only a comment may follow `---` on its line"),
        (
            secret("...\nkind: Secret\n"),
            "line 6, column 1: another document starts here without a `---` before it",
        ),
        (secret("stringData:\n  a: \"hunter2\n"), "line 6, column 6: a quotation mark is not closed"),
        (
            secret("stringData:\n  a: \"\\hunter2\"\n"),
            "line 6, column 6: this is no escape sequence; write a backslash twice, or use single quotes",
        ),
        (
            secret("stringData:\n\ta: b\n"),
            "line 6, column 1: a tab can't indent or separate here; use spaces",
        ),
        (
            secret("stringData:\n  # hidden?\u{85}  a: b\n"),
            "line 6, column 12: YAML 1.1 ends the line at this invisible character and YAML 1.2 does not; remove it, or \
             write it as an escape in double quotes",
        ),
        (
            secret("stringData: {a: b\n"),
            "line 5, column 13: a bracket or brace is not closed, or closed without being opened",
        ),
        (secret("stringData: {a: *x}\n"), "line 5, column 17: this alias has no anchor before it"),
        (
            secret("stringData: &x {a: *x}\n"),
            "line 5, column 20: this alias stands for something that contains it",
        ),
        ("kind: ConfigMap\n".to_owned(), "line 1, column 7: this is a ConfigMap, not a Secret"),
        ("kind: hunter2\n".to_owned(), "line 1, column 7: this is another kind of object, not a Secret"),
        ("kind: SealedSecret\n".to_owned(), "line 1, column 7: this is a SealedSecret: it is sealed already"),
        ("stringData: {a: b}\n".to_owned(), "line 1, column 1: `kind: Secret` is missing"),
        (
            "kind: Secret\nmetadata:\n  generateName: db-\n".to_owned(),
            "line 1, column 1: `generateName` leaves the name open, and sealing needs to know it; write `name`",
        ),
        ("hunter2\n".to_owned(), "line 1, column 1: a mapping (`name: value`) is expected here"),
        (
            "%YAML 1.2\n---\nkind: Secret\n".to_owned(),
            "line 2, column 1: directives (lines that start with `%`) are not read; remove the line",
        ),
        (
            r#"{"kind":"Secret","stringData":{"a":"b","a":"c"}}"#.to_owned(),
            "line 1, column 40: this key is already defined on line 1",
        ),
        (
            r#"{"kind":"Secret","stringData":{"a":5}}"#.to_owned(),
            "line 1, column 36: a text is expected here",
        ),
        (
            r#"{"kind":"Secret","stringData":{"a":null}}"#.to_owned(),
            "line 1, column 36: there is no value here; write \"\" for an empty text",
        ),
        ("{\"kind\":\"Secret\",\n\"hunter2".to_owned(), "line 2, column 1: a quotation mark is not closed"),
        (
            "{\"kind\":\"Secret\"}\nhunter2".to_owned(),
            "line 2, column 1: a mapping (`name: value`) is expected here",
        ),
        (String::new(), "no secrets found. Ensure the input is valid and UTF-8 encoded"),
        ("---\n# nothing\n".to_owned(), "no secrets found. Ensure the input is valid and UTF-8 encoded"),
    ] {
        let error = strict(&text).map(|_| ()).expect_err(&text);
        if error.to_string() != message {
            wrong.push(format!("{text:?}\n  wanted {message}\n  found  {error}"));
        }
        assert!(!format!("{error:?}").contains("hunter2"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn strict_reads_what_is_clear() {
    let text = "\u{feff}# a comment\r\napiVersion: v1\r\nkind: Secret\r\nmetadata:\r\n  name: &name db\r\n  \
                namespace: payments\r\n  labels: {app: *name, note: !!str yes}\r\n  annotations:\r\n  \
                creationTimestamp: null\r\ntype: Opaque\r\nimmutable: true\r\ndata:\r\n  a: aHVu\r\n    \
                dGVyMg==\r\nstringData:\r\n  a: over\r\n  text: |\r\n    one\r\n    two\r\n  empty: \"\"\r\n...\r\n";
    // The folded base64 has a space inside, which Go refuses as well.
    assert_eq!(strict(text).unwrap_err().code(), "not-base64");
    let text = text.replace("aHVu\r\n    dGVyMg==", "|\r\n    aHVu\r\n    dGVyMg==");
    let secrets = strict(&text).unwrap();
    let [secret] = &secrets[..] else { panic!("{} secrets", secrets.len()) };
    assert_eq!((secret.metadata.name.as_str(), secret.metadata.namespace.as_str()), ("db", "payments"));
    assert_eq!(secret.metadata.labels["app"], "db");
    assert_eq!(secret.metadata.labels["note"], "yes");
    assert_eq!((secret.type_.as_deref(), secret.immutable), (Some("Opaque"), Some(true)));
    assert_eq!(value(secret, "a"), "over");
    assert_eq!(value(secret, "text"), "one\ntwo\n");
    assert_eq!(value(secret, "empty"), "");
    assert!(secret.stripped.is_empty());
}

#[test]
fn lists_and_several_documents_give_all_their_secrets() {
    let item = r#"{"kind":"Secret","metadata":{"name":"NAME"},"data":{}}"#;
    let (a, b) = (item.replace("NAME", "a"), item.replace("NAME", "b"));
    for text in [
        format!("{a}\n{b}\n"),
        format!("{a}{b}"),
        format!("---\n{a}\n---\n---\n{b}\n"),
        format!("kind: List\nitems:\n- {a}\n- {b}\n"),
        format!(r#"{{"kind":"SecretList","items":[{a},{b}]}}"#),
        format!(r#"{{"metadata":{{}},"items":[{a},{b}]}}"#),
    ] {
        for policy in [Policy::Strict, Policy::Kubeseal] {
            let names: Vec<String> =
                read_secrets(&text, policy).unwrap().into_iter().map(|secret| secret.metadata.name).collect();
            assert_eq!(names, ["a", "b"], "{policy:?} {text}");
        }
    }
    let mixed = format!("kind: List\nitems:\n- {a}\n- kind: Deployment\n");
    assert_eq!(
        strict(&mixed).unwrap_err().to_string(),
        "line 4, column 9: this is a Deployment, not a Secret"
    );
}

#[test]
fn what_a_cluster_added_is_stripped_and_told() {
    let text = format!(
        "{SECRET}  uid: u\n  resourceVersion: '5'\n  creationTimestamp: 2026-01-01T00:00:00Z\n  generation: 3\n  \
         managedFields: [{{manager: kubectl}}]\n  ownerReferences: [{{apiVersion: v1, kind: Pod, name: p, uid: u}}]\n  \
         annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{{\"data\":{{}}}}'\n    team: payments\n"
    );
    for policy in [Policy::Strict, Policy::Kubeseal] {
        let secret = &read_secrets(&text, policy).unwrap()[0];
        let mut stripped = secret.stripped.clone();
        stripped.sort_unstable();
        assert_eq!(
            stripped,
            [
                "creationTimestamp",
                "generation",
                "kubectl.kubernetes.io/last-applied-configuration",
                "managedFields",
                "ownerReferences",
                "resourceVersion",
                "uid",
            ]
        );
        assert_eq!(secret.metadata.annotations.keys().collect::<Vec<_>>(), ["team"]);
        assert!(secret.metadata.owner_references.is_empty());
    }
}

#[test]
fn a_passed_over_document_is_named_when_nothing_else_is_found() {
    let broken = "a: [\n";
    let error = read_secrets(broken, Policy::Kubeseal).unwrap_err();
    assert!(matches!(error, ManifestError::NoneReadable(_)), "{error:?}");
    assert_eq!(
        error.to_string(),
        "no secrets found. Ensure the input is valid and UTF-8 encoded: line 1, column 4: a bracket or brace \
         is not closed, or closed without being opened"
    );
    let found = read_secrets(&format!("{broken}---\n{SECRET}"), Policy::Kubeseal).unwrap();
    assert_eq!(found[0].metadata.name, "db");
}

#[test]
fn what_multiplies_or_nests_without_end_is_refused() {
    let mut laughs = "a0: &a0 {k: v}\n".to_owned();
    for level in 1..30 {
        let below = level - 1;
        writeln!(laughs, "a{level}: &a{level} {{<<: [*a{below}, *a{below}]}}").unwrap();
    }
    laughs.push_str("stringData: *a29\n");
    let error = read_secrets(&laughs, Policy::Kubeseal).unwrap_err();
    assert_eq!(error.problem(), Some(&Problem::TooManyAliases));

    let mut copies = format!("{SECRET}stringData:\n  k: &k {}\n", "x".repeat(100_000));
    for key in 0..10_000 {
        writeln!(copies, "  k{key}: *k").unwrap();
    }
    let error = strict(&copies).unwrap_err();
    assert_eq!(error.problem(), Some(&Problem::TooManyAliases));
    let item = format!("kind: List\nitems:\n- &i {{kind: Secret, data: {{k: {}}}}}\n", "QUJD".repeat(25_000));
    let error = strict(&format!("{item}{}", "- *i\n".repeat(10_000))).unwrap_err();
    assert_eq!(error.problem(), Some(&Problem::TooManyAliases));

    for deep in ["[".repeat(5000), "- ".repeat(5000), "{\"a\":".repeat(5000), "a: {".repeat(5000)] {
        for policy in [Policy::Strict, Policy::Kubeseal] {
            assert!(read_secrets(&deep, policy).is_err());
        }
    }
    let long = " ".repeat(sealer_core::manifest::MAX_BYTES + 1);
    assert_eq!(strict(&long).unwrap_err().problem(), Some(&Problem::TooLong));
    assert_eq!(
        strict("kind: Secret\ndata: []\n").unwrap_err().problem(),
        Some(&Problem::Expected(Shape::Mapping))
    );
}
