//! Runs a kubeseal, upstream's or another with the same flags, away from the machine's own settings.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use thiserror::Error;

/// Long enough for a slow machine: only a program that hangs meets it.
const LIMIT: Duration = Duration::from_secs(30);

/// A kubeseal program.
#[derive(Clone, Debug)]
pub struct Kubeseal {
    program: PathBuf,
    environment: BTreeMap<String, String>,
}

/// What a run left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: String,
    /// The exit code; none if a signal ended it.
    pub exit: Option<i32>,
}

/// Why a run has no outcome.
#[derive(Debug, Error)]
pub enum RunError {
    /// The program could not be run.
    #[error("can't run {}", program.display())]
    Process {
        /// The program.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The program did not end; it was killed.
    #[error("{} did not end within {} s", program.display(), LIMIT.as_secs())]
    Hangs {
        /// The program.
        program: PathBuf,
    },
}

impl Kubeseal {
    /// A kubeseal at this path.
    pub fn at(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), environment: BTreeMap::new() }
    }

    /// The same with these variables in its environment.
    pub fn with_environment(self, environment: &BTreeMap<String, String>) -> Self {
        Self { environment: environment.clone(), ..self }
    }

    /// Runs in a folder with these arguments and this standard input.
    ///
    /// The environment is empty but for a HOME that holds nothing and what [`Kubeseal::with_environment`] puts there, so no kubeconfig and no `SEALED_SECRETS_*`
    /// variable is met: the namespace that kubeseal assumes is `default`. The program is called `kubeseal` in its
    /// own usage text.
    pub fn run<A: AsRef<OsStr>>(&self, directory: &Path, args: &[A], stdin: &[u8]) -> Result<Run, RunError> {
        let failed = |source| RunError::Process { program: self.program.clone(), source };
        let home = tempfile::tempdir().map_err(failed)?;
        let mut child = Command::new(&self.program)
            .arg0("kubeseal")
            .args(args)
            .current_dir(directory)
            .env_clear()
            .env("HOME", home.path())
            .envs(&self.environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let outcome = converse(&mut child, stdin.to_vec());
        if !matches!(outcome, Ok(Some(_))) {
            // It may have ended by itself in this moment; then there is nothing to kill.
            let _ = child.kill();
        }
        let status = child.wait().map_err(failed)?;
        let Some((stdout, stderr)) = outcome.map_err(failed)? else {
            return Err(RunError::Hangs { program: self.program.clone() });
        };
        Ok(Run { stdout, stderr: String::from_utf8_lossy(&stderr).into_owned(), exit: status.code() })
    }
}

/// Feeds the child and collects what it says until both streams end; `None` if they don't.
fn converse(child: &mut Child, input: Vec<u8>) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let missing = || io::Error::other("a stream of the child is missing");
    let mut stdin = child.stdin.take().ok_or_else(missing)?;
    let stdout = collect(child.stdout.take().ok_or_else(missing)?);
    let stderr = collect(child.stderr.take().ok_or_else(missing)?);
    // A child that refuses its arguments ends without reading: a broken pipe says nothing.
    thread::spawn(move || stdin.write_all(&input));
    let wait = |stream: mpsc::Receiver<io::Result<Vec<u8>>>| stream.recv_timeout(LIMIT).ok().transpose();
    Ok(wait(stdout)?.zip(wait(stderr)?))
}

fn collect(mut stream: impl Read + Send + 'static) -> mpsc::Receiver<io::Result<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stream.read_to_end(&mut bytes).map(|_| bytes);
        // Nobody listens after a timeout.
        let _ = sender.send(read);
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_streams_and_the_exit_code_come_back() {
        let shell = Kubeseal::at("/bin/sh");
        let script = "read line; echo \"out $line\"; echo err >&2; exit 3";
        let run = shell.run(Path::new("/"), &["-c", script], b"in\n").unwrap();
        assert_eq!(run, Run { stdout: b"out in\n".to_vec(), stderr: "err\n".to_owned(), exit: Some(3) });
    }

    #[test]
    fn a_large_input_and_output_do_not_block_each_other() {
        let input = vec![b'x'; 1 << 20];
        let run = Kubeseal::at("/bin/cat").run(Path::new("/"), &[] as &[&str], &input).unwrap();
        assert_eq!(run.stdout, input);
    }

    #[test]
    fn the_environment_of_the_machine_is_not_seen() {
        let run = Kubeseal::at("/usr/bin/env").run(Path::new("/"), &[] as &[&str], b"").unwrap();
        let names: Vec<_> = run.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
        assert_eq!(names.len(), 1);
        assert!(names[0].starts_with(b"HOME="));
        let environment = BTreeMap::from([("SEALED_SECRETS_RAW".to_owned(), "1".to_owned())]);
        let env = Kubeseal::at("/usr/bin/env").with_environment(&environment);
        let run = env.run(Path::new("/"), &[] as &[&str], b"").unwrap();
        assert!(String::from_utf8(run.stdout).unwrap().contains("SEALED_SECRETS_RAW=1\n"));
    }
}
