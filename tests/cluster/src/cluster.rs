//! One control plane for one test or one session.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::kubeconfig::Server;
use crate::kubectl::{Kubectl, KubectlError};
use crate::process::{Lifetime, Process};
use crate::servers::Controllers;
use crate::start::{self, StartError, file_error};
use crate::{Binaries, binaries};

/// Names a kubeconfig whose cluster is used instead of one of our own.
pub const KUBECONFIG_VARIABLE: &str = "SEALWRIGHT_KUBECONFIG";

/// How long the tokens of service accounts live: longer than any test.
const TOKEN_LIFETIME: &str = "--duration=24h";

/// A running control plane; its processes are ended when this value is dropped or this program ends.
pub struct Cluster {
    kubectl: Kubectl,
    folder: PathBuf,
    /// Dropped in this order: without its storage the API server would not end by itself.
    processes: Vec<Process>,
}

impl Cluster {
    /// Starts etcd, the API server with RBAC and the controllers that our own objects need; all of their files are
    /// in `folder`.
    ///
    /// The folder has to be empty or new, and has to outlive the cluster.
    pub fn start(binaries: &Binaries, folder: &Path) -> Result<Self, StartError> {
        Self::start_with(binaries, folder, Controllers::Objects)
    }

    /// As [`Cluster::start`], with the controllers that are named.
    pub fn start_with(
        binaries: &Binaries,
        folder: &Path,
        controllers: Controllers,
    ) -> Result<Self, StartError> {
        let processes = start::start(binaries, folder, controllers, Lifetime::Owned, &mut |_| Ok(()))?;
        Ok(Self { kubectl: start::kubectl(binaries, folder), folder: folder.to_owned(), processes })
    }

    /// Uses the cluster that `SEALWRIGHT_KUBECONFIG` names, with the `kubectl` on the path; else builds what is
    /// missing and starts a cluster.
    pub fn start_or_existing(folder: &Path, progress: &mut dyn FnMut(&str)) -> Result<Self, StartError> {
        match env::var_os(KUBECONFIG_VARIABLE) {
            Some(kubeconfig) => Self::existing(Path::new("kubectl"), Path::new(&kubeconfig), folder),
            None => Self::start(&binaries::ensure(progress)?, folder),
        }
    }

    fn existing(kubectl: &Path, kubeconfig: &Path, folder: &Path) -> Result<Self, StartError> {
        fs::create_dir_all(folder).map_err(file_error("create", folder))?;
        let kubectl = Kubectl::new(kubectl.to_owned(), kubeconfig.to_owned(), folder.join("kubectl-cache"));
        kubectl.run(&["get", "--raw", "/readyz"])?;
        Ok(Self { kubectl, folder: folder.to_owned(), processes: Vec::new() })
    }

    /// The administrator's kubeconfig.
    pub fn kubeconfig(&self) -> &Path {
        self.kubectl.kubeconfig()
    }

    /// kubectl as the administrator, without arguments yet.
    pub fn kubectl(&self) -> Command {
        self.kubectl.command()
    }

    /// Calls kubectl as the administrator and returns its standard output.
    pub fn run(&self, arguments: &[&str]) -> Result<String, KubectlError> {
        self.kubectl.run(arguments)
    }

    /// Applies manifests as the administrator.
    pub fn apply(&self, manifests: &str) -> Result<String, KubectlError> {
        self.kubectl.apply(manifests)
    }

    /// A kubeconfig with exactly the rights of a service account, good for a day.
    pub fn service_account_kubeconfig(&self, namespace: &str, name: &str) -> Result<PathBuf, StartError> {
        let token = self.service_account_token(namespace, name)?;
        let path = self.folder.join(format!("kubeconfig-{namespace}-{name}"));
        self.server()?.write_kubeconfig(&path, &token).map_err(file_error("write", &path))?;
        Ok(path)
    }

    /// kubectl with exactly the rights of a service account.
    pub fn kubectl_as(&self, namespace: &str, name: &str) -> Result<Kubectl, StartError> {
        let kubeconfig = self.service_account_kubeconfig(namespace, name)?;
        Ok(self.kubectl.with_kubeconfig(kubeconfig))
    }

    /// The folder for files that belong to this cluster.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The processes of our own cluster; none for an existing one.
    pub fn processes(&self) -> &[Process] {
        &self.processes
    }

    pub(crate) fn service_account_token(&self, namespace: &str, name: &str) -> Result<String, KubectlError> {
        let namespace = format!("--namespace={namespace}");
        let token = self.run(&["create", "token", name, &namespace, TOKEN_LIFETIME])?;
        Ok(token.trim().to_owned())
    }

    pub(crate) fn server(&self) -> Result<Server, KubectlError> {
        Server::of(&self.kubectl)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_existing_cluster_is_used_and_left_running() {
        let Some(binaries) = binaries::ensure_or_skip().unwrap() else { return };
        let folder = tempfile::tempdir().unwrap();
        let ours = Cluster::start(&binaries, &folder.path().join("ours")).unwrap();
        let guest = folder.path().join("guest");
        let existing = Cluster::existing(&binaries.kubectl, ours.kubeconfig(), &guest).unwrap();
        existing.run(&["create", "configmap", "seen"]).unwrap();
        let reader = existing.service_account_kubeconfig("default", "default").unwrap();
        assert!(reader.starts_with(&guest));
        assert_eq!(existing.processes().len(), 0);
        drop(existing);
        assert_eq!(ours.run(&["get", "configmap", "seen", "--output=name"]).unwrap(), "configmap/seen\n");
    }

    #[test]
    fn an_existing_cluster_that_does_not_answer_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("kubeconfig");
        assert!(Cluster::existing(Path::new("false"), &missing, folder.path()).is_err());
    }
}
