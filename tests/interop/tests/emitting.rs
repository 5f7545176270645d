//! What we write as YAML, Go reads back as the same texts.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use std::collections::BTreeMap;

use sealer_core::{Metadata, PlainSecret, Plaintext, SealedSecret, emit};
use sealwright_interop::yaml_texts::SCALARS;
use sealwright_interop::{Oracle, binaries};
use serde_json::{Value, json};

/// Texts that end or begin something in YAML when they stand without quotation marks, that can't stand so at all, and
/// what looks like another type in ways that [`SCALARS`] does not have.
const TRAPS: &[&str] = &[
    " ",
    "  ",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "00",
    "0o14",
    "08",
    "0B1",
    "-0x1",
    "1.",
    "1.5e+3",
    "-1e-3",
    "12e03",
    "-.INF",
    "190:20:30",
    "1:30.5",
    "2001-12-14",
    "2001-12-14t21:59:43Z",
    "--",
    "---",
    "? ",
    ":",
    ": ",
    ": a",
    "::",
    "#",
    "# a",
    "a # b",
    ",",
    "[",
    "]",
    "{",
    "}",
    "&",
    "*",
    "!a",
    "!!str a",
    "|-",
    "| a",
    ">+",
    "'",
    "a'b",
    "\"",
    "a\"b",
    "%",
    "%YAML 1.1",
    "@",
    "`",
    "\\",
    "\\n",
    "a\\",
    " a",
    "a ",
    " a ",
    "a\t",
    "\na",
    "a\n",
    "a\n\n",
    "a\nb",
    "a\n b",
    " a\nb",
    "a \nb",
    "a\n\tb",
    "\n\n",
    "a\r\nb",
    "a\rb",
    "a\n---\nb",
    "a\n...\n",
    "# a\nb",
    "a: b\nc",
    "\0",
    "\u{1}",
    "\u{7}",
    "\u{8}",
    "\u{b}",
    "\u{c}",
    "\u{1b}",
    "\u{7f}",
    "\u{80}",
    "\u{85}",
    "a\u{85}b",
    "\u{9f}",
    "\u{a0}",
    "a\u{a0}",
    "\u{ad}",
    "\u{2028}",
    "a\u{2028}b",
    "\u{2029}",
    "a\u{2029}b",
    "\u{200b}",
    "\u{202e}",
    "\u{feff}",
    "\u{feff}a",
    "a\u{feff}",
    "\u{d7ff}",
    "\u{e000}",
    "\u{fffd}",
    "\u{fffe}",
    "\u{ffff}",
    "é",
    "東京",
    "😀",
    "a😀b",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
    "\u{10000}",
    "\u{10ffff}",
    "null\n",
    "true ",
    "~ ",
    "0x",
    "0b2",
    "1e",
    "e3",
    "NaN",
    ".",
    "..",
    "$HOME",
    "${A}",
    "{{ .a }}",
    "<a&b>",
    "a/b",
    "sealedsecrets.bitnami.com/cluster-wide",
];

/// All traps and some long texts, as keys of themselves and as values under their numbers.
fn texts() -> BTreeMap<String, String> {
    let words = "word ".repeat(2_000);
    let long = [
        "x".repeat(100_000),
        words.clone(),
        format!("{words}\n{words}"),
        format!("key: {words}"),
        "é\n".repeat(500),
    ];
    let short = SCALARS.iter().chain(TRAPS).map(|text| (*text).to_owned());
    let all: Vec<String> = short.chain(long).collect();
    let numbered = all.iter().enumerate().map(|(number, text)| (format!("value-{number}"), text.clone()));
    // libyaml's limit for a key without `?`: longer ones are none that Kubernetes takes.
    let keys = all.iter().filter(|text| text.len() <= 128).map(|text| (text.clone(), text.clone()));
    numbered.chain(keys).collect()
}

/// What Go reads in a text that holds one object.
fn read(oracle: &mut Oracle, text: &str) -> Value {
    let mut reading = oracle.read(text.as_bytes()).unwrap();
    assert_eq!((reading.secrets.len(), reading.passed_over.len()), (1, 0));
    reading.secrets.remove(0)
}

fn metadata() -> Metadata {
    Metadata {
        name: "a".to_owned(),
        namespace: "yes".to_owned(),
        annotations: texts(),
        ..Metadata::default()
    }
}

/// Says which text is read otherwise, rather than all of them.
fn assert_same(read: &Value, what: &str) {
    for (key, text) in texts() {
        assert_eq!(read[&key], json!(text), "{what}: {key:?}");
    }
    assert_eq!(read.as_object().unwrap().len(), texts().len(), "{what}");
}

#[test]
fn go_reads_the_texts_of_a_sealed_secret_as_they_were() {
    let Some(built) = binaries::ensure_or_skip().unwrap() else { return };
    let mut oracle = Oracle::start(&built.oracle).unwrap();
    let sealed = SealedSecret { metadata: metadata(), ..SealedSecret::default() };
    for text in [emit::to_yaml(&sealed), emit::to_json(&sealed)] {
        let read = read(&mut oracle, &text);
        assert_same(&read["metadata"]["annotations"], "a SealedSecret");
        assert_eq!(read["metadata"]["namespace"], "yes");
    }
}

#[test]
fn go_reads_the_texts_and_values_of_a_secret_as_they_were() {
    let Some(built) = binaries::ensure_or_skip().unwrap() else { return };
    let mut oracle = Oracle::start(&built.oracle).unwrap();
    let data = texts().into_iter().map(|(key, text)| (key, Plaintext::new(text.into_bytes()))).collect();
    let secret =
        PlainSecret { metadata: metadata(), type_: Some("0x1F".to_owned()), immutable: Some(true), data };
    for text in [emit::secret_to_yaml(&secret), emit::secret_to_json(&secret)] {
        let read = read(&mut oracle, &text);
        assert_same(&read["metadata"]["annotations"], "a Secret");
        for (key, value) in texts() {
            assert_eq!(read["data"][&key], sealer_core::encode_base64(value.as_bytes()), "{key:?}");
        }
        assert_eq!((&read["type"], &read["immutable"]), (&json!("0x1F"), &json!(true)));
    }
}
