//! A cluster that outlives the program that started it: `up` and `down`.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::binaries;
use crate::pidfd::Pidfd;
use crate::process::{Lifetime, Process};
use crate::servers::Controllers;
use crate::start::{self, StartError, file_error, kubeconfig_path};

/// What a start leaves for the next `up` or `down`.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    name: String,
    pid: u32,
    command_line: Vec<String>,
}

/// Why a detached cluster could not be ended.
#[derive(Debug, Error)]
pub enum DownError {
    /// A file could not be used.
    #[error("can't {verb} {}", path.display())]
    File {
        /// What was tried.
        verb: &'static str,
        /// On which path.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// The list of processes is not one that `up` writes.
    #[error("can't read the processes in {}; end them by hand and remove the file", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A process did not end, not even when killed.
    #[error("{name} (process {pid}) did not end")]
    StillThere {
        /// The server.
        name: String,
        /// Its process number.
        pid: u32,
    },
}

/// Why a detached cluster did not start.
#[derive(Debug, Error)]
pub enum UpError {
    /// The servers did not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// What an earlier start left could not be ended.
    #[error("can't end what is left of an earlier cluster")]
    Leftover(#[source] DownError),
}

/// Starts a cluster that keeps its files in `folder`, and returns the administrator's kubeconfig.
///
/// A cluster that is up already stays; what is left of a broken one is ended first.
pub fn up(folder: &Path, progress: &mut dyn FnMut(&str)) -> Result<PathBuf, UpError> {
    let binaries = binaries::ensure(progress).map_err(StartError::from)?;
    fs::create_dir_all(folder).map_err(file_error("create", folder))?;
    let _lock = lock(folder).map_err(file_error("lock", folder))?;
    let records = read(folder).map_err(UpError::Leftover)?;
    if !records.is_empty() && records.iter().all(|record| matches!(running(record), Ok(Some(_)))) {
        progress("the cluster is up already");
        return Ok(kubeconfig_path(folder));
    }
    end_all(folder, &records).map_err(UpError::Leftover)?;
    progress("starting etcd, kube-apiserver and kube-controller-manager");
    let mut records = Vec::new();
    let processes =
        start::start(&binaries, folder, Controllers::Objects, Lifetime::Detached, &mut |process| {
            // Written at once: should this program be interrupted now, `down` still finds the process.
            records.push(Record {
                name: process.name().to_owned(),
                pid: process.pid(),
                command_line: process.command_line().to_vec(),
            });
            write(folder, &records).map_err(file_error("write", &state_path(folder)))
        })?;
    processes.into_iter().for_each(Process::leave);
    Ok(kubeconfig_path(folder))
}

/// Ends the processes that [`up`] started for this folder, forgets their data, and returns their names.
///
/// A process number that belongs to another program by now is left alone. Logs stay.
pub fn down(folder: &Path) -> Result<Vec<String>, DownError> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let _lock = lock(folder).map_err(down_error("lock", folder))?;
    let records = read(folder)?;
    end_all(folder, &records)
}

fn end_all(folder: &Path, records: &[Record]) -> Result<Vec<String>, DownError> {
    let mut ended = Vec::new();
    // The last one first: without its storage the API server would not end by itself.
    for record in records.iter().rev() {
        let found = running(record).map_err(down_error("look at the process of", &state_path(folder)))?;
        let Some(pidfd) = found else { continue };
        if !pidfd.end() {
            return Err(DownError::StillThere { name: record.name.clone(), pid: record.pid });
        }
        ended.push(record.name.clone());
    }
    for data in ["etcd", "pki", "kubectl-cache"].map(|name| folder.join(name)) {
        absent_is_fine(fs::remove_dir_all(&data)).map_err(down_error("remove", &data))?;
    }
    for file in [kubeconfig_path(folder), state_path(folder)] {
        absent_is_fine(fs::remove_file(&file)).map_err(down_error("remove", &file))?;
    }
    Ok(ended)
}

/// A hold on the recorded process, if it still runs the recorded command line.
fn running(record: &Record) -> io::Result<Option<Pidfd>> {
    // First the hold, then the look: whatever is seen under this number is what is held.
    let Some(pidfd) = Pidfd::open(record.pid)? else { return Ok(None) };
    let seen = match fs::read(format!("/proc/{}/cmdline", record.pid)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        read => read?,
    };
    // Every argument ends with a zero byte; a process that ended and waits for its parent has none.
    let mut expected = record.command_line.join("\0").into_bytes();
    expected.push(0);
    Ok((seen == expected).then_some(pidfd))
}

fn state_path(folder: &Path) -> PathBuf {
    folder.join("processes.json")
}

fn read(folder: &Path) -> Result<Vec<Record>, DownError> {
    let path = state_path(folder);
    match fs::read(&path) {
        Ok(text) => serde_json::from_slice(&text).map_err(|source| DownError::State { path, source }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(DownError::File { verb: "read", path, source }),
    }
}

fn write(folder: &Path, records: &[Record]) -> io::Result<()> {
    let part = folder.join("processes.json.part");
    fs::write(&part, serde_json::to_vec_pretty(records)?)?;
    fs::rename(part, state_path(folder))
}

/// One `up` or `down` at a time.
fn lock(folder: &Path) -> io::Result<File> {
    let file = File::create(folder.join(".lock"))?;
    file.lock()?;
    Ok(file)
}

fn absent_is_fine(result: io::Result<()>) -> io::Result<()> {
    result.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

fn down_error<'a>(verb: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> DownError + 'a {
    move |source| DownError::File { verb, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    use super::*;

    fn sleeper(folder: &Path) -> Process {
        let mut command = Command::new("sleep");
        command.arg("600");
        let process = Process::spawn("sleeper", &command, &folder.join("log")).unwrap();
        // Before the program, this process is the tools that prepare it.
        while !fs::read(format!("/proc/{}/cmdline", process.pid())).unwrap().starts_with(b"sleep\0") {
            std::thread::yield_now();
        }
        process
    }

    fn record(process: &Process, command_line: &[&str]) -> Record {
        Record {
            name: "sleeper".to_owned(),
            pid: process.pid(),
            command_line: command_line.iter().map(|word| (*word).to_owned()).collect(),
        }
    }

    #[test]
    fn down_ends_what_was_recorded_and_forgets_it() {
        let folder = tempfile::tempdir().unwrap();
        let process = sleeper(folder.path());
        write(folder.path(), &[record(&process, &["sleep", "600"])]).unwrap();
        assert_eq!(down(folder.path()).unwrap(), ["sleeper"]);
        assert!(Pidfd::open(process.pid()).unwrap().unwrap().wait(Duration::ZERO));
        assert_eq!(read(folder.path()).unwrap(), []);
    }

    #[test]
    fn down_leaves_a_foreign_process_with_a_recorded_number_alone() {
        let folder = tempfile::tempdir().unwrap();
        let process = sleeper(folder.path());
        write(folder.path(), &[record(&process, &["/cache/etcd", "--name=test"])]).unwrap();
        assert_eq!(down(folder.path()).unwrap(), [""; 0]);
        assert!(!Pidfd::open(process.pid()).unwrap().unwrap().wait(Duration::ZERO));
    }

    #[test]
    fn down_without_a_cluster_does_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(down(folder.path()).unwrap(), [""; 0]);
        assert_eq!(down(&folder.path().join("missing")).unwrap(), [""; 0]);
    }

    #[test]
    fn a_broken_list_of_processes_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(state_path(folder.path()), "no JSON").unwrap();
        assert!(matches!(down(folder.path()), Err(DownError::State { .. })));
    }
}
