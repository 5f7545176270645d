//! The command line of `sealwright`: every command, and the flags that several of them have.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::cert_source::CertSource;
use crate::cluster::Controller;
use crate::kubeconfig::KubeconfigChoice;
use crate::sealwright::{
    bundle, cert, completion, create, edit, inspect, keys, lint, man, reseal, seal, verify,
};
use crate::time_limit::{self, TimeLimitError};

/// Keeps SealedSecrets in git: change one value, check a repository, seal it again for a new key
#[derive(Debug, Parser)]
#[command(name = "sealwright", version, max_term_width = 100)]
#[command(after_help = "\
Examples:
  sealwright create opaque db --prompt password -n payments -o apps/db.yaml
  sealwright set apps/db.yaml password
  sealwright lint
  sealwright reseal apps/

Exit codes: 0 done, or all is well; 1 a finding, or something does not open; 2 it could not be done.")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a SealedSecret out of files and values, checked for its type
    Create(create::CreateArgs),
    /// Seal the Secrets of a manifest, for one cluster or for several
    Seal(seal::SealArgs),
    /// Seal values into a SealedSecret that is there, and leave every other byte of the file
    Set(edit::set::SetArgs),
    /// Take keys out of a SealedSecret
    Unset(edit::unset::UnsetArgs),
    /// Give a key of a SealedSecret another name; its value stays sealed
    RenameKey(edit::rename_key::RenameKeyArgs),
    /// Find SealedSecrets that can't work and Secrets in plain text, without a key or a cluster
    Lint(lint::LintArgs),
    /// Show what a SealedSecret tells without a key: scope, keys, sizes, templates
    Inspect(inspect::InspectArgs),
    /// Ask the controller, or try a backup of its keys, whether SealedSecrets open
    Verify(verify::VerifyArgs),
    /// Seal a whole repository again, for a new key
    Reseal(reseal::ResealArgs),
    /// List, back up and restore the controller's sealing keys
    Keys(keys::KeysArgs),
    /// Look at the certificate that is sealed with, or fetch it
    Cert(cert::CertArgs),
    /// Put certificates into the page that is a single file
    Bundle(bundle::BundleArgs),
    /// Print a script that completes words in your shell, for sealwright or for kubeseal
    Completion(completion::CompletionArgs),
    /// Print a manual page of sealwright or kubeseal, or write them all
    Man(man::ManArgs),
}

/// How the controller is reached.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Cluster")]
pub struct ClusterArgs {
    /// The kubeconfig file [default: $KUBECONFIG, then ~/.kube/config]
    #[arg(long, value_name = "FILE", env = "SEALED_SECRETS_KUBECONFIG", hide_env = true)]
    pub kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig to use
    #[arg(long, env = "SEALED_SECRETS_CONTEXT", hide_env = true)]
    pub context: Option<String>,
    /// Name of the controller's Service
    #[arg(
        long,
        value_name = "NAME",
        default_value = "sealed-secrets-controller",
        env = "SEALED_SECRETS_CONTROLLER_NAME",
        hide_env = true
    )]
    pub controller_name: String,
    /// Namespace of the controller's Service
    #[arg(
        long,
        value_name = "NAMESPACE",
        default_value = "kube-system",
        env = "SEALED_SECRETS_CONTROLLER_NAMESPACE",
        hide_env = true
    )]
    pub controller_namespace: String,
    /// How long the answer to one request may take; 0 waits for ever
    #[arg(
        long,
        value_name = "TIME",
        default_value = "30s",
        value_parser = limit,
        env = "SEALED_SECRETS_REQUEST_TIMEOUT",
        hide_env = true
    )]
    pub request_timeout: Limit,
}

/// How a result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs; docs/lint.md describes it.
    Json,
}

/// A time limit; `None` waits for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(pub Option<Duration>);

fn limit(text: &str) -> Result<Limit, TimeLimitError> {
    time_limit::parse(text).map(Limit)
}

impl ClusterArgs {
    /// Who is asked.
    pub fn controller(&self, stderr_is_terminal: bool) -> Controller {
        Controller {
            kubeconfig: self.kubeconfig_choice(),
            namespace: self.controller_namespace.clone(),
            name: self.controller_name.clone(),
            timeout: self.request_timeout.0,
            tells_waiting: stderr_is_terminal,
        }
    }

    /// Which kubeconfig, and which of its contexts.
    pub fn kubeconfig_choice(&self) -> KubeconfigChoice {
        KubeconfigChoice {
            path: self.kubeconfig.clone(),
            context: self.context.clone(),
            ..KubeconfigChoice::default()
        }
    }

    /// Where the certificate is that `--cert` names; without one, the controller is asked.
    pub fn cert_source(&self, cert: Option<&str>, stderr_is_terminal: bool) -> CertSource {
        CertSource::new(cert.unwrap_or_default(), self.request_timeout.0, || {
            self.controller(stderr_is_terminal)
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_table_of_commands_is_sound() {
        Cli::command().debug_assert();
    }

    /// All commands, with those below them.
    fn all(command: &clap::Command) -> Vec<&clap::Command> {
        let below = command.get_subcommands().flat_map(all);
        [command].into_iter().chain(below).collect()
    }

    #[test]
    fn every_help_has_examples_and_they_are_taken() {
        let cli = Cli::command();
        for command in all(&cli) {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let (_, examples) = help.split_once("Example").unwrap_or_else(|| panic!("{command} has none"));
            let examples = examples.lines().filter_map(|line| line.split_once("sealwright "));
            let mut count = 0;
            for (_, words) in examples {
                // Up to what belongs to the shell, or explains.
                let words = words.split(['|', '>', '<', '(', ')', '#', ';', '&']).next().unwrap_or_default();
                let line = ["sealwright"].into_iter().chain(words.split_whitespace());
                let taken = Cli::try_parse_from(line);
                assert!(taken.is_ok(), "{command}: sealwright {words}: {:?}", taken.err());
                count += 1;
            }
            assert!(count > 0, "{command}");
        }
    }
}
