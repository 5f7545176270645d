//! What is needed to judge objects as deployment tools do: our program over Flux's packages, and Argo CD's script.

use std::path::{Path, PathBuf};

use sealwright_test_cluster::go::{self, BuildError, Module, Program, What};

use crate::argo::Argo;

/// Where it is; see [`crate::Verdicts`].
#[derive(Clone, Debug)]
pub struct Judges {
    /// Our program.
    pub program: PathBuf,
    /// What Argo CD knows of SealedSecrets.
    pub argo: Argo,
}

/// Has a folder of its own in the cache: whoever edits the program needn't wait for Flux's controllers.
pub(crate) fn ensure(directory: &Path, progress: &mut dyn FnMut(&str)) -> Result<Judges, BuildError> {
    let own = format!("-X main.sources={}", go::hash_of_sources(&directory.join("verdicts"))?);
    let programs = [Program { name: "verdicts", package: "./verdicts", ldflags: &own, what: What::Command }];
    let folder = go::ensure(&Module { directory, name: "verdicts", programs: &programs }, progress)?;
    Ok(Judges { program: folder.join("verdicts"), argo: Argo::ensure(&folder, progress)? })
}
