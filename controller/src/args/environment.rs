//! Flags from the environment.

use std::ffi::{OsStr, OsString};

use clap::CommandFactory as _;

use super::Args;

/// What the environment variables of flags start with.
const PREFIX: &str = "SEALED_SECRETS_";

/// Puts the flags that the environment gives before those of the command line, which therefore win. A value that a
/// flag does not take is left out, as upstream leaves it out, and named in the second part of the answer.
pub fn with_environment(
    command_line: impl IntoIterator<Item = OsString>,
    variable: impl Fn(&str) -> Option<OsString>,
) -> (Vec<OsString>, Vec<String>) {
    let mut command_line = command_line.into_iter();
    let mut all: Vec<OsString> = command_line.next().into_iter().collect();
    let mut ignored = Vec::new();
    let command = Args::command();
    // A flag goes before its alias, as upstream sets them.
    let flags = command
        .get_arguments()
        .flat_map(|flag| flag.get_long().into_iter().chain(flag.get_all_aliases().unwrap_or_default()));
    for flag in flags.filter(|flag| !["help", "version"].contains(flag)) {
        let name = format!("{PREFIX}{}", flag.to_uppercase().replace('-', "_"));
        let Some(value) = variable(&name) else { continue };
        let mut argument = OsString::from(format!("--{flag}="));
        argument.push(value);
        match Args::read([OsStr::new("controller").to_owned(), argument.clone()]) {
            Ok(_) => all.push(argument),
            Err(_) => ignored.push(name),
        }
    }
    all.extend(command_line);
    (all, ignored)
}
