//! `sealwright seal`: seals manifests, for the certificates of several clusters at once.

use std::path::PathBuf;

use clap::Args;
use sealer_core::{
    ManifestError, Overrides, Policy, Scope, SealRequest, SealRequestError, SecretManifest, manifest,
};

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
  sealwright seal -f secret.yaml --cert prod.pem -o sealed.yaml
  sealwright seal -f secret.yaml --cert dev.pem --cert prod.pem --out-dir sealed
  kubectl create secret generic db --from-literal a=b --dry-run=client -o yaml | sealwright seal")]
pub struct SealArgs {
    /// The manifest, YAML or JSON [default: standard input]
    #[arg(short, long, value_name = "FILE")]
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
}

impl Advice for SealManifestsError {
    fn hint(&self) -> Option<String> {
        None
    }
}

/// Seals all of them, or writes nothing.
pub fn run(
    args: &SealArgs,
    surroundings: &Surroundings,
    stderr_is_terminal: bool,
) -> Result<Verdict, Failure> {
    let outputs = Outputs::new(&args.output, &args.cluster, stderr_is_terminal)?;
    let text = match &args.file {
        Some(path) => {
            input::text(input::file(path).map_err(InputError::Value)?).ok_or(InputError::Encoding)?
        }
        None => Opened::Stdin { prompt: None }.text()?,
    };
    let manifests = manifest::read_secrets(&text, Policy::Strict).map_err(SealManifestsError::from)?;
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

fn needs_namespace(manifest: &SecretManifest, scope: Option<Scope>) -> bool {
    let scope = scope.unwrap_or_else(|| Scope::from_annotations(&manifest.metadata.annotations));
    manifest.metadata.namespace.is_empty() && scope != Scope::ClusterWide
}
