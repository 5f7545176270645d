//! `sealwright`: does with SealedSecrets in files what kubeseal can't.

use std::process::ExitCode;

use clap::Parser;
use sealwright_cli::error::{report, say};
use sealwright_cli::kubeconfig::Surroundings;
use sealwright_cli::output::{OutputError, READER_GONE};
use sealwright_cli::sealwright::args::Cli;
use sealwright_cli::sealwright::run;
use sealwright_cli::sealwright::verdict::{Failure, Verdict};

fn main() -> ExitCode {
    match run(Cli::parse(), &Surroundings::of_this_process()) {
        Ok(Verdict::Yes) => ExitCode::SUCCESS,
        Ok(Verdict::No) => ExitCode::FAILURE,
        Err(Failure { error, .. })
            if error.downcast_ref::<OutputError>().is_some_and(OutputError::is_reader_gone) =>
        {
            ExitCode::from(READER_GONE)
        }
        Err(Failure { error, hint }) => {
            say(&report(&*error, hint.as_deref()));
            ExitCode::from(2)
        }
    }
}
