//! `sealwright`: what people have to do with SealedSecrets besides sealing whole Secrets.
//!
//! [`args`] is the table of all commands; each command is a module with its flags, its errors and what it does.

pub mod args;
pub mod completion;
pub mod man;
pub mod paths;
pub mod verdict;

use crate::kubeconfig::Surroundings;
use args::{Cli, Command};
use verdict::{Failure, Verdict};

/// Does what the command line says.
pub fn run(cli: Cli, _surroundings: &Surroundings) -> Result<Verdict, Failure> {
    match cli.command {
        Command::Completion(args) => completion::run(&args),
        Command::Man(args) => man::run(&args),
    }
}
