//! What happens on the page.

use std::rc::Rc;

use sealer_core::check::Finding;
use sealer_core::dotenv::Dialect;
use sealer_core::{CertError, Scope, SealingCert};

use super::{Kept, Outcome, Pace, Presence};
use crate::details::Detail;
use crate::edits::{Edit, Typed};
use crate::link::{Link, LinkProblem};
use crate::reading::{Problem, Reading};
use crate::sealed_file::SealedFile;
use crate::secret_type::SecretType;

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// The text in the box changed.
    TextChanged {
        /// Whether anything but space is left.
        blank: bool,
        /// Whether by typing or all at once.
        pace: Pace,
    },
    /// The text in the box came from a file of this name.
    FileChosen(Rc<str>),
    /// A file with SealedSecrets was opened past the box, which would change its line ends.
    FileOpened {
        /// What it is called.
        name: Rc<str>,
        /// What is in it.
        file: Rc<SealedFile>,
        /// Whether the page may write it back.
        writable: bool,
    },
    /// The text of that revision was read.
    Read(u32, Result<Reading, Problem>),
    /// Another SealedSecret of the file was chosen.
    DocumentChosen(usize),
    /// Something in the file is wanted otherwise.
    Edited(Edit),
    /// A file was brought whose value is on the desk; whether it replaces one is found out here.
    FileTaken(Typed),
    /// What is known of serial so-and-so came to this, and this was found about its values.
    Worked(u32, Outcome, Vec<Finding>),
    /// Quotation marks are to be read otherwise.
    DialectChosen(Dialect),
    /// The namespace was typed.
    NamespaceTyped(String),
    /// The name was typed.
    NameTyped(String),
    /// A scope was chosen.
    ScopeChosen(Scope),
    /// A type was chosen.
    TypeChosen(SecretType),
    /// What the Secret has besides its values was changed.
    Detailed(Detail),
    /// The page was opened by a link.
    LinkFollowed(Result<Rc<Link>, LinkProblem>),
    /// The place for another certificate was opened or closed.
    ChangeCertificate(bool),
    /// A certificate was brought, or something else in its place.
    CertificateBrought(Result<Rc<SealingCert>, CertError>),
    /// Another of the server's clusters was chosen.
    ClusterChosen(usize),
    /// That cluster is to get a file of its own beside the one that is chosen, or no more.
    ClusterBeside(usize),
    /// The certificate of the cluster of this name was meant to change.
    ChangeExpected(Rc<str>),
    /// What was worked out of serial so-and-so was written into the opened file.
    Saved(u32),
    /// The sealed text was taken along, or could not be.
    Kept(Kept),
    /// Somebody came or went.
    Noticed(Presence),
    /// The values are to be forgotten, the result kept.
    Wiped,
    /// Everything typed is to be forgotten.
    StartOver,
}
