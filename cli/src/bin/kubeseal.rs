//! `kubeseal`: seals Secrets, as bitnami's program of this name does.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use sealwright_cli::error::{report, say};
use sealwright_cli::kubeconfig::Surroundings;
use sealwright_cli::kubeseal::command::{self, Facts};
use sealwright_cli::kubeseal::error::CliError;
use sealwright_cli::kubeseal::pflag::{self, UsageError};
use sealwright_cli::kubeseal::{help, run};
use sealwright_cli::output::READER_GONE;

fn main() -> ExitCode {
    let mut words = std::env::args_os().map(OsString::into_string);
    let program = words.next().and_then(Result::ok).unwrap_or_else(|| "kubeseal".to_owned());
    let Ok(words) = words.collect::<Result<Vec<String>, OsString>>() else {
        return misused("an argument is not UTF-8\n", &program, ExitCode::from(2));
    };
    let parsed = match pflag::parse(&words, |name| std::env::var(name).ok()) {
        Ok(parsed) => parsed,
        Err(UsageError::Help) => return misused("", &program, ExitCode::SUCCESS),
        Err(mistake) => return misused(&format!("{mistake}\n"), &program, ExitCode::from(2)),
    };
    let facts = Facts {
        stdin_is_terminal: io::stdin().is_terminal(),
        stderr_is_terminal: io::stderr().is_terminal(),
    };
    // On stdout as upstream has it; that nobody reads it is no error of its own.
    for line in &parsed.deprecations {
        let _ = writeln!(io::stdout(), "{line}");
    }
    let mut notes = parsed.notes;
    let outcome = match command::choose(&parsed.args, facts) {
        Ok((command, more)) => {
            notes.extend(more);
            // Whoever types the input wants to know before.
            if facts.stdin_is_terminal {
                say_all(&std::mem::take(&mut notes));
            }
            run::run(&command, &program, &Surroundings::of_this_process(), &mut notes)
        }
        Err(broken) => Err(CliError::from(broken)),
    };
    // Scripts look for `error:` at the very start of stderr, so everything else comes after it.
    let code = match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(CliError::Output(error)) if error.is_reader_gone() => ExitCode::from(READER_GONE),
        Err(error) => {
            say(&report(&error, error.hint().as_deref()));
            ExitCode::FAILURE
        }
    };
    say_all(&notes);
    code
}

/// The usage belongs on stdout, as upstream has it. That nobody reads it is no error of its own.
fn misused(mistake: &str, program: &str, code: ExitCode) -> ExitCode {
    let _ = write!(io::stdout(), "{mistake}{}", help::usage(program));
    code
}

fn say_all(notes: &[String]) {
    for note in notes {
        say(&format!("{note}\n"));
    }
}
