//! What holds for any text at all.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use sealer_core::dotenv::{self, Dialect};
use sealer_core::emit::{secret_to_json, secret_to_yaml, to_json, to_yaml};
use sealer_core::manifest::{read_sealed_secrets, read_secrets, recognise};
use sealer_core::{Metadata, OwnerReference, PlainSecret, Plaintext, Policy, SealedSecret, Template};

/// Pieces that mean something to one YAML reader or another.
const PIECES: [&str; 44] = [
    "yes",
    "n",
    "null",
    "~",
    "0123",
    "0o17",
    "1_000",
    "1e3",
    "1e999",
    ".inf",
    "12:30:45",
    "2001-01-01",
    "<<",
    "=",
    "---",
    "...",
    "- ",
    "? ",
    ": ",
    " #",
    "#",
    "\n",
    "\n\n",
    " ",
    "  ",
    "\t",
    "\r",
    "\r\n",
    "\"",
    "'",
    "\\",
    "|",
    ">",
    "{",
    "}",
    "[",
    "]",
    ",",
    "&a",
    "*a",
    "!",
    "%",
    "\u{85}",
    "\u{2028}",
];

/// Any text: plain characters of all planes, control characters, and the pieces above in any order.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => prop::sample::select(PIECES.as_slice()).prop_map(str::to_owned),
        2 => any::<char>().prop_map(String::from),
        1 => "[a-z]{1,40}",
        1 => "\\PC{0,8}",
        1 => "[\\x00-\\x1f\\x7f-\\x9f\u{feff}\u{2029}\u{fffe}]",
    ];
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn texts() -> impl Strategy<Value = BTreeMap<String, String>> {
    btree_map(any_text(), any_text(), 0..5)
}

fn some_text() -> impl Strategy<Value = Option<String>> {
    // An empty text and none are the same to Go.
    option::of(any_text().prop_filter("not empty", |text| !text.is_empty()))
}

prop_compose! {
    fn any_owner()(texts in prop::array::uniform4(any_text()), flags: (Option<bool>, Option<bool>)) -> OwnerReference {
        let [api_version, kind, name, uid] = texts;
        OwnerReference { api_version, kind, name, uid, controller: flags.0, block_owner_deletion: flags.1 }
    }
}

prop_compose! {
    fn any_metadata()(
        names in prop::array::uniform3(any_text()),
        labels in texts(),
        annotations in texts(),
        finalizers in vec(any_text(), 0..3),
        owner_references in vec(any_owner(), 0..3),
    ) -> Metadata {
        let [name, generate_name, namespace] = names;
        Metadata { name, generate_name, namespace, labels, annotations, finalizers, owner_references }
    }
}

prop_compose! {
    fn any_sealed()(
        metadata in any_metadata(),
        encrypted_data in texts(),
        deprecated_data in some_text(),
        template in (any_metadata(), some_text(), any::<Option<bool>>(), texts()),
    ) -> SealedSecret {
        let (template_metadata, type_, immutable, data) = template;
        let template = Template { metadata: template_metadata, type_, immutable, data };
        SealedSecret { metadata, encrypted_data, deprecated_data, template }
    }
}

/// A manifest with something wrong in it, often only a little.
fn damaged() -> impl Strategy<Value = String> {
    let whole = "# c\napiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  labels: {a: 'b', c: &x \"d\"}\ndata:\n  \
                 k: aHVudGVyMg==\nstringData:\n  a: hunter!2\n  b: |\n    hunter!2\n  c: \"hunter!2\"\n  d: 'hunter!2'\n  \
                 e: [hunter!2]\n";
    let json =
        r#"{"kind":"Secret","metadata":{"name":"db"},"stringData":{"a":"hunter!2","b":{"hunter!2":1}}}"#;
    let start = prop_oneof![Just(whole.to_owned()), Just(json.to_owned())];
    let cuts = vec((any::<prop::sample::Index>(), 0..4usize, any_text()), 0..4);
    (start, cuts).prop_map(|(mut text, cuts)| {
        for (index, length, insert) in cuts {
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let at = index.index(places.len());
            let end = places[(at + length).min(places.len() - 1)];
            text.replace_range(places[at]..end, &insert);
        }
        text
    })
}

proptest! {
    #[test]
    fn what_is_written_is_what_is_read(sealed in any_sealed()) {
        for text in [to_yaml(&sealed), to_json(&sealed), format!("---\n{}", to_yaml(&sealed))] {
            for policy in [Policy::Strict, Policy::Kubeseal] {
                let read = read_sealed_secrets(&text, policy);
                prop_assert_eq!(read, Ok(vec![sealed.clone()]), "{:?} {}", policy, text);
            }
        }
    }

    #[test]
    fn an_opened_secret_is_written_so_that_it_reads_back(
        name in "[a-z]{1,9}",
        values in btree_map(any_text(), vec(any::<u8>(), 0..99), 0..5),
        type_ in some_text(),
        immutable: Option<bool>,
    ) {
        let data: BTreeMap<String, Plaintext> =
            values.into_iter().map(|(key, value)| (key, Plaintext::new(value))).collect();
        let metadata = Metadata { name, ..Metadata::default() };
        let secret = PlainSecret { metadata, type_, immutable, data };
        for text in [secret_to_yaml(&secret), secret_to_json(&secret)] {
            for policy in [Policy::Strict, Policy::Kubeseal] {
                let read = read_secrets(&text, policy).unwrap().remove(0);
                prop_assert_eq!(&read.data, &secret.data);
                prop_assert_eq!(&read.type_, &secret.type_);
                prop_assert_eq!(read.immutable, secret.immutable);
            }
        }
    }

    #[test]
    fn no_text_makes_a_reader_panic(text in any_text(), bytes in vec(any::<u8>(), 0..200)) {
        for text in [text.as_str(), &String::from_utf8_lossy(&bytes)] {
            for policy in [Policy::Strict, Policy::Kubeseal] {
                let _ = read_secrets(text, policy);
                let _ = read_sealed_secrets(text, policy);
            }
            for dialect in [Dialect::Godotenv, Dialect::Docker] {
                let _ = dotenv::parse(text, dialect);
            }
            let _ = recognise(text);
        }
    }

    #[test]
    fn errors_stand_inside_the_text_and_show_no_value_of_it(text in damaged()) {
        for policy in [Policy::Strict, Policy::Kubeseal] {
            for error in [read_secrets(&text, policy).err(), read_sealed_secrets(&text, policy).err()] {
                let Some(error) = error else { continue };
                let shown = format!("{error} {error:?}");
                prop_assert!(!shown.contains("hunter") && !shown.contains("aHVu"), "{}", shown);
                if let Some(at) = error.position() {
                    let line = text.split('\n').nth(at.line - 1);
                    prop_assert!(line.is_some_and(|line| at.column <= line.chars().count() + 1), "{} in {:?}", error, text);
                }
            }
        }
        for dialect in [Dialect::Godotenv, Dialect::Docker] {
            if let Err(error) = dotenv::parse(&text, dialect) {
                let shown = format!("{error} {error:?}");
                prop_assert!(!shown.contains("hunter"), "{}", shown);
            }
        }
    }

    #[test]
    fn docker_lines_come_back_byte_for_byte(values in vec("[^\r\n]{0,20}", 0..9)) {
        let text: String = values.iter().enumerate().map(|(at, value)| format!("K{at}={value}\n")).collect();
        let entries = dotenv::parse(&text, Dialect::Docker).unwrap();
        let read: Vec<&[u8]> = entries.iter().map(|entry| entry.value.expose()).collect();
        prop_assert_eq!(read, values.iter().map(String::as_bytes).collect::<Vec<_>>());
    }

    #[test]
    fn godotenv_quotes_hold_any_text(value in any_text()) {
        let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$");
        // As a line break of Windows, it would be one of the file.
        let escaped = escaped.replace('\r', "\\r");
        let text = format!("A=\"{escaped}\" # c\nB='x'\n");
        let entries = dotenv::parse(&text, Dialect::Godotenv).unwrap();
        prop_assert_eq!(entries[0].value.expose(), value.as_bytes());
        prop_assert_eq!(entries[1].line, 2 + value.matches('\n').count());
    }
}
