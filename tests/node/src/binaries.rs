//! The node's program, built from the Go module beside this crate.

use std::path::{Path, PathBuf};

pub use sealwright_test_cluster::go::BuildError;
use sealwright_test_cluster::go::{self, Module, Program, What};

/// Builds the program into the cache, unless it is there.
///
/// Takes a minute on two cores the first time, and no time after that. Without Go it fails with
/// [`BuildError::GoMissing`].
pub fn ensure(progress: &mut dyn FnMut(&str)) -> Result<PathBuf, BuildError> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"));
    // The sources are in no checksum of go.sum, so their hash goes where the folder's name is taken from.
    let own = format!("-X main.sources={}", go::hash_of_sources(&directory.join("kubelet"))?);
    let programs = [Program { name: "kubelet", package: "./kubelet", ldflags: &own, what: What::Command }];
    let folder = go::ensure(&Module { directory, name: "node", programs: &programs }, progress)?;
    Ok(folder.join("kubelet"))
}

/// As [`ensure`], with the progress on standard error; `None`, after one loud line, when Go is needed and missing.
pub fn ensure_or_skip() -> Result<Option<PathBuf>, BuildError> {
    go::built_or_skipped("a node", ensure)
}
