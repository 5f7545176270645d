//! The programs of the road, built from the Go module beside this crate.

use std::fs;
use std::path::{Path, PathBuf};

pub use sealwright_test_cluster::go::BuildError;
use sealwright_test_cluster::go::{self, Module, Program, What};

use crate::judges::{self, Judges};

/// The modules of Flux's controllers.
const SOURCE: &str = "github.com/fluxcd/source-controller";
const KUSTOMIZE: &str = "github.com/fluxcd/kustomize-controller";
/// All resource definitions, and where their modules keep them: source-controller waits for every one of its own.
const CRDS: &str = "config/crd/bases";
const DEFINITIONS: [(&str, &str); 7] = [
    (SOURCE, "source.toolkit.fluxcd.io_buckets.yaml"),
    (SOURCE, "source.toolkit.fluxcd.io_externalartifacts.yaml"),
    (SOURCE, "source.toolkit.fluxcd.io_gitrepositories.yaml"),
    (SOURCE, "source.toolkit.fluxcd.io_helmcharts.yaml"),
    (SOURCE, "source.toolkit.fluxcd.io_helmrepositories.yaml"),
    (SOURCE, "source.toolkit.fluxcd.io_ocirepositories.yaml"),
    (KUSTOMIZE, "kustomize.toolkit.fluxcd.io_kustomizations.yaml"),
];

/// Where the programs are.
#[derive(Clone, Debug)]
pub struct Binaries {
    /// Fetches repositories.
    pub source_controller: PathBuf,
    /// Applies what they hold.
    pub kustomize_controller: PathBuf,
    /// Serves repositories; see [`crate::GitServer`].
    pub gitserver: PathBuf,
    /// A folder with the resource definitions of Flux's controllers, and nothing else.
    pub crds: PathBuf,
    /// What judges objects; see [`crate::Verdicts`].
    pub judges: Judges,
}

/// Builds Flux's controllers and our own small programs into the cache, unless they are there.
///
/// Takes three minutes on two cores the first time, and no time after that. Without Go it fails with
/// [`BuildError::GoMissing`].
pub fn ensure(progress: &mut dyn FnMut(&str)) -> Result<Binaries, BuildError> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"));
    let gitserver = format!("-X main.sources={}", go::hash_of_sources(&directory.join("gitserver"))?);
    let command = |name, package, ldflags| Program { name, package, ldflags, what: What::Command };
    let programs = [
        command("gitserver", "./gitserver", &gitserver),
        command("source-controller", SOURCE, ""),
        command("kustomize-controller", KUSTOMIZE, ""),
    ];
    let folder = go::ensure(&Module { directory, name: "gitops", programs: &programs }, progress)?;
    Ok(Binaries {
        source_controller: folder.join("source-controller"),
        kustomize_controller: folder.join("kustomize-controller"),
        gitserver: folder.join("gitserver"),
        crds: definitions(directory, folder.join("crds"))?,
        judges: judges::ensure(directory, progress)?,
    })
}

/// Copies the definitions that are missing out of the modules.
fn definitions(directory: &Path, crds: PathBuf) -> Result<PathBuf, BuildError> {
    for (module, name) in DEFINITIONS {
        let file = crds.join(name);
        if !file.is_file() {
            let source = go::module_folder(directory, module)?.join(CRDS).join(name);
            fs::create_dir_all(&crds).map_err(|source| BuildError::File {
                verb: "create",
                path: crds.clone(),
                source,
            })?;
            go::place(&source, &file)?;
        }
    }
    Ok(crds)
}

/// As [`ensure`], with the progress on standard error; `None`, after one loud line, when Go is needed and missing.
pub fn ensure_or_skip() -> Result<Option<Binaries>, BuildError> {
    go::built_or_skipped("Flux's controllers", ensure)
}
