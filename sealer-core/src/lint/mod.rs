//! Finds in the files of a repository what will not open, what will not apply, and what should not be there.
//!
//! [`check`] looks at one text and needs neither a key nor a cluster; [`across`] compares what several texts hold. No
//! message repeats a piece of the input, valid names of objects and data keys apart.

mod across;
mod allow;
mod document;
mod names;
mod plaintext;
mod report;
mod rule;
mod scope;
mod sealed;
mod template;
mod values;

use std::ops::Range;

pub use across::across;
pub use rule::{Rule, RuleError, Severity};
pub use template::TemplateText;

use allow::Allowances;
use report::Report;

use crate::manifest::Position;

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked for.
    pub rule: Rule,
    /// Where it stands.
    pub place: Place,
    /// The object concerned, as `namespace/name` or `name`, if it has a name that can be shown.
    pub object: Option<String>,
    /// What is wrong, in one line without a full stop.
    pub message: String,
    /// What to do about it.
    pub advice: String,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Where it starts, for people.
    pub start: Position,
    /// Where it ends: the character behind it.
    pub end: Position,
    /// The same in bytes.
    pub bytes: Range<usize>,
}

/// What one text came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What was found, in the order of the text, without what comments allow.
    pub findings: Vec<Finding>,
    /// The templates of its SealedSecrets, for whoever can parse them.
    pub templates: Vec<TemplateText>,
    objects: Vec<Object>,
    allowances: Allowances,
}

/// What [`across`] compares of one SealedSecret.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Object {
    namespace: String,
    name: String,
    scope: crate::Scope,
    place: Place,
    items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Item {
    key: String,
    /// SHA-256 of the sealed value.
    digest: [u8; 32],
    place: Place,
}

/// Checks one text.
pub fn check(text: &str) -> Checked {
    let mut report = Report::new(text);
    // Most files of a repository are about something else; they cost no more than this.
    if text.contains("ecret") || text.contains("encryptedData") {
        document::all(&mut report);
    }
    report.finish()
}

impl Checked {
    /// Whether a comment in the text allows this; what others find in it, [`across`] included, has to ask.
    pub fn allows(&self, finding: &Finding) -> bool {
        self.allowances.cover(finding.rule, finding.place.start.line)
    }

    /// Whether the text holds a SealedSecret.
    pub fn has_sealed_secrets(&self) -> bool {
        !self.objects.is_empty()
    }
}

impl Finding {
    /// A finding with the advice of its rule.
    pub fn new(rule: Rule, place: Place, object: Option<String>, message: impl Into<String>) -> Self {
        Self { rule, place, object, message: message.into(), advice: rule.advice().to_owned() }
    }
}

impl Place {
    /// The beginning of a text, for what concerns all of it.
    pub fn beginning() -> Self {
        let start = Position { line: 1, column: 1 };
        Self { start, end: start, bytes: 0..0 }
    }
}
