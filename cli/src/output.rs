//! Writes the result: all of it, or nothing.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::error::OsCause;

/// Where the result goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Standard output.
    Stdout,
    /// A file, which is replaced whole or not touched.
    File(PathBuf),
}

/// Who may read what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Privacy {
    /// Anybody: an existing file keeps its mode, a new one gets the usual.
    Public,
    /// It holds plaintext: only the owner.
    Plaintext,
}

/// The result could not be written; a file that was there is as it was.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// Standard output.
    #[error("cannot write to standard output: {0}")]
    Stdout(OsCause),
    /// A file.
    #[error("cannot write {}: {cause}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The cause.
        cause: OsCause,
    },
}

/// The exit code of a program whose reader has gone away, as `head` goes; the shell gives it to one that the signal ends.
/// Nothing is said then: nobody is interested any more.
pub const READER_GONE: u8 = 128 + 13;

impl OutputError {
    /// Whether the reader of standard output has gone away.
    pub fn is_reader_gone(&self) -> bool {
        matches!(self, Self::Stdout(cause) if cause.is_broken_pipe())
    }
}

/// Notices before any work is done that the output can't be written.
pub fn check(output: &Output) -> Result<(), OutputError> {
    let Output::File(path) = output else {
        return Ok(());
    };
    let outcome = match fs::metadata(path) {
        Ok(there) if there.is_dir() => Err(io::Error::from(io::ErrorKind::IsADirectory)),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::metadata(directory(path)).and_then(|there| {
                if there.is_dir() { Ok(()) } else { Err(io::ErrorKind::NotADirectory.into()) }
            })
        }
        Err(error) => Err(error),
    };
    outcome.map_err(|error| OutputError::File { path: path.clone(), cause: error.into() })
}

/// Writes the result.
pub fn write(output: &Output, bytes: &[u8], privacy: Privacy) -> Result<(), OutputError> {
    match output {
        Output::Stdout => {
            let mut stdout = io::stdout().lock();
            stdout
                .write_all(bytes)
                .and_then(|()| stdout.flush())
                .map_err(|error| OutputError::Stdout(error.into()))
        }
        Output::File(path) => replace(path, bytes, privacy)
            .map_err(|error| OutputError::File { path: path.clone(), cause: error.into() }),
    }
}

/// A temporary file beside the target takes its place in one step; it removes itself if that fails.
///
/// A symbolic link stays, what it leads to is replaced. A device or pipe can't be replaced and is written to.
fn replace(path: &Path, bytes: &[u8], privacy: Privacy) -> io::Result<()> {
    let target = match fs::canonicalize(path) {
        Ok(target) => target,
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
        Err(error) => return Err(error),
    };
    let existing = fs::metadata(&target).ok();
    if existing.as_ref().is_some_and(|there| !there.is_file()) {
        return fs::OpenOptions::new().write(true).open(&target)?.write_all(bytes);
    }
    let mode = match privacy {
        Privacy::Plaintext => 0o600,
        Privacy::Public => 0o666,
    };
    // Opening applies the umask to this mode.
    let mut file = tempfile::Builder::new()
        .prefix(".kubeseal-")
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(directory(&target))?;
    if let (Privacy::Public, Some(there)) = (privacy, existing) {
        file.as_file().set_permissions(there.permissions())?;
    }
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|error| error.error)?;
    Ok(())
}

fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        Some(_) | None => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_and_keeps_its_mode() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("sealed.yaml");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        write(&Output::File(path.clone()), b"new", Privacy::Public).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(mode(&path), 0o640);
        assert_eq!(names(place.path()), ["sealed.yaml"]);
    }

    #[test]
    fn plaintext_is_for_its_owner_only_whatever_was_there() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("secret.yaml");
        write(&Output::File(path.clone()), b"one", Privacy::Plaintext).unwrap();
        assert_eq!(mode(&path), 0o600);
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        write(&Output::File(path.clone()), b"two", Privacy::Plaintext).unwrap();
        assert_eq!(mode(&path), 0o600);
    }

    #[test]
    fn a_link_stays_and_its_target_is_replaced() {
        let place = tempfile::tempdir().unwrap();
        let (path, link) = (place.path().join("real.yaml"), place.path().join("link.yaml"));
        fs::write(&path, "old").unwrap();
        symlink(&path, &link).unwrap();
        write(&Output::File(link.clone()), b"new", Privacy::Public).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn a_failure_leaves_no_temporary_file() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("there");
        fs::create_dir(&path).unwrap();
        let output = Output::File(path);
        assert_eq!(check(&output).unwrap_err().to_string().rsplit(": ").next(), Some("is a directory"));
        assert!(write(&output, b"new", Privacy::Public).is_err());
        assert_eq!(names(place.path()), ["there"]);
    }

    #[test]
    fn a_missing_directory_is_noticed_before_the_work() {
        let place = tempfile::tempdir().unwrap();
        let output = Output::File(place.path().join("no/such.yaml"));
        assert!(check(&output).unwrap_err().to_string().ends_with("such.yaml: no such file or directory"));
        assert!(check(&Output::File(place.path().join("new.yaml"))).is_ok());
        assert!(check(&Output::Stdout).is_ok());
    }
}
