//! `sealwright create`: makes a SealedSecret out of files and values, without a Secret on the way.

use clap::{Args, Subcommand};
use sealer_core::builders::{Built, Leaf};
use sealer_core::{Metadata, Overrides, Scope, SealRequest};

use crate::clock::now;
use crate::error::say;
use crate::kubeconfig::{self, Surroundings};
use crate::output::{self, Output, Privacy};
use crate::sealwright::args::ClusterArgs;
use crate::sealwright::outputs::{OutputArgs, Outputs};
use crate::sealwright::verdict::{Failure, Verdict};

mod error;
mod opaque;
mod password;
mod typed;

pub use error::CreateError;

/// The type, and all the rest.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sealwright create opaque db --from-file password.txt --cert prod.pem -n payments -o db.yaml
  sealwright create tls shop --tls-cert shop.crt --tls-key shop.key -o shop-tls.yaml
  For two clusters:  sealwright create opaque db --prompt password --cert dev.pem --cert prod.pem --out-dir sealed")]
pub struct CreateArgs {
    /// The type of the Secret
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Debug, Subcommand)]
enum Kind {
    /// Values under keys of your own
    #[command(alias = "generic")]
    Opaque(opaque::OpaqueArgs),
    /// A certificate chain and its private key, checked against each other
    Tls(typed::TlsArgs),
    /// The login to a registry, for imagePullSecrets
    DockerRegistry(typed::DockerArgs),
    /// A user name and a password
    BasicAuth(typed::BasicAuthArgs),
    /// A private key for SSH
    SshAuth(typed::SshAuthArgs),
}

/// What every type has.
#[derive(Debug, Args)]
struct CommonArgs {
    /// Name of the Secret
    #[arg(value_parser = object_name)]
    name: String,
    /// Namespace of the Secret [default: the kubeconfig's]
    #[arg(short, long)]
    namespace: Option<String>,
    /// Where the SealedSecret opens: strict, namespace-wide, cluster-wide
    #[arg(long, default_value_t, value_parser = str::parse::<Scope>)]
    scope: Scope,
    /// A label of the Secret; repeatable
    #[arg(long = "label", value_name = "KEY=VALUE", value_parser = pair)]
    labels: Vec<(String, String)>,
    /// An annotation of the Secret; repeatable
    #[arg(long = "annotation", value_name = "KEY=VALUE", value_parser = pair)]
    annotations: Vec<(String, String)>,
    /// Have the API server refuse changes of the Secret
    #[arg(long)]
    immutable: bool,
    /// Show names, keys and sizes, and seal nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    cluster: ClusterArgs,
}

/// Makes the SealedSecret.
pub fn run(
    args: &CreateArgs,
    surroundings: &Surroundings,
    stderr_is_terminal: bool,
) -> Result<Verdict, Failure> {
    let common = args.kind.common();
    let outputs = Outputs::new(&common.output, &common.cluster, stderr_is_terminal)?;
    if !common.dry_run {
        outputs.check(&[&common.name])?;
    }
    let metadata = common.metadata(surroundings)?;
    // Standard input is read before a cluster is asked: a credential plugin of the kubeconfig inherits it.
    let (built, leaf) = match &args.kind {
        Kind::Opaque(args) => (args.values.read().map_err(CreateError::from)?, None),
        Kind::Tls(args) => args.build(now()).map(|(built, leaf)| (built, Some(leaf)))?,
        Kind::DockerRegistry(args) => (args.build()?, None),
        Kind::BasicAuth(args) => (args.build()?, None),
        Kind::SshAuth(args) => (args.build()?, None),
    };
    for note in &built.notes {
        say(&format!("warning: {note}\n"));
    }
    if common.dry_run {
        let text = overview(&metadata, common.scope, &built, leaf.as_ref());
        output::write(&Output::Stdout, text.as_bytes(), Privacy::Public)?;
        return Ok(Verdict::Yes);
    }
    let manifest =
        built.into_manifest(metadata, common.immutable.then_some(true)).map_err(CreateError::TooLarge)?;
    let overrides = Overrides { scope: Some(common.scope), ..Overrides::default() };
    let request = SealRequest::new(manifest, overrides).map_err(CreateError::Request)?;
    outputs.seal_and_write(&[request], surroundings, now())?;
    Ok(Verdict::Yes)
}

impl Kind {
    fn common(&self) -> &CommonArgs {
        match self {
            Self::Opaque(args) => &args.common,
            Self::Tls(args) => &args.common,
            Self::DockerRegistry(args) => &args.common,
            Self::BasicAuth(args) => &args.common,
            Self::SshAuth(args) => &args.common,
        }
    }
}

impl CommonArgs {
    fn metadata(&self, surroundings: &Surroundings) -> Result<Metadata, Failure> {
        let namespace = match &self.namespace {
            Some(namespace) => namespace.clone(),
            None if self.scope == Scope::ClusterWide => String::new(),
            None => kubeconfig::namespace(&self.cluster.kubeconfig_choice(), surroundings)?,
        };
        Ok(Metadata {
            name: self.name.clone(),
            namespace,
            labels: self.labels.iter().cloned().collect(),
            annotations: self.annotations.iter().cloned().collect(),
            ..Metadata::default()
        })
    }
}

/// What would be sealed, without a byte of a value.
fn overview(metadata: &Metadata, scope: Scope, built: &Built, leaf: Option<&Leaf>) -> String {
    let name = match metadata.namespace.as_str() {
        "" => metadata.name.clone(),
        namespace => format!("{namespace}/{}", metadata.name),
    };
    let mut text = format!("Secret {name}, {}, {scope}\n", built.type_.unwrap_or("Opaque"));
    let width = built.data.keys().map(String::len).max().unwrap_or_default();
    for (key, value) in &built.data {
        text.push_str(&format!("  {key:width$}  {} bytes\n", value.len()));
    }
    if let Some(leaf) = leaf {
        let names: Vec<String> = leaf.names.iter().map(ToString::to_string).collect();
        text.push_str(&format!("The certificate is for {}, until {}\n", names.join(", "), leaf.not_after));
    }
    text
}

/// A name that Kubernetes takes for a Secret: a DNS subdomain (RFC 1123).
fn object_name(text: &str) -> Result<String, &'static str> {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    match text.len() <= 253 && text.split('.').all(is_label) {
        true => Ok(text.to_owned()),
        false => Err(
            "a name has lower-case letters, digits, `-` and `.`, and begins and ends with a letter or digit",
        ),
    }
}

fn pair(text: &str) -> Result<(String, String), &'static str> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write KEY=VALUE"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_kubernetes_takes() {
        for name in ["db", "payments-db", "tls.shop.example", "1a", &"a".repeat(253)] {
            assert!(object_name(name).is_ok(), "{name}");
        }
        for name in ["", "DB", "my_db", "-a", "a-", "a..b", ".a", "a/b", "пароль", &"a".repeat(254)] {
            assert!(object_name(name).is_err(), "{name}");
        }
    }
}
