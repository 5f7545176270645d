//! `sealwright man`: prints the manual pages, which are made from the tables of flags.

use std::path::PathBuf;

use clap::{Args, CommandFactory, ValueHint};
use clap_mangen::Man;

use crate::error::OsCause;
use crate::kubeseal::help;
use crate::output::{self, Output, Privacy};
use crate::sealwright::args::Cli;
use crate::sealwright::verdict::{Advice, Failure, Verdict};

/// Which pages, and where they go.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  Read one:       sealwright man kubeseal | man -l -
  For a package:  sealwright man --out-dir \"$DESTDIR/usr/share/man/man1\"")]
pub struct ManArgs {
    /// The page to print: sealwright, sealwright-COMMAND or kubeseal
    #[arg(default_value = "sealwright", conflicts_with = "out_dir")]
    pub page: String,
    /// Write all pages into this directory, which is there
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out_dir: Option<PathBuf>,
}

/// A page can't be printed.
#[derive(Debug, thiserror::Error)]
pub enum ManError {
    /// There is no page of this name.
    #[error("there is no manual page of this name")]
    NoSuchPage {
        /// The names that there are.
        names: Vec<String>,
    },
    /// A page can't be made.
    #[error("cannot make the manual page {name}: {cause}")]
    Render {
        /// Its name.
        name: String,
        /// The cause.
        cause: OsCause,
    },
}

impl Advice for ManError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::NoSuchPage { names } => Some(format!("the pages are {}", names.join(", "))),
            Self::Render { .. } => None,
        }
    }
}

/// Prints one page, or writes all.
pub fn run(args: &ManArgs) -> Result<Verdict, Failure> {
    let pages = commands();
    if let Some(directory) = &args.out_dir {
        for command in pages {
            let name = name(&command);
            let place = Output::File(directory.join(format!("{name}.1")));
            output::write(&place, &rendered(command, name)?, Privacy::Public)?;
        }
        return Ok(Verdict::Yes);
    }
    let names = pages.iter().map(name).collect();
    let command = pages.into_iter().find(|command| name(command) == args.page);
    let command = command.ok_or(ManError::NoSuchPage { names })?;
    output::write(&Output::Stdout, &rendered(command, args.page.clone())?, Privacy::Public)?;
    Ok(Verdict::Yes)
}

/// The commands that have a page: the two programs, and every command of `sealwright`.
fn commands() -> Vec<clap::Command> {
    let mut sealwright = Cli::command().disable_help_subcommand(true);
    // Commands learn the names of those above them.
    sealwright.build();
    let mut commands = vec![help::command()];
    with_subcommands(sealwright, &mut commands);
    commands
}

fn with_subcommands(command: clap::Command, commands: &mut Vec<clap::Command>) {
    let below: Vec<_> = command.get_subcommands().filter(|below| !below.is_hide_set()).cloned().collect();
    commands.push(command);
    for command in below {
        with_subcommands(command, commands);
    }
}

fn name(command: &clap::Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
}

fn rendered(command: clap::Command, name: String) -> Result<Vec<u8>, ManError> {
    let mut page = Vec::new();
    match Man::new(command).manual("Sealwright").render(&mut page) {
        Ok(()) => Ok(page),
        Err(error) => Err(ManError::Render { name, cause: error.into() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_stands_in_the_page_of_its_command() {
        let commands = commands();
        let names: Vec<String> = commands.iter().map(name).collect();
        assert_eq!(names[..2], ["kubeseal", "sealwright"]);
        assert!(names.contains(&"sealwright-completion".to_owned()), "{names:?}");
        for command in commands {
            let (name, flags) = (name(&command), command.clone());
            // A dash is escaped, so that no reader takes it for a hyphen.
            let page =
                String::from_utf8(rendered(command, name.clone()).unwrap()).unwrap().replace("\\-", "-");
            for section in [".TH ", ".SH NAME", ".SH SYNOPSIS", ".SH DESCRIPTION"] {
                assert!(page.contains(section), "{name} has no {section}");
            }
            for flag in flags.get_arguments().filter_map(clap::Arg::get_long) {
                assert!(page.contains(&format!("--{flag}")), "{name} lacks --{flag}");
            }
        }
    }
}
