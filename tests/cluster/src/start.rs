//! Starts the servers of a cluster in order, and waits for each.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::certificates::{self, CertificateError};
use crate::go::BuildError;
use crate::kubeconfig::Server;
use crate::kubectl::{Kubectl, KubectlError};
use crate::process::{Lifetime, Process, ProcessError};
use crate::servers::{Controllers, Ports, Servers};
use crate::{Binaries, ports, private_file};

/// Every server is ready after a few seconds, on a busy machine after some tens.
const DEADLINE: Duration = Duration::from_secs(120);
/// Between two questions whether a server is ready: it has no event to wait for.
const PAUSE: Duration = Duration::from_millis(50);

/// Why a cluster did not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The programs could not be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The certificates could not be made.
    #[error(transparent)]
    Certificates(#[from] CertificateError),
    /// A server could not be run.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// A call of kubectl failed.
    #[error(transparent)]
    Kubectl(#[from] KubectlError),
    /// A file or folder could not be used.
    #[error("can't {verb} {}", path.display())]
    File {
        /// What was tried.
        verb: &'static str,
        /// On which path.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// All loopback ports are taken.
    #[error("can't find a free port on 127.0.0.1")]
    NoPort(#[source] io::Error),
    /// A server ended before it was ready.
    #[error("{name} ended before it was ready ({status}); the end of {}:\n{tail}", log.display())]
    Ended {
        /// The server.
        name: String,
        /// How it ended.
        status: ExitStatus,
        /// Its log.
        log: PathBuf,
        /// The last lines of the log.
        tail: String,
    },
    /// A server runs but does not become ready.
    #[error("{name} was not ready after {} s; the end of {}:\n{tail}", DEADLINE.as_secs(), log.display())]
    NotReady {
        /// The server.
        name: String,
        /// Its log.
        log: PathBuf,
        /// The last lines of the log.
        tail: String,
    },
}

/// The kubeconfig of a cluster that keeps its files in `folder`.
pub(crate) fn kubeconfig_path(folder: &Path) -> PathBuf {
    folder.join("kubeconfig")
}

/// kubectl for a cluster that keeps its files in `folder`.
pub(crate) fn kubectl(binaries: &Binaries, folder: &Path) -> Kubectl {
    Kubectl::new(binaries.kubectl.clone(), kubeconfig_path(folder), folder.join("kubectl-cache"))
}

/// Starts all servers; `started` hears of each as soon as it runs.
///
/// When anything fails, the servers that did start are ended.
pub(crate) fn start(
    binaries: &Binaries,
    folder: &Path,
    controllers: Controllers,
    lifetime: Lifetime,
    started: &mut dyn FnMut(&Process) -> Result<(), StartError>,
) -> Result<Vec<Process>, StartError> {
    let keys = folder.join("pki");
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&keys).map_err(file_error("create", &keys))?;
    let certificates = certificates::create(&keys)?;
    let [etcd, etcd_peer, api, controller_manager] = ports::free().map_err(StartError::NoPort)?;

    let token_file = keys.join("tokens.csv");
    let kubeconfig = kubeconfig_path(folder);
    write_admin(&certificates.ca, api, &token_file, &kubeconfig)?;
    let servers = Servers {
        binaries,
        folder,
        ports: Ports { etcd, etcd_peer, api, controller_manager },
        controllers,
        certificates,
        token_file: &token_file,
        kubeconfig: &kubeconfig,
    };
    let kubectl = kubectl(binaries, folder);
    let run = |name: &str, command| {
        Process::spawn_with(name, &command, &folder.join(format!("{name}.log")), lifetime)
    };

    let mut etcd_process = run("etcd", servers.etcd())?;
    started(&etcd_process)?;
    until_ready(&mut etcd_process, || accepts(etcd))?;

    let mut api_process = run("kube-apiserver", servers.kube_apiserver())?;
    started(&api_process)?;
    until_ready(&mut api_process, || accepts(api) && kubectl.run(&["get", "--raw", "/readyz"]).is_ok())?;

    let mut manager = run("kube-controller-manager", servers.kube_controller_manager())?;
    started(&manager)?;
    // Made by a controller, and needed by every Pod and token of these namespaces.
    until_ready(&mut manager, || {
        let exists = |namespace| kubectl.run(&["get", "serviceaccount", "default", namespace]).is_ok();
        exists("--namespace=default") && exists("--namespace=kube-system")
    })?;
    Ok(vec![manager, api_process, etcd_process])
}

fn write_admin(ca: &Path, api: u16, token_file: &Path, kubeconfig: &Path) -> Result<(), StartError> {
    let token = private_file::random_token().map_err(file_error("read", Path::new("/dev/urandom")))?;
    private_file::write(token_file, format!("{token},admin,admin,system:masters\n"))
        .map_err(file_error("write", token_file))?;
    let ca = fs::read(ca).map_err(file_error("read", ca))?;
    Server { url: format!("https://127.0.0.1:{api}"), ca }
        .write_kubeconfig(kubeconfig, &token)
        .map_err(file_error("write", kubeconfig))
}

/// Asks until the process is ready; one that ends before, or never is, is reported with the end of its log.
pub fn until_ready(process: &mut Process, mut ready: impl FnMut() -> bool) -> Result<(), StartError> {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(status) = process.ended() {
            return Err(StartError::Ended {
                name: process.name().to_owned(),
                status,
                log: process.log().to_owned(),
                tail: process.log_tail(),
            });
        }
        if ready() {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(StartError::NotReady {
                name: process.name().to_owned(),
                log: process.log().to_owned(),
                tail: process.log_tail(),
            });
        }
        std::thread::sleep(PAUSE);
    }
}

fn accepts(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

pub(crate) fn file_error<'a>(
    verb: &'static str,
    path: &'a Path,
) -> impl FnOnce(io::Error) -> StartError + 'a {
    move |source| StartError::File { verb, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_ends_early_is_reported_with_the_end_of_its_log() {
        let folder = tempfile::tempdir().unwrap();
        let nothing = folder.path().join("no-such-program");
        let binaries = Binaries {
            etcd: nothing.clone(),
            kube_apiserver: nothing.clone(),
            kube_controller_manager: nothing.clone(),
            kubectl: nothing,
        };
        let started = start(&binaries, folder.path(), Controllers::Objects, Lifetime::Owned, &mut |_| Ok(()));
        let Err(error) = started else { panic!("a cluster without programs started") };
        let message = error.to_string();
        assert!(message.starts_with("etcd ended before it was ready"), "{message}");
        assert!(message.contains("no-such-program"), "{message}");
    }
}
