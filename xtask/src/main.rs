//! Every verb of this repository: `cargo xtask demo`, `cargo xtask test` and the rest.

#![forbid(unsafe_code)]

mod process;

use std::error::Error;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Builds, shows and tests Sealwright. `demo` and `test` install what they need themselves.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {}

fn main() -> ExitCode {
    match run(Arguments::parse().verb) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            let mut cause = error.source();
            while let Some(error) = cause {
                eprintln!("  because: {error}");
                cause = error.source();
            }
            ExitCode::FAILURE
        }
    }
}

fn run(verb: Verb) -> Result<ExitCode, Box<dyn Error>> {
    match verb {}
}
