//! A git server on loopback.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sealwright_test_cluster::{Process, StartError, until_ready};

use crate::git::GitError;
use crate::repository::Repository;

/// A server of git repositories over HTTP, open to everybody on this machine; ended when dropped.
pub struct GitServer {
    url: String,
    folder: PathBuf,
    _process: Process,
}

impl GitServer {
    /// Starts the program `gitserver`; repositories and work trees are in `folder`, which is made.
    pub fn start(program: &Path, folder: &Path) -> Result<Self, StartError> {
        let served = served(folder);
        fs::create_dir_all(&served).map_err(|source| StartError::File {
            verb: "create",
            path: served.clone(),
            source,
        })?;
        let mut command = Command::new(program);
        command.arg(&served);
        let mut process = Process::spawn("gitserver", &command, &folder.join("gitserver.log"))?;
        let log = process.log().to_owned();
        let mut url = String::new();
        until_ready(&mut process, || {
            url = fs::read_to_string(&log).ok().and_then(|text| address(&text)).unwrap_or_default();
            !url.is_empty()
        })?;
        Ok(Self { url, folder: folder.to_owned(), _process: process })
    }

    /// Makes an empty repository, served at `URL/NAME.git`, and a work tree in the folder `NAME`.
    pub fn create(&self, name: &str) -> Result<Repository, GitError> {
        let bare = served(&self.folder).join(format!("{name}.git"));
        Repository::create(&bare, format!("{}/{name}.git", self.url), self.folder.join(name))
    }
}

/// Where the bare repositories are.
fn served(folder: &Path) -> PathBuf {
    folder.join("served")
}

/// What the server says of itself, once the line is whole.
fn address(log: &str) -> Option<String> {
    let (first, _) = log.split_once('\n')?;
    first.starts_with("http://").then(|| first.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_an_address_is_none() {
        assert_eq!(address("http://127.0.0.1:80"), None);
        assert_eq!(address("http://127.0.0.1:8080\nmore"), Some("http://127.0.0.1:8080".to_owned()));
        assert_eq!(address("gitserver: no git\n"), None);
    }
}
