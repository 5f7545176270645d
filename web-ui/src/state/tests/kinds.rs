//! What is recognised besides manifests and lines, and files that are values.

use super::*;

fn pem(label: &str) -> String {
    format!("-----BEGIN {label}-----\nAA==\n-----END {label}-----\n")
}

fn taken(row: u32, key: &str) -> Action {
    let (key, file) = (key.to_owned(), Some(Rc::from("a file")));
    Action::FileTaken(Typed { row, key, replaces: false, bytes: 3, trap: None, file })
}

fn keys(edits: &Edits) -> Vec<(&str, bool, bool)> {
    edits.typed().iter().map(|typed| (typed.key.as_str(), typed.replaces, typed.is_filled())).collect()
}

#[test]
fn the_type_is_the_one_that_was_recognised_until_somebody_chooses_another() {
    let pair = summary(&(pem("CERTIFICATE") + &pem("PRIVATE KEY")));
    let state = reads(State::new(Vec::new()), pair.clone());
    assert_eq!(state.shown_type(), SecretType::Tls);
    let state = state.reduce(Action::TypeChosen(SecretType::Opaque));
    assert!(matches!(state.input, Input::Unread), "what stands in the box may belong to another key now");
    let state = reads(state, pair);
    assert_eq!(state.shown_type(), SecretType::Opaque);
    let state = state.reduce(Action::StartOver);
    assert_eq!((state.secret_type, state.shown_type()), (None, SecretType::Opaque));
}

#[test]
fn a_file_takes_the_place_of_a_row_that_waits_and_of_an_earlier_file_of_this_key() {
    let state = State::new(Vec::new()).reduce(Action::TypeChosen(SecretType::Tls));
    assert_eq!(keys(&state.rows), [("tls.crt", false, false), ("tls.key", false, false)]);
    let state = state.reduce(taken(100, "tls.crt")).reduce(taken(101, "tls.crt"));
    assert_eq!(keys(&state.rows), [("tls.key", false, false), ("tls.crt", false, true)]);
    assert!(state.is_working() && state.rows.waits());
}

#[test]
fn a_file_takes_the_place_of_a_value_in_an_open_file() {
    let text = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db, namespace: payments}\nspec:\n  encryptedData:\n    a: AgBy\n";
    let file = Rc::new(SealedFile::read(text).unwrap());
    let open = Action::FileOpened { name: "db.yaml".into(), file, writable: false };
    let state = State::new(Vec::new()).reduce(open);
    let remove = Action::Edited(Edit::Remove("a".into()));
    let state = state.reduce(remove).reduce(taken(100, "a")).reduce(taken(101, "b"));
    assert_eq!(keys(state.edits()), [("a", true, true), ("b", false, true)]);
    let state = state.reduce(Action::Wiped).reduce(taken(102, "c"));
    assert_eq!(keys(state.edits()), [("c", false, true)]);
    assert!(!state.is_wiped());
}

#[test]
fn files_are_gone_after_clearing_and_the_next_one_begins_anew() {
    let state = State::new(Vec::new()).reduce(Action::Edited(Edit::Add)).reduce(taken(100, "a"));
    let state = state.reduce(Action::Wiped);
    assert!(state.is_wiped());
    let state = state.reduce(taken(101, "b"));
    assert_eq!(keys(&state.rows), [("", false, false), ("b", false, true)]);
}
