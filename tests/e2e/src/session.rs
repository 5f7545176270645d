//! One shell in which one thing is done after another: what one command sets, the next one has.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use sealwright_test_cluster::namespace;

/// Only what hangs meets it: the commands have limits of their own.
const LIMIT: Duration = Duration::from_secs(600);
/// Between two looks at what commands beside the others print.
const PAUSE: Duration = Duration::from_millis(50);

/// Reads `WAY FILE` lines and does what the files say, in this very shell. One that was to succeed and fails ends
/// it. Nothing reads the lines that are meant for the loop.
const LOOP: &str = r#"
while read -r way file; do
  case $way in
    succeed) . "$file" ;;
    fail) if . "$file"; then exit 1; fi ;;
    beside) . "$file" & ;;
  esac </dev/null >"$file.out" 2>&1
  echo done
done
"#;

/// How commands are to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Every one of them well.
    Succeed,
    /// The last one not.
    Fail,
    /// Not before the session.
    Beside,
}

/// A running shell; it and everything that it started end when this is dropped.
pub struct Session {
    shell: Child,
    commands: ChildStdin,
    done: Receiver<String>,
    folder: PathBuf,
    count: usize,
}

impl Session {
    /// Starts a shell with these variables, in this working folder, that keeps its files in `folder`.
    pub fn start(variables: &Command, working: &Path, folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        // Its process numbers are its own: with the first process everything ends.
        let mut command = namespace::unshare();
        command.args(["--pid", "--fork", "--kill-child", "bash", "--norc", "-euo", "pipefail", "-c", LOOP]);
        command.env_clear();
        command.envs(variables.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.current_dir(working).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut shell = command.spawn().unwrap();
        let commands = shell.stdin.take().unwrap();
        let lines = BufReader::new(shell.stdout.take().unwrap()).lines();
        let (sender, done) = channel();
        thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { shell, commands, done, folder: folder.to_owned(), count: 0 }
    }

    /// Runs commands; what they printed, with the reason if they did not end as they are to.
    pub fn run(&mut self, commands: &str, way: Way) -> Result<String, String> {
        let (file, out) = self.files();
        fs::write(&file, commands).unwrap();
        let word = match way {
            Way::Succeed => "succeed",
            Way::Fail => "fail",
            Way::Beside => "beside",
        };
        // A shell that has ended is noticed below.
        let _ = writeln!(self.commands, "{word} {}", file.display());
        let answer = self.done.recv_timeout(LIMIT);
        let printed = fs::read_to_string(&out).unwrap_or_default();
        match (answer, way) {
            (Ok(_), _) => Ok(printed),
            (Err(_), Way::Fail) => Err(format!("it succeeded, or did not end; it printed:\n{printed}")),
            (Err(_), _) => Err(format!("it failed, or did not end; it printed:\n{printed}")),
        }
    }

    /// Starts commands beside the others, and waits until what they have printed is `enough`.
    pub fn run_beside(&mut self, commands: &str, enough: impl Fn(&str) -> bool) -> Result<(), String> {
        self.run(commands, Way::Beside)?;
        let out = self.folder.join(format!("{}.out", self.count));
        let deadline = Instant::now() + LIMIT / 10;
        loop {
            let printed = fs::read_to_string(&out).unwrap_or_default();
            if enough(&printed) {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err(format!("it printed:\n{printed}"));
            }
            thread::sleep(PAUSE);
        }
    }

    /// What a variable holds now.
    pub fn variable(&mut self, name: &str) -> String {
        self.run(&format!("printf %s \"${name}\""), Way::Succeed).unwrap()
    }

    fn files(&mut self) -> (PathBuf, PathBuf) {
        self.count += 1;
        let file = self.folder.join(self.count.to_string());
        (file.clone(), file.with_extension("out"))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to kill.
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(folder: &Path) -> Session {
        let mut variables = Command::new("true");
        variables.env("PATH", std::env::var_os("PATH").unwrap());
        Session::start(&variables, folder, &folder.join("session"))
    }

    #[test]
    fn what_one_command_sets_the_next_one_has() {
        let folder = tempfile::tempdir().unwrap();
        let mut session = session(folder.path());
        session.run("mkdir a && cd a\nexport B=1\nc() { echo \"$B\" \"$@\"; }", Way::Succeed).unwrap();
        assert_eq!(session.run("c \"${PWD##*/}\"\necho 2 >&2", Way::Succeed).unwrap(), "1 a\n2\n");
        assert_eq!(session.variable("B"), "1");
    }

    #[test]
    fn commands_end_as_they_are_to() {
        let cases = [
            ("echo 1; false; echo 2", Way::Succeed, Err("1\n")),
            ("echo 1; false | true", Way::Succeed, Err("1\n")),
            ("echo 1; false", Way::Fail, Ok("1\n")),
            ("echo 1", Way::Fail, Err("1\n")),
        ];
        for (commands, way, expected) in cases {
            let folder = tempfile::tempdir().unwrap();
            let mut session = session(folder.path());
            match (session.run(commands, way), expected) {
                (Ok(printed), Ok(expected)) => assert_eq!(printed, expected, "{commands}"),
                (Err(why), Err(expected)) => assert!(why.ends_with(expected), "{commands}: {why}"),
                (got, _) => panic!("{commands}: {got:?}"),
            }
        }
    }

    #[test]
    fn commands_beside_the_others_end_with_the_session() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let mut session = session(folder.path());
        session.run("mkfifo pipe", Way::Succeed).unwrap();
        // Opening a pipe waits for the other end, so both are open once it says that it has begun.
        let end = thread::spawn(move || fs::read(pipe).unwrap());
        session
            .run_beside("exec 3>pipe; echo begun; exec sleep 600", |printed| printed == "begun\n")
            .unwrap();
        assert_eq!(session.run("echo meanwhile", Way::Succeed).unwrap(), "meanwhile\n");
        drop(session);
        assert_eq!(end.join().unwrap(), b"");
    }
}
