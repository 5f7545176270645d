//! `sealwright`: what people have to do with SealedSecrets besides sealing whole Secrets.
//!
//! [`args`] is the table of all commands; each command is a module with its flags, its errors and what it does.

pub mod args;
pub mod bundle;
pub mod cert;
pub mod completion;
pub mod create;
pub mod edit;
pub mod inspect;
pub mod keys;
pub mod lint;
pub mod man;
pub mod outputs;
pub mod paths;
pub mod progress;
pub mod reseal;
pub mod seal;
pub mod sealed_files;
pub mod values;
pub mod verdict;
pub mod verify;

use std::io::{self, IsTerminal};

use crate::kubeconfig::Surroundings;
use args::{Cli, Command};
use verdict::{Failure, Verdict};

/// Does what the command line says.
pub fn run(cli: Cli, surroundings: &Surroundings) -> Result<Verdict, Failure> {
    match cli.command {
        Command::Create(args) => create::run(&args, surroundings, io::stderr().is_terminal()),
        Command::Seal(args) => seal::run(&args, surroundings, io::stderr().is_terminal()),
        Command::Set(args) => edit::set::run(&args, surroundings, io::stderr().is_terminal()),
        Command::Unset(args) => edit::unset::run(&args),
        Command::RenameKey(args) => edit::rename_key::run(&args),
        Command::Lint(args) => lint::run(&args),
        Command::Inspect(args) => inspect::run(&args, surroundings),
        Command::Verify(args) => verify::run(&args, surroundings),
        Command::Reseal(args) => reseal::run(&args, surroundings),
        Command::Keys(args) => keys::run(&args, surroundings),
        Command::Cert(args) => cert::run(&args, surroundings),
        Command::Bundle(args) => bundle::run(&args, surroundings),
        Command::Completion(args) => completion::run(&args),
        Command::Man(args) => man::run(&args),
    }
}
