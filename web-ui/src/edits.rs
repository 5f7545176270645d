//! What somebody wants otherwise in a SealedSecret: which keys go, get another name or another value. The values
//! themselves are on the desk.

use std::collections::BTreeMap;
use std::rc::Rc;

use sealer_core::merge::Changes;
use sealer_core::secret::is_data_key;

use crate::reading::{Trap, ValueSummary};
use crate::sealed_file::{Document, SealedKey};

/// The wishes, each of which can be taken back by itself. Lists, since there are few of them: a tree for each would
/// cost every visitor kilobytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edits {
    removed: Vec<Rc<str>>,
    renamed: Vec<(Rc<str>, String)>,
    typed: Vec<Typed>,
    last: u32,
}

/// A value that is typed into a row of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// Under which the desk has the value.
    pub row: u32,
    /// Its key.
    pub key: String,
    /// Whether it takes the place of a sealed value, so that its key is given.
    pub replaces: bool,
    /// Its length; without any it is not there yet.
    pub bytes: usize,
    /// What is easily wrong with it.
    pub trap: Option<Trap>,
    /// The name of the file that the value came from: it can't be typed.
    pub file: Option<Rc<str>>,
}

/// One edit, or one taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// A key goes.
    Remove(Rc<str>),
    /// A key gets another name; at first its own.
    Rename(Rc<str>, String),
    /// A row for another value of a key.
    Replace(Rc<str>),
    /// A row for a new key.
    Add,
    /// The key of such a row.
    Name(u32, String),
    /// What is known of the value that was typed into a row.
    Type {
        /// The row.
        row: u32,
        /// The length.
        bytes: usize,
        /// What is easily wrong with it.
        trap: Option<Trap>,
    },
    /// Whatever was wanted of this key is taken back.
    Undo(Rc<str>),
    /// A row for a new key goes.
    Drop(u32),
}

/// What becomes of a key that the file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate<'a> {
    /// It stays as it is.
    Stays,
    /// It goes.
    Removed,
    /// It gets this name.
    Renamed(&'a str),
    /// A value is typed in its place.
    Typed(&'a Typed),
    /// A value from the box takes its place.
    Pasted(&'a ValueSummary),
}

/// What is wrong with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Complaint {
    /// It has no name.
    Missing,
    /// Kubernetes would not take it.
    Invalid,
    /// It would be there twice.
    Taken,
}

impl Typed {
    /// Whether it has its value; a file may be empty.
    pub fn is_filled(&self) -> bool {
        self.bytes > 0 || self.file.is_some()
    }
}

impl Edits {
    /// Nothing yet. Rows are numbered on from those that were there before: a row keeps its number for good.
    pub fn after(before: &Self) -> Self {
        Self { last: before.last, ..Self::default() }
    }

    /// Applies one more.
    pub fn apply(&mut self, edit: Edit) {
        match edit {
            Edit::Remove(key) => {
                self.undo(&key);
                self.removed.push(key);
            }
            Edit::Rename(key, name) => {
                self.undo(&key);
                self.renamed.push((key, name));
            }
            Edit::Replace(key) => {
                self.undo(&key);
                self.push(key.as_ref(), true);
            }
            Edit::Add => self.push("", false),
            Edit::Name(row, key) => {
                if let Some(typed) = self.typed.iter_mut().find(|typed| typed.row == row && !typed.replaces) {
                    typed.key = key;
                }
            }
            Edit::Type { row, bytes, trap } => {
                if let Some(typed) = self.typed.iter_mut().find(|typed| typed.row == row) {
                    (typed.bytes, typed.trap) = (bytes, trap);
                }
            }
            Edit::Undo(key) => self.undo(&key),
            Edit::Drop(row) => self.typed.retain(|typed| typed.row != row),
        }
    }

    /// Takes a value that came from a file: in place of the sealed one, the row that waits for it, or an earlier file's.
    pub fn take_file(&mut self, taken: Typed) {
        if taken.replaces {
            self.undo(&taken.key);
        }
        self.typed.retain(|typed| typed.key != taken.key || (typed.bytes > 0 && typed.file.is_none()));
        self.typed.push(taken);
    }

    fn undo(&mut self, key: &str) {
        self.removed.retain(|each| **each != *key);
        self.renamed.retain(|(each, _)| **each != *key);
        self.typed.retain(|typed| !(typed.replaces && typed.key == key));
    }

    fn push(&mut self, key: &str, replaces: bool) {
        self.last += 1;
        self.typed.push(Typed {
            row: self.last,
            key: key.to_owned(),
            replaces,
            bytes: 0,
            trap: None,
            file: None,
        });
    }

    /// The rows that are typed into, those that replace a value among them.
    pub fn typed(&self) -> &[Typed] {
        &self.typed
    }

    /// Adds rows for those of these keys that have none.
    pub fn ask_for(&mut self, keys: &[&str]) {
        for key in keys {
            if !self.typed.iter().any(|typed| typed.key == *key) {
                self.push(key, false);
            }
        }
    }

    /// Drops the rows that wait for a value which has come in another way, or that nobody asks for any more.
    pub fn drop_waiting(&mut self, is_settled: impl Fn(&str) -> bool) {
        self.typed.retain(|typed| typed.is_filled() || typed.key.is_empty() || !is_settled(&typed.key));
    }

    /// The same rows without what is known of their values, which are gone.
    pub fn emptied(&mut self) {
        self.typed.retain(|typed| typed.file.is_none());
        for typed in &mut self.typed {
            (typed.bytes, typed.trap) = (0, None);
        }
    }

    /// Whether a value was typed.
    pub fn has_values(&self) -> bool {
        self.typed.iter().any(Typed::is_filled)
    }

    /// Whether a key waits for its value.
    pub fn waits(&self) -> bool {
        self.typed.iter().any(|typed| !typed.is_filled() && !typed.key.is_empty())
    }

    /// What becomes of a key of the file, where the box holds these values.
    pub fn fate<'a>(&'a self, key: &str, pasted: &'a [ValueSummary]) -> Fate<'a> {
        if let Some((_, name)) = self.renamed.iter().find(|(each, _)| **each == *key) {
            return Fate::Renamed(name);
        }
        if let Some(typed) = self.typed.iter().find(|typed| typed.replaces && typed.key == key) {
            return Fate::Typed(typed);
        }
        // A value for a key that was to go takes its place.
        if let Some(value) = pasted.iter().find(|value| &*value.key == key) {
            return Fate::Pasted(value);
        }
        if self.removed.iter().any(|each| **each == *key) { Fate::Removed } else { Fate::Stays }
    }

    /// What is wrong with the name that a key of the file gets, or with a value typed in its place.
    pub fn complaint(
        &self,
        key: &SealedKey,
        document: &Document,
        pasted: &[ValueSummary],
    ) -> Option<Complaint> {
        match self.fate(&key.key, pasted) {
            Fate::Renamed(name) => self.judge(name, document, pasted),
            Fate::Typed(typed) => {
                let twice = typed.is_filled() && pasted.iter().any(|value| value.key == key.key);
                twice.then_some(Complaint::Taken)
            }
            Fate::Stays | Fate::Removed | Fate::Pasted(_) => None,
        }
    }

    /// What is wrong with the key of a new row. A row without a value is not finished: nothing is.
    pub fn row_complaint(
        &self,
        typed: &Typed,
        document: &Document,
        pasted: &[ValueSummary],
    ) -> Option<Complaint> {
        if typed.replaces || (!typed.is_filled() && typed.key.is_empty()) {
            return None;
        }
        self.judge(&typed.key, document, pasted)
    }

    fn judge(&self, name: &str, document: &Document, pasted: &[ValueSummary]) -> Option<Complaint> {
        if name.is_empty() {
            return Some(Complaint::Missing);
        }
        if !is_data_key(name) {
            return Some(Complaint::Invalid);
        }
        let holders = self.names(document, pasted).filter(|each| *each == name).count();
        (holders > 1).then_some(Complaint::Taken)
    }

    /// The name of every key that there will be, as often as something is to have it.
    fn names<'a>(
        &'a self,
        document: &'a Document,
        pasted: &'a [ValueSummary],
    ) -> impl Iterator<Item = &'a str> {
        let kept = document.keys.iter().filter_map(move |each| match self.fate(&each.key, pasted) {
            Fate::Removed => None,
            Fate::Renamed(name) => Some(name),
            Fate::Stays | Fate::Typed(_) | Fate::Pasted(_) => Some(&*each.key),
        });
        let added = self.typed.iter().filter(|typed| !typed.replaces).map(|typed| typed.key.as_str());
        kept.chain(added).chain(self.new_in(document, pasted).map(|value| &*value.key))
    }

    /// The values of the box that take no sealed value's place.
    pub fn new_in<'a>(
        &'a self,
        document: &'a Document,
        pasted: &'a [ValueSummary],
    ) -> impl Iterator<Item = &'a ValueSummary> {
        pasted.iter().filter(|value| {
            !document.has(&value.key) || self.renamed.iter().any(|(each, _)| *each == value.key)
        })
    }

    /// Whether every name can be had.
    pub fn are_sound(&self, document: &Document, pasted: &[ValueSummary]) -> bool {
        document.keys.iter().all(|key| self.complaint(key, document, pasted).is_none())
            && self.typed.iter().all(|typed| self.row_complaint(typed, document, pasted).is_none())
    }

    /// The same for the core, with the values sealed already.
    pub fn changes(&self, sealed: BTreeMap<String, String>) -> Changes {
        let mut changes = Changes::default();
        for key in self.removed.iter().filter(|key| !sealed.contains_key(&***key)) {
            changes.removed.push(key.to_string());
        }
        for (key, name) in self.renamed.iter().filter(|(key, name)| **key != **name) {
            changes.renamed.insert(key.to_string(), name.clone());
        }
        changes.encrypted_data = sealed;
        changes
    }
}

#[cfg(test)]
mod tests;
