//! What removing and renaming keys does to a SealedSecret's text, as a table: the text before, the edit, the text after.

use sealer_core::Policy;
use sealer_core::merge::{Changes, MergeError, SealedText, lines};

fn without(keys: &[&str]) -> Changes {
    Changes { removed: keys.iter().map(ToString::to_string).collect(), ..Changes::default() }
}

fn renamed(names: &[(&str, &str)]) -> Changes {
    let renamed = names.iter().map(|(old, new)| ((*old).to_owned(), (*new).to_owned())).collect();
    Changes { renamed, ..Changes::default() }
}

fn edited(text: &str, changes: &Changes) -> Result<String, MergeError> {
    SealedText::read(text, Policy::Strict)?.target("db", "")?.edited(changes)
}

/// A SealedSecret with these lines under `encryptedData`, which may be followed by others.
fn sealed(values: &str) -> String {
    format!("kind: SealedSecret\nmetadata:\n  name: db\nspec:\n  encryptedData:{values}")
}

#[test]
fn the_lines_of_a_removed_key_go_and_no_others() {
    for (about, before, keys, after) in [
        ("the first", "\n    a: AgA=\n    b: AgB=\n", &["a"][..], "\n    b: AgB=\n"),
        ("the last", "\n    a: AgA=\n    b: AgB=\n", &["b"], "\n    a: AgA=\n"),
        ("no final line break", "\n    a: AgA=\n    b: AgB=", &["b"], "\n    a: AgA="),
        ("a blank line before the end", "\n    a: AgA=\n\n    b: AgB=", &["b"], "\n    a: AgA="),
        ("several", "\n    a: AgA=\n    b: AgB=\n    c: AgC=\n", &["a", "c"], "\n    b: AgB=\n"),
        (
            "its comment behind goes, comments above stay",
            "\n    # above\n    a: AgA= # behind\n    # between\n    b: AgB=\n",
            &["a"],
            "\n    # above\n    # between\n    b: AgB=\n",
        ),
        ("all of them", "\n    a: AgA=\n    b: AgB=\n  template: {}\n", &["a", "b"], " {}\n  template: {}\n"),
        ("all, beside a comment", " # values\n    a: AgA=\n", &["a"], " {} # values\n"),
        ("all, at the end", "\n    a: AgA=", &["a"], " {}"),
        (
            "a literal",
            "\n    a: |-\n      AgA=\n    b: >2-\n       AgB=\n\n    c: AgC=\n",
            &["a", "b"],
            "\n\n    c: AgC=\n",
        ),
        ("below its key", "\n    a:\n      AgA=\n    b: AgB=\n", &["a"], "\n    b: AgB=\n"),
        ("in quotation marks", "\n    \"a\": 'AgA='\n    b: AgB=\n", &["a"], "\n    b: AgB=\n"),
        ("over two lines", "\n    a: \"Ag\\\n      A=\"\n    b: AgB=\n", &["a"], "\n    b: AgB=\n"),
    ] {
        for line_break in ["\n", "\r\n"] {
            let (before, after) = (sealed(before), sealed(after));
            let result = edited(&before.replace('\n', line_break), &without(keys));
            assert_eq!(result, Ok(after.replace('\n', line_break)), "{about}");
        }
    }
}

#[test]
fn a_renamed_key_keeps_its_place_its_value_and_its_style() {
    for (about, before, names, after) in [
        (
            "plain",
            "\n    a: AgA= # old\n    b: AgB=\n",
            &[("a", "z")][..],
            "\n    z: AgA= # old\n    b: AgB=\n",
        ),
        ("quoted by choice", "\n    'a': AgA=\n", &[("a", "b")], "\n    'b': AgA=\n"),
        ("quoted where it must be", "\n    a: AgA=\n", &[("a", "on")], "\n    \"on\": AgA=\n"),
        (
            "no longer where it need not be",
            "\n    \"on\": AgA=\n",
            &[("on", "off-peak")],
            "\n    off-peak: AgA=\n",
        ),
        (
            "two that change places",
            "\n    a: AgA=\n    b: AgB=\n",
            &[("a", "b"), ("b", "a")],
            "\n    b: AgA=\n    a: AgB=\n",
        ),
        ("a literal", "\n    a: |-\n      AgA=\n", &[("a", "b")], "\n    b: |-\n      AgA=\n"),
        ("to its own name", "\n    a: AgA=\n", &[("a", "a")], "\n    a: AgA=\n"),
    ] {
        assert_eq!(edited(&sealed(before), &renamed(names)), Ok(sealed(after)), "{about}");
    }
}

#[test]
fn objects_in_json_lose_and_rename_keys_with_their_commas() {
    let object = |values: &str| {
        format!(r#"{{"kind":"SealedSecret","metadata":{{"name":"db"}},"spec":{{"encryptedData":{values}}}}}"#)
    };
    let pretty = "{\n    \"a\": \"AgA=\",\n    \"b\": \"AgB=\",\n    \"c\": \"AgC=\"\n  }";
    for (before, changes, after) in [
        (r#"{"a":"AgA=","b":"AgB="}"#, without(&["a"]), r#"{"b":"AgB="}"#),
        (r#"{"a":"AgA=","b":"AgB="}"#, without(&["b"]), r#"{"a":"AgA="}"#),
        (r#"{ "a": "AgA=", "b": "AgB=" }"#, without(&["a", "b"]), "{}"),
        (pretty, without(&["b"]), "{\n    \"a\": \"AgA=\",\n    \"c\": \"AgC=\"\n  }"),
        (pretty, without(&["b", "c"]), "{\n    \"a\": \"AgA=\"\n  }"),
        (pretty, without(&["a", "c"]), "{\n    \"b\": \"AgB=\"\n  }"),
        (r#"{"a":"AgA=","b":"AgB="}"#, renamed(&[("b", "z.pem")]), r#"{"a":"AgA=","z.pem":"AgB="}"#),
    ] {
        assert_eq!(edited(&object(before), &changes), Ok(object(after)), "{before}");
    }
}

#[test]
fn keys_are_removed_then_renamed_then_set() {
    let mut changes = renamed(&[("a", "b")]);
    changes.removed.push("b".to_owned());
    changes.encrypted_data.insert("b".to_owned(), "AgX=".to_owned());
    changes.encrypted_data.insert("c".to_owned(), "AgC=".to_owned());
    assert_eq!(
        edited(&sealed("\n    a: AgA=\n    b: AgB=\n"), &changes),
        Ok(sealed("\n    b: AgX=\n    c: AgC=\n"))
    );
}

#[test]
fn what_is_not_there_or_there_already_is_said() {
    let text = sealed("\n    a: AgA=\n    b: AgB=\n");
    let no_key = |key: &str| Err(MergeError::NoKey { key: key.to_owned() });
    let taken = |key: &str| Err(MergeError::KeyTaken { key: key.to_owned() });
    assert_eq!(edited(&text, &without(&["c"])), no_key("c"));
    assert_eq!(edited(&text, &renamed(&[("c", "d")])), no_key("c"));
    assert_eq!(edited(&text, &renamed(&[("a", "b")])), taken("b"));
    assert_eq!(edited(&text, &renamed(&[("a", "c"), ("b", "c")])), taken("c"));
    let both = Changes { removed: without(&["a"]).removed, ..renamed(&[("a", "c")]) };
    assert_eq!(edited(&text, &both), no_key("a"));
    assert_eq!(edited(&sealed(" {}\n"), &without(&["a"])), no_key("a"));
}

#[test]
fn what_other_places_depend_on_is_not_removed() {
    let text = sealed("\n    a: &same AgA=\n    b: *same\n");
    let error = edited(&text, &without(&["a"])).unwrap_err();
    assert!(error.is_about_style(), "{error}");
    assert_eq!(edited(&text, &without(&["b"])), Ok(sealed("\n    a: &same AgA=\n")));
}

#[test]
fn lines_to_paste_are_yaml_under_encrypted_data() {
    let entries = [("on", "AgA="), ("b", "AgB=")].map(|(key, text)| (key.to_owned(), text.to_owned()));
    assert_eq!(lines(&entries.into()), "    b: AgB=\n    \"on\": AgA=\n");
}
