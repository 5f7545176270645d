//! Modules whose files are read.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::{BuildError, file_error};
use crate::cache::cache_dir;

/// The folder of Go's own that holds a module's files, fetched when it isn't there yet.
///
/// `directory` holds the `go.mod` that says which version.
pub fn module_folder(directory: &Path, module: &str) -> Result<PathBuf, BuildError> {
    Ok(download(directory, module)?.dir)
}

/// The same for a module that is only read, so that no `go.mod` requires it: `module` has its version behind an `@`,
/// and `sum` is the hash that Go's checksum database has of it.
pub fn pinned_module_folder(module: &str, sum: &str) -> Result<PathBuf, BuildError> {
    let directory = cache_dir()?;
    fs::create_dir_all(&directory).map_err(file_error("create", &directory))?;
    let downloaded = download(&directory, module)?;
    if downloaded.sum == sum {
        return Ok(downloaded.dir);
    }
    Err(BuildError::Sum { module: module.to_owned(), expected: sum.to_owned(), found: downloaded.sum })
}

/// What Go says of a module that it has fetched.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Downloaded {
    dir: PathBuf,
    sum: String,
}

fn download(directory: &Path, module: &str) -> Result<Downloaded, BuildError> {
    let output = Command::new("go")
        .current_dir(directory)
        .env("GOWORK", "off")
        .args(["mod", "download", "-json", module])
        .output()
        .map_err(file_error("run", Path::new("go")))?;
    match serde_json::from_slice(&output.stdout) {
        Ok(downloaded) if output.status.success() => Ok(downloaded),
        // The reason is in the answer where there is one.
        _ => Err(BuildError::Fetch {
            module: module.to_owned(),
            output: String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).trim().to_owned(),
        }),
    }
}
