use sealer_core::dotenv::Dialect;
use sealer_core::{Binding, CertError, Timestamp};

use super::*;
use crate::desk::Opening;
use crate::reading::{self, Kind};

mod clusters;
mod details;
mod kinds;
mod links;

fn summary(text: &str) -> Rc<Summary> {
    Rc::new(reading::read(text, Dialect::Godotenv, SecretType::Opaque).unwrap().0)
}

fn manifest(name: &str, namespace: &str) -> Rc<Summary> {
    summary(&format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}, namespace: {namespace}}}\nstringData: {{a: b}}\n"
    ))
}

fn sealed() -> Outcome {
    let opening =
        Opening { name: "db".to_owned(), namespace: "payments".to_owned(), binding: Binding::Cluster };
    Outcome::Sealed(Rc::new(Sealed {
        yaml: String::new(),
        file_name: String::new(),
        others: Vec::new(),
        openings: vec![opening],
        values: 1,
        merged: None,
    }))
}

fn changed(state: State) -> State {
    state.reduce(Action::TextChanged { blank: false, pace: Pace::Now })
}

fn reads(state: State, summary: Rc<Summary>) -> State {
    let state = changed(state);
    let revision = state.revision;
    state.reduce(Action::Read(revision, Ok(Reading::Values(summary))))
}

fn works(state: State) -> State {
    let serial = state.serial;
    state.reduce(Action::Worked(serial, sealed(), Vec::new()))
}

#[test]
fn a_manifest_fills_in_the_fields_and_typing_stands_until_it_says_something_else() {
    let state = reads(State::new(Vec::new()), manifest("db", "payments"));
    assert_eq!((state.name.text.as_str(), state.namespace.text.as_str()), ("db", "payments"));
    let state = state.reduce(Action::NameTyped("mine".to_owned()));
    let state = reads(state, manifest("db", "payments"));
    assert_eq!(state.name.text, "mine");
    let state = reads(state, manifest("other", "payments"));
    assert_eq!(state.name.text, "other");
}

#[test]
fn what_the_manifest_had_filled_in_goes_with_it_and_what_was_typed_stays() {
    let state = reads(State::new(Vec::new()), manifest("db", "payments"));
    let state = state.reduce(Action::NamespaceTyped("mine".to_owned()));
    let state = reads(state, summary("A=1"));
    assert_eq!((state.name.text.as_str(), state.namespace.text.as_str()), ("", "mine"));
}

#[test]
fn every_change_makes_the_result_void_until_it_is_sealed_again() {
    let state = works(reads(State::new(Vec::new()), manifest("db", "payments")));
    assert!(state.sealed().is_some() && state.is_settled());
    for action in [
        Action::TextChanged { blank: false, pace: Pace::Typing },
        Action::NameTyped("other".to_owned()),
        Action::NamespaceTyped("other".to_owned()),
        Action::ScopeChosen(Scope::ClusterWide),
        Action::DialectChosen(Dialect::Docker),
    ] {
        let state = state.clone().reduce(action.clone());
        assert!(state.sealed().is_none() && !state.is_settled(), "{action:?}");
    }
}

#[test]
fn answers_that_come_late_are_ignored() {
    let state = changed(State::new(Vec::new()));
    let (revision, serial) = (state.revision, state.serial);
    let state = changed(state);
    let after = state.clone().reduce(Action::Read(revision, Ok(Reading::Values(manifest("db", "payments")))));
    assert_eq!(after, state);
    let after = state.clone().reduce(Action::Worked(serial, sealed(), Vec::new()));
    assert_eq!(after, state);
}

#[test]
fn wiping_keeps_the_result_and_starting_over_keeps_nothing_but_the_certificate() {
    let state = works(reads(State::new(Vec::new()), manifest("db", "payments")));
    let wiped = state.reduce(Action::Wiped);
    assert!(wiped.sealed().is_some() && matches!(wiped.input, Input::Wiped(_)));
    let fresh = wiped.clone().reduce(Action::StartOver);
    assert_eq!((fresh.input, fresh.outcome), (Input::Empty, Outcome::Nothing));
    assert_eq!((fresh.name, fresh.namespace, fresh.scope), (Field::default(), Field::default(), None));
    assert!(fresh.revision > wiped.revision && fresh.serial > wiped.serial);
}

#[test]
fn a_server_whose_certificate_is_no_good_leaves_the_page_without_one_and_says_why() {
    let problem = CertificateProblem::Unusable(CertError::Malformed);
    let cluster =
        Cluster { name: Rc::from("prod"), certificate: Err(problem.clone()), folder: None, before: None };
    let state = State::new(vec![cluster]);
    assert_eq!(state.certificate, None);
    assert!(state.changing_certificate);
    assert_eq!(state.certificate_problem, Some(problem));
}

#[test]
fn a_certificate_that_can_not_be_taken_leaves_the_present_one_in_place() {
    let state = State::new(Vec::new());
    let before = state.certificate.clone();
    let state = state.reduce(Action::CertificateBrought(Err(CertError::PrivateKey)));
    assert_eq!(state.certificate, before);
    assert_eq!(state.certificate_problem, Some(CertificateProblem::Unusable(CertError::PrivateKey)));
}

#[test]
fn the_scope_shown_is_the_chosen_one_or_the_one_of_the_text() {
    let wide = summary(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  annotations: {sealedsecrets.bitnami.com/namespace-wide: \"true\"}\nstringData: {a: b}\n",
    );
    let state = reads(State::new(Vec::new()), wide);
    assert_eq!(state.shown_scope(), Some(Scope::NamespaceWide));
    assert_eq!(state.reduce(Action::ScopeChosen(Scope::Strict)).shown_scope(), Some(Scope::Strict));
    assert_eq!(summary("A=1").kind, Kind::Lines(Dialect::Godotenv));
}

const FILE: &str = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db, namespace: payments}\nspec:\n  encryptedData:\n    A: AgBy\n---\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: cache, namespace: payments}\nspec:\n  encryptedData:\n    B: AgBy\n";

fn opens(state: State) -> State {
    let state = changed(state);
    let revision = state.revision;
    let file = Rc::new(SealedFile::read(FILE).unwrap());
    state.reduce(Action::Read(revision, Ok(Reading::File(file))))
}

fn edits(state: &State) -> &Edits {
    &state.opened.as_ref().unwrap().edits
}

#[test]
fn a_sealed_file_leaves_the_box_free_for_values() {
    let state = opens(State::new(Vec::new()));
    assert_eq!((&state.input, state.emptied), (&Input::Empty, 1));
    let opened = state.opened.as_ref().unwrap();
    assert_eq!((&*opened.name, opened.document().name.as_str()), ("2-secrets.sealedsecret.yaml", "db"));
    assert!(state.is_working());
    let state = reads(state, summary("A=1"));
    assert!(state.opened.is_some() && state.pasted().len() == 1);
    assert_eq!(state.name, Field::default());
}

#[test]
fn a_file_keeps_the_name_that_it_was_chosen_by() {
    let state = changed(State::new(Vec::new())).reduce(Action::FileChosen(Rc::from("mine.yml")));
    let revision = state.revision;
    let file = Rc::new(SealedFile::read(FILE).unwrap());
    let state = state.reduce(Action::Read(revision, Ok(Reading::File(file))));
    assert_eq!(&*state.opened.unwrap().name, "mine.yml");
}

#[test]
fn a_file_opened_past_the_box_leaves_the_values_in_it() {
    let file = Rc::new(SealedFile::read(FILE).unwrap());
    let open = Action::FileOpened { name: Rc::from("mine.yml"), file, writable: false };
    let state = reads(State::new(Vec::new()), summary("A=1")).reduce(open.clone());
    assert_eq!((&state.input, state.emptied), (&Input::Unread, 0));
    assert_eq!(&*state.opened.unwrap().name, "mine.yml");
    assert!(State::new(Vec::new()).reduce(open).is_working());
}

/// A file that can be written is open, and something is worked out that goes into it.
fn works_on_the_disk() -> State {
    let file = Rc::new(SealedFile::read(FILE).unwrap());
    let state = State::new(Vec::new()).reduce(Action::FileOpened {
        name: Rc::from("mine.yml"),
        file,
        writable: true,
    });
    let state = state.reduce(Action::DocumentChosen(1)).reduce(Action::Edited(Edit::Add));
    let mut state = works(reads(state, summary("A=1")));
    let Outcome::Sealed(sealed) = &mut state.outcome else { panic!("it is sealed") };
    Rc::make_mut(sealed).yaml = format!("# saved\n{FILE}");
    state
}

#[test]
fn what_was_saved_is_what_the_next_change_is_made_in() {
    let state = works_on_the_disk();
    let (row, emptied) = (state.edits().typed()[0].row, state.emptied);
    let serial = state.serial;
    let mut state = state.reduce(Action::Saved(serial));
    assert_eq!((&state.outcome, state.kept, &state.input), (&Outcome::Unchanged, Kept::Saved, &Input::Empty));
    let opened = state.opened.clone().unwrap();
    assert!(opened.file.text.contains("# saved") && opened.writable);
    assert_eq!((opened.index, opened.edits.typed(), state.emptied), (1, [].as_slice(), emptied + 1));
    state = state.reduce(Action::Edited(Edit::Add));
    assert_eq!(state.kept, Kept::Not);
    assert!(state.edits().typed()[0].row > row);
}

#[test]
fn what_changed_while_the_file_was_written_stays_a_change_of_what_was_opened() {
    let state = works_on_the_disk();
    let serial = state.serial;
    let state = state.reduce(Action::Edited(Edit::Add));
    assert_eq!(state.clone().reduce(Action::Saved(serial)), state);
}

#[test]
fn every_edit_makes_the_result_void_and_another_secret_drops_them() {
    let state = works(opens(State::new(Vec::new())));
    let state = state.reduce(Action::Edited(Edit::Remove(Rc::from("A"))));
    assert!(state.is_working() && state.sealed().is_none());
    assert_ne!(edits(&state), &Edits::default());
    let state = state.reduce(Action::DocumentChosen(1));
    assert_eq!(state.opened.as_ref().unwrap().document().name, "cache");
    assert_eq!(edits(&state), &Edits::default());
    assert_eq!(state.clone().reduce(Action::DocumentChosen(2)), state);
}

#[test]
fn wiped_values_lock_the_file_until_something_new_is_pasted() {
    let add = Action::Edited(Edit::Add);
    let state = works(opens(State::new(Vec::new())).reduce(add.clone())).reduce(Action::Wiped);
    assert!(state.is_wiped() && state.sealed().is_some());
    assert_eq!(state.clone().reduce(add), state);
    let state = changed(state);
    assert_eq!(edits(&state), &Edits::default());
}

#[test]
fn closing_the_file_forgets_it() {
    assert_eq!(opens(State::new(Vec::new())).reduce(Action::StartOver).opened, None);
}

#[test]
fn when_nobody_is_there_values_are_cleared_and_what_is_sealed_stays() {
    let gone = |state: State| state.reduce(Action::Noticed(Presence::Gone));
    let unsealed = reads(State::new(Vec::new()), summary("A=1"));
    assert!(unsealed.holds_values());
    let unsealed = gone(unsealed);
    assert_eq!((&unsealed.input, unsealed.holds_values()), (&Input::Empty, false));
    let sealed = gone(works(reads(State::new(Vec::new()), manifest("db", "payments"))));
    assert!(sealed.is_wiped() && !sealed.holds_values() && sealed.sealed().is_some());
    for (state, emptied) in [(unsealed, 1), (sealed, 1), (State::new(Vec::new()), 0)] {
        let state = gone(state);
        assert_eq!((state.presence, state.emptied), (Presence::Gone, emptied));
        assert_eq!(changed(state).presence, Presence::There);
    }
}

#[test]
fn values_in_rows_are_waited_over_too() {
    let state = State::new(Vec::new()).reduce(Action::Edited(Edit::Add));
    assert!(!state.holds_values());
    let typed = state.reduce(Action::Edited(Edit::Type { row: 1, bytes: 3, trap: None }));
    assert!(typed.holds_values());
}
