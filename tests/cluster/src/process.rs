//! Processes that end when their owner does.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::LazyLock;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use thiserror::Error;

use crate::pidfd::Pidfd;

/// Why a process could not be started.
#[derive(Debug, Error)]
pub enum ProcessError {
    /// The log file could not be opened.
    #[error("can't open {}, the log of {name}", path.display())]
    Log {
        /// The process.
        name: String,
        /// Its log file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// The program could not be run.
    #[error("can't start {name} with {tool}, a tool of util-linux")]
    Spawn {
        /// The process.
        name: String,
        /// The tool that prepares it.
        tool: String,
        /// Why it failed.
        source: io::Error,
    },
}

/// Whose end is also the end of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// Ends with this program, also when this program is killed.
    Owned,
    /// Outlives this program and its terminal, once [`Process::leave`] is called.
    Detached,
}

impl Lifetime {
    /// The words before the command line: tools that do what `std` can't without `unsafe`, and then become the
    /// program. It keeps their process number.
    fn prefix(self) -> Vec<String> {
        match self {
            Self::Owned => owned_prefix(),
            Self::Detached => vec!["setsid".to_owned()],
        }
    }
}

/// Makes the kernel kill the program when this one ends.
///
/// An owner that ended before the kernel was told is noticed by the shell, which starts nothing then.
pub(crate) fn owned_prefix() -> Vec<String> {
    let owner = std::process::id().to_string();
    let words = ["setpriv", "--pdeathsig", "KILL", "sh", "-c", r#"[ "$PPID" = "$0" ] && exec "$@""#, &owner];
    words.map(str::to_owned).to_vec()
}

/// A running process with a log file; it is ended when this value is dropped or this program ends.
pub struct Process {
    name: String,
    command_line: Vec<String>,
    child: Child,
    pidfd: Pidfd,
    log: PathBuf,
    end_on_drop: bool,
}

impl Process {
    /// Starts a process whose output goes to the end of the file `log`.
    ///
    /// Of `command` are used: program, arguments, working directory and changed variables. Standard input is
    /// empty. Its process number is the program's own when the program is no shell that starts another.
    pub fn spawn(name: &str, command: &Command, log: &Path) -> Result<Self, ProcessError> {
        Self::spawn_with(name, command, log, Lifetime::Owned)
    }

    pub(crate) fn spawn_with(
        name: &str,
        command: &Command,
        log: &Path,
        lifetime: Lifetime,
    ) -> Result<Self, ProcessError> {
        let log_error = |source| ProcessError::Log { name: name.to_owned(), path: log.to_owned(), source };
        let out = File::options().create(true).append(true).open(log).map_err(log_error)?;
        let err = out.try_clone().map_err(log_error)?;

        let prefix = lifetime.prefix();
        let mut wrapped = Command::new(&prefix[0]);
        wrapped.args(&prefix[1..]).arg(command.get_program()).args(command.get_args());
        for (key, value) in command.get_envs() {
            match value {
                Some(value) => wrapped.env(key, value),
                None => wrapped.env_remove(key),
            };
        }
        if let Some(folder) = command.get_current_dir() {
            wrapped.current_dir(folder);
        }
        wrapped.stdin(Stdio::null()).stdout(out).stderr(err);

        let spawn_error =
            |source| ProcessError::Spawn { name: name.to_owned(), tool: prefix[0].clone(), source };
        let mut child = spawn_from_keeper(wrapped).map_err(spawn_error)?;
        // The number can't have been given to another process: the child has not been waited for.
        let pidfd = match Pidfd::open(child.id()) {
            Ok(Some(pidfd)) => pidfd,
            failed => {
                let _ = child.kill().and_then(|()| child.wait());
                return Err(spawn_error(failed.err().unwrap_or_else(|| io::ErrorKind::NotFound.into())));
            }
        };
        let command_line = [command.get_program()]
            .into_iter()
            .chain(command.get_args())
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        Ok(Self { name: name.to_owned(), command_line, child, pidfd, log: log.to_owned(), end_on_drop: true })
    }

    /// The name it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its process number.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The file that holds its output.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// The last lines of its output.
    pub fn log_tail(&self) -> String {
        tail(&self.log).unwrap_or_default()
    }

    pub(crate) fn command_line(&self) -> &[String] {
        &self.command_line
    }

    /// Lets a detached process run on.
    pub(crate) fn leave(mut self) {
        self.end_on_drop = false;
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Whoever was waited for before has no process number any more.
        if self.end_on_drop && self.ended().is_none() && self.pidfd.end() {
            let _ = self.child.wait();
        }
    }
}

type Job = (Command, Sender<io::Result<Child>>);

/// The kernel ends a child when the *thread* that started it ends; test threads are short-lived, this one is not.
static KEEPER: LazyLock<Sender<Job>> = LazyLock::new(|| {
    let (sender, jobs) = channel::<Job>();
    thread::spawn(move || {
        for (mut command, answer) in jobs {
            let _ = answer.send(command.spawn());
        }
    });
    sender
});

fn spawn_from_keeper(command: Command) -> io::Result<Child> {
    let (answer, child) = channel();
    let keeper_is_gone = || io::Error::other("the thread that starts processes has ended");
    KEEPER.send((command, answer)).map_err(|_| keeper_is_gone())?;
    child.recv().map_err(|_| keeper_is_gone())?
}

/// The last lines of a file, however long it is.
fn tail(path: &Path) -> io::Result<String> {
    const BYTES: u64 = 4096;
    const LINES: usize = 15;
    let mut file = File::open(path)?;
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(BYTES)))?;
    let mut bytes = Vec::new();
    file.take(BYTES).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    Ok(lines[lines.len().saturating_sub(LINES)..].join("\n"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_dropped_process_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let process =
            Process::spawn("sleeper", &shell("exec sleep 600"), &folder.path().join("log")).unwrap();
        let watch = Pidfd::open(process.pid()).unwrap().unwrap();
        assert!(!watch.wait(Duration::ZERO));
        drop(process);
        assert!(watch.wait(Duration::ZERO));
    }

    #[test]
    fn a_process_outlives_the_thread_that_asked_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let process =
            thread::spawn(move || Process::spawn("sleeper", &shell("exec sleep 600"), &log).unwrap())
                .join()
                .unwrap();
        let watch = Pidfd::open(process.pid()).unwrap().unwrap();
        assert!(!watch.wait(Duration::from_millis(100)));
    }

    #[test]
    fn the_log_holds_both_streams_and_its_tail_is_short() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = shell("seq 1 5000; echo $WORD >&2; exit 3");
        command.env("WORD", "last");
        let mut process = Process::spawn("counter", &command, &folder.path().join("log")).unwrap();
        assert!(process.pidfd.wait(Duration::from_secs(60)));
        assert_eq!(process.ended().and_then(|status| status.code()), Some(3));
        let tail = process.log_tail();
        assert!(tail.ends_with("5000\nlast"), "{tail}");
        assert_eq!(tail.lines().count(), 15);
    }

    /// Runs this test again in a program of its own, which starts a process and is aborted.
    #[test]
    fn a_process_ends_when_its_owner_is_killed() {
        const ROLE: &str = "SEALWRIGHT_TEST_ABORTING_OWNER";
        if let Some(folder) = std::env::var_os(ROLE) {
            let folder = PathBuf::from(folder);
            let process = Process::spawn("sleeper", &shell("exec sleep 600"), &folder.join("log")).unwrap();
            std::fs::write(folder.join("pid"), process.pid().to_string()).unwrap();
            std::process::abort();
        }
        let folder = tempfile::tempdir().unwrap();
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "process::tests::a_process_ends_when_its_owner_is_killed", "--nocapture"])
            .env(ROLE, folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert_eq!(status.code(), None, "the owner was not aborted");
        let pid = std::fs::read_to_string(folder.path().join("pid")).unwrap().parse().unwrap();
        let orphan = Pidfd::open(pid).unwrap();
        assert!(orphan.is_none_or(|orphan| orphan.wait(Duration::from_secs(60))));
    }
}
