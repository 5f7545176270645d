//! The flags about SealedSecrets and their Secrets.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{ArgAction, Args};

use crate::cluster::settings::{Namespaces, Rules, Throttle};
use crate::decide::Drift;

/// Where the controller works.
#[derive(Debug, Clone, PartialEq, Args)]
#[command(next_help_heading = "Where to work")]
pub struct PlaceArgs {
    /// The kubeconfig to reach the cluster with; by default the Pod's own account, then the usual files.
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// Work without a cluster: keys in DIR/keys, sealed files in DIR/sealed, Secrets in DIR/secrets.
    #[arg(long, value_name = "DIR", conflicts_with = "kubeconfig")]
    pub directory: Option<PathBuf>,
    /// Work in all namespaces; with false in the controller's own alone.
    #[arg(long, value_name = "BOOL", default_value = "true", action = ArgAction::Set)]
    pub all_namespaces: bool,
    /// Work in these namespaces, separated by commas, and in the controller's own, but in no others.
    #[arg(long, value_name = "NAMES", default_value = "", hide_default_value = true)]
    pub additional_namespaces: String,
    /// Work on the SealedSecrets with these labels, and on no others.
    #[arg(long, value_name = "SELECTOR", default_value = "", hide_default_value = true)]
    pub label_selector: String,
    /// The most requests per second to the API server; without it, or below zero, there is no limit.
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    pub kubeclient_qps: Option<f32>,
    /// How many requests may go at once where --kubeclient-qps limits them.
    #[arg(long, value_name = "COUNT", default_value_t = 10)]
    pub kubeclient_burst: u32,
}

/// What is done with a SealedSecret and its Secret.
#[derive(Debug, Clone, PartialEq, Args)]
#[command(next_help_heading = "What to do")]
pub struct RuleArgs {
    /// Write the status of SealedSecrets.
    #[arg(long, value_name = "BOOL", default_value = "true", action = ArgAction::Set)]
    pub update_status: bool,
    /// What happens when somebody else changes the data of a Secret: an event, the old data again, or nothing.
    #[arg(long, value_name = "WHAT", default_value = "report", ignore_case = true)]
    pub drift: Drift,
    /// Don't watch Secrets: a deleted one comes back at the next look at its SealedSecret, not at once.
    #[arg(long, value_name = "BOOL", default_value = "false", hide_default_value = true, action = ArgAction::Set)]
    pub skip_recreate: bool,
    /// Delete the Secrets of deleted SealedSecrets, rather than leave them to the garbage collector.
    #[arg(long, value_name = "BOOL", default_value = "false", hide_default_value = true, action = ArgAction::Set)]
    pub old_gc_behavior: bool,
    /// Open the deprecated field spec.data as well.
    #[arg(long, value_name = "BOOL", default_value = "true", action = ArgAction::Set)]
    pub accept_deprecated_v1_data: bool,
    /// Leave an object alone after so many failed tries, until it changes; without it there is no last try.
    #[arg(long, value_name = "COUNT", allow_negative_numbers = true)]
    pub max_unseal_retries: Option<i64>,
}

impl PlaceArgs {
    /// Where SealedSecrets are looked for. As upstream, a list of namespaces is the whole of it, whatever
    /// `--all-namespaces` says.
    pub fn namespaces(&self) -> Namespaces {
        let names = self.additional_namespaces.split(',').map(str::trim).filter(|name| !name.is_empty());
        let names: BTreeSet<String> = names.map(str::to_owned).collect();
        if self.all_namespaces && names.is_empty() { Namespaces::All } else { Namespaces::Only(names) }
    }

    /// How fast the API server may be asked.
    pub fn throttle(&self) -> Option<Throttle> {
        self.kubeclient_qps.map(|qps| Throttle { qps, burst: self.kubeclient_burst })
    }

    /// Which SealedSecrets count, by their labels.
    pub fn selector(&self) -> Option<String> {
        Some(self.label_selector.trim().to_owned()).filter(|selector| !selector.is_empty())
    }
}

impl RuleArgs {
    /// What passes are told.
    pub fn rules(&self) -> Rules {
        Rules {
            drift: self.drift,
            max_retries: self.max_unseal_retries.map(|count| u32::try_from(count.max(0)).unwrap_or(u32::MAX)),
            accept_deprecated: self.accept_deprecated_v1_data,
        }
    }
}
