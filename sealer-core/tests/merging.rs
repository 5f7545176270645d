//! What an edit of a SealedSecret's text does, as a table: the text before, the edit, the text after.

use std::collections::BTreeMap;

use sealer_core::Policy;
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
