//! Runs other programs and says what they were when they fail.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

/// A program could not be run, or ended with a failure.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// It could not be started.
    #[error("cannot start {program}; is it installed?")]
    Start {
        /// The program.
        program: String,
        /// Why.
        source: std::io::Error,
    },
    /// It ended otherwise than with success.
    #[error("{program} failed ({status})")]
    Failed {
        /// The program with its arguments.
        program: String,
        /// How it ended.
        status: ExitStatus,
    },
}

/// The folder of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is a folder of the repository").to_owned()
}

/// Cargo's folder for what it builds; this program lies in the folder of a profile there.
pub fn target() -> std::io::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let folder = program.parent().and_then(Path::parent);
    folder.map(Path::to_owned).ok_or_else(|| std::io::ErrorKind::NotFound.into())
}

/// `cargo` in the repository, as the one that runs this program. The controller is told where the page is once there
/// is one: its build notices a variable that changes, but not a folder that appears.
pub fn cargo<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).args(arguments);
    let page = root().join("dist");
    if page.is_dir() {
        command.env("SEALWRIGHT_PAGE", page);
    }
    command
}

/// Runs to the end, with this program's own streams.
pub fn run(command: &mut Command) -> Result<(), ProcessError> {
    let status = command.status().map_err(|source| start_error(command, source))?;
    if status.success() { Ok(()) } else { Err(ProcessError::Failed { program: shown(command), status }) }
}

/// Runs to the end and hands each line of standard output to `line`, which may print it.
pub fn run_lines(command: &mut Command, mut line: impl FnMut(&str)) -> Result<ExitStatus, ProcessError> {
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|source| start_error(command, source))?;
    let output = child.stdout.take().expect("standard output is piped");
    for text in BufReader::new(output).lines().map_while(Result::ok) {
        line(&text);
    }
    child.wait().map_err(|source| start_error(command, source))
}

/// Runs to the end and gives what it wrote to standard output.
pub fn output(command: &mut Command) -> Result<Vec<u8>, ProcessError> {
    let output = command.stderr(Stdio::inherit()).output().map_err(|source| start_error(command, source))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(ProcessError::Failed { program: shown(command), status: output.status })
    }
}

fn start_error(command: &Command, source: std::io::Error) -> ProcessError {
    ProcessError::Start { program: command.get_program().to_string_lossy().into_owned(), source }
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Says what comes next.
pub fn heading(text: &str) {
    println!("\n==> {text}");
}
