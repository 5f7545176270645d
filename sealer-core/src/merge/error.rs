//! Why a text could not be merged into. No message repeats a piece of the input.

use crate::manifest::{ManifestError, Position};

/// A SealedSecret's text could not be edited; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// The text can't be read, or holds no SealedSecret.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// Several SealedSecrets, and the names don't tell which one is meant.
    #[error(
        "there are several SealedSecrets (on lines {}), and none of them alone has the name that is looked for",
        listed(lines)
    )]
    Several {
        /// The lines they start on.
        lines: Vec<usize>,
    },
    /// One SealedSecret, written down twice.
    #[error("line {}, column {}: this SealedSecret stands on line {first} already; remove one of the two", at.line, at.column)]
    Twice {
        /// The line of the first.
        first: usize,
        /// The place of the second.
        at: Position,
    },
    /// The values are in the form that was given up before there was `encryptedData`.
    #[error(
        "line {}, column {}: this SealedSecret has the deprecated `spec.data`, which holds all values in one; \
         seal the whole Secret again",
        at.line, at.column
    )]
    Deprecated {
        /// The place of the SealedSecret.
        at: Position,
    },
    /// A key that is to be removed or renamed is not there.
    #[error("there is no key {key:?} in this SealedSecret")]
    NoKey {
        /// The key that was named.
        key: String,
    },
    /// A key can't get this name.
    #[error("there is a key {key:?} already in this SealedSecret; remove it first, or choose another name")]
    KeyTaken {
        /// The name that was wanted.
        key: String,
    },
    /// It is written in a way that is not edited in place.
    #[error("line {}, column {}: {obstacle}", at.line, at.column)]
    NotInPlace {
        /// The place.
        at: Position,
        /// What stands in the way.
        obstacle: Obstacle,
    },
    /// The edited text does not read back as what was meant.
    #[error("the edited text does not read back as it was meant; this is a mistake of this program")]
    Unconfirmed,
}

/// What keeps a text from being edited in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Obstacle {
    /// Braces where a block is expected.
    #[error("braces (`{{…}}`) are not edited in place; write one key on each line")]
    Flow,
    /// An anchor: what changes here would change elsewhere.
    #[error("an anchor (`&…`) makes this part of other places as well")]
    Anchor,
    /// An alias: what is to be changed stands elsewhere.
    #[error("an alias (`*…`) stands here in place of the content")]
    Alias,
    /// A tag.
    #[error("a tag (`!…`) stands here")]
    Tag,
    /// Something else where a mapping is expected.
    #[error("a mapping (`name: value`) is expected here")]
    NoMapping,
    /// A key that does not start its line, or a value that does not follow its key directly.
    #[error("this is laid out in a way that is not edited in place; write `name: value`, one on each line")]
    Layout,
}

impl MergeError {
    /// Whether only the way it is written stands in the way: written anew, the SealedSecret could be merged into.
    pub fn is_about_style(&self) -> bool {
        match self {
            Self::Manifest(_) | Self::NotInPlace { .. } | Self::Unconfirmed => true,
            Self::Several { .. }
            | Self::Twice { .. }
            | Self::Deprecated { .. }
            | Self::NoKey { .. }
            | Self::KeyTaken { .. } => false,
        }
    }
}

fn listed(lines: &[usize]) -> String {
    lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
