//! Upstream's programs and the oracle, built from the Go module beside this crate.

use std::path::{Path, PathBuf};

pub use sealwright_test_cluster::go::BuildError;
use sealwright_test_cluster::go::{self, Module, Program, What};

/// The version of upstream that `go.mod` requires.
pub const UPSTREAM: &str = "v0.36.6";
/// Where upstream's module keeps the resource definition.
const CRD: &str = "helm/sealed-secrets/crds/bitnami.com_sealedsecrets.yaml";

/// Where the programs are.
#[derive(Clone, Debug)]
pub struct Binaries {
    /// Upstream's command line.
    pub kubeseal: PathBuf,
    /// Upstream's controller.
    pub controller: PathBuf,
    /// Our own small program over upstream's packages; see [`crate::Oracle`].
    pub oracle: PathBuf,
    /// Upstream's integration suite; see [`crate::suite`].
    pub suite: PathBuf,
    /// The resource definition of upstream's chart.
    pub crd: PathBuf,
}

/// Builds kubeseal, controller, oracle and integration suite into the cache, unless they are there.
///
/// Takes three minutes on two cores the first time, and no time after that. Without Go it fails with
/// [`BuildError::GoMissing`].
pub fn ensure(progress: &mut dyn FnMut(&str)) -> Result<Binaries, BuildError> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"));
    let upstream = format!("-X main.VERSION={UPSTREAM}");
    let own = format!("-X main.sources={}", go::hash_of_sources(&directory.join("oracle"))?);
    let programs = [
        Program {
            name: "kubeseal",
            package: "github.com/bitnami-labs/sealed-secrets/cmd/kubeseal",
            ldflags: &upstream,
            what: What::Command,
        },
        Program {
            name: "controller",
            package: "github.com/bitnami-labs/sealed-secrets/cmd/controller",
            ldflags: &upstream,
            what: What::Command,
        },
        Program { name: "oracle", package: "./oracle", ldflags: &own, what: What::Command },
        Program {
            name: "suite",
            package: "github.com/bitnami-labs/sealed-secrets/integration",
            ldflags: "",
            what: What::Tests { tags: "integration" },
        },
    ];
    let folder = go::ensure(&Module { directory, name: "interop", programs: &programs }, progress)?;
    let crd = folder.join("crd.yaml");
    if !crd.is_file() {
        let source = go::module_folder(directory, "github.com/bitnami-labs/sealed-secrets")?.join(CRD);
        go::place(&source, &crd)?;
    }
    Ok(Binaries {
        kubeseal: folder.join("kubeseal"),
        controller: folder.join("controller"),
        oracle: folder.join("oracle"),
        suite: folder.join("suite"),
        crd,
    })
}

/// As [`ensure`], with the progress on standard error; `None`, after one loud line, when Go is needed and missing.
pub fn ensure_or_skip() -> Result<Option<Binaries>, BuildError> {
    go::built_or_skipped("upstream's sealed-secrets", ensure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_mod_requires_the_version_that_we_name() {
        let required = format!("github.com/bitnami-labs/sealed-secrets {UPSTREAM}");
        assert!(include_str!("../go.mod").lines().any(|line| line.trim() == required));
    }
}
