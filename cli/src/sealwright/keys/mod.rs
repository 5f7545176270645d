//! `sealwright keys`: the controller's sealing keys, of which a lost one can't be made again.

use clap::{Args, Subcommand};

use crate::kubeconfig::Surroundings;
use crate::sealwright::verdict::{Failure, Verdict};

mod backup;
mod in_cluster;
mod key_secret;
mod list;
mod passphrase;
mod restore;

/// Which of the three.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sealwright keys list
  sealwright keys backup --passphrase -o keys.age
  sealwright keys restore keys.age")]
pub struct KeysArgs {
    /// What to do with them.
    #[command(subcommand)]
    pub command: KeysCommand,
}

/// What is done with the keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Show all keys, active and retired, and which one is sealed with
    List(list::ListArgs),
    /// Write all private keys to a file: without them nothing in git ever opens again
    Backup(backup::BackupArgs),
    /// Create the keys of a backup that the cluster does not have
    Restore(restore::RestoreArgs),
}

/// Carries the command out.
pub fn run(args: &KeysArgs, surroundings: &Surroundings) -> Result<Verdict, Failure> {
    match &args.command {
        KeysCommand::List(args) => list::run(args, surroundings),
        KeysCommand::Backup(args) => backup::run(args, surroundings),
        KeysCommand::Restore(args) => restore::run(args, surroundings),
    }
}
