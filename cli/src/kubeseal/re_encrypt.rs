//! `--re-encrypt`: has the controller seal SealedSecrets again, with its newest key.

use std::path::{Path, PathBuf};

use http::StatusCode;
use sealer_core::manifest::Problem;
use sealer_core::merge::SealedText;
use sealer_core::{ManifestError, Policy, SealedSecret, emit};

use crate::cluster;
use crate::deadline;
use crate::input;
use crate::kubeconfig::Surroundings;
use crate::kubeseal::command::{Format, ReEncryptCommand};
use crate::kubeseal::document::{self, Which};
use crate::kubeseal::error::CliError;
use crate::output::Output;
use crate::output::{self, Privacy};
use crate::proxy::{Ask, CallError};
use crate::rotation::{self, AnswerError};

/// A SealedSecret was not sealed again; nothing is written. The texts are upstream's up to the cause.
#[derive(Debug, thiserror::Error)]
pub enum ReEncryptError {
    /// The input is something else, which the controller would refuse as well. It is not sent: a Secret is nobody's
    /// business.
    #[error("cannot re-encrypt secret: {0}")]
    OtherKind(ManifestError),
    /// A pipe or a device has no place that the result could take.
    #[error("cannot re-encrypt {} in place: it is not a file", path.display())]
    NoPlace {
        /// What the input comes from.
        path: PathBuf,
    },
    /// Somebody else has written to the file in the meantime.
    #[error("cannot re-encrypt {} in place: it was changed by somebody else just now", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The controller says that it can't.
    #[error("unable to rotate secret")]
    Conflict {
        /// Which one.
        which: Which,
    },
    /// The controller did not do it.
    #[error("cannot re-encrypt secret")]
    Failed {
        /// Which one.
        which: Which,
        /// Why.
        source: CallError,
    },
    /// The controller's answer can't be used.
    #[error("cannot re-encrypt secret")]
    Answer {
        /// Which one.
        which: Which,
        /// Why.
        source: AnswerError,
    },
}

impl ReEncryptError {
    /// Which one is meant, and what to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::OtherKind(_) => None,
            Self::NoPlace { .. } => Some("name another file with -w, or give the input on stdin".to_owned()),
            Self::Changed { .. } => Some("nothing was written; run the command again".to_owned()),
            Self::Conflict { which } => Some(format!("{which}: {LOCKED}")),
            Self::Failed { which, source } => {
                let next = match source {
                    CallError::Refused { code: StatusCode::INTERNAL_SERVER_ERROR, .. } => {
                        Some(LOCKED.to_owned())
                    }
                    source => source.hint(),
                };
                let next = next.map(|next| format!("; {next}")).unwrap_or_default();
                Some(format!("{which} was not sealed again, and nothing is written{next}"))
            }
            Self::Answer { which, .. } => Some(format!(
                "{which} was not sealed again, and nothing is written; what answers is no controller of this version \
                 or another, or it is faulty"
            )),
        }
    }
}

const LOCKED: &str = "see whether it opens: kubeseal --validate";

/// Carries the command out. Everything is written, or nothing.
pub(crate) fn re_encrypt(
    command: &ReEncryptCommand,
    surroundings: &Surroundings,
    notes: &mut Vec<String>,
) -> Result<(), CliError> {
    let input = input::open(&command.input)?;
    output::check(&command.output)?;
    let place = match &command.output {
        Output::File(path) if command.is_in_place => Some(path.as_path()),
        Output::File(_) | Output::Stdout => None,
    };
    if let Some(path) = place.filter(|path| !path.is_file()) {
        return Err(ReEncryptError::NoPlace { path: path.to_owned() }.into());
    }
    // A credential plugin must not eat it.
    let input = input.secured()?;
    let work = async {
        let proxy = cluster::open(&command.controller, surroundings).await?;
        let before = input.text()?;
        let sealed = document::read(&before).map_err(unreadable)?;
        let format = if sealed.is_empty() { Format::Json } else { command.format.judge()? };
        let mut renewed = Vec::with_capacity(sealed.len());
        for (which, sealed) in document::each(&sealed) {
            let answer = match proxy.call(Ask::Rotate(&emit::to_json(sealed))).await {
                Ok(answer) => answer,
                Err(CallError::Refused { code: StatusCode::CONFLICT, .. }) => {
                    return Err(ReEncryptError::Conflict { which }.into());
                }
                Err(source) => return Err(ReEncryptError::Failed { which, source }.into()),
            };
            let anew = match rotation::renewed(sealed, &answer) {
                Ok(anew) => anew,
                Err(source) => return Err(ReEncryptError::Answer { which, source }.into()),
            };
            if anew.template.data != sealed.template.data {
                notes.push(format!(
                    "{which}: the controller rendered its templates, and what they gave is sealed in their place"
                ));
            }
            renewed.push(anew);
        }
        Ok::<_, CliError>((before, format, sealed, renewed))
    };
    let (before, format, sealed, renewed) =
        deadline::run(work).map_err(|error| cluster::ClusterError::Runtime(error.into()))??;
    let mut edited = None;
    if let Some(path) = place {
        // A file without SealedSecrets stays as it is.
        if renewed.is_empty() {
            return Ok(());
        }
        unchanged(path, &before)?;
        edited = in_its_own_text(&before, format, &sealed, &renewed);
    }
    let text = edited.unwrap_or_else(|| written(format, &renewed));
    Ok(output::write(&command.output, text.as_bytes(), Privacy::Public)?)
}

/// Notices that an editor or another process was faster.
fn unchanged(path: &Path, before: &str) -> Result<(), ReEncryptError> {
    match input::file(path).map(input::text) {
        Ok(Some(now)) if **now == *before => Ok(()),
        Ok(_) | Err(_) => Err(ReEncryptError::Changed { path: path.to_owned() }),
    }
}

/// The text with nothing new but the values; `None` where more has changed, or where it can't be edited in place.
fn in_its_own_text(
    before: &str,
    format: Format,
    sealed: &[SealedSecret],
    renewed: &[SealedSecret],
) -> Option<String> {
    let is_json = before.trim_start_matches('\u{feff}').trim_start().starts_with('{');
    let file = SealedText::read(before, Policy::Kubeseal).ok()?;
    if is_json != (format == Format::Json)
        || !file.all().map(|target| target.sealed().clone()).eq(sealed.iter().cloned())
    {
        return None;
    }
    let changes = sealed.iter().zip(renewed).map(|(sealed, renewed)| rotation::changes(sealed, renewed));
    let changes = changes.collect::<Option<Vec<_>>>()?;
    file.edited(|index| changes.get(index)).ok()
}

fn written(format: Format, sealed: &[SealedSecret]) -> String {
    sealed
        .iter()
        .map(|sealed| match format {
            Format::Json => emit::to_json(sealed),
            Format::Yaml => format!("---\n{}", emit::to_yaml(sealed)),
        })
        .collect()
}

fn unreadable(error: ManifestError) -> CliError {
    match error.problem() {
        Some(Problem::OtherKind { .. }) => ReEncryptError::OtherKind(error).into(),
        _ => error.into(),
    }
}
