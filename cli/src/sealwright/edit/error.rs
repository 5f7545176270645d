//! What can go wrong while keys are changed.

use std::path::PathBuf;

use sealer_core::builders::TooLarge;
use sealer_core::merge::MergeError;
use sealer_core::{BindingError, Scope, SealError};

use crate::error::FileError;
use crate::sealwright::verdict::Advice;

/// The SealedSecret can't be changed; the file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The file can't be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is no text.
    #[error("{} is not UTF-8", path.display())]
    Encoding {
        /// The file.
        path: PathBuf,
    },
    /// It does not hold the one SealedSecret that is meant.
    #[error("cannot change {}", path.display())]
    Target {
        /// The file.
        path: PathBuf,
        /// Why.
        source: MergeError,
    },
    /// Its only SealedSecret is another one.
    #[error("the SealedSecret in {} has another name or namespace", path.display())]
    Other {
        /// The file.
        path: PathBuf,
    },
    /// It does not say the names that the scope binds a value to.
    #[error("{} does not say where a {scope} value shall open", path.display())]
    Unbound {
        /// The file.
        path: PathBuf,
        /// What its annotations say.
        scope: Scope,
        /// What is missing.
        missing: BindingError,
    },
    /// The Secret would have more bytes than the API server takes.
    #[error("cannot change {}", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// How many.
        source: TooLarge,
    },
    /// A value can't be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The change can't be made.
    #[error("cannot change {}", path.display())]
    Edit {
        /// The file.
        path: PathBuf,
        /// The keys that are there.
        keys: Vec<String>,
        /// Whether the sealed lines are given out instead.
        lines_shown: bool,
        /// Why.
        source: MergeError,
    },
    /// Somebody else has written to the file in the meantime.
    #[error("{} was changed by somebody else just now", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
}

impl Advice for EditError {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Encoding { .. } => "save it as UTF-8",
            Self::Target { source: MergeError::Several { .. }, .. } => {
                "say which one is meant with --name, and with --namespace where they share it"
            }
            Self::Other { .. } => "leave --name and --namespace out, or name another file",
            Self::Unbound { missing: BindingError::NamespaceMissing, .. } => {
                "say with --namespace for which namespace its values are sealed"
            }
            Self::Unbound { missing: BindingError::NameMissing, .. } => {
                "say with --name for which name its values are sealed"
            }
            Self::Edit { source: MergeError::NoKey { .. }, keys, .. } => {
                return Some(match keys.as_slice() {
                    [] => "it has no keys".to_owned(),
                    keys => format!("its keys: {}", keys.join(", ")),
                });
            }
            Self::Edit { lines_shown: true, .. } => {
                "nothing was written; the lines on standard output can be pasted under spec.encryptedData"
            }
            Self::TooLarge { .. } => "put some of the values into a Secret of their own",
            Self::Changed { .. } => "nothing was written; run the command again",
            Self::File(_) | Self::Target { .. } | Self::Seal(_) | Self::Edit { .. } => return None,
        };
        Some(hint.to_owned())
    }
}
