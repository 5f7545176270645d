//! A plain process that believes it runs in a Pod.

use std::ffi::OsStr;
use std::fs;
use std::process::Command;

use crate::kubectl::KubectlError;
use crate::start::{StartError, file_error};
use crate::{Cluster, namespace, private_file};

/// Puts the service account where client libraries look for it, then becomes the program.
///
/// The files are reached through the working directory, because `/run` may hide them. The mount is private: only
/// this process and its children see it.
const SCRIPT: &str = r#"
set -eu
cd "$1"
shift
mount -t tmpfs -o mode=0755 tmpfs /var/run/
mkdir -p /var/run/secrets/kubernetes.io/serviceaccount
cp token ca.crt namespace /var/run/secrets/kubernetes.io/serviceaccount/
cd "$OLDPWD"
exec "$@"
"#;

/// The command that runs `program` with the token, certificate, namespace and variables of a Pod of this service
/// account; arguments may be added.
///
/// The rest of `/run` is empty for it. The process number is the program's own.
pub fn command(
    cluster: &Cluster,
    namespace: &str,
    service_account: &str,
    program: impl AsRef<OsStr>,
) -> Result<Command, StartError> {
    let token = cluster.service_account_token(namespace, service_account)?;
    let server = cluster.server()?;
    let (host, port) =
        server.host_and_port().ok_or_else(|| KubectlError::Unknown { call: "config view".to_owned() })?;

    let folder = cluster.folder().join(format!("pod-{namespace}-{service_account}"));
    fs::create_dir_all(&folder).map_err(file_error("create", &folder))?;
    let files: [(&str, &[u8]); 3] =
        [("token", token.as_bytes()), ("ca.crt", &server.ca), ("namespace", namespace.as_bytes())];
    for (name, content) in files {
        let path = folder.join(name);
        private_file::write(&path, content).map_err(file_error("write", &path))?;
    }

    let mut command = namespace::unshare();
    command.args(["--mount", "sh", "-c", SCRIPT, "sh"]).arg(&folder).arg(program);
    command
        .env("KUBERNETES_SERVICE_HOST", host)
        .env("KUBERNETES_SERVICE_PORT", port)
        .env_remove("KUBECONFIG");
    Ok(command)
}
