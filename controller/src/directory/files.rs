//! Files that only their owner may read, written whole or not at all.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

/// What the names of files end with while they are written.
const BESIDE: &str = ".new";
/// What the names of the files end with that are written here.
const WRITTEN: [&str; 3] = [".yaml", ".key", ".crt"];

/// Makes a directory and its parents, for its owner alone; one that is there stays as it is.
pub(super) fn make_private(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Writes a file that only its owner may read: first beside its place, then in it, so that nobody reads half of it.
/// Whoever makes the parts before the end leaves the old file as it was.
pub(super) fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let beside = beside(path)?;
    write_new(&beside, content).and_then(|()| fs::rename(&beside, path)).inspect_err(|_| {
        // The first error is the one to tell; the next write of this file clears the place anyway.
        drop(fs::remove_file(&beside));
    })
}

/// Writes a file unless there is one of that name.
pub(super) fn create_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let beside = beside(path)?;
    write_new(&beside, content)?;
    // A link, unlike a rename, does not replace what somebody else made meanwhile.
    let linked = fs::hard_link(&beside, path);
    fs::remove_file(&beside)?;
    linked
}

/// Removes what a process that was killed before the end of a write has left in a directory: nobody may ever write
/// that file again.
pub(super) fn clear(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let left =
            name.starts_with('.') && WRITTEN.iter().any(|kind| name.ends_with(&format!("{kind}{BESIDE}")));
        if left && entry.file_type()?.is_file() {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn beside(path: &Path) -> io::Result<std::path::PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    Ok(path.with_file_name(format!(".{}{BESIDE}", name.to_string_lossy())))
}

fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        // Left by a process that was killed in between.
        Ok(()) | Err(_) => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn files_and_directories_are_for_their_owner_alone_and_nothing_is_left_beside() {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().join("a/b");
        make_private(&directory).unwrap();
        make_private(&directory).unwrap();
        assert_eq!(mode(&directory), 0o700);
        let file = directory.join("x.yaml");
        fs::write(directory.join(".x.yaml.new"), "left by a crash").unwrap();
        write_private(&file, b"one").unwrap();
        write_private(&file, b"two").unwrap();
        assert_eq!((fs::read(&file).unwrap().as_slice(), mode(&file)), (b"two".as_slice(), 0o600));
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 1);
    }

    #[test]
    fn what_a_crash_left_is_cleared_away_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let file = |name: &str| root.path().join(name);
        for left in [".x.yaml.new", ".k.key.new", ".k.crt.new"] {
            fs::write(file(left), "left by a crash").unwrap();
        }
        let kept = [".notes.new", "k.key", "x.yaml", "x.yaml.new"];
        for name in kept {
            fs::write(file(name), "").unwrap();
        }
        fs::create_dir(file(".d.yaml.new")).unwrap();
        clear(root.path()).unwrap();
        let mut names: Vec<_> =
            fs::read_dir(root.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort_unstable();
        assert_eq!(names, [".d.yaml.new", ".notes.new", "k.key", "x.yaml", "x.yaml.new"]);
    }

    #[test]
    fn what_exists_is_not_created_again() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("k.key");
        create_private(&file, b"one").unwrap();
        assert_eq!(create_private(&file, b"two").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!((fs::read(&file).unwrap().as_slice(), mode(&file)), (b"one".as_slice(), 0o600));
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }
}
