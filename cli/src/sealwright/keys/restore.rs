//! `sealwright keys restore`

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use clap::Args;
use sealer_core::{ManifestError, Policy, manifest};
use zeroize::Zeroizing;

use super::in_cluster::Secrets;
use super::key_secret::{KeyFault, KeySecret};
use super::passphrase;
use crate::cluster::ClusterError;
use crate::deadline;
use crate::error::FileError;
use crate::input::{self, InputError, Opened};
use crate::kubeconfig::Surroundings;
use crate::output::{self, Output, Privacy};
use crate::sealwright::args::ClusterArgs;
use crate::sealwright::verdict::{Advice, Failure, Verdict};

/// Which backup, and where it goes.
#[derive(Debug, Args)]
#[command(after_help = "\
Takes what `sealwright keys backup` wrote, encrypted or not, and what `kubectl get secret -o yaml` printed. A Secret of
the same name is never changed: one that holds something else is named, and the exit code is 1. Keys that were retired
stay retired.

Examples:
  sealwright keys restore keys.age
  sealwright keys restore --dry-run keys.yaml
  age -d -i key.txt keys.age | sealwright keys restore -")]
pub struct RestoreArgs {
    /// The backup; - for standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Read the passphrase from the first line of this file, in place of asking for it
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// Create nothing; say what would be created
    #[arg(long)]
    pub dry_run: bool,
    /// The cluster.
    #[command(flatten)]
    pub cluster: ClusterArgs,
}

/// The backup can't be restored; nothing was created.
#[derive(Debug, thiserror::Error)]
pub(super) enum RestoreError {
    /// It can't be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// Standard input can't be read.
    #[error(transparent)]
    Stdin(#[from] InputError),
    /// It is no text.
    #[error("the backup is not UTF-8, and age did not make it")]
    Encoding,
    /// It holds no Secrets.
    #[error("the backup can't be read: {0}")]
    Manifest(#[from] ManifestError),
    /// Something else is in it, which nobody asked to create.
    #[error("the backup holds {name}, which is not marked as a sealing key")]
    NoKey {
        /// The name of the Secret.
        name: String,
    },
    /// A key in it is of no use.
    #[error("{name} in the backup can't be used as a key: {fault}")]
    Unusable {
        /// The name of the Secret.
        name: String,
        /// Why.
        fault: KeyFault,
    },
    /// It is another controller's.
    #[error("{name} in the backup is of the namespace {namespace}, and the controller is in {here}")]
    OtherNamespace {
        /// The name of the Secret.
        name: String,
        /// Its namespace.
        namespace: String,
        /// The controller's.
        here: String,
    },
}

impl Advice for RestoreError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::OtherNamespace { namespace, .. } => Some(format!(
                "give --controller-namespace {namespace}; if the controller has really moved, change the namespace in \
                 the backup"
            )),
            Self::NoKey { .. } => Some("nothing was created; take it out of the file".to_owned()),
            Self::File(_) | Self::Stdin(_) | Self::Encoding | Self::Manifest(_) | Self::Unusable { .. } => {
                None
            }
        }
    }
}

/// What is done about one key of the backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The cluster does not have it.
    Create,
    /// It is there as it was.
    Keep,
    /// It is there with another label: somebody has retired it since, or taken it back.
    OtherState,
    /// A Secret of this name holds something else.
    Differs,
}

/// Carries the command out.
pub(super) fn run(args: &RestoreArgs, surroundings: &Surroundings) -> Result<Verdict, Failure> {
    let controller = args.cluster.controller(std::io::stderr().is_terminal());
    let bytes = content(&args.file)?;
    let bytes = if passphrase::is_encrypted(&bytes) {
        passphrase::decrypted(&bytes, passphrase::once(args.passphrase_file.as_deref())?)?
    } else {
        bytes
    };
    let text = input::text(bytes).ok_or(RestoreError::Encoding)?;
    let keys = keys(&text, &controller.namespace)?;
    let work = async {
        let secrets = Secrets::of(&controller, surroundings).await?;
        let mut done = Vec::with_capacity(keys.len());
        for key in &keys {
            let there = secrets.named(key.name()).await?.map(KeySecret::from_cluster);
            let step = step(key, there.as_ref());
            if step == Step::Create && !args.dry_run {
                secrets.create(key).await?;
            }
            // Said at once: what comes after may fail.
            output::write(&Output::Stdout, word(key, step, args.dry_run).as_bytes(), Privacy::Public)?;
            done.push(step);
        }
        Ok::<_, Failure>(done)
    };
    let done = deadline::run(work).map_err(|error| ClusterError::Runtime(error.into()))??;
    if done.contains(&Step::Create) && !args.dry_run {
        eprintln!(
            "sealwright's controller uses them within seconds; upstream's has to be restarted, unless it runs with \
             --watch-for-secrets: kubectl -n {} rollout restart deployment",
            controller.namespace
        );
    }
    let all_there = done.iter().all(|step| matches!(step, Step::Create | Step::Keep));
    Ok(if all_there { Verdict::Yes } else { Verdict::No })
}

fn content(path: &Path) -> Result<Zeroizing<Vec<u8>>, RestoreError> {
    if path == Path::new("-") {
        return Ok(Opened::Stdin { prompt: None }.bytes()?);
    }
    Ok(input::file(path)?)
}

/// The keys of a backup for the controller in this namespace, oldest certificate first: a controller that goes by the
/// Secrets' creation then orders them as before.
fn keys(text: &str, here: &str) -> Result<Vec<KeySecret>, RestoreError> {
    let mut keys = Vec::new();
    for manifest in manifest::read_secrets(text, Policy::Strict)? {
        let key = KeySecret::from_manifest(manifest);
        let (name, namespace) = (key.name().to_owned(), key.secret.metadata.namespace.clone());
        if !key.is_marked() {
            return Err(RestoreError::NoKey { name });
        }
        if !namespace.is_empty() && namespace != here {
            return Err(RestoreError::OtherNamespace { name, namespace, here: here.to_owned() });
        }
        match key.certificate() {
            Ok(certificate) => keys.push((certificate.not_before(), key)),
            Err(fault) => return Err(RestoreError::Unusable { name, fault }),
        }
    }
    keys.sort_by_key(|(begin, _)| *begin);
    Ok(keys.into_iter().map(|(_, key)| key).collect())
}

fn step(key: &KeySecret, there: Option<&KeySecret>) -> Step {
    let Some(there) = there else { return Step::Create };
    let halves = |key: &KeySecret| ["tls.crt", "tls.key"].map(|name| key.secret.data.get(name).cloned());
    if halves(key) != halves(there) {
        Step::Differs
    } else if key.is_active() != there.is_active() {
        Step::OtherState
    } else {
        Step::Keep
    }
}

fn word(key: &KeySecret, step: Step, is_dry_run: bool) -> String {
    let name = key.name();
    match step {
        Step::Create if is_dry_run => format!("{name}: would be created\n"),
        Step::Create => format!("{name}: created\n"),
        Step::Keep => format!("{name}: there already\n"),
        Step::OtherState => {
            format!("{name}: there already, and was {} in the backup; left as it is\n", key.state())
        }
        Step::Differs => format!("{name}: a Secret of this name holds another key; left as it is\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backup() -> String {
        std::fs::read_to_string("../vectors/inputs/key-secrets.yaml").unwrap()
    }

    #[test]
    fn a_key_that_is_there_is_never_written_over() {
        let text = backup();
        let read = manifest::read_secrets(&text, Policy::Strict).unwrap();
        let [one, other] = <[_; 2]>::try_from(read).unwrap().map(KeySecret::from_manifest);
        let mut retired = one.clone();
        retired
            .secret
            .metadata
            .labels
            .insert("sealedsecrets.bitnami.com/sealed-secrets-key".to_owned(), "compromised".to_owned());
        let mut noted = one.clone();
        noted.secret.metadata.annotations.insert("note".to_owned(), "mine".to_owned());
        for (there, expected) in [
            (None, Step::Create),
            (Some(&one), Step::Keep),
            (Some(&noted), Step::Keep),
            (Some(&retired), Step::OtherState),
            (Some(&other), Step::Differs),
        ] {
            assert_eq!(step(&one, there), expected);
        }
    }
}
