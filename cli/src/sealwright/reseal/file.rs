//! One file: what is in it, and how it is replaced.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use http::StatusCode;
use sealer_core::manifest::Problem;
use sealer_core::merge::{Changes, MergeError, SealedText, Target};
use sealer_core::{ManifestError, Policy, SealError, resource};
use similar::TextDiff;
use unsealer::UnsealError;
use zeroize::Zeroizing;

use crate::error::FileError;
use crate::input;
use crate::kubeseal::document::Which;
use crate::output::{self, Output, OutputError, Privacy};
use crate::proxy::CallError;
use crate::rotation::AnswerError;

/// What happens with the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// It replaces the file.
    Write,
    /// It is shown.
    DryRun,
    /// It is counted.
    Check,
}

/// What a file came to.
#[derive(Debug)]
pub(super) struct Resealed {
    pub(super) path: PathBuf,
    /// How many values are sealed again, or would be. 0 where there are faults.
    pub(super) values: usize,
    /// How many were on the key already.
    pub(super) current: usize,
    /// The difference, if it is to be shown.
    pub(super) diff: String,
    /// Why the file stays as it is.
    pub(super) faults: Vec<Fault>,
}

/// What one SealedSecret came to.
#[derive(Debug)]
pub(super) struct Renewed {
    pub(super) changes: Changes,
    pub(super) current: usize,
}

/// Which SealedSecret of a file.
#[derive(Debug)]
pub(super) struct At {
    line: usize,
    which: Which,
}

impl At {
    pub(super) fn of(target: &Target<'_, '_>) -> Box<Self> {
        Box::new(Self { line: target.line(), which: Which::only(target.sealed()) })
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.which)
    }
}

/// A file stays as it is.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// It can't be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is no text.
    #[error("not UTF-8")]
    Encoding,
    /// It can't be read as manifests, or not be edited in place.
    #[error(transparent)]
    Text(#[from] MergeError),
    /// A SealedSecret does not open.
    #[error("{at}: {source}")]
    Locked { at: Box<At>, source: Box<UnsealError>, key_is_missing: bool },
    /// A value can't be sealed.
    #[error("{at}: {source}")]
    Seal { at: Box<At>, source: SealError },
    /// The controller did not seal it again.
    #[error("{at}: the controller did not seal it again: {source}")]
    Call { at: Box<At>, source: CallError },
    /// The controller's answer can't be used.
    #[error("{at}: {source}")]
    Answer { at: Box<At>, source: AnswerError },
    /// The controller changed more than the values.
    #[error("{at}: the controller rendered its templates into values")]
    Rendered { at: Box<At> },
    /// Somebody else has written to the file in the meantime.
    #[error("it was changed by somebody else just now")]
    Changed,
    /// It can't be written.
    #[error(transparent)]
    Output(#[from] OutputError),
}

impl Fault {
    /// Whether every other file would come to the same.
    pub(super) fn is_lasting(&self) -> bool {
        matches!(self, Self::Call { source, .. } if source.is_lasting())
    }

    /// Whether the text has the path in it.
    pub(super) fn names_the_file(&self) -> bool {
        matches!(self, Self::File(_) | Self::Output(_))
    }

    /// What to do next.
    pub(super) fn hint(&self) -> Option<String> {
        match self {
            Self::Encoding => Some("save it as UTF-8".to_owned()),
            Self::Locked { key_is_missing: true, .. } => Some(
                "it may be on the new key already: give the private key of the certificate as well, with another \
                 --private-key"
                    .to_owned(),
            ),
            Self::Call {
                source:
                    CallError::Refused { code: StatusCode::CONFLICT | StatusCode::INTERNAL_SERVER_ERROR, .. },
                ..
            } => Some("see whether it opens: kubeseal --validate".to_owned()),
            Self::Call { source, .. } => source.hint(),
            Self::Rendered { .. } => {
                Some("reseal it with --private-key, which leaves templates as they are".to_owned())
            }
            Self::Changed => Some("run the command again".to_owned()),
            Self::File(_)
            | Self::Text(_)
            | Self::Locked { key_is_missing: false, .. }
            | Self::Seal { .. }
            | Self::Answer { .. }
            | Self::Output(_) => None,
        }
    }
}

impl Resealed {
    /// A file that stays as it is: there is nothing to do, or there are faults.
    pub(super) fn untouched(path: &Path, faults: Vec<Fault>) -> Self {
        Self { path: path.to_owned(), values: 0, current: 0, diff: String::new(), faults }
    }

    /// What belongs on stdout.
    pub(super) fn shown(&self, mode: Mode) -> String {
        match mode {
            Mode::Write => String::new(),
            Mode::DryRun => self.diff.clone(),
            Mode::Check if self.values == 0 => String::new(),
            Mode::Check => {
                format!("{}: {} of {}\n", self.path.display(), self.values, self.values + self.current)
            }
        }
    }
}

/// The text of a file that may hold SealedSecrets; `None` where it does not even name them.
///
/// Most files of a repository are something else, and may be something that is no YAML to this reader.
pub(super) fn read(path: &Path, mode: Mode) -> Result<Option<Zeroizing<String>>, Fault> {
    let bytes = match mode {
        Mode::Write => input::file_to_change(path)?,
        Mode::DryRun | Mode::Check => input::file(path)?,
    };
    let is_named =
        input::text(bytes.clone()).map_or_else(|| names_kind(&bytes), |text| names_kind(text.as_bytes()));
    if !is_named {
        return Ok(None);
    }
    // What is edited in place stays in its encoding, and other ones are not edited.
    input::utf8(bytes).ok_or(Fault::Encoding).map(Some)
}

fn names_kind(bytes: &[u8]) -> bool {
    let kind = resource::KIND.as_bytes();
    bytes.windows(kind.len()).any(|window| window == kind)
}

/// The SealedSecrets of a text; `None` where it only speaks of them.
pub(super) fn sealed(text: &str) -> Result<Option<SealedText<'_>>, Fault> {
    match SealedText::read(text, Policy::Strict) {
        Ok(sealed) => Ok(Some(sealed)),
        Err(MergeError::Manifest(error)) if is_other(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn is_other(error: &ManifestError) -> bool {
    matches!(error, ManifestError::NoSealedSecrets)
        || matches!(error.problem(), Some(Problem::OtherKind { .. } | Problem::NoKind { .. }))
}

/// Replaces the file, if everything in it could be done and something is new.
pub(super) fn finish(
    path: &Path,
    before: &str,
    sealed: &SealedText<'_>,
    renewed: Vec<Result<Renewed, Fault>>,
    mode: Mode,
) -> Resealed {
    let mut faults = Vec::new();
    let mut current = 0;
    let mut changes = BTreeMap::new();
    for (index, renewed) in renewed.into_iter().enumerate() {
        match renewed {
            Ok(renewed) => {
                current += renewed.current;
                if renewed.changes != Changes::default() {
                    changes.insert(index, renewed.changes);
                }
            }
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Resealed::untouched(path, faults);
    }
    let values = changes.values().map(|changes| changes.encrypted_data.len()).sum();
    let mut resealed =
        Resealed { path: path.to_owned(), values, current, diff: String::new(), faults: Vec::new() };
    if !changes.is_empty() {
        match sealed
            .edited(|index| changes.get(&index))
            .map_err(Fault::from)
            .and_then(|after| replace(path, before, &after, mode))
        {
            Ok(diff) => resealed.diff = diff,
            Err(fault) => return Resealed::untouched(path, vec![fault]),
        }
    }
    resealed
}

/// The difference, if it is to be shown.
fn replace(path: &Path, before: &str, after: &str, mode: Mode) -> Result<String, Fault> {
    match mode {
        Mode::Check => Ok(String::new()),
        Mode::DryRun => {
            let name = path.display().to_string();
            Ok(TextDiff::from_lines(before, after).unified_diff().header(&name, &name).to_string())
        }
        Mode::Write => {
            if !input::is_unchanged(path, before.as_bytes())? {
                return Err(Fault::Changed);
            }
            output::write(&Output::File(path.to_owned()), after.as_bytes(), Privacy::Public)?;
            Ok(String::new())
        }
    }
}
