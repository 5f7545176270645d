//! What an edit of a SealedSecret's text does, as a table: the text before, the edit, the text after.

use std::collections::BTreeMap;

use sealer_core::Policy;
use sealer_core::manifest::Problem;
use sealer_core::merge::{Changes, MergeError, SealedText};

type Pairs<'a> = &'a [(&'a str, &'a str)];

fn map(pairs: Pairs<'_>) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect()
}

fn set(pairs: Pairs<'_>) -> Changes {
    Changes { encrypted_data: map(pairs), ..Changes::default() }
}

fn edited(text: &str, changes: &Changes) -> Result<String, MergeError> {
    SealedText::read(text, Policy::Strict)?.target("db", "")?.edited(changes)
}

/// A SealedSecret whose `spec` is this.
fn sealed(spec: &str) -> String {
    format!(
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: db\n  namespace: payments\n{spec}"
    )
}

#[test]
fn a_value_is_replaced_or_added_and_nothing_else_changes() {
    for (about, before, pairs, after) in [
        (
            "replaced",
            "spec:\n  encryptedData:\n    password: AgA=\n    user: AgB=\n",
            &[("password", "AgC=")][..],
            "spec:\n  encryptedData:\n    password: AgC=\n    user: AgB=\n",
        ),
        (
            "added where the keys are sorted",
            "spec:\n  encryptedData:\n    password: AgA= # old\n    # who\n    user: AgB=\n",
            &[("host", "AgC="), ("port", "AgD="), ("zone", "AgE=")],
            "spec:\n  encryptedData:\n    host: AgC=\n    password: AgA= # old\n    port: AgD=\n    # who\n    user: AgB=\n    zone: AgE=\n",
        ),
        (
            "added behind keys that are not sorted",
            "spec:\n  encryptedData:\n    user: AgB=\n    password: AgA=\n  template: {}\n",
            &[("host", "AgC="), ("api", "AgD=")],
            "spec:\n  encryptedData:\n    user: AgB=\n    password: AgA=\n    api: AgD=\n    host: AgC=\n  template: {}\n",
        ),
        (
            "no line feed at the end",
            "spec:\n  encryptedData:\n    password: AgA=",
            &[("user", "AgC=")],
            "spec:\n  encryptedData:\n    password: AgA=\n    user: AgC=",
        ),
        (
            "quotation marks",
            "spec:\n  encryptedData:\n    'password': \"AgA=\"\n",
            &[("password", "AgC="), ("user", "AgD=")],
            "spec:\n  encryptedData:\n    'password': \"AgC=\"\n    'user': \"AgD=\"\n",
        ),
        (
            "folded and literal",
            "spec:\n  encryptedData:\n    a: >-\n      AgA=\n    b: |\n      AgB=\n\n    # c\n    c: >2-\n        AgC=\n",
            &[("a", "AgD="), ("b", "AgE="), ("bb", "AgF=")],
            "spec:\n  encryptedData:\n    a: >-\n      AgD=\n    b: |-\n      AgE=\n    bb: |-\n      AgF=\n\n    # c\n    c: >2-\n        AgC=\n",
        ),
        (
            "below the key",
            "spec:\n  encryptedData:\n    a:\n      AgA=\n    b: AgB=\n",
            &[("a", "AgD="), ("aa", "AgE=")],
            "spec:\n  encryptedData:\n    a:\n      AgD=\n    aa:\n      AgE=\n    b: AgB=\n",
        ),
        (
            "missing",
            "spec:\n    template:\n        metadata:\n            name: db\n",
            &[("a", "AgA="), ("b", "AgB=")],
            "spec:\n    encryptedData:\n        a: AgA=\n        b: AgB=\n    template:\n        metadata:\n            name: db\n",
        ),
        (
            "null",
            "spec:\n  encryptedData: # none\n",
            &[("a", "AgA=")],
            "spec:\n  encryptedData: # none\n    a: AgA=\n",
        ),
        (
            "null, written out",
            "spec:\n  encryptedData: null\n  template: {}\n",
            &[("a", "AgA=")],
            "spec:\n  encryptedData:\n    a: AgA=\n  template: {}\n",
        ),
        (
            "empty",
            "spec:\n  encryptedData: {} # none",
            &[("a", "AgA=")],
            "spec:\n  encryptedData: # none\n    a: AgA=",
        ),
        ("no spec", "", &[("a", "AgA=")], "spec:\n  encryptedData:\n    a: AgA=\n"),
        ("empty spec", "spec: {}\n", &[("a", "AgA=")], "spec:\n  encryptedData:\n    a: AgA=\n"),
    ] {
        for line_break in ["\n", "\r\n"] {
            let (before, after) = (sealed(before), sealed(after));
            let result = edited(&before.replace('\n', line_break), &set(pairs));
            assert_eq!(result, Ok(after.replace('\n', line_break)), "{about}");
        }
    }
}

#[test]
fn json_is_edited_as_it_is_laid_out() {
    let around = |spec: &str| {
        format!(
            "{{\n  \"kind\": \"SealedSecret\",\n  \"metadata\": {{ \"name\": \"db\" }},\n  \"spec\": {spec}\n}}\n"
        )
    };
    for (about, before, pairs, after) in [
        (
            "sorted",
            "{\n    \"encryptedData\": {\n      \"b\": \"AgB=\",\n      \"d\": \"AgD=\"\n    }\n  }",
            &[("a", "AgX="), ("c", "AgY="), ("d", "AgZ="), ("e", "AgW=")][..],
            "{\n    \"encryptedData\": {\n      \"a\": \"AgX=\",\n      \"b\": \"AgB=\",\n      \"c\": \"AgY=\",\n      \
             \"d\": \"AgZ=\",\n      \"e\": \"AgW=\"\n    }\n  }",
        ),
        (
            "on one line",
            "{\"encryptedData\": {\"b\": \"AgB=\"}}",
            &[("a", "AgX="), ("c", "AgY=")],
            "{\"encryptedData\": {\"a\": \"AgX=\", \"b\": \"AgB=\", \"c\": \"AgY=\"}}",
        ),
        (
            "missing",
            "{\n    \"template\": {}\n  }",
            &[("a", "AgX=")],
            "{\n    \"encryptedData\": {\n      \"a\": \"AgX=\"\n    },\n    \"template\": {}\n  }",
        ),
        (
            "null",
            "{\n    \"encryptedData\": null\n  }",
            &[("a", "AgX="), ("b", "AgY=")],
            "{\n    \"encryptedData\": {\n      \"a\": \"AgX=\",\n      \"b\": \"AgY=\"\n    }\n  }",
        ),
        (
            "an empty spec",
            "{ }",
            &[("a", "AgX=")],
            "{\n    \"encryptedData\": {\n      \"a\": \"AgX=\"\n    }\n  }",
        ),
    ] {
        for line_break in ["\n", "\r\n"] {
            let (before, after) = (around(before), around(after));
            let result = edited(&before.replace('\n', line_break), &set(pairs));
            assert_eq!(result, Ok(after.replace('\n', line_break)), "{about}");
        }
    }
}

#[test]
fn labels_and_annotations_of_the_template_are_set_beside_the_values() {
    let changes = Changes {
        encrypted_data: map(&[("a", "AgX=")]),
        labels: map(&[("app", "shop"), ("version", "1"), ("same", "old")]),
        annotations: map(&[("note", "two\nlines"), ("on", "y: # no")]),
        ..Changes::default()
    };
    let before =
        "spec:\n  template:\n    metadata:\n      labels:\n        same: old # stays\n    type: Opaque\n";
    let after = "spec:\n  encryptedData:\n    a: AgX=\n  template:\n    metadata:\n      annotations:\n        \
                 note: \"two\\nlines\"\n        \"on\": 'y: # no'\n      labels:\n        app: shop\n        \
                 same: old # stays\n        version: \"1\"\n    type: Opaque\n";
    assert_eq!(edited(&sealed(before), &changes), Ok(sealed(after)));
    let json = r#"{"kind":"SealedSecret","metadata":{"name":"db"},"spec":{"template":{"type":"Opaque"}}}"#;
    assert_eq!(
        edited(json, &Changes { annotations: map(&[("note", "two\n\"lines\"")]), ..Changes::default() })
            .as_deref(),
        Ok(
            r#"{"kind":"SealedSecret","metadata":{"name":"db"},"spec":{"template":{"metadata":{"annotations":{"note":"two\n\"lines\""}},"type":"Opaque"}}}"#
        )
    );
}

#[test]
fn what_is_missing_on_the_way_is_made() {
    let changes = Changes { labels: map(&[("app", "shop")]), ..Changes::default() };
    for (before, after) in [
        ("spec:\n  template: {}\n", "spec:\n  template:\n    metadata:\n      labels:\n        app: shop\n"),
        (
            "spec:\n  template:\n    metadata: # none\n    type: Opaque\n",
            "spec:\n  template:\n    metadata: # none\n      labels:\n        app: shop\n    type: Opaque\n",
        ),
        (
            "spec:\n  encryptedData:\n    a: AgA=\nstatus: {}\n",
            "spec:\n  encryptedData:\n    a: AgA=\n  template:\n    metadata:\n      labels:\n        app: shop\nstatus: {}\n",
        ),
        (
            "status:\n  conditions:\n  - type: Synced\n",
            "spec:\n  template:\n    metadata:\n      labels:\n        app: shop\nstatus:\n  conditions:\n  - type: Synced\n",
        ),
    ] {
        assert_eq!(edited(&sealed(before), &changes), Ok(sealed(after)), "{before}");
    }
    let json = "{\n\t\"kind\": \"SealedSecret\",\n\t\"metadata\": {\"name\": \"db\"}\n}";
    let after = "{\n\t\"kind\": \"SealedSecret\",\n\t\"metadata\": {\"name\": \"db\"},\n\t\"spec\": {\n\t\t\"template\": {\n\t\t\t\"metadata\": \
                 {\n\t\t\t\t\"labels\": {\n\t\t\t\t\t\"app\": \"shop\"\n\t\t\t\t}\n\t\t\t}\n\t\t}\n\t}\n}";
    assert_eq!(edited(json, &changes).as_deref(), Ok(after));
}

#[test]
fn nothing_to_change_changes_nothing() {
    let text = sealed("spec:\n  encryptedData: {a: AgA=}\n");
    assert_eq!(edited(&text, &Changes::default()).as_ref(), Ok(&text));
    assert_eq!(edited(&text, &set(&[("a", "AgA=")])).as_ref(), Ok(&text));
}

#[test]
fn which_of_several_is_meant_is_told_by_the_names_or_not_at_all() {
    let document = |name: &str, namespace: &str| {
        format!("kind: SealedSecret\nmetadata: {{name: {name}, namespace: '{namespace}'}}\nspec: {{}}\n")
    };
    let find = |documents: &[(&str, &str)], name: &str, namespace: &str| {
        let text: Vec<String> = documents.iter().map(|(name, namespace)| document(name, namespace)).collect();
        let text = text.join("---\n");
        let read = SealedText::read(&text, Policy::Strict).unwrap();
        let target = read.target(name, namespace);
        target.map(|target| target.sealed().metadata.namespace.clone()).map_err(|error| error.to_string())
    };
    let several = |lines: &str| {
        Err(format!(
            "there are several SealedSecrets (on lines {lines}), and none of them alone has the name that is looked for"
        ))
    };
    for (documents, name, namespace, expected) in [
        (&[("db", "one")][..], "other", "two", Ok("one".to_owned())),
        (&[("mail", "one"), ("db", "two")], "db", "", Ok("two".to_owned())),
        (&[("db", "one"), ("db", "two")], "db", "two", Ok("two".to_owned())),
        (&[("db", ""), ("mail", "one")], "db", "two", Ok(String::new())),
        (&[("db", "one"), ("db", "two")], "db", "", several("1, 5")),
        (&[("db", "one"), ("mail", "one")], "", "", several("1, 5")),
        (&[("db", "one"), ("mail", "one")], "db", "two", several("1, 5")),
        (
            &[("mail", "one"), ("db", "one"), ("db", "one")],
            "db",
            "one",
            Err("line 9, column 1: this SealedSecret stands on line 5 already; remove one of the two"
                .to_owned()),
        ),
    ] {
        assert_eq!(find(documents, name, namespace), expected, "{documents:?}");
    }
}

#[test]
fn what_holds_no_sealed_secret_is_refused_with_the_place() {
    for (text, message) in [
        ("", "no SealedSecret found; make sure that the input is not empty"),
        ("# nothing\n---\n", "no SealedSecret found; make sure that the input is not empty"),
        (
            "kind: Secret\ndata: {a: aHVudGVyMg==}\n",
            "line 1, column 7: this is a plain Secret, not a SealedSecret",
        ),
        ("{\"kind\": \"hunter2\"}", "line 1, column 10: this is another kind of object, not a SealedSecret"),
        ("spec:\n  encryptedData: {}\n", "line 1, column 1: `kind: SealedSecret` is missing"),
        (
            "kind: SealedSecret\nspec: [hunter2\n",
            "line 2, column 7: a bracket or brace is not closed, or closed without being opened",
        ),
        ("{\"kind\": \"SealedSecret\", \"hunter2}", "line 1, column 26: a quotation mark is not closed"),
        (
            "kind: SealedSecret\nspec:\n  data: hunter2\nmetadata: {name: db}\n",
            "line 1, column 1: this SealedSecret has the deprecated `spec.data`, which holds all values in one; seal the whole Secret again",
        ),
        (
            "kind: SealedSecret\nspec:\n  encryptedData:\n    a: [hunter2]\n",
            "line 4, column 8: a text is expected here",
        ),
    ] {
        let error = edited(text, &set(&[("a", "AgX=")])).unwrap_err();
        assert_eq!(error.to_string(), message, "{text}");
    }
}

#[test]
fn all_sealed_secrets_of_a_text_are_edited_at_once_and_what_is_between_them_stays() {
    let document = |name: &str, value: &str| {
        format!(
            "# {name}\nkind: SealedSecret\nmetadata: {{name: {name}, namespace: shop}}\nspec:\n  encryptedData:\n    \
             k: {value} # of {name}\n"
        )
    };
    let text = |one: &str, two: &str, three: &str| {
        let other = "# between\nkind: ConfigMap\ndata: {k: AgA=}\n";
        [document("one", one), other.to_owned(), document("two", two), document("three", three)].join("---\n")
    };
    let before = text("AgA=", "AgB=", "AgC=");
    let file = SealedText::read(&before, Policy::Strict).unwrap();
    assert_eq!(file.all().map(|target| target.line()).collect::<Vec<_>>(), [2, 13, 20]);
    let both = BTreeMap::from([(0, set(&[("k", "AgAmuchlonger")])), (2, set(&[("k", "AgZ=")]))]);
    assert_eq!(file.edited(|index| both.get(&index)).unwrap(), text("AgAmuchlonger", "AgB=", "AgZ="));
    assert_eq!(file.edited(|_| None).unwrap(), before);

    let deprecated = before.replace("  encryptedData:\n    k: AgC=", "  data: AgC=");
    let file = SealedText::read(&deprecated, Policy::Strict).unwrap();
    assert!(matches!(file.edited(|index| both.get(&index)), Err(MergeError::Deprecated { .. })));
}

#[test]
fn a_sealed_secret_inside_a_list_is_refused_and_never_passed_over() {
    let item =
        "  - apiVersion: bitnami.com/v1alpha1\n    kind: SealedSecret\n    metadata:\n      name: db\n";
    let document = sealed("spec:\n  encryptedData:\n    password: AgA=\n");
    for (text, line) in [
        (format!("apiVersion: v1\nkind: List\nitems:\n{item}"), 4),
        (format!("{document}---\nkind: SealedSecretList\nitems:\n  - kind: ConfigMap\n{item}"), 13),
        (r#"{"kind": "List", "items": [{"kind": "SealedSecret"}]}"#.to_owned(), 1),
    ] {
        let MergeError::Manifest(error) = SealedText::read(&text, Policy::Strict).unwrap_err() else {
            panic!("another error for {text}");
        };
        assert_eq!(error.problem(), Some(&Problem::SealedInList));
        assert_eq!(error.position().map(|at| at.line), Some(line), "{text}");
    }
    let others =
        format!("{document}---\nkind: List\nitems:\n  - kind: ConfigMap\n---\nkind: List\nitems: []\n");
    assert_eq!(SealedText::read(&others, Policy::Strict).unwrap().all().count(), 1);
}
