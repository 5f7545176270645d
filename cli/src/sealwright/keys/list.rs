//! `sealwright keys list`

use std::io::IsTerminal as _;

use clap::Args;
use sealer_core::SealingCert;
use serde_json::{Value, json};

use super::in_cluster;
use super::key_secret::{self, KeyFault, KeySecret};
use crate::kubeconfig::Surroundings;
use crate::output::{self, Output, Privacy};
use crate::sealwright::args::ClusterArgs;
use crate::sealwright::cert::Format;
use crate::sealwright::verdict::{Failure, Verdict};

/// How the keys are printed.
#[derive(Debug, Args)]
#[command(after_help = "\
SEALS marks the newest key: of the active ones, the one whose certificate begins last. A controller that was started
with --key-order-priority=SecretCreationTimestamp takes the one whose Secret was created last. All active keys open.
No private key is printed. It needs the rights to get and list Secrets in the controller's namespace.

Exit code 1: a Secret is marked as a key and can't be used as one.

Examples:
  sealwright keys list
  sealwright keys list --controller-namespace sealed-secrets --format json")]
pub struct ListArgs {
    /// How they are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// The cluster.
    #[command(flatten)]
    pub cluster: ClusterArgs,
}

/// Carries the command out.
pub(super) fn run(args: &ListArgs, surroundings: &Surroundings) -> Result<Verdict, Failure> {
    let controller = args.cluster.controller(std::io::stderr().is_terminal());
    let keys = in_cluster::keys(&controller, surroundings)?;
    let judged: Vec<Judged<'_>> = keys.iter().map(|key| (key, key.certificate())).collect();
    let text = match args.format {
        Format::Text => as_text(&judged),
        Format::Json => as_json(&judged),
    };
    output::write(&Output::Stdout, text.as_bytes(), Privacy::Public)?;
    Ok(if judged.iter().all(|(_, cert)| cert.is_ok()) { Verdict::Yes } else { Verdict::No })
}

type Judged<'k> = (&'k KeySecret, Result<SealingCert, KeyFault>);

fn newest<'k>(keys: &'k [Judged<'_>]) -> Option<&'k str> {
    key_secret::newest(keys.iter().map(|(key, cert)| (*key, cert)))
}

fn as_text(keys: &[Judged<'_>]) -> String {
    let newest = newest(keys);
    let mut rows = vec![
        ["NAME", "STATE", "SEALS", "CREATED", "BITS", "NOT BEFORE", "NOT AFTER", "FINGERPRINT"]
            .map(str::to_owned),
    ];
    for (key, cert) in keys {
        let seals = if newest == Some(key.name()) { "yes" } else { "" };
        let created = key.created.map(|created| created.to_string()).unwrap_or_default();
        let [bits, from, to, fingerprint] = match cert {
            Ok(cert) => [
                cert.bits().to_string(),
                cert.not_before().to_string(),
                cert.not_after().to_string(),
                cert.fingerprint(),
            ],
            Err(fault) => [String::new(), String::new(), String::new(), format!("unusable: {fault}")],
        };
        let (name, state) = (key.name().to_owned(), key.state().to_owned());
        rows.push([name, state, seals.to_owned(), created, bits, from, to, fingerprint]);
    }
    table(&rows)
}

/// Columns as wide as their widest cell, with two spaces between; none at the end of a line.
fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let widths: [usize; N] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0));
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

fn as_json(keys: &[Judged<'_>]) -> String {
    let newest = newest(keys);
    let list: Vec<Value> = keys
        .iter()
        .map(|(key, cert)| {
            let mut facts = json!({
                "name": key.name(),
                "namespace": key.secret.metadata.namespace,
                "created": key.created.map(|created| created.to_string()),
                "state": key.state(),
                "active": key.is_active(),
                "newest": newest == Some(key.name()),
            });
            match cert {
                Ok(cert) => {
                    facts["bits"] = cert.bits().into();
                    facts["fingerprint"] = cert.fingerprint().into();
                    facts["notBefore"] = cert.not_before().to_string().into();
                    facts["notAfter"] = cert.not_after().to_string().into();
                }
                Err(fault) => facts["unusable"] = fault.to_string().into(),
            }
            facts
        })
        .collect();
    format!("{:#}\n", Value::Array(list))
}
