//! Programs whose sources lie in this repository.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::{BuildError, file_error};

/// The first bytes of a hash over the names and contents of a folder's Go files.
///
/// The sources are in no checksum of `go.sum`; given to the linker, the hash goes where the name of the folder in the
/// cache is taken from, so that an edited source is another program.
pub fn hash_of_sources(folder: &Path) -> Result<String, BuildError> {
    let mut files = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, _>>())
        .map_err(file_error("read", folder))?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "go"));
    files.sort();
    let mut hash = Sha256::new();
    for path in files {
        let text = fs::read(&path).map_err(file_error("read", &path))?;
        hash.update(path.file_name().unwrap_or_default().as_encoded_bytes());
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    Ok(hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edited_source_is_another_program() {
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("main.go");
        fs::write(&main, "package main").unwrap();
        let first = hash_of_sources(folder.path()).unwrap();
        fs::write(folder.path().join("notes.txt"), "not compiled").unwrap();
        assert_eq!(hash_of_sources(folder.path()).unwrap(), first);
        fs::write(&main, "package main // edited").unwrap();
        assert_ne!(hash_of_sources(folder.path()).unwrap(), first);
    }
}
