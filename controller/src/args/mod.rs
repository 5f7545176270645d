//! The command line: upstream's flags with upstream's defaults, and a few of our own.

pub mod duration;
mod environment;
mod key_values;
mod keys;
mod logging;
mod objects;
mod serving;

use std::ffi::OsString;

use clap::{Arg, CommandFactory as _, FromArgMatches as _, Parser};

pub use environment::with_environment;
pub use keys::KeyArgs;
pub use logging::{LogArgs, LogFormat, LogLevel};
pub use objects::{PlaceArgs, RuleArgs};
pub use serving::ServingArgs;

/// Opens SealedSecrets, and serves the certificate and the page to seal with.
#[derive(Debug, Clone, PartialEq, Parser)]
#[command(
    name = "sealwright-controller",
    disable_version_flag = true,
    args_override_self = true,
    after_help = "Every flag can come from the environment as well: SEALED_SECRETS_KEY_SIZE for --key-size."
)]
pub struct Args {
    /// Where to work.
    #[command(flatten)]
    pub place: PlaceArgs,
    /// What to do.
    #[command(flatten)]
    pub rules: RuleArgs,
    /// Sealing keys.
    #[command(flatten)]
    pub keys: KeyArgs,
    /// What is served.
    #[command(flatten)]
    pub serving: ServingArgs,
    /// What is logged.
    #[command(flatten)]
    pub log: LogArgs,
    /// Print the version and exit.
    #[arg(long)]
    pub version: bool,
    /// Words that are neither a flag nor a value of one. Upstream does not look at them: `--update-status false`
    /// says what `--update-status` says.
    #[arg(hide = true)]
    pub ignored: Vec<String>,
}

impl Args {
    /// Reads a command line, program first.
    pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        // Truth values as Go's flags take them: alone, or after `=`.
        let command = Self::command().mut_args(|arg| if is_boolean(&arg) { truth(arg) } else { arg });
        Self::from_arg_matches(&command.try_get_matches_from(words)?)
    }
}

fn is_boolean(arg: &Arg) -> bool {
    arg.get_value_names().is_some_and(|names| names.iter().any(|name| name.as_str() == "BOOL"))
}

fn truth(arg: Arg) -> Arg {
    arg.num_args(0..=1).require_equals(true).default_missing_value("true").value_parser(boolean)
}

/// A truth value as Go's flags read it.
fn boolean(text: &str) -> Result<bool, &'static str> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err("neither true nor false"),
    }
}

#[cfg(test)]
mod tests;
