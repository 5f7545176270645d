//! The controller installed as it is shipped: its manifests in the cluster, its program with their rights.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Cluster;
use crate::kubectl::KubectlError;
use crate::start::StartError;

/// The namespace of the manifests in `deploy/`.
pub const NAMESPACE: &str = "kube-system";
/// The name of the service account and of the Service in them.
pub const NAME: &str = "sealed-secrets-controller";

/// Applies the manifests in `deploy/`, and waits until the API server knows SealedSecrets.
pub fn apply(cluster: &Cluster) -> Result<(), KubectlError> {
    apply_crd(cluster, &our_crd())?;
    apply_file(cluster, &deploy().join("controller.yaml"))
}

/// Gives the controller's account the rights that upstream's manifests give it, instead of ours.
pub fn apply_upstreams_rights(cluster: &Cluster) -> Result<(), KubectlError> {
    apply_file(cluster, &Path::new(env!("CARGO_MANIFEST_DIR")).join("upstream-rights.yaml"))
}

/// The resource definition in `deploy/`.
pub fn our_crd() -> PathBuf {
    deploy().join("crd/sealedsecrets.yaml")
}

/// Applies a definition of SealedSecrets, in place of another if there is one, and waits until the API server has it.
pub fn apply_crd(cluster: &Cluster, file: &Path) -> Result<(), KubectlError> {
    apply_file(cluster, file)?;
    let established = "--for=condition=Established";
    cluster.run(&["wait", "crd/sealedsecrets.bitnami.com", established, "--timeout=60s"])?;
    Ok(())
}

fn apply_file(cluster: &Cluster, file: &Path) -> Result<(), KubectlError> {
    cluster.run(&["apply", "--server-side", "--force-conflicts", "-f", &file.to_string_lossy()])?;
    Ok(())
}

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy")
}

/// The command that runs our controller with exactly the rights that its manifests give it; arguments may be added.
pub fn controller(cluster: &Cluster, program: impl AsRef<OsStr>) -> Result<Command, StartError> {
    let mut command = Command::new(program);
    command.arg("--kubeconfig").arg(cluster.service_account_kubeconfig(NAMESPACE, NAME)?);
    command.env("POD_NAMESPACE", NAMESPACE);
    Ok(command)
}
