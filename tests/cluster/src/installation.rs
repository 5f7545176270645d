//! The controller installed as it is shipped: its manifests in the cluster, its program with their rights.

use std::ffi::OsStr;
use std::path::Path;
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
    let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy");
    for manifest in ["crd/sealedsecrets.yaml", "controller.yaml"] {
        cluster.run(&["apply", "--server-side", "-f", &deploy.join(manifest).to_string_lossy()])?;
    }
    let established = "--for=condition=Established";
    cluster.run(&["wait", "crd/sealedsecrets.bitnami.com", established, "--timeout=60s"])?;
    Ok(())
}

/// The command that runs our controller with exactly the rights that its manifests give it; arguments may be added.
pub fn controller(cluster: &Cluster, program: impl AsRef<OsStr>) -> Result<Command, StartError> {
    let mut command = Command::new(program);
    command.arg("--kubeconfig").arg(cluster.service_account_kubeconfig(NAMESPACE, NAME)?);
    command.env("POD_NAMESPACE", NAMESPACE);
    Ok(command)
}
