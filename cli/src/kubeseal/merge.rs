//! `--merge-into`: seals new values into a SealedSecret that is there, in the text that somebody wrote.

use std::path::PathBuf;

use sealer_core::merge::{Changes, MergeError, SealedText};
use sealer_core::scope::{CLUSTER_WIDE_ANNOTATION, NAMESPACE_WIDE_ANNOTATION};
use sealer_core::{Overrides, Policy, Scope, SealRequest, SealedSecret, SecretManifest, manifest, seal};

use crate::cert_source::CertSource;
use crate::clock::now;
use crate::error::FileError;
use crate::input;
use crate::kubeconfig::Surroundings;
use crate::kubeseal::command::{MergeCommand, NamespaceSource};
use crate::kubeseal::error::CliError;
use crate::kubeseal::run::default_namespace;
use crate::output::Output;
use crate::output::{self, Privacy};

/// The file of `--merge-into` can't be merged into; it is as it was.
#[derive(Debug, thiserror::Error)]
pub enum MergeIntoError {
    /// It can't be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is no UTF-8; in another encoding it could not keep its bytes.
    #[error("{}: not UTF-8", path.display())]
    Encoding {
        /// The file.
        path: PathBuf,
    },
    /// It holds nothing that can be merged into.
    #[error("cannot merge into {}", path.display())]
    Target {
        /// The file.
        path: PathBuf,
        /// Why.
        source: MergeError,
    },
    /// The flag and the file say different scopes.
    #[error(
        "scope mismatch: {} is {target} but {given} was specified, and a {given} value would never open there",
        path.display()
    )]
    Scope {
        /// The file.
        path: PathBuf,
        /// What its annotations say.
        target: Scope,
        /// What `--scope` says.
        given: Scope,
    },
    /// More than one Secret for one SealedSecret.
    #[error("the input holds {count} Secrets, and --merge-into takes one")]
    SeveralSecrets {
        /// How many.
        count: usize,
    },
    /// Somebody else has written to the file in the meantime.
    #[error("{} was changed by somebody else just now", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
}

impl MergeIntoError {
    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Scope { target, .. } => Some(format!(
                "leave --scope out, and the value is sealed {target}; to change the scope, seal all values again"
            )),
            Self::SeveralSecrets { .. } => Some("run kubeseal once for each Secret".to_owned()),
            Self::Changed { .. } => Some("nothing was written; run the command again".to_owned()),
            Self::Encoding { .. } => Some("save it as UTF-8".to_owned()),
            Self::Target { source: MergeError::Several { .. }, .. } => {
                Some("give the Secret the name and namespace of the one that is meant".to_owned())
            }
            Self::File(_) | Self::Target { .. } => None,
        }
    }
}

/// Carries the command out. The file is replaced whole, or not touched.
pub(crate) fn merge_into(
    command: &MergeCommand,
    surroundings: &Surroundings,
    notes: &mut Vec<String>,
) -> Result<(), CliError> {
    let path = command.target.as_path();
    let refused = |source| MergeIntoError::Target { path: path.to_owned(), source };
    let mut input = input::open(&command.input)?;
    if matches!(command.cert, CertSource::Cluster(_)) {
        input = input.secured()?;
    }
    let cert = command.cert.certificate(surroundings)?;
    let key = cert.check(now())?;
    let before = input::file_to_change(path).map_err(MergeIntoError::from)?;
    let text =
        input::utf8(before.clone()).ok_or_else(|| MergeIntoError::Encoding { path: path.to_owned() })?;
    let file = SealedText::read(&text, Policy::Kubeseal).map_err(refused)?;

    let secret = only_secret(manifest::read_secrets(&input.text()?, Policy::Kubeseal)?)?;
    let target = file.target(&secret.metadata.name, &secret.metadata.namespace).map_err(refused)?;
    let scope = target.sealed().scope();
    if let Some(given) = command.scope.filter(|given| *given != scope) {
        return Err(MergeIntoError::Scope { path: path.to_owned(), target: scope, given }.into());
    }
    let (fallback, untold) = default_namespace(&command.namespace, surroundings);
    let overrides = Overrides {
        name: None,
        namespace: match &command.namespace {
            NamespaceSource::Given(namespace) if scope != Scope::ClusterWide => Some(namespace),
            NamespaceSource::Given(_) | NamespaceSource::Kubeconfig(_) => None,
        },
        default_namespace: fallback.as_deref(),
        scope: Some(scope),
        allow_empty_data: command.allow_empty_data,
    };
    let request = SealRequest::new(fitted(secret, target.sealed()), overrides);
    let request = request.map_err(|error| CliError::request(error, untold))?;
    command.format.judge()?;

    let changes = changes(seal(&request, key, &mut getrandom::SysRng)?);
    let after = match target.edited(&changes) {
        Err(why) if why.is_about_style() => {
            let anew = target.rewritten(&changes).map_err(refused)?;
            notes.push(format!(
                "{} could not be edited in place and was written anew, without the comments inside: {why}",
                path.display()
            ));
            anew
        }
        edited => edited.map_err(refused)?,
    };
    if !input::is_unchanged(path, &before).map_err(MergeIntoError::from)? {
        return Err(MergeIntoError::Changed { path: path.to_owned() }.into());
    }
    Ok(output::write(&Output::File(path.to_owned()), after.as_bytes(), Privacy::Public)?)
}

fn only_secret(secrets: Vec<SecretManifest>) -> Result<SecretManifest, MergeIntoError> {
    let count = secrets.len();
    let mut secrets = secrets.into_iter();
    match (secrets.next(), secrets.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(MergeIntoError::SeveralSecrets { count }),
    }
}

/// The Secret under the names of the SealedSecret that it goes into, where that has them.
fn fitted(mut secret: SecretManifest, target: &SealedSecret) -> SecretManifest {
    for (name, of_target) in [
        (&mut secret.metadata.name, &target.metadata.name),
        (&mut secret.metadata.namespace, &target.metadata.namespace),
    ] {
        if !of_target.is_empty() {
            name.clone_from(of_target);
        }
    }
    secret
}

/// What upstream merges. The scope stays the file's, so annotations about it are not merged.
fn changes(sealed: SealedSecret) -> Changes {
    let mut metadata = sealed.template.metadata;
    metadata.annotations.remove(CLUSTER_WIDE_ANNOTATION);
    metadata.annotations.remove(NAMESPACE_WIDE_ANNOTATION);
    Changes {
        encrypted_data: sealed.encrypted_data,
        labels: metadata.labels,
        annotations: metadata.annotations,
        ..Changes::default()
    }
}
