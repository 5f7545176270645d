//! `sealwright verify`: says of each SealedSecret whether it opens, by the controller or by a backup of its keys.

use std::path::PathBuf;

use clap::Args;
use http::StatusCode;
use indicatif::ProgressBar;
use rayon::prelude::*;
use sealer_core::inspect::{Item, inspect};
use sealer_core::secret::is_data_key;
use sealer_core::{Scope, SealedSecret, Template, emit};
use serde_json::{Value, json};
use unsealer::{Cause, Job, Keyring, UnsealError};

use crate::cluster::{self, ClusterError, Controller};
use crate::deadline;
use crate::kubeconfig::Surroundings;
use crate::output::{self, Output, Privacy};
use crate::private_keys;
use crate::proxy::{Ask, CallError, Proxy};
use crate::sealwright::args::{ClusterArgs, Format};
use crate::sealwright::progress;
use crate::sealwright::sealed_files::{self, SealedFile, name};
use crate::sealwright::verdict::{Advice, Failure, Verdict};

/// What is verified, and by whom.
#[derive(Debug, Args)]
#[command(after_help = "\
The controller is sent SealedSecrets only, never a Secret in plain text. Of one that does not open it is asked about
each value and about the other scopes, so that each can be told with the likely cause. With --private-key nothing leaves
this machine.
Exit codes: 0 all open; 1 one does not; 2 one could not be verified.

Examples:
  sealwright verify apps/
  sealwright verify --controller-namespace sealed-secrets apps/db.yaml
  sealwright verify --private-key backup.yaml apps/db.yaml")]
pub struct VerifyArgs {
    /// Files and directories with SealedSecrets; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Don't ask the controller: try these private keys, as PEM or as a backup of key Secrets
    #[arg(long, value_name = "FILE")]
    pub private_key: Vec<PathBuf>,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    #[command(flatten)]
    #[allow(missing_docs, reason = "its type says it")]
    pub cluster: ClusterArgs,
}

/// It is not known of all whether they open.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The files named with `--private-key` hold no key.
    #[error("no private key to open with")]
    NoKeys {
        /// What is wrong with them.
        notes: Vec<String>,
    },
    /// The controller gave no verdict on some.
    #[error("{count} could not be verified")]
    Unknown {
        /// How many.
        count: usize,
        /// Why the first was not.
        source: CallError,
    },
}

impl Advice for VerifyError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::NoKeys { notes } => Some(notes.join("; ")).filter(|notes| !notes.is_empty()),
            Self::Unknown { source, .. } => source.hint(),
        }
    }
}

/// What is known of one SealedSecret.
#[derive(Debug, PartialEq, Eq)]
enum Verified {
    Opens,
    /// It does not, for this reason or because of these values.
    Locked {
        cause: Option<String>,
        values: Vec<(String, String)>,
    },
    /// Nobody gave a verdict.
    Unknown(String),
}

/// Verifies every SealedSecret of the files, and tells of each.
pub fn run(args: &VerifyArgs, surroundings: &Surroundings) -> Result<Verdict, Failure> {
    let files = sealed_files::read(&args.files)?;
    let all: Vec<&SealedSecret> = files.iter().flat_map(|file| &file.sealed).collect();
    let progress = progress::bar(all.len(), "SealedSecrets");
    let (verified, unknown) = if args.private_key.is_empty() {
        ask(&all, &args.cluster.controller(!progress.is_hidden()), &progress, surroundings)?
    } else {
        (with_keys(&all, &args.private_key, &progress)?, None)
    };
    progress.finish_and_clear();
    let told = match args.format {
        Format::Text => text(&files, &verified),
        Format::Json => json_of(&files, &verified),
    };
    output::write(&Output::Stdout, told.as_bytes(), Privacy::Public)?;
    if let Some(source) = unknown {
        let count = verified.iter().filter(|one| matches!(one, Verified::Unknown(_))).count();
        return Err(VerifyError::Unknown { count, source }.into());
    }
    Ok(if verified.iter().all(|one| *one == Verified::Opens) { Verdict::Yes } else { Verdict::No })
}

/// Asks the controller about each, and why the first without a verdict has none. Once no answer comes through, nobody is
/// asked again.
fn ask(
    all: &[&SealedSecret],
    controller: &Controller,
    progress: &ProgressBar,
    surroundings: &Surroundings,
) -> Result<(Vec<Verified>, Option<CallError>), ClusterError> {
    let work = async {
        let proxy = cluster::open(controller, surroundings).await?;
        let (mut verified, mut unknown) = (Vec::new(), None);
        for sealed in all {
            let one = match &unknown {
                None | Some(CallError::Refused { .. }) => match verdict(sealed, &proxy).await {
                    Ok(verified) => verified,
                    Err(error) => {
                        let said = error.to_string();
                        unknown.get_or_insert(error);
                        Verified::Unknown(said)
                    }
                },
                Some(error) => Verified::Unknown(error.to_string()),
            };
            verified.push(one);
            progress.inc(1);
        }
        Ok((verified, unknown))
    };
    deadline::run(work).map_err(|error| ClusterError::Runtime(error.into()))?
}

/// The controller's verdict on one; where it does not open, on each of its values as well.
async fn verdict(sealed: &SealedSecret, proxy: &Proxy<'_>) -> Result<Verified, CallError> {
    if opens(sealed, proxy).await? {
        return Ok(Verified::Opens);
    }
    let is_single = sealed.encrypted_data.len() == 1
        && sealed.deprecated_data.is_none()
        && sealed.template.data.is_empty();
    let mut values = Vec::new();
    for (key, text) in &sealed.encrypted_data {
        let alone = SealedSecret {
            encrypted_data: [(key.clone(), text.clone())].into(),
            deprecated_data: None,
            template: Template { metadata: sealed.template.metadata.clone(), ..Template::default() },
            ..sealed.clone()
        };
        // What is all there is was refused just now.
        if let Some(cause) = cause_there(&alone, is_single, proxy).await? {
            values.push((key.clone(), cause.to_string()));
        }
    }
    let cause = match (values.is_empty(), &sealed.deprecated_data) {
        (false, _) => None,
        (true, Some(_)) => Some(Cause::of_place(sealed).to_string()),
        (true, None) => {
            Some("each of its values opens by itself; see what its templates refer to".to_owned())
        }
    };
    Ok(Verified::Locked { cause, values })
}

/// Why the controller does not open the only value of a SealedSecret, if it does not, which may be known.
async fn cause_there(
    alone: &SealedSecret,
    is_refused: bool,
    proxy: &Proxy<'_>,
) -> Result<Option<Cause>, CallError> {
    if !inspect(alone).items.values().all(|item| matches!(item, Item::Sealed { .. })) {
        return Ok(Some(Cause::Damaged));
    }
    if !is_refused && opens(alone, proxy).await? {
        return Ok(None);
    }
    for other in Scope::ALL.into_iter().filter(|other| *other != alone.scope()) {
        let mut moved = alone.clone();
        other.write_annotations(&mut moved.metadata.annotations);
        if opens(&moved, proxy).await? {
            return Ok(Some(Cause::other_scope(other, &alone.metadata)));
        }
    }
    Ok(Some(Cause::of_place(alone)))
}

/// Whether the controller opens it.
async fn opens(sealed: &SealedSecret, proxy: &Proxy<'_>) -> Result<bool, CallError> {
    match proxy.call(Ask::Verify(&emit::to_json(sealed))).await {
        Ok(_) => Ok(true),
        Err(CallError::Refused { code: StatusCode::CONFLICT, .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

fn with_keys(
    all: &[&SealedSecret],
    files: &[PathBuf],
    progress: &ProgressBar,
) -> Result<Vec<Verified>, Failure> {
    let backup = private_keys::read(files)?;
    if backup.keys.is_empty() {
        return Err(VerifyError::NoKeys { notes: backup.notes }.into());
    }
    for note in &backup.notes {
        eprintln!("{note}");
    }
    let ring = Keyring::from_private_keys(backup.keys);
    Ok(all.par_iter().map(|sealed| open(sealed, &ring)).inspect(|_| progress.inc(1)).collect())
}

/// Tries all values, and finds the likely cause for each that does not open.
fn open(sealed: &SealedSecret, ring: &Keyring) -> Verified {
    let job = match Job::new(sealed, true) {
        Ok(job) => job,
        Err(error) => return Verified::Locked { cause: Some(error.to_string()), values: Vec::new() },
    };
    let openings = job.open_all(ring);
    let refusals = openings.iter().filter_map(|opening| job.refusal(opening));
    let values: Vec<(String, String)> =
        refusals.filter_map(|error| fault(job.diagnose(error, ring).0)).collect();
    if values.is_empty() {
        return match job.verify(openings) {
            Ok(()) => Verified::Opens,
            Err(error) => Verified::Locked { cause: Some(error.to_string()), values },
        };
    }
    Verified::Locked { cause: None, values }
}

/// The value that an error is about, and why it does not open.
fn fault(error: UnsealError) -> Option<(String, String)> {
    let words = |cause: Option<Cause>| cause.unwrap_or(Cause::Unknown).to_string();
    match error {
        UnsealError::Items { failed, cause } => {
            failed.into_iter().next().map(|item| (item.key, words(cause)))
        }
        UnsealError::Deprecated { cause } => Some(("spec.data".to_owned(), words(cause))),
        _ => None,
    }
}

fn rows<'a>(
    files: &'a [SealedFile],
    verified: &'a [Verified],
) -> impl Iterator<Item = (&'a str, &'a SealedSecret, &'a Verified)> {
    let all = files.iter().flat_map(|file| file.sealed.iter().map(|sealed| (file.path.as_str(), sealed)));
    all.zip(verified).map(|((path, sealed), one)| (path, sealed, one))
}

fn text(files: &[SealedFile], verified: &[Verified]) -> String {
    let mut text = String::new();
    for (path, sealed, one) in rows(files, verified) {
        let name = name(sealed);
        let mut line = |rest: &str| text.push_str(&format!("{path}: {name}: {rest}\n"));
        match one {
            Verified::Opens => line("opens"),
            Verified::Unknown(why) => line(&format!("not verified: {}", why.replace(char::is_control, " "))),
            Verified::Locked { cause, values } => {
                if let Some(cause) = cause {
                    line(&format!("does not open: {cause}"));
                }
                for (key, cause) in values {
                    // What no Secret could have for a key is not repeated.
                    let key = if is_data_key(key) { key } else { "a value" };
                    line(&format!("{key} does not open: {cause}"));
                }
            }
        }
    }
    text
}

fn json_of(files: &[SealedFile], verified: &[Verified]) -> String {
    let objects: Vec<Value> =
        rows(files, verified).map(|(path, sealed, one)| object(path, sealed, one)).collect();
    format!("{:#}\n", json!({ "version": 1, "objects": objects }))
}

fn object(path: &str, sealed: &SealedSecret, one: &Verified) -> Value {
    let (verdict, cause, values) = match one {
        Verified::Opens => ("opens", None, &[][..]),
        Verified::Locked { cause, values } => ("locked", cause.as_ref(), values.as_slice()),
        Verified::Unknown(why) => ("unknown", Some(why), &[][..]),
    };
    let values: Vec<Value> =
        values.iter().map(|(key, cause)| json!({ "key": key, "cause": cause })).collect();
    json!({
        "path": path,
        "namespace": sealed.metadata.namespace,
        "name": sealed.metadata.name,
        "verdict": verdict,
        "cause": cause,
        "values": values,
    })
}
