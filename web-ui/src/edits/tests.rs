use sealer_core::Scope;

use super::*;

fn document(keys: &[&str]) -> Document {
    let keys = keys.iter().map(|key| SealedKey { key: Rc::from(*key), bytes: Some(8) }).collect();
    Document {
        name: "db".to_owned(),
        namespace: "payments".to_owned(),
        scope: Scope::Strict,
        type_: None,
        keys,
    }
}

fn pasted(keys: &[&str]) -> Vec<ValueSummary> {
    keys.iter().map(|key| ValueSummary { key: Rc::from(*key), bytes: 3, trap: None }).collect()
}

fn edits(wanted: impl IntoIterator<Item = Edit>) -> Edits {
    let mut edits = Edits::default();
    wanted.into_iter().for_each(|edit| edits.apply(edit));
    edits
}

fn rename(key: &str, name: &str) -> Edit {
    Edit::Rename(Rc::from(key), name.to_owned())
}

fn remove(key: &str) -> Edit {
    Edit::Remove(Rc::from(key))
}

/// A new row with a value.
fn add(row: u32, key: &str) -> [Edit; 3] {
    [Edit::Add, Edit::Name(row, key.to_owned()), Edit::Type { row, bytes: 1, trap: None }]
}

#[test]
fn pasted_values_take_the_place_of_keys_that_are_there_and_others_are_new() {
    let (document, pasted) = (document(&["A", "B"]), pasted(&["A", "C"]));
    let edits = Edits::default();
    assert_eq!(edits.fate("A", &pasted), Fate::Pasted(&pasted[0]));
    assert_eq!(edits.fate("B", &pasted), Fate::Stays);
    let new: Vec<_> = edits.new_in(&document, &pasted).map(|value| &*value.key).collect();
    assert_eq!(new, ["C"]);
    assert!(edits.are_sound(&document, &pasted));
}

#[test]
fn whatever_is_wanted_of_a_key_can_be_taken_back() {
    for wanted in [remove("A"), rename("A", "B"), Edit::Replace(Rc::from("A"))] {
        let mut edits = edits([wanted.clone()]);
        assert_ne!(edits.fate("A", &[]), Fate::Stays, "{wanted:?}");
        edits.apply(Edit::Undo(Rc::from("A")));
        assert_eq!(edits.fate("A", &[]), Fate::Stays, "{wanted:?}");
        assert_eq!(edits.changes(BTreeMap::new()), Changes::default(), "{wanted:?}");
    }
    let mut edits = edits(add(1, "C"));
    edits.apply(Edit::Drop(1));
    assert!(edits.typed().is_empty());
}

#[test]
fn the_last_wish_for_a_key_stands() {
    let edits = edits([rename("A", "B"), remove("A")]);
    assert_eq!(edits.fate("A", &[]), Fate::Removed);
    let changes = edits.changes(BTreeMap::new());
    assert!(changes.renamed.is_empty() && changes.removed == ["A"]);
}

#[test]
fn a_value_for_a_removed_key_replaces_it() {
    let (edits, pasted) = (edits([remove("A")]), pasted(&["A"]));
    assert_eq!(edits.fate("A", &pasted), Fate::Pasted(&pasted[0]));
    let changes = edits.changes(BTreeMap::from([("A".to_owned(), "AgBy".to_owned())]));
    assert!(changes.removed.is_empty() && changes.encrypted_data.contains_key("A"));
}

#[test]
fn a_key_renamed_to_its_own_name_changes_nothing() {
    assert_eq!(edits([rename("A", "A")]).changes(BTreeMap::new()), Changes::default());
}

#[test]
fn names_that_can_not_be_had_are_complained_about() {
    let document = document(&["A", "B"]);
    let key = &document.keys[0];
    for (wanted, values, expected) in [
        (vec![rename("A", "C")], &[][..], None),
        (vec![rename("A", "")], &[], Some(Complaint::Missing)),
        (vec![rename("A", "c d")], &[], Some(Complaint::Invalid)),
        (vec![rename("A", "B")], &[], Some(Complaint::Taken)),
        (vec![rename("A", "B"), remove("B")], &[], None),
        (vec![rename("A", "B"), rename("B", "A")], &[], None),
        (vec![rename("A", "C")], &["C"], Some(Complaint::Taken)),
        (vec![rename("A", "C")], &["A"], None),
        (
            vec![Edit::Replace(Rc::from("A")), Edit::Type { row: 1, bytes: 1, trap: None }],
            &["A"],
            Some(Complaint::Taken),
        ),
        (vec![Edit::Replace(Rc::from("A"))], &["A"], None),
    ] {
        let (edits, values) = (edits(wanted.clone()), pasted(values));
        assert_eq!(edits.complaint(key, &document, &values), expected, "{wanted:?} {values:?}");
        assert_eq!(edits.are_sound(&document, &values), expected.is_none(), "{wanted:?} {values:?}");
    }
}

#[test]
fn a_new_row_needs_a_key_of_its_own_once_it_has_a_value() {
    let document = document(&["A"]);
    for (key, expected) in [
        ("B", None),
        ("", Some(Complaint::Missing)),
        ("..", Some(Complaint::Invalid)),
        ("A", Some(Complaint::Taken)),
        ("C", Some(Complaint::Taken)),
    ] {
        let edits = edits(add(1, key));
        assert_eq!(edits.row_complaint(&edits.typed()[0], &document, &pasted(&["C"])), expected, "{key}");
    }
    let unfinished = edits([Edit::Add]);
    assert_eq!(unfinished.row_complaint(&unfinished.typed()[0], &document, &[]), None);
}
