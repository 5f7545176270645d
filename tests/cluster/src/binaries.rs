//! The four programs of the control plane.

use std::fs;
use std::path::{Path, PathBuf};

use crate::KUBECONFIG_VARIABLE;
pub use crate::go::BuildError;
use crate::go::{self, Module, Program, What};

/// Where the programs of the control plane are.
#[derive(Clone, Debug)]
pub struct Binaries {
    /// The storage of the API server.
    pub etcd: PathBuf,
    /// The API server.
    pub kube_apiserver: PathBuf,
    /// Garbage collection, deletion of namespaces, service accounts.
    pub kube_controller_manager: PathBuf,
    /// The client.
    pub kubectl: PathBuf,
}

/// Builds etcd, kube-apiserver, kube-controller-manager and kubectl into the cache, unless they are there.
///
/// Takes about eight minutes on two cores the first time, and no time after that.
pub fn ensure(progress: &mut dyn FnMut(&str)) -> Result<Binaries, BuildError> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"));
    let go_mod = directory.join("go.mod");
    let text = fs::read_to_string(&go_mod).map_err(|source| BuildError::File {
        verb: "read",
        path: go_mod,
        source,
    })?;
    // Built from a module, the servers would call themselves v0.0.0-master.
    let version = required_version(&text, "k8s.io/kubernetes").unwrap_or("v0.0.0");
    let ldflags = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"]
        .map(|package| format!("-X {package}.gitVersion={version}"))
        .join(" ");
    let kubernetes = |name, package| Program { name, package, ldflags: &ldflags, what: What::Command };
    let programs = [
        Program { name: "etcd", package: "go.etcd.io/etcd/server/v3", ldflags: "", what: What::Command },
        kubernetes("kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver"),
        kubernetes("kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager"),
        kubernetes("kubectl", "k8s.io/kubernetes/cmd/kubectl"),
    ];
    let folder = go::ensure(&Module { directory, name: "cluster", programs: &programs }, progress)?;
    Ok(Binaries {
        etcd: folder.join("etcd"),
        kube_apiserver: folder.join("kube-apiserver"),
        kube_controller_manager: folder.join("kube-controller-manager"),
        kubectl: folder.join("kubectl"),
    })
}

/// As [`ensure`], with the progress on standard error; `None`, after one loud line, when Go is needed and missing.
pub fn ensure_or_skip() -> Result<Option<Binaries>, BuildError> {
    let what = format!("Kubernetes, built here or named by {KUBECONFIG_VARIABLE}");
    go::built_or_skipped(&what, ensure)
}

/// The version at which a `go.mod` requires a module.
fn required_version<'a>(go_mod: &'a str, module: &str) -> Option<&'a str> {
    go_mod.lines().find_map(|line| {
        let mut words = line.split_whitespace().skip_while(|word| *word == "require");
        (words.next() == Some(module)).then(|| words.next()).flatten().filter(|word| word.starts_with('v'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_required_one() {
        let go_mod = "require (\n\tk8s.io/kubernetes v1.2.3\n)\nrequire k8s.io/api v0.4.0 // indirect\n";
        assert_eq!(required_version(go_mod, "k8s.io/kubernetes"), Some("v1.2.3"));
        assert_eq!(required_version(go_mod, "k8s.io/api"), Some("v0.4.0"));
        assert_eq!(required_version(go_mod, "k8s.io"), None);
    }

    #[test]
    fn a_replacement_is_not_a_requirement() {
        let go_mod = "replace (\n\tk8s.io/api => k8s.io/api v0.2.3\n)\n";
        assert_eq!(required_version(go_mod, "k8s.io/api"), None);
    }

    #[test]
    fn our_own_module_names_a_version_of_kubernetes() {
        assert!(required_version(include_str!("../go.mod"), "k8s.io/kubernetes").is_some());
    }
}
