//! `sealwright seal`: seals manifests, for the certificates of several clusters at once.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use clap::Args;
use sealer_core::builders::{TooLarge, check_size};
use sealer_core::{
    ManifestError, Overrides, Policy, Scope, SealRequest, SealRequestError, SecretManifest, manifest,
};
use zeroize::Zeroizing;

use crate::clock::now;
use crate::input::{self, InputError, Opened};
use crate::kubeconfig::{self, Surroundings};
use crate::sealwright::args::ClusterArgs;
use crate::sealwright::outputs::{OutputArgs, Outputs};
use crate::sealwright::verdict::{Advice, Failure, Verdict};

/// What is sealed, and for whom.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sealwright seal secret.yaml --cert prod.pem -o sealed.yaml
  sealwright seal secret.yaml --cert dev.pem --cert prod.pem --out-dir sealed
  kubectl create secret generic db --from-literal a=b --dry-run=client -o yaml | sealwright seal")]
pub struct SealArgs {
    /// The manifest, YAML or JSON; `-` is standard input [default: -]
    #[arg(value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// The manifest, as kubeseal is told it
    #[arg(short, long, value_name = "FILE", conflicts_with = "manifest")]
    file: Option<PathBuf>,
    /// Namespace of the Secrets that name none [default: the kubeconfig's]
    #[arg(short, long)]
    namespace: Option<String>,
    /// Where the SealedSecrets open: strict, namespace-wide, cluster-wide [default: what the manifest says]
    #[arg(long, value_parser = str::parse::<Scope>)]
    scope: Option<Scope>,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    cluster: ClusterArgs,
}

/// The manifests can't be sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealManifestsError {
    /// The text can't be read.
    #[error("cannot read the manifest")]
    Manifest(#[from] ManifestError),
    /// A Secret that can't be sealed as it is.
    #[error("Secret {number} of the manifest")]
    Request {
        /// Which of them, from 1.
        number: usize,
        /// Why.
        source: SealRequestError,
    },
    /// A Secret that the API server would refuse when it is open.
    #[error("Secret {number} of the manifest")]
    TooLarge {
        /// Which of them, from 1.
        number: usize,
        /// How large it is.
        source: TooLarge,
    },
}

impl Advice for SealManifestsError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Manifest(ManifestError::NoSecrets) => {
                Some("name the file of a Secret, or write one to standard input".to_owned())
            }
            Self::TooLarge { .. } => Some("put some of the values into a Secret of their own".to_owned()),
            Self::Manifest(_) | Self::Request { .. } => None,
        }
    }
}

/// Seals all of them, or writes nothing.
pub fn run(
    args: &SealArgs,
    surroundings: &Surroundings,
    stderr_is_terminal: bool,
) -> Result<Verdict, Failure> {
    let outputs = Outputs::new(&args.output, &args.cluster, stderr_is_terminal)?;
    let text = text(args.manifest.as_deref().or(args.file.as_deref()))?;
    let manifests = manifest::read_secrets(&text, Policy::Strict).map_err(SealManifestsError::from)?;
    for (one, number) in manifests.iter().zip(1..) {
        check_size(&one.data).map_err(|source| SealManifestsError::TooLarge { number, source })?;
    }
    let names: Vec<&str> = manifests.iter().map(|one| one.metadata.name.as_str()).collect();
    outputs.check(&names)?;
    let namespace = match args.namespace.clone() {
        None if manifests.iter().any(|one| needs_namespace(one, args.scope)) => {
            Some(kubeconfig::namespace(&args.cluster.kubeconfig_choice(), surroundings)?)
        }
        given => given,
    };
    let overrides =
        Overrides { default_namespace: namespace.as_deref(), scope: args.scope, ..Overrides::default() };
    let requests: Vec<SealRequest> = manifests
        .into_iter()
        .zip(1..)
        .map(|(one, number)| {
            SealRequest::new(one, overrides).map_err(|source| SealManifestsError::Request { number, source })
        })
        .collect::<Result<_, _>>()?;
    outputs.seal_and_write(&requests, surroundings, now())?;
    Ok(Verdict::Yes)
}

fn text(path: Option<&Path>) -> Result<Zeroizing<String>, InputError> {
    match path.filter(|path| *path != Path::new("-")) {
        Some(path) => input::text(input::file(path).map_err(InputError::Value)?).ok_or(InputError::Encoding),
        None => {
            let prompt = io::stdin().is_terminal().then_some("(reading a manifest from the terminal)");
            Opened::Stdin { prompt }.text()
        }
    }
}

fn needs_namespace(manifest: &SecretManifest, scope: Option<Scope>) -> bool {
    let scope = scope.unwrap_or_else(|| Scope::from_annotations(&manifest.metadata.annotations));
    manifest.metadata.namespace.is_empty() && scope != Scope::ClusterWide
}
