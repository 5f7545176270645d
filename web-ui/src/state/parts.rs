//! What the state is made of.

use std::rc::Rc;

use crate::desk::{Need, Sealed};
use crate::edits::Edits;
use crate::reading::{Problem, Summary};
use crate::sealed_file::{Document, SealedFile};

/// A file with SealedSecrets, and what shall be otherwise in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// The file.
    pub file: Rc<SealedFile>,
    /// What it is called.
    pub name: Rc<str>,
    /// Whether the page may write it back.
    pub writable: bool,
    /// Which of its SealedSecrets is changed.
    pub index: usize,
    /// What is wanted.
    pub edits: Edits,
}

/// What is known of the text in the box.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// There is none.
    Empty,
    /// There is some, and it has not been read yet.
    Unread,
    /// It was read.
    Read(Rc<Summary>),
    /// It can't be sealed.
    Bad(Problem),
    /// All values were wiped after sealing; what was made of them stays. The box may have been empty before.
    Wiped(Option<Rc<Summary>>),
}

/// A field that a manifest may fill in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Field {
    /// What stands in it.
    pub text: String,
    /// What the manifest said last; typing stands until the manifest says something else.
    pub said: String,
}

/// What came of text, names, scope and certificate.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Nothing, yet.
    Nothing,
    /// Something is missing.
    Needs(Vec<Need>),
    /// It can't be sealed.
    Failed(Problem),
    /// The file can't be changed, but there may be new lines for it.
    Refused {
        /// Why.
        problem: Problem,
        /// The lines of `encryptedData`; empty without a new value.
        lines: Rc<str>,
    },
    /// Nothing in the file changes yet.
    Unchanged,
    /// It is sealed.
    Sealed(Rc<Sealed>),
}

/// How soon the page reacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// At once: something was pasted or chosen.
    Now,
    /// When the typing stops for a moment.
    Typing,
}

/// What became of the sealed text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Nothing yet.
    Not,
    /// It was downloaded.
    Downloaded,
    /// It was copied.
    Copied,
    /// Its new lines were copied.
    LinesCopied,
    /// The browser did not let it be copied.
    CopyRefused,
    /// It is in the file that was opened.
    Saved,
    /// The file is another one by now and was not written.
    ChangedOnDisk,
    /// The browser was not allowed to write the file.
    SaveRefused,
    /// The file could not be written.
    SaveFailed,
}

impl Opened {
    /// The SealedSecret that is changed.
    pub fn document(&self) -> &Document {
        &self.file.documents[self.index]
    }
}

impl Field {
    /// The manifest says this now. What it had filled in follows it; what was typed stands until it changes.
    pub(super) fn hears(&mut self, says: &str) {
        if self.said != says {
            if !says.is_empty() || self.text == self.said {
                says.clone_into(&mut self.text);
            }
            says.clone_into(&mut self.said);
        }
    }
}
