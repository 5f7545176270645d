//! `kubeseal`: seals Secrets, as bitnami's program of this name does.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use sealwright_cli::command::{self, Facts};
use sealwright_cli::error::{CliError, report};
use sealwright_cli::kubeconfig::Surroundings;
use sealwright_cli::pflag::{self, UsageError};
use sealwright_cli::{help, run};

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
                say(&std::mem::take(&mut notes));
            }
            run::run(&command, &program, &surroundings(), &mut notes)
        }
        Err(broken) => Err(CliError::from(broken)),
    };
    // Scripts look for `error:` at the very start of stderr, so everything else comes after it.
    let code = match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprint!("{}", report(&error));
            ExitCode::FAILURE
        }
    };
    say(&notes);
    code
}

/// The usage belongs on stdout, as upstream has it. That nobody reads it is no error of its own.
fn misused(mistake: &str, program: &str, code: ExitCode) -> ExitCode {
    let _ = write!(io::stdout(), "{mistake}{}", help::usage(program));
    code
}

fn say(notes: &[String]) {
    for note in notes {
        eprintln!("{note}");
    }
}

fn surroundings() -> Surroundings {
    const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let in_cluster = set("KUBERNETES_SERVICE_HOST").is_some()
        && set("KUBERNETES_SERVICE_PORT").is_some()
        && Path::new(ACCOUNT).join("token").is_file();
    let pod_namespace = in_cluster.then(|| {
        set("POD_NAMESPACE")
            .or_else(|| std::fs::read_to_string(Path::new(ACCOUNT).join("namespace")).ok())
            .map(|namespace| namespace.trim().to_owned())
            .filter(|namespace| !namespace.is_empty())
            .unwrap_or_else(|| "default".to_owned())
    });
    Surroundings {
        kubeconfig: std::env::var_os("KUBECONFIG").unwrap_or_default(),
        home: std::env::home_dir(),
        pod_namespace,
    }
}
