//! The words about a file that is changed, and about what changes in it.

use sealer_core::merge::MergeError;

use super::{count, manifest_problem, problem, sentence, size};
use crate::desk::Counts;
use crate::edits::Complaint;
use crate::reading::Problem;
use crate::sealed_file::{Document, SealedFile};
use crate::state::Kept;

pub const NEW_VALUES: &str = "New values";
pub const NEW_VALUES_HOW: &str =
    "Paste KEY=value lines: keys that are there get the new value, others are added.";
pub const CLOSE_FILE: &str = "Close file";
pub const FILE_CAPTION: &str = "The values of this file";
pub const COLUMN_ACTIONS: &str = "Actions";
pub const WHICH_DOCUMENT: &str = "Which SealedSecret in this file";
pub const STAYS: &str = "sealed, stays as it is";
pub const GOES: &str = "sealed, will be gone";
pub const NOT_WHOLE: &str = "not a whole sealed value: the controller can't open it";
pub const WAITS_FOR_VALUE: &str = "sealed, until there is a new value";
pub const REPLACE: &str = "Replace";
pub const RENAME: &str = "Rename";
pub const REMOVE: &str = "Remove";
pub const UNDO: &str = "Undo";
pub const SHOW: &str = "Show";
pub const NEW: &str = "+ new";
pub const REPLACED: &str = "~ replaced";
pub const REMOVED: &str = "− removed";
pub const RENAMED: &str = "~ renamed";
pub const ADD_VALUE: &str = "Add a value";
pub const NEW_VALUE: &str = "A new value";
pub const KEY_NAME: &str = "Key";

pub const SET_BY_FILE: &str = "set by the file";
pub const TO_CHANGE_TARGET: &str = "To change that, all values have to be entered again.";
pub const FILE_OPENS_ANYWHERE: &str = "Under any name, in any namespace of the cluster.";
pub const NAMESPACE_OF_FILE: &str = "Namespace, which the file does not name";

pub const COPY_FILE: &str = "Copy file";
pub const COPY_LINES: &str = "Copy just the new lines";
pub const REST_STAYS: &str = "Everything else in the file stays as it is, byte for byte.";
pub const UNCHANGED: &str = "Nothing changes yet.";
pub const UNCHANGED_HOW: &str =
    "Replace, rename or remove a value, add one, or paste KEY=value lines. The changed lines appear here.";
pub const NAME_KEYS: &str = "A key needs another name.";
pub const LINES_INSTEAD: &str =
    "The values are sealed all the same. Copy these lines and put them under `encryptedData` by hand.";
pub const LINES_LABEL: &str = "New lines";
pub const DIFF_LABEL: &str = "Changed lines";
pub const DIFF_ADDED: &str = "added: ";
pub const DIFF_CUT: &str = "removed: ";
pub const NEXT_FOR_FILE: &str = "Next: put it in the place of the old file and commit.";
pub const SAVE: &str = "Save";
pub const OPEN_FILE: &str = "Open a SealedSecret";
pub const NEXT_FOR_SAVING: &str = "Next: save it and commit.";
pub const SAVED_NEXT: &str = "The new values are cleared. Change something else, or commit the file.";

/// Why the result was not taken along; nothing where it was, or nobody wanted it yet.
pub fn not_kept(kept: Kept) -> &'static str {
    match kept {
        Kept::Not | Kept::Downloaded | Kept::Copied | Kept::LinesCopied | Kept::Saved => "",
        Kept::CopyRefused => "The browser did not let it be copied. Download it, or select the text below.",
        Kept::ChangedOnDisk => {
            "The file was changed on the disk since it was opened here, and was not written. Close it and open it again, or download the result."
        }
        Kept::SaveRefused => {
            "The browser was not allowed to write the file. Save again and allow it, or download the result."
        }
        Kept::SaveFailed => {
            "The file could not be written and is as it was. Is it still there? Else download the result."
        }
    }
}

pub fn save(name: &str) -> String {
    format!("Save to {name}")
}

pub fn saved(name: &str) -> String {
    format!("Saved to {name}.")
}

pub fn merge_problem(error: &MergeError) -> Problem {
    match error {
        MergeError::Manifest(error) => manifest_problem(error),
        MergeError::Several { .. } => problem(
            "There are several SealedSecrets of this name in the file.",
            "Give each a name and a namespace of its own.",
        ),
        MergeError::Twice { first, at } => Problem {
            at: Some(*at),
            what: format!("This SealedSecret stands on line {first} already."),
            next: Some("Remove one of the two: the cluster takes only one of them."),
        },
        MergeError::Deprecated { at } => Problem {
            at: Some(*at),
            what: "This SealedSecret has the old `spec.data`, which holds all values in one.".to_owned(),
            next: Some("Seal the whole Secret again: paste its manifest."),
        },
        MergeError::NoKey { key } => problem(format!("There is no key “{key}” in this SealedSecret."), None),
        MergeError::KeyTaken { key } => {
            problem(format!("There is a key “{key}” already."), "Choose another name for it.")
        }
        MergeError::NotInPlace { at, obstacle } => Problem {
            at: Some(*at),
            what: sentence(&obstacle.to_string()),
            next: Some("The file was not changed."),
        },
        MergeError::Unconfirmed => problem(
            "The changed file does not read back as it was meant, so it is not given out.",
            "The file was not changed. This is a mistake of this page: please report it.",
        ),
    }
}

pub fn secret_beside_sealed() -> Problem {
    problem(
        "There is a plaintext Secret beside the SealedSecret in this text.",
        "Seal the Secret by itself first, and keep the plaintext out of the repository.",
    )
}

pub fn another_file() -> Problem {
    problem("A file is open already.", "Close it before you open another one.")
}

pub fn values_of_another() -> Problem {
    problem(
        "These are not values for this SealedSecret: name or namespace differ, or there are several Secrets.",
        "Paste KEY=value lines, or a Secret of the same name.",
    )
}

pub fn nameless_sealed_secret() -> Problem {
    problem(
        "The SealedSecret has no name, or no namespace, and its values are bound to both.",
        "Give it a `metadata.name` and a `metadata.namespace`.",
    )
}

pub fn complaint(complaint: Complaint) -> &'static str {
    match complaint {
        Complaint::Missing => "Say the key.",
        Complaint::Invalid => "Keys are made of letters, digits, “-”, “_” and “.”, at most 253 of them.",
        Complaint::Taken => "This key is given twice. Choose another, or take one of the two back.",
    }
}

pub fn recognised_file(document: &Document) -> String {
    let type_ = match document.type_.as_deref() {
        None | Some("Opaque") => String::new(),
        Some(type_) => format!(", {type_}"),
    };
    format!("an existing SealedSecret, {}{type_}", count(document.keys.len(), "value"))
}

/// One of several SealedSecrets of a file.
pub fn document(document: &Document) -> String {
    match document.namespace.as_str() {
        "" => document.name.clone(),
        namespace => format!("{} in {namespace}", document.name),
    }
}

/// What a file is called that was pasted without a name.
pub fn name_of(file: &SealedFile) -> String {
    let ending = if file.is_json() { "json" } else { "yaml" };
    match file.documents.as_slice() {
        [one] if one.namespace.is_empty() => format!("{}.sealedsecret.{ending}", one.name),
        [one] => format!("{}-{}.sealedsecret.{ending}", one.namespace, one.name),
        several => format!("{}-secrets.sealedsecret.{ending}", several.len()),
    }
}

pub fn opened_announcement(document: &Document) -> String {
    format!("{}: {}. {UNCHANGED}", self::document(document), recognised_file(document))
}

pub fn value_of(key: &str) -> String {
    if key.is_empty() { "Value".to_owned() } else { format!("Value of {key}") }
}

/// Makes the name of a button whole.
pub fn of_value(key: &str) -> String {
    if key.is_empty() { " the new value".to_owned() } else { format!(" {key}") }
}

pub fn new_name(key: &str) -> String {
    format!("New name of {key}")
}

/// The length before and after.
pub fn size_change(before: Option<usize>, after: usize) -> String {
    match before {
        Some(before) if before < 1000 && after < 1000 => format!("{before} → {}", size(after)),
        Some(before) => format!("{} → {}", size(before), size(after)),
        None => size(after),
    }
}

/// What changes in a file, without a stop.
pub fn changes(counts: Counts) -> String {
    let Counts { added, replaced, removed, renamed } = counts;
    let each = [(added, "added"), (replaced, "replaced"), (removed, "removed"), (renamed, "renamed")];
    let mut words = String::new();
    for (number, what) in each.into_iter().filter(|(number, _)| *number > 0) {
        match words.is_empty() {
            true => words = format!("{} {what}", count(number, "value")),
            false => words.push_str(&format!(", {number} {what}")),
        }
    }
    words
}
