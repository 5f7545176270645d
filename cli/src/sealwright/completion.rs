//! `sealwright completion`: prints what teaches a shell the flags.

use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::Shell;

use crate::kubeseal::help;
use crate::output::{self, Output, Privacy};
use crate::sealwright::args::Cli;
use crate::sealwright::verdict::{Failure, Verdict};

/// For which shell, and for which program.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  For this shell:      source <(sealwright completion bash)
  For every new one:   sealwright completion zsh > ~/.zfunc/_sealwright
  kubeseal's flags:    sealwright completion fish --program kubeseal | source")]
pub struct CompletionArgs {
    /// The shell
    pub shell: Shell,
    /// The program whose words are completed
    #[arg(long, value_enum, default_value_t = Program::Sealwright)]
    pub program: Program,
}

/// One of the two programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Program {
    /// This one.
    Sealwright,
    /// The drop-in.
    Kubeseal,
}

/// Prints the script.
pub fn run(args: &CompletionArgs) -> Result<Verdict, Failure> {
    let (name, mut command) = match args.program {
        Program::Sealwright => ("sealwright", Cli::command()),
        Program::Kubeseal => ("kubeseal", help::command()),
    };
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, name, &mut script);
    output::write(&Output::Stdout, &script, Privacy::Public)?;
    Ok(Verdict::Yes)
}
