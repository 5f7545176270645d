//! What holds for an edit of any SealedSecret's text, however it is laid out or damaged.

#![allow(
    clippy::unwrap_used,
    reason = "clippy.toml allows it in test functions; helpers of tests are no different"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use sealer_core::Policy;
use sealer_core::merge::{Changes, MergeError, SealedText};

/// How one entry is written; `{}` is the key, then the value.
#[derive(Debug, Clone, Copy)]
enum Form {
    Plain,
    Quoted,
    Single,
    Folded,
    Literal,
    Below,
}

/// A file, and the keys with values in it.
#[derive(Debug, Clone)]
struct Written {
    text: String,
    values: BTreeMap<String, String>,
}

fn key() -> impl Strategy<Value = String> {
    "[a-zA-Z][a-zA-Z0-9._-]{0,8}"
}

fn value() -> impl Strategy<Value = String> {
    "AQ[a-zA-Z0-9+/]{2,60}={0,2}"
}

fn form() -> impl Strategy<Value = Form> {
    use Form::{Below, Folded, Literal, Plain, Quoted, Single};
    prop::sample::select(vec![Plain, Plain, Quoted, Single, Folded, Literal, Below])
}

fn between() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["", "", "", "\n", "# \ta comment: {AQ\n", "\n# encryptedData:\n\n"])
}

fn entry(out: &mut String, indent: usize, unit: usize, form: Form, key: &str, value: &str, behind: &str) {
    let (spaces, deeper) = (" ".repeat(indent), " ".repeat(indent + unit));
    // Keys that would be no text without them get quotation marks, as everybody has to write them.
    let key = format!("\"{key}\"");
    let _ = match form {
        Form::Plain => writeln!(out, "{spaces}{key}: {value}{behind}"),
        Form::Quoted => writeln!(out, "{spaces}{key}: \"{value}\"{behind}"),
        Form::Single => writeln!(out, "{spaces}{key}:   '{value}'{behind}"),
        Form::Folded => writeln!(out, "{spaces}{key}: >-{behind}\n{deeper}{value}"),
        Form::Literal => writeln!(out, "{spaces}{key}: |-\n{deeper}{value}"),
        Form::Below => writeln!(out, "{spaces}{key}:{behind}\n{deeper}{value}"),
    };
}

prop_compose! {
    fn written()(
        entries in vec((key(), value(), form(), between(), prop::sample::select(vec!["", " # c", "\t#c", "  "])), 0..8),
        unit in 1_usize..6,
        template in 0..3,
        others in (any::<bool>(), any::<bool>()),
        ends in (any::<bool>(), any::<bool>(), any::<bool>()),
    ) -> Written {
        let mut text = String::new();
        if others.0 {
            text.push_str("kind: ConfigMap\ndata: {encryptedData: a}\n--- # next\n");
        }
        let spaces = " ".repeat(unit);
        let _ = write!(text, "# head\nkind: SealedSecret\nmetadata:\n{spaces}name: db # пароль\nspec:\n");
        let template_text = format!("{spaces}template:\n{spaces}{spaces}type: Opaque\n");
        if template == 1 {
            text.push_str(&template_text);
        }
        let mut values = BTreeMap::new();
        let empty = if entries.is_empty() { " {}" } else { "" };
        let _ = writeln!(text, "{spaces}encryptedData:{empty}");
        for (key, value, form, before, behind) in entries {
            if values.contains_key(&key) {
                continue;
            }
            text.push_str(before);
            entry(&mut text, 2 * unit, unit, form, &key, &value, behind);
            values.insert(key, value);
        }
        if template == 2 {
            text.push_str(&template_text);
        }
        if others.1 {
            text.push_str("---\nkind: Namespace\nmetadata: &m {name: n}\nx: *m\n");
        }
        if ends.0 {
            text.truncate(text.trim_end().len());
        }
        if ends.1 {
            text = text.replace('\n', "\r\n");
        }
        if ends.2 {
            text.insert(0, '\u{feff}');
        }
        Written { text, values }
    }
}

fn edit(text: &str, changes: &Changes) -> Result<String, MergeError> {
    SealedText::read(text, Policy::Strict)?.target("db", "")?.edited(changes)
}

fn values_of(text: &str) -> BTreeMap<String, String> {
    SealedText::read(text, Policy::Strict).unwrap().target("db", "").unwrap().sealed().encrypted_data.clone()
}

/// The lines of an entry's key and value, as a reader of a diff would point at them.
fn belongs_to(line: &str, keys: &BTreeSet<&String>, values: &BTreeSet<&String>) -> bool {
    let name = line.trim_start().split(':').next().unwrap_or_default().trim_matches('"');
    keys.iter().any(|key| *key == name)
        || values.iter().any(|value| line.contains(value.as_str()))
        || line.trim() == "encryptedData: {}"
}

fn without_line_break(line: &str) -> &str {
    line.trim_end_matches(['\r', '\n'])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_layout_is_edited_and_every_other_line_stays(
        written in written(),
        new in btree_map(key(), value(), 1..4),
        replaced in vec((any::<prop::sample::Index>(), value()), 0..3),
    ) {
        let Written { text, values } = written;
        let mut changes = Changes { encrypted_data: new, ..Changes::default() };
        let keys: Vec<&String> = values.keys().collect();
        for (index, value) in replaced {
            if !keys.is_empty() {
                changes.encrypted_data.insert((*index.get(&keys)).clone(), value);
            }
        }
        prop_assert_eq!(&values_of(&text), &values);
        let after = edit(&text, &changes).unwrap();
        let mut meant = values.clone();
        meant.extend(changes.encrypted_data.clone());
        prop_assert_eq!(values_of(&after), meant);

        // Every line that is not about a changed key is there, in the old order.
        let changed: BTreeSet<&String> = changes.encrypted_data.keys().collect();
        let of_old: BTreeSet<&String> = changed.iter().filter_map(|key| values.get(*key)).collect();
        let mut left = after.lines().map(without_line_break);
        for line in text.lines().map(without_line_break) {
            if !belongs_to(line, &changed, &of_old) {
                prop_assert!(left.any(|other| other == line), "lost {:?} of\n{}\nin\n{}", line, text, after);
            }
        }
        // And nothing came but lines about them.
        let of_new: BTreeSet<&String> = changes.encrypted_data.values().collect();
        let mut old = text.lines().map(without_line_break).collect::<Vec<_>>();
        for line in after.lines().map(without_line_break) {
            if let Some(at) = old.iter().position(|other| *other == line) {
                old.remove(at);
            } else {
                prop_assert!(belongs_to(line, &changed, &of_new) || line.trim() == "encryptedData:", "new {line:?}");
            }
        }
        prop_assert_eq!(text.ends_with('\n'), after.ends_with('\n'));
        prop_assert_eq!(text.starts_with('\u{feff}'), after.starts_with('\u{feff}'));
        let bare = |text: &str| text.matches('\n').count() - text.matches("\r\n").count();
        prop_assert_eq!(bare(&text) == 0, bare(&after) == 0);
    }

    #[test]
    fn keys_of_any_layout_are_removed_and_renamed_and_every_other_line_stays(
        written in written(),
        removed in vec(any::<prop::sample::Index>(), 0..3),
        renamed in vec((any::<prop::sample::Index>(), key()), 0..3),
    ) {
        let Written { text, values } = written;
        let keys: Vec<&String> = values.keys().collect();
        prop_assume!(!keys.is_empty());
        let mut changes = Changes::default();
        changes.removed.extend(removed.iter().map(|index| (*index.get(&keys)).clone()));
        for (index, name) in renamed {
            let old = *index.get(&keys);
            let taken = values.contains_key(&name) || changes.renamed.values().any(|other| *other == name);
            if !taken && !changes.removed.contains(old) {
                changes.renamed.insert(old.clone(), name);
            }
        }
        let after = edit(&text, &changes).unwrap();
        let meant: BTreeMap<String, String> = values
            .iter()
            .filter(|(key, _)| !changes.removed.contains(*key))
            .map(|(key, value)| (changes.renamed.get(key).unwrap_or(key).clone(), value.clone()))
            .collect();
        prop_assert_eq!(values_of(&after), meant);
        let gone: BTreeSet<&String> = changes.removed.iter().chain(changes.renamed.keys()).collect();
        let of_removed: BTreeSet<&String> = changes.removed.iter().map(|key| &values[key]).collect();
        let mut left = after.lines().map(without_line_break);
        for line in text.lines().map(without_line_break) {
            let stays = !belongs_to(line, &gone, &of_removed) && line.trim() != "encryptedData:";
            if stays && !line.trim().is_empty() {
                prop_assert!(left.any(|other| other == line), "lost {:?} of\n{}\nin\n{}", line, text, after);
            }
        }
        prop_assert_eq!(text.ends_with('\n'), after.ends_with('\n'));
    }

    #[test]
    fn an_edit_twice_is_an_edit_once(written in written(), new in btree_map(key(), value(), 1..4)) {
        let changes = Changes { encrypted_data: new, ..Changes::default() };
        let once = edit(&written.text, &changes).unwrap();
        prop_assert_eq!(&edit(&once, &changes).unwrap(), &once);
    }

    #[test]
    fn a_damaged_file_is_edited_as_meant_or_refused(
        written in written(),
        damage in vec((any::<prop::sample::Index>(), prop::sample::select(PIECES.as_slice()), any::<bool>()), 1..4),
        new in btree_map(key(), value(), 1..3),
    ) {
        let mut text = written.text;
        for (index, piece, cut) in damage {
            let at = text.floor_char_boundary(index.index(text.len() + 1));
            let end = if cut { text.ceil_char_boundary((at + 3).min(text.len())) } else { at };
            text.replace_range(at..end, piece);
        }
        let changes = Changes { encrypted_data: new, ..Changes::default() };
        for policy in [Policy::Strict, Policy::Kubeseal] {
            let Ok(read) = SealedText::read(&text, policy) else { continue };
            let Ok(target) = read.target("db", "") else { continue };
            let mut meant = target.sealed().clone();
            meant.encrypted_data.extend(changes.encrypted_data.clone());
            for after in [target.edited(&changes), target.rewritten(&changes)].into_iter().flatten() {
                let after = SealedText::read(&after, policy).unwrap();
                let target = after.target(&meant.metadata.name, "").unwrap();
                prop_assert_eq!(target.sealed(), &meant);
            }
        }
    }
}

/// Pieces that mean something to a reader of YAML.
const PIECES: [&str; 24] = [
    "\n", "\r", "\t", " ", "  ", ":", ": ", "#", " #", "- ", "? ", "|", ">-", "\"", "'", "{", "}", "[",
    "&a ", "*a", "!!str ", "<<", "---\n", "",
];
