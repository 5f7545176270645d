//! `sealwright keys backup`

use std::io::IsTerminal as _;
use std::path::PathBuf;

use clap::Args;
use sealer_core::emit;
use zeroize::Zeroizing;

use super::in_cluster;
use super::key_secret::KeySecret;
use super::passphrase::{self, PassphraseArgs};
use crate::kubeconfig::Surroundings;
use crate::output::{self, Output, Privacy};
use crate::sealwright::args::ClusterArgs;
use crate::sealwright::verdict::{Advice, Failure, Verdict};

/// Where the backup goes, and what protects it.
#[derive(Debug, Args)]
#[command(after_help = "\
The backup is a List of Secrets. `kubectl apply -f` restores it, and so does `sealwright keys restore`;
`kubeseal --recovery-unseal --recovery-private-key` and `sealwright reseal --private-key` open with it. With a
passphrase it is a file of the tool age, which opens it as well: age -d keys.age

Examples:
  sealwright keys backup --passphrase -o keys.age
  sealwright keys backup -o keys.yaml                       (keep it as you keep a root password)
  sealwright keys backup | age -r age1... > keys.age        (for a key of age's instead of a passphrase)")]
pub struct BackupArgs {
    /// The file to write, which only you may read [default: standard output, unless that is a terminal]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// What protects it.
    #[command(flatten)]
    pub passphrase: PassphraseArgs,
    /// The cluster.
    #[command(flatten)]
    pub cluster: ClusterArgs,
}

/// Private keys don't belong on a screen.
#[derive(Debug, thiserror::Error)]
#[error("the private keys would be shown on this terminal")]
pub(super) struct OnScreen;

impl Advice for OnScreen {
    fn hint(&self) -> Option<String> {
        Some("name a file with -o, or pass them on to another program".to_owned())
    }
}

/// Carries the command out.
pub(super) fn run(args: &BackupArgs, surroundings: &Surroundings) -> Result<Verdict, Failure> {
    let target = args.output.clone().map_or(Output::Stdout, Output::File);
    if target == Output::Stdout && std::io::stdout().is_terminal() {
        return Err(OnScreen.into());
    }
    output::check(&target)?;
    let controller = args.cluster.controller(std::io::stderr().is_terminal());
    let keys = in_cluster::keys(&controller, surroundings)?;
    let text = list(&keys);
    match args.passphrase.twice()? {
        Some(secret) => {
            output::write(&target, &passphrase::encrypted(text.as_bytes(), secret)?, Privacy::Plaintext)?;
        }
        None => output::write(&target, text.as_bytes(), Privacy::Plaintext)?,
    }
    let retired = keys.iter().filter(|key| !key.is_active()).count();
    let namespace = &controller.namespace;
    eprintln!("the backup has the keys of {namespace}: {} in all, {retired} retired", keys.len());
    for (key, fault) in keys.iter().filter_map(|key| Some((key, key.certificate().err()?))) {
        eprintln!("warning: {} can't be used as a key: {fault}", key.name());
    }
    Ok(Verdict::Yes)
}

/// A `v1` List of the Secrets in YAML. In their order: whoever applies it creates them so, oldest first, which some
/// controllers go by.
fn list(keys: &[KeySecret]) -> Zeroizing<String> {
    let items: Vec<Zeroizing<String>> = keys.iter().map(|key| emit::secret_to_yaml(&key.secret)).collect();
    let head = "apiVersion: v1\nkind: List\nitems:\n";
    // Made in one piece, so that no smaller buffer with a private key is left behind.
    let room: usize = items.iter().map(|item| item.len() + 2 * item.lines().count()).sum();
    let mut text = Zeroizing::new(String::with_capacity(head.len() + room));
    text.push_str(head);
    for item in &items {
        for (index, line) in item.split_inclusive('\n').enumerate() {
            text.push_str(if index == 0 { "- " } else { "  " });
            text.push_str(line);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::Secret;
    use sealer_core::{Policy, manifest};

    use super::*;

    fn key(name: &str) -> KeySecret {
        let text = format!(
            "{{\"metadata\":{{\"name\":\"{name}\",\"namespace\":\"kube-system\",\"uid\":\"1\",\"resourceVersion\":\"2\",\
             \"creationTimestamp\":\"2026-01-01T00:00:00Z\",\"managedFields\":[{{\"manager\":\"m\"}}],\
             \"annotations\":{{\"note\":\"two\\nlines\",\"kubectl.kubernetes.io/last-applied-configuration\":\"{{}}\"}},\
             \"labels\":{{\"sealedsecrets.bitnami.com/sealed-secrets-key\":\"compromised\"}}}},\
             \"data\":{{\"tls.key\":\"aHVudGVyMg==\"}},\"type\":\"kubernetes.io/tls\"}}"
        );
        KeySecret::from_cluster(serde_json::from_str::<Secret>(&text).unwrap())
    }

    #[test]
    fn a_backup_reads_back_as_the_keys_without_what_the_cluster_added() {
        let keys = [key("one"), key("two")];
        let text = list(&keys);
        for added in ["uid", "resourceVersion", "creationTimestamp", "managedFields", "last-applied"] {
            assert!(!text.contains(added), "{added}");
        }
        let read = manifest::read_secrets(&text, Policy::Strict).unwrap();
        let read: Vec<_> = read.into_iter().map(|secret| KeySecret::from_manifest(secret).secret).collect();
        assert_eq!(read, keys.map(|key| key.secret));
    }

    #[test]
    fn the_text_fits_the_room_that_was_made_for_it() {
        let text = list(&[key("one")]);
        assert!(text.capacity() < 2 * text.len() && text.len() <= text.capacity());
    }
}
