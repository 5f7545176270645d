//! `sealwright keys restore`

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use clap::Args;
use sealer_core::{ManifestError, Policy, SealingCert, manifest};
use zeroize::Zeroizing;

use super::in_cluster::Secrets;
use super::key_secret::{KEY_LABEL, KeyFault, KeySecret};
use super::passphrase;
use crate::cluster::ClusterError;
use crate::deadline;
use crate::error::FileError;
use crate::input::{self, InputError, Opened};
use crate::kubeconfig::Surroundings;
use crate::output::{self, Output, Privacy};
use crate::sealwright::args::ClusterArgs;
use crate::sealwright::verdict::{Advice, Failure, Verdict};

/// Hexadecimal digits of the certificate's fingerprint in the name of a key whose own name is taken.
const NAME_SUFFIX: usize = 10;

/// Which backup, and where it goes.
#[derive(Debug, Args)]
#[command(after_help = "\
Takes what `sealwright keys backup` wrote, encrypted or not, and what `kubectl get secret -o yaml` printed. No Secret
that is there is changed: a key whose name is taken, as by the first key of a new cluster, gets another. Keys that were
retired stay retired; one that is there in another state than in the backup is named, and the exit code is 1.

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
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// The cluster does not have it.
    Create,
    /// The same, under this name: its own is another Secret's.
    CreateAs(String),
    /// It is there as it was, under this name.
    Keep(String),
    /// It is there under this name with another label: somebody has retired it since, or taken it back.
    OtherState(String),
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
        let mut there = secrets.keys().await?;
        let mut done = Vec::with_capacity(keys.len());
        for (certificate, key) in &keys {
            // Another Secret than a key may have the name as well.
            let is_taken = there.iter().any(|other| other.name() == key.name())
                || secrets.named(key.name()).await?.is_some();
            let step = step(key, certificate, &there, is_taken);
            if let Some(created) = created(key, &step) {
                if !args.dry_run {
                    secrets.create(&created).await?;
                }
                there.push(created);
            }
            // Said at once: what comes after may fail.
            let said = format!("{}: {}\n", key.name(), word(key, &step, args.dry_run));
            output::write(&Output::Stdout, said.as_bytes(), Privacy::Public)?;
            done.push(step);
        }
        Ok::<_, Failure>(done)
    };
    let done = deadline::run(work).map_err(|error| ClusterError::Runtime(error.into()))??;
    if done.iter().any(|step| matches!(step, Step::Create | Step::CreateAs(_))) && !args.dry_run {
        eprintln!(
            "sealwright's controller uses them within seconds; upstream's has to be restarted, unless it runs with \
             --watch-for-secrets: kubectl -n {} rollout restart deployment",
            controller.namespace
        );
    }
    let is_other = done.iter().any(|step| matches!(step, Step::OtherState(_)));
    Ok(if is_other { Verdict::No } else { Verdict::Yes })
}

fn content(path: &Path) -> Result<Zeroizing<Vec<u8>>, RestoreError> {
    if path == Path::new("-") {
        return Ok(Opened::Stdin { prompt: None }.bytes()?);
    }
    Ok(input::file(path)?)
}

/// The keys of a backup for the controller in this namespace, oldest certificate first: a controller that goes by the
/// Secrets' creation then orders them as before.
fn keys(text: &str, here: &str) -> Result<Vec<(SealingCert, KeySecret)>, RestoreError> {
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
            Ok(certificate) => keys.push((certificate, key)),
            Err(fault) => return Err(RestoreError::Unusable { name, fault }),
        }
    }
    keys.sort_by_key(|(certificate, _)| certificate.not_before());
    Ok(keys)
}

/// A key goes by its two halves, not by its name: the first key of every controller that is asked for none has the
/// same one.
fn step(key: &KeySecret, certificate: &SealingCert, there: &[KeySecret], is_taken: bool) -> Step {
    let halves = |key: &KeySecret| ["tls.crt", "tls.key"].map(|name| key.secret.data.get(name).cloned());
    match there.iter().find(|other| halves(other) == halves(key)) {
        Some(other) if other.is_active() == key.is_active() => Step::Keep(other.name().to_owned()),
        Some(other) => Step::OtherState(other.name().to_owned()),
        None if is_taken => {
            let fingerprint = certificate.fingerprint().replace(':', "").to_lowercase();
            Step::CreateAs(format!("{}-{}", key.name(), &fingerprint[..NAME_SUFFIX]))
        }
        None => Step::Create,
    }
}

/// The Secret that a step makes.
fn created(key: &KeySecret, step: &Step) -> Option<KeySecret> {
    let mut created = key.clone();
    match step {
        Step::Create => {}
        Step::CreateAs(name) => {
            // The Secret of the plain name has no label, and is known by the name that it loses here.
            let state = key.state().to_owned();
            created.secret.metadata.labels.insert(KEY_LABEL.to_owned(), state);
            created.secret.metadata.name.clone_from(name);
        }
        Step::Keep(_) | Step::OtherState(_) => return None,
    }
    Some(created)
}

fn word(key: &KeySecret, step: &Step, is_dry_run: bool) -> String {
    let place = |name: &str| if name == key.name() { String::new() } else { format!(" as {name}") };
    let done = if is_dry_run { "would be created" } else { "created" };
    match step {
        Step::Create => done.to_owned(),
        Step::CreateAs(name) => format!("{done} as {name}, since a Secret of its name holds something else"),
        Step::Keep(name) => format!("there already{}", place(name)),
        Step::OtherState(name) => {
            format!("there already{}, and was {} in the backup; left as it is", place(name), key.state())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sealwright::keys::key_secret::PLAIN_NAME;

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
        let mut moved = one.clone();
        moved.secret.metadata.name = "moved".to_owned();
        let name = one.name().to_owned();
        let certificate = one.certificate().unwrap();
        let fresh = "sealed-secrets-key-two-5804954749".to_owned();
        for (there, is_taken, expected) in [
            (None, false, Step::Create),
            (Some(&one), true, Step::Keep(name.clone())),
            (Some(&noted), true, Step::Keep(name.clone())),
            (Some(&moved), false, Step::Keep("moved".to_owned())),
            (Some(&moved), true, Step::Keep("moved".to_owned())),
            (Some(&retired), true, Step::OtherState(name.clone())),
            (Some(&other), true, Step::CreateAs(fresh)),
            (Some(&other), false, Step::Create),
        ] {
            let there: Vec<KeySecret> = there.into_iter().cloned().collect();
            assert_eq!(step(&one, &certificate, &there, is_taken), expected);
        }
    }

    #[test]
    fn the_secret_of_the_plain_name_is_a_key_under_another_name_too() {
        let mut plain = KeySecret::from_manifest(
            manifest::read_secrets(&backup(), Policy::Strict).unwrap().into_iter().next().unwrap(),
        );
        plain.secret.metadata.labels.clear();
        plain.secret.metadata.name = PLAIN_NAME.to_owned();
        let moved = created(&plain, &Step::CreateAs("sealed-secrets-key-1".to_owned())).unwrap();
        assert!(plain.is_marked() && moved.is_marked() && moved.is_active());
        assert_eq!(moved.secret.data, plain.secret.data);
    }
}
