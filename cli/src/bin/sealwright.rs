//! `sealwright`: does with SealedSecrets in files what kubeseal can't.

use std::process::ExitCode;

use clap::Parser;
use sealwright_cli::error::report;
use sealwright_cli::kubeconfig::Surroundings;
use sealwright_cli::sealwright::args::Cli;
use sealwright_cli::sealwright::run;
use sealwright_cli::sealwright::verdict::{Failure, Verdict};

fn main() -> ExitCode {
    match run(Cli::parse(), &Surroundings::of_this_process()) {
        Ok(Verdict::Yes) => ExitCode::SUCCESS,
        Ok(Verdict::No) => ExitCode::FAILURE,
        Err(Failure { error, hint }) => {
            eprint!("{}", report(&*error, hint.as_deref()));
            ExitCode::from(2)
        }
    }
}
