//! What tests need of Argo CD: its health script for SealedSecrets, with the examples that it is tested on there, and
//! the definition of its Applications.

use std::fs;
use std::path::{Path, PathBuf};

use sealwright_test_cluster::go::{self, BuildError};

const MODULE: &str = "github.com/argoproj/argo-cd/v3";
/// Where the module keeps what it knows of SealedSecrets.
const FOLDER: &str = "resource_customizations/bitnami.com/SealedSecret";
/// The script in it.
pub(crate) const SCRIPT: &str = "health.lua";
const EXAMPLES: &str = "testdata";
/// What an Application may look like.
const DEFINITION: &str = "manifests/crds/application-crd.yaml";

/// A version of Argo CD, and the hash of its module.
struct Version {
    version: &'static str,
    sum: &'static str,
}

/// The script of 3.6.1, which itself can't be had with Go 1.26, is the same.
const NEW: Version = Version { version: "v3.5.7", sum: "h1:Xm1BF+I5OgDKUG3SDK49vn2/Y5AMyaNVko+/JT08gj0=" };
/// The script of this one, as of 3.5.3, does not look at generations.
const OLD: Version = Version { version: "v3.5.0", sum: "h1:iqnPFSKaQ0l3hREMH2Rk55VDcxrvBFaSO0g9bifZKzc=" };

/// What Argo CD knows of SealedSecrets, in folders of the cache.
#[derive(Clone, Debug)]
pub struct Argo {
    /// As in the newest releases of each line: 3.4.13, 3.5.7, 3.6.1.
    pub new: PathBuf,
    /// As it was before.
    pub old: PathBuf,
    /// The resource definition of today's Applications.
    pub application: PathBuf,
}

impl Argo {
    /// Brings all into this folder, unless they are there.
    pub(crate) fn ensure(folder: &Path, progress: &mut dyn FnMut(&str)) -> Result<Self, BuildError> {
        Ok(Self {
            new: ensure(folder, &NEW, progress)?,
            old: ensure(folder, &OLD, progress)?,
            application: definition(folder, progress)?,
        })
    }
}

fn definition(folder: &Path, progress: &mut dyn FnMut(&str)) -> Result<PathBuf, BuildError> {
    let to = folder.join(format!("argo-cd-{}-application.yaml", NEW.version));
    if !to.is_file() {
        go::place(&fetch(&NEW, progress)?.join(DEFINITION), &to)?;
    }
    Ok(to)
}

/// The folder of the module.
fn fetch(version: &Version, progress: &mut dyn FnMut(&str)) -> Result<PathBuf, BuildError> {
    let module = format!("{MODULE}@{}", version.version);
    progress(&format!("fetching {module}"));
    go::pinned_module_folder(&module, version.sum)
}

fn ensure(folder: &Path, version: &Version, progress: &mut dyn FnMut(&str)) -> Result<PathBuf, BuildError> {
    let to = folder.join(format!("argo-cd-{}", version.version));
    // It is placed last.
    if to.join(SCRIPT).is_file() {
        return Ok(to);
    }
    let from = fetch(version, progress)?.join(FOLDER);
    let (examples, kept) = (from.join(EXAMPLES), to.join(EXAMPLES));
    let failed = |verb, path: &Path| {
        let path = path.to_owned();
        move |source| BuildError::File { verb, path, source }
    };
    fs::create_dir_all(&kept).map_err(failed("create", &kept))?;
    for entry in fs::read_dir(&examples).map_err(failed("read", &examples))? {
        let name = entry.map_err(failed("read", &examples))?.file_name();
        go::place(&examples.join(&name), &kept.join(&name))?;
    }
    for name in ["health_test.yaml", SCRIPT] {
        go::place(&from.join(name), &to.join(name))?;
    }
    Ok(to)
}
