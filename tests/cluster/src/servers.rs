//! The command lines of the three servers.

use std::path::Path;
use std::process::Command;

use crate::Binaries;
use crate::certificates::Certificates;

/// Which of Kubernetes' controllers run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Controllers {
    /// Garbage collection, namespaces and service accounts: what our own objects need.
    Objects,
    /// Those of Deployments and Services in addition; for a cluster that has a node.
    Workloads,
}

impl Controllers {
    /// The value of `--controllers`.
    fn names(self) -> &'static str {
        match self {
            Self::Objects => "garbage-collector-controller,namespace-controller,serviceaccount-controller",
            Self::Workloads => {
                "garbage-collector-controller,namespace-controller,serviceaccount-controller,\
                 deployment-controller,replicaset-controller,endpointslice-controller"
            }
        }
    }
}

/// The ports of one cluster, all on 127.0.0.1.
pub(crate) struct Ports {
    pub(crate) etcd: u16,
    pub(crate) etcd_peer: u16,
    pub(crate) api: u16,
    pub(crate) controller_manager: u16,
}

/// Everything that the command lines name.
pub(crate) struct Servers<'a> {
    pub(crate) binaries: &'a Binaries,
    pub(crate) folder: &'a Path,
    pub(crate) ports: Ports,
    pub(crate) controllers: Controllers,
    pub(crate) certificates: Certificates,
    pub(crate) token_file: &'a Path,
    pub(crate) kubeconfig: &'a Path,
}

impl Servers<'_> {
    /// The storage; it may forget everything when the machine stops.
    pub(crate) fn etcd(&self) -> Command {
        let client = format!("http://127.0.0.1:{}", self.ports.etcd);
        let peer = format!("http://127.0.0.1:{}", self.ports.etcd_peer);
        let mut command = Command::new(&self.binaries.etcd);
        command.arg("--name=test").arg(path_flag("--data-dir", &self.folder.join("etcd"))).args([
            format!("--listen-client-urls={client}"),
            format!("--advertise-client-urls={client}"),
            format!("--listen-peer-urls={peer}"),
            format!("--initial-advertise-peer-urls={peer}"),
            format!("--initial-cluster=test={peer}"),
        ]);
        command.args(["--unsafe-no-fsync", "--log-level=warn"]);
        command
    }

    /// The API server, with RBAC.
    pub(crate) fn kube_apiserver(&self) -> Command {
        let mut command = Command::new(&self.binaries.kube_apiserver);
        command.args([
            format!("--etcd-servers=http://127.0.0.1:{}", self.ports.etcd),
            format!("--secure-port={}", self.ports.api),
        ]);
        command.args([
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            // The `kubernetes` Service stays without endpoints: a loopback address would be refused.
            "--endpoint-reconciler-type=none",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.default.svc",
        ]);
        command.args([
            path_flag("--token-auth-file", self.token_file),
            path_flag("--tls-cert-file", &self.certificates.server),
            path_flag("--tls-private-key-file", &self.certificates.server_key),
            path_flag("--cert-dir", &self.folder.join("apiserver")),
            path_flag("--service-account-key-file", &self.certificates.token_public_key),
            path_flag("--service-account-signing-key-file", &self.certificates.token_key),
        ]);
        command
    }

    /// The controllers that were asked for, and no others.
    pub(crate) fn kube_controller_manager(&self) -> Command {
        let mut command = Command::new(&self.binaries.kube_controller_manager);
        command.args([
            path_flag("--kubeconfig", self.kubeconfig),
            path_flag("--cert-dir", &self.folder.join("controller-manager")),
            format!("--secure-port={}", self.ports.controller_manager),
            format!("--controllers={}", self.controllers.names()),
        ]);
        command.args([
            "--bind-address=127.0.0.1",
            "--leader-elect=false",
            "--authentication-skip-lookup=true",
        ]);
        command
    }
}

fn path_flag(flag: &str, path: &Path) -> String {
    format!("{flag}={}", path.display())
}
