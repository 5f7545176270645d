//! What is found in a text, rule by rule, and what is not.

#![allow(
    clippy::unwrap_used,
    reason = "clippy.toml allows it in test functions; helpers of tests are no different"
)]

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use sealer_core::encode_base64;
use sealer_core::lint::{Checked, Finding, Rule, across, check};

/// Something as long as a sealed value, and another one for each number.
fn value(bits: usize, plaintext: usize, number: u8) -> String {
    let mut bytes = u16::try_from(bits / 8).unwrap().to_be_bytes().to_vec();
    bytes.resize(2 + bits / 8 + plaintext + 16, number);
    encode_base64(&bytes)
}

/// A SealedSecret in which one line, and what is indented below it, is another.
fn with(before: &str, after: &str) -> String {
    let good = format!(
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: db\n  namespace: payments\nspec:\n  \
         encryptedData:\n    password: {}\n  template:\n    metadata:\n      name: db\n      namespace: payments\n    \
         type: Opaque\n",
        value(4096, 8, 1)
    );
    assert!(good.contains(before), "{before}");
    good.replacen(before, after, 1)
}

/// Findings as `line:column rule`.
fn found(text: &str) -> Vec<String> {
    let told = |finding: &Finding| {
        format!("{}:{} {}", finding.place.start.line, finding.place.start.column, finding.rule)
    };
    check(text).findings.iter().map(told).collect()
}

#[test]
fn each_mistake_is_found_where_it_stands() {
    let scopes = "sealedsecrets.bitnami.com";
    let value_1 = value(4096, 8, 1);
    let meta = "  namespace: payments\nspec";
    let annotated = |line: &str| format!("  namespace: payments\n  annotations:\n    {line}\nspec");
    let template = "    metadata:\n      name: db\n      namespace: payments\n";
    let template_says = |line: &str| format!("{template}      annotations:\n        {line}\n");
    let cases: Vec<(&str, String, &[&str])> = vec![
        ("", String::new(), &[]),
        // The text.
        ("spec:", "spec: [".into(), &["8:13 syntax"]),
        ("  name: db\n", "  name: db\n\tlabels: {}\n".into(), &["4:9 syntax"]),
        // The kind.
        ("v1alpha1", "v1".into(), &["1:13 kind"]),
        ("apiVersion: bitnami.com/v1alpha1\n", String::new(), &["1:1 kind"]),
        ("kind: SealedSecret", "kind: SealedSecrets".into(), &["2:7 kind"]),
        ("kind: SealedSecret", "kind: Sealedsecret".into(), &["2:7 kind"]),
        ("kind: SealedSecret", "kind: Secret".into(), &["2:7 kind"]),
        ("kind: SealedSecret\n", String::new(), &["1:1 kind"]),
        // Fields.
        ("encryptedData", "encryptdData".into(), &["7:3 unknown-field"]),
        ("  template:", "  Template:".into(), &["9:3 unknown-field"]),
        ("    type: Opaque", "    types: Opaque".into(), &["13:5 unknown-field"]),
        ("spec:", "data: {}\nspec:".into(), &["6:1 unknown-field"]),
        ("  name: db", "  name: db\n  name: db".into(), &["5:3 duplicate-key"]),
        ("password: ", "a: 12\n    password: ".into(), &["8:8 wrong-type"]),
        ("password: ", "a: on\n    password: ".into(), &["8:8 ambiguous"]),
        ("  name: db", "  name: on".into(), &["4:9 ambiguous"]),
        ("password: ", "a: [b]\n    password: ".into(), &["8:8 wrong-type"]),
        ("password: ", "a:\n    password: ".into(), &["8:6 wrong-type"]),
        ("password: ", "<<: {}\n    password: ".into(), &["8:5 ambiguous"]),
        ("    type: Opaque", "    immutable: 1".into(), &["13:16 wrong-type"]),
        (
            "  encryptedData:\n",
            "  encryptedData: x\n  x:\n".into(),
            &["7:18 wrong-type", "8:3 unknown-field"],
        ),
        // Values.
        ("encryptedData:\n    password:", "data:".into(), &["7:3 deprecated-data"]),
        ("  encryptedData:", "  data: AgB=\n  encryptedData:".into(), &["7:3 both-forms"]),
        (&value_1, "Zm9v%".into(), &["8:15 base64"]),
        (&value_1, value_1.replace('=', ""), &["8:15 base64"]),
        (&value_1, "\"\"".into(), &["8:15 envelope"]),
        (&value_1, encode_base64(b"hunter2"), &["8:15 envelope"]),
        (&value_1, encode_base64(&[b'x'; 40_000]), &["8:15 envelope"]),
        (&value_1, value(2560, 3, 1), &["8:15 key-size"]),
        (&value_1, format!("{value_1}\n    token: {}", value(2048, 3, 1)), &["7:3 mixed-key-sizes"]),
        (&value_1, value(4096, (1 << 20) + 1, 1), &["1:1 apply-size", "7:3 secret-size"]),
        (&value_1, value(4096, 1_200_000, 1), &["1:1 object-size", "7:3 secret-size"]),
        (&value_1, value(4096, 300_000, 1), &["1:1 apply-size"]),
        ("password:", "pass word:".into(), &["8:5 data-key"]),
        // Names and scopes.
        ("  name: db\n", String::new(), &["1:1 name-missing"]),
        ("  name: db\n", "  generateName: db\n".into(), &["1:1 name-missing"]),
        ("  name: db\n", "  name: Db\n".into(), &["4:9 moved", "4:9 name"]),
        ("  namespace: payments\n", "  namespace: pay.ments\n".into(), &["5:14 moved", "5:14 name"]),
        ("  namespace: payments\n", String::new(), &["1:1 namespace-missing"]),
        ("  name: db\n", "  name: mail\n".into(), &["4:9 moved"]),
        (meta, annotated(&format!("{scopes}/namespace-wide: \"yes\"")), &["7:47 scope-value"]),
        (template, template_says(&format!("{scopes}/cluster-wide: \"true\"")), &["14:49 scope-mismatch"]),
        (
            meta,
            annotated(&format!("{scopes}/cluster-wide: \"true\"\n    {scopes}/namespace-wide: \"true\"")),
            &["8:47 scope-both"],
        ),
        (meta, annotated(&format!("{scopes}/cluster-wide: true")), &["7:45 wrong-type"]),
        (
            meta,
            annotated(
                "kubectl.kubernetes.io/last-applied-configuration: '{\"kind\":\"Secret\",\"data\":{\"a\":\"Yg==\"}}'",
            ),
            &["7:55 plaintext-copy"],
        ),
    ];
    let mut wrong = Vec::new();
    for (before, after, expected) in cases {
        let mut found = found(&with(before, &after));
        found.sort();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        if found != expected {
            let [before, after] = [before, &*after].map(|text| &text[..text.len().min(60)]);
            wrong.push(format!("{before} -> {after}: {found:?} for {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_right_is_left_alone() {
    let scopes = "sealedsecrets.bitnami.com";
    let wide =
        |scope: &str| format!("  namespace: elsewhere\n  annotations:\n    {scopes}/{scope}: \"true\"\nspec");
    for (before, after) in [
        // Names that the scope does not bind.
        ("  namespace: payments\nspec", wide("cluster-wide")),
        // An exported object, whose annotation holds no more than the file.
        (
            "  name: db\n",
            "  name: db\n  annotations: {kubectl.kubernetes.io/last-applied-configuration: \
             '{\"kind\":\"SealedSecret\",\"spec\":{\"data\":\"x\"}}'}\n"
                .to_owned(),
        ),
        // What Flux fills in.
        ("  name: db\n", "  name: ${NAME}\n".to_owned()),
        // What others write.
        ("spec:", "$patch: delete\nspec:".to_owned()),
        ("    type: Opaque", "    data: {a: '{{ .password }}'}".to_owned()),
    ] {
        assert_eq!(found(&with(before, &after)), [""; 0], "{after}");
    }
}

#[test]
fn secrets_in_plain_text_are_found_and_harmless_ones_are_not() {
    for (text, expected) in [
        ("kind: Secret\nstringData:\n  password: hunter2\n", &["3:3 plaintext"][..]),
        ("apiVersion: v1\nkind: Secret\ndata: {password: aHVudGVyMg==}\n", &["3:8 plaintext"]),
        ("kind: List\nitems:\n- kind: Secret\n  data:\n    a: Yg==\n", &["5:5 plaintext"]),
        ("{\"kind\":\"Secret\",\"stringData\":{\"a\":\"b\"}}", &["1:32 plaintext"]),
        ("a: 1\n---\nkind: Secret\nstringData: {a: 1}\n", &["4:14 plaintext"]),
        ("kind: Secret\nstringData: [\n", &["2:13 syntax"]),
        ("kind: Secret\ndata: {}\n", &[]),
        ("kind: Secret\nstringData: {a: \"\", b: }\n", &[]),
        ("kind: Secret\nstringData: {a: \"{{ .Values.a }}\", b: \"${B}\", c: <path:kv#c>}\n", &[]),
        ("kind: Secret\ndata: {a: \"ENC[AES256_GCM,data:x]\"}\nsops: {mac: x}\n", &[]),
        ("kind: Secret\ndata: {a: \"ENC[AES256_GCM,data:x]\"}\n", &["2:8 plaintext"]),
        ("kind: Secret\ndata:\n  {{- range .Values.x }}\n", &[]),
        ("kind: ExternalSecret\nspec: {data: [{secretKey: a}]}\n", &[]),
        ("kind: Pod\nspec: {imagePullSecrets: [", &[]),
        ("kind: SealedSecret\nspec: {{ .Values.x }\n", &["2:7 not-checked"]),
        ("hello, secret world", &[]),
    ] {
        assert_eq!(found(text), expected, "{text}");
    }
}

#[test]
fn no_finding_repeats_a_value() {
    for text in [
        "kind: Secret\nstringData:\n  password: hunter2\n  'hunter2 ': x\n",
        "kind: SealedSecret\nmetadata: {name: hunter2!, annotations: {sealedsecrets.bitnami.com/cluster-wide: hunter2}}\n\
         spec: {encryptedData: {password: hunter2, 'hunter2 ': hunter2}, hunter2: hunter2}\n",
    ] {
        let checked = check(text);
        assert!(checked.findings.len() > 1 || text.starts_with("kind: Secret"), "{:?}", checked.findings);
        for finding in checked.findings {
            let shown = format!("{} {} {:?}", finding.message, finding.advice, finding.object);
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }
}

#[test]
fn comments_allow_what_is_meant() {
    let text = "# sealwright: allow plaintext, kind\nkind: Secret\nstringData:\n  a: b # sealwright: allow plaintext\n";
    assert_eq!(found(text), [""; 0]);
    let text = "kind: Secret\nstringData:\n  # sealwright: allow plain-text\n  a: b\n";
    assert_eq!(found(text), ["3:23 allow", "4:3 plaintext"]);
}

fn compared(texts: &[&str]) -> Vec<String> {
    let checked: Vec<Checked> = texts.iter().map(|text| check(text)).collect();
    let names: Vec<String> = (0..texts.len()).map(|file| format!("f{file}")).collect();
    let files: Vec<(&str, &Checked)> = names.iter().map(String::as_str).zip(&checked).collect();
    across(&files)
        .into_iter()
        .map(|(file, finding)| format!("f{file}:{} {}", finding.place.start.line, finding.rule))
        .collect()
}

#[test]
fn copies_are_found_where_they_can_not_open() {
    let one = with("", "");
    let renamed = with("  name: db\n", "  name: mail\n");
    let moved = with("  namespace: payments\n", "  namespace: shop\n");
    let without = with("  namespace: payments\n", "");
    let other = with(&value(4096, 8, 1), &value(4096, 8, 2));
    let twice = with("    password: ", &format!("    copy: {}\n    password: ", value(4096, 8, 1)));
    let wide = |text: &str| {
        text.replacen(
            "metadata:\n",
            "metadata:\n  annotations: {sealedsecrets.bitnami.com/cluster-wide: \"true\"}\n",
            1,
        )
    };
    let allowed =
        renamed.replacen("    password", "    # sealwright: allow same-ciphertext\n    password", 1);
    for (texts, expected) in [
        (&[&*one, &other][..], &["f1:1 duplicate-object"][..]),
        (&[&one, &renamed], &["f1:8 same-ciphertext"]),
        (&[&one, &moved], &["f1:8 same-ciphertext"]),
        (&[&one, &one], &["f1:1 duplicate-object"]),
        (&[&one, &without], &[]),
        (&[&one, &wide(&one)], &["f1:1 duplicate-object", "f1:9 same-ciphertext"]),
        (&[&wide(&one), &wide(&moved)], &[]),
        (&[&twice], &["f0:9 same-ciphertext"]),
        (&[&one, &allowed], &[]),
        (&["", "kind: Pod\n"], &[]),
    ] {
        assert_eq!(compared(texts), expected);
    }
}

#[test]
fn templates_are_handed_on_with_their_places() {
    let text = with(
        "    type: Opaque\n",
        "    data:\n      block: |\n        a: 1\n          b: {{ .x }}\n      line: 'c {{ .y }}'\n      folded: >\n        d\n",
    );
    let checked = check(&text);
    let place = |key: &str, line, column| {
        let template = checked.templates.iter().find(|template| template.key == key).unwrap();
        let start = template.place(line, column).start;
        (start.line, start.column)
    };
    assert_eq!(place("block", 2, 3), (16, 11));
    assert_eq!(place("line", 1, 3), (17, 16));
    assert_eq!(place("folded", 1, 1), (19, 9));
    assert!(check(&text.replace("{{ .x }}", "{{ .Values.x }}")).templates.is_empty());
}

fn vectors(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors").join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn nothing_is_wrong_with_what_kubeseal_sealed_but_what_is_meant() {
    for file in vectors("sealed") {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let expected: &[Rule] = match &*name {
            _ if name.starts_with("v1-") => &[Rule::DeprecatedData],
            _ if name.starts_with("ramp-") => &[Rule::ApplySize],
            _ => &[],
        };
        let rules: Vec<Rule> =
            check(&fs::read_to_string(&file).unwrap()).findings.iter().map(|finding| finding.rule).collect();
        assert_eq!(rules, expected, "{name}");
    }
}

#[test]
fn layouts_raise_no_false_alarm() {
    // Words like `AQOldPassword=` stand for sealed values there.
    const MEANT: [Rule; 5] =
        [Rule::Envelope, Rule::Base64, Rule::NamespaceMissing, Rule::NoValues, Rule::NameMissing];
    let mut checked = 0;
    for case in vectors("merge") {
        let name = case.file_name().unwrap().to_str().unwrap().to_owned();
        let refused = name.starts_with("refused-");
        for before in fs::read_dir(&case).unwrap().map(|entry| entry.unwrap().path()) {
            if before.file_stem().is_none_or(|stem| stem != "before") {
                continue;
            }
            let findings = check(&fs::read_to_string(&before).unwrap()).findings;
            let other: Vec<&Finding> =
                findings.iter().filter(|finding| !refused && !MEANT.contains(&finding.rule)).collect();
            assert!(other.is_empty(), "{name}: {other:?}");
            checked += 1;
        }
    }
    assert!(checked > 50);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic_and_places_are_in_the_text(
        text in "(kind: |SealedSecret|Secret|spec:|encryptedData:|metadata:|name: |data:|[a-zä\"'{}\\[\\]|:#&*<,-]|\n|\r\n| |  |---\n|\u{feff}|# sealwright: allow ){0,60}"
    ) {
        for finding in check(&text).findings {
            let bytes = finding.place.bytes;
            prop_assert!(text.get(bytes.clone()).is_some(), "{bytes:?}");
            prop_assert!(finding.place.start <= finding.place.end);
        }
    }

    #[test]
    fn arbitrary_text_does_not_make_it_panic(text in any::<String>()) {
        check(&format!("kind: SealedSecret\n{text}"));
        check(&format!("{{\"kind\":\"Secret\",{text}"));
    }
}
