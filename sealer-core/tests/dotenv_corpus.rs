//! `.env` files as people write them: what is read is what godotenv and docker read, but for what is listed here.

use std::collections::BTreeMap;

use sealer_core::dotenv::{Dialect, parse};
use sealer_core::encode_base64;
use serde_json::{Value, json};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/dotenv/");

/// Files that are read otherwise than by godotenv, each for a reason.
const GODOTENV: [(&str, &str); 19] = [
    (
        "backslash-at-the-end.env",
        "a doubled backslash escapes no quotation mark; godotenv reads on to the next one",
    ),
    ("byte-order-mark-and-comment.env", "what an editor of Windows puts first is no part of the text"),
    ("byte-order-mark.env", "the same"),
    ("comment-for-a-value.env", "refused: the comment would be the value"),
    ("comment-with-two-marks.env", "refused: godotenv takes half of the comment into the value"),
    ("dashes-in-names.env", "a Secret's key may have them"),
    ("dollar-escaped-twice.env", "godotenv loses the escaped backslash"),
    ("dollar-expanded.env", "nothing is expanded"),
    ("dollar-plain.env", "godotenv expands a part of a password's hash to nothing"),
    ("duplicate.env", "refused: one of the values would be lost"),
    ("escape-at-the-end.env", "godotenv trims the escaped quotation mark with the closing one"),
    ("escape-tab.env", "it is a tab, as the person meant; godotenv makes it a `t`"),
    ("escaped-single-quote.env", "refused: godotenv would keep the backslash, shells find no end"),
    ("no-equals-at-the-end.env", "refused: godotenv gives it to a variable without a name"),
    ("no-name.env", "refused: a Secret's key has a name"),
    ("old-mac.env", "refused: docker reads one line"),
    ("space-in-a-name.env", "refused: a Secret's key has no spaces"),
    ("two-on-a-line.env", "refused: docker and shells read something else"),
    ("yaml-style.env", "refused: it is YAML, which is read by other rules"),
];

/// Files that are read otherwise than by docker, each for a reason.
const DOCKER: [(&str, &str); 6] = [
    ("duplicate.env", "refused: one of the values would be lost"),
    ("ini-section.env", "refused: a name alone takes its value from docker's own environment"),
    ("no-equals-at-the-end.env", "the same"),
    ("no-equals.env", "the same"),
    ("unicode-name.env", "refused: no Secret's key may have them"),
    ("windows-multi-line.env", "refused: a name alone, and half of a value"),
];

/// The values in base64, or the message.
fn ours(text: &str, dialect: Dialect) -> Result<BTreeMap<String, String>, String> {
    let entries = parse(text, dialect).map_err(|error| error.to_string())?;
    Ok(entries.into_iter().map(|entry| (entry.key, encode_base64(entry.value.expose()))).collect())
}

#[test]
fn every_file_is_read_as_godotenv_and_docker_read_it_but_for_those_listed() {
    let cases = std::fs::read_to_string(format!("{FOLDER}results.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&cases).unwrap();
    assert!(cases.len() >= 40);
    for (name, dialect, listed) in
        [("godotenv", Dialect::Godotenv, &GODOTENV[..]), ("docker", Dialect::Docker, &DOCKER)]
    {
        let differs = |file: &&str| {
            let text = std::fs::read_to_string(format!("{FOLDER}{file}")).unwrap();
            let theirs = &cases.iter().find(|case| case["file"] == *file).unwrap()[name];
            match ours(&text, dialect) {
                Ok(values) => theirs["values"] != json!(values),
                Err(_) => !theirs["error"].is_string(),
            }
        };
        let files = cases.iter().map(|case| case["file"].as_str().unwrap());
        let different: Vec<&str> = files.filter(differs).collect();
        assert_eq!(different, listed.iter().map(|(file, _reason)| *file).collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn what_differs_for_a_reason_is_read_as_written() {
    for (file, key, value) in [
        ("backslash-at-the-end.env", "DIR", "C:\\data\\"),
        ("dollar-expanded.env", "URL", "postgres://$HOST:${PORT}/shop"),
        ("dollar-plain.env", "HASH", "$2b$10$abcdefghijk"),
        ("dollar-escaped-twice.env", "A", "\\$HOST"),
        ("escape-at-the-end.env", "A", "say \"hi\""),
        ("escape-tab.env", "A", "one\ttwo"),
    ] {
        let text = std::fs::read_to_string(format!("{FOLDER}{file}")).unwrap();
        assert_eq!(ours(&text, Dialect::Godotenv).unwrap()[key], encode_base64(value.as_bytes()), "{file}");
    }
}
