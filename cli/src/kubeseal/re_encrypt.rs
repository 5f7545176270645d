//! `--re-encrypt`: has the controller seal SealedSecrets again, with its newest key.

use std::path::{Path, PathBuf};

use http::StatusCode;
use sealer_core::manifest::Problem;
use sealer_core::{ManifestError, Policy, Scope, SealedSecret, emit, manifest};

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

/// What came back is not the same SealedSecret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// No SealedSecret at all.
    #[error("the controller's answer is not a SealedSecret")]
    Unreadable,
    /// Another name or namespace.
    #[error("the controller's answer has another name or namespace")]
    OtherName,
    /// Another scope: values would open in more places than before, or in none.
    #[error("the controller sealed it {answered}, and it was {asked}")]
    OtherScope {
        /// The scope of what was sent.
        asked: Scope,
        /// The scope of what came back.
        answered: Scope,
    },
    /// Values are missing, or there are some that nobody knows.
    #[error("the controller's answer has other keys")]
    OtherKeys,
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
        let mut text = String::new();
        for (which, sealed) in document::each(&sealed) {
            let answer = match proxy.call(Ask::Rotate(&emit::to_json(sealed))).await {
                Ok(answer) => answer,
                Err(CallError::Refused { code: StatusCode::CONFLICT, .. }) => {
                    return Err(ReEncryptError::Conflict { which }.into());
                }
                Err(source) => return Err(ReEncryptError::Failed { which, source }.into()),
            };
            let anew = match read_answer(&answer).and_then(|answer| renewed(sealed, answer)) {
                Ok(anew) => anew,
                Err(source) => return Err(ReEncryptError::Answer { which, source }.into()),
            };
            if anew.template.data != sealed.template.data {
                notes.push(format!(
                    "{which}: the controller rendered its templates, and what they gave is sealed in their place"
                ));
            }
            match format {
                Format::Json => text.push_str(&emit::to_json(&anew)),
                Format::Yaml => {
                    text.push_str("---\n");
                    text.push_str(&emit::to_yaml(&anew));
                }
            }
        }
        Ok::<_, CliError>((before, text))
    };
    let (before, text) =
        deadline::run(work).map_err(|error| cluster::ClusterError::Runtime(error.into()))??;
    if let Some(path) = place {
        // A file without SealedSecrets stays as it is.
        if text.is_empty() {
            return Ok(());
        }
        unchanged(path, &before)?;
    }
    Ok(output::write(&command.output, text.as_bytes(), Privacy::Public)?)
}

/// Notices that an editor or another process was faster.
fn unchanged(path: &Path, before: &str) -> Result<(), ReEncryptError> {
    match input::file(path).map(input::text) {
        Ok(Some(now)) if **now == *before => Ok(()),
        Ok(_) | Err(_) => Err(ReEncryptError::Changed { path: path.to_owned() }),
    }
}

fn unreadable(error: ManifestError) -> CliError {
    match error.problem() {
        Some(Problem::OtherKind { .. }) => ReEncryptError::OtherKind(error).into(),
        _ => error.into(),
    }
}

fn read_answer(bytes: &[u8]) -> Result<SealedSecret, AnswerError> {
    let text = std::str::from_utf8(bytes).map_err(|_| AnswerError::Unreadable)?;
    let read = manifest::read_sealed_secrets(text, Policy::Kubeseal).map_err(|_| AnswerError::Unreadable)?;
    <[SealedSecret; 1]>::try_from(read).map(|[one]| one).map_err(|_| AnswerError::Unreadable)
}

/// The SealedSecret with the values of the answer, and everything else as it was.
///
/// Upstream's controller gives less back: it puts the SealedSecret's own labels and annotations in the place of the
/// template's, and the rendered templates among the sealed values. Where a rendered one has taken the place of a value
/// that templates may use, there is no way back, and the templates have to go.
fn renewed(sealed: &SealedSecret, answer: SealedSecret) -> Result<SealedSecret, AnswerError> {
    let names = |of: &SealedSecret| (of.metadata.name.clone(), of.metadata.namespace.clone());
    if names(sealed) != names(&answer) {
        return Err(AnswerError::OtherName);
    }
    let (asked, answered) = (sealed.scope(), answer.scope());
    if asked != answered {
        return Err(AnswerError::OtherScope { asked, answered });
    }
    if sealed.deprecated_data.is_some() {
        // The template was sealed along with the values.
        return Ok(SealedSecret { metadata: sealed.metadata.clone(), deprecated_data: None, ..answer });
    }
    let mut anew = sealed.clone();
    let templates = &sealed.template.data;
    let is_rendered = answer.template.data.is_empty();
    let added = answer.encrypted_data.keys().filter(|key| !sealed.encrypted_data.contains_key(*key));
    let is_known = |key: &String| is_rendered && templates.contains_key(key);
    if !sealed.encrypted_data.keys().all(|key| answer.encrypted_data.contains_key(key))
        || !{ added }.all(is_known)
    {
        return Err(AnswerError::OtherKeys);
    }
    anew.encrypted_data = answer.encrypted_data;
    if is_rendered && templates.keys().any(|key| sealed.encrypted_data.contains_key(key)) {
        anew.template.data.clear();
    } else {
        anew.encrypted_data.retain(|key, _| sealed.encrypted_data.contains_key(key));
    }
    Ok(anew)
}
