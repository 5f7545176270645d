//! Flux in a cluster, without Pods.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use sealwright_test_cluster::{Cluster, Process, StartError, ports, until_ready};

use crate::Binaries;
use crate::repository::BRANCH;

/// Where Flux's own objects are.
pub const NAMESPACE: &str = "flux-system";
/// A controller that listens answers at once.
const ANSWER: Duration = Duration::from_secs(5);

/// The objects of Flux that look at a repository every `interval`, apply everything in its branch `main`, and remove
/// what was removed there; both are called `name`.
pub fn following(name: &str, url: &str, interval: &str) -> String {
    format!(
        "\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {{name: {name}, namespace: {NAMESPACE}}}
spec:
  url: {url}
  ref: {{branch: {BRANCH}}}
  interval: {interval}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: {name}, namespace: {NAMESPACE}}}
spec:
  sourceRef: {{kind: GitRepository, name: {name}}}
  path: ./
  prune: true
  wait: true
  interval: 10m
"
    )
}

/// Flux's source-controller and kustomize-controller, with the administrator's rights; ended when dropped.
pub struct Flux {
    source: Process,
    kustomize: Process,
}

impl Flux {
    /// Installs Flux's resource definitions and its namespace, starts both controllers, and waits until they are
    /// ready; their files and logs are in `folder`, which is made.
    pub fn start(cluster: &Cluster, binaries: &Binaries, folder: &Path) -> Result<Self, StartError> {
        install(cluster, binaries)?;
        let [artifacts, temporary] = ["artifacts", "tmp"].map(|name| folder.join(name));
        for path in [&artifacts, &temporary] {
            fs::create_dir_all(path).map_err(|source| StartError::File {
                verb: "create",
                path: path.clone(),
                source,
            })?;
        }
        let controller = |program: &Path, health: u16| {
            let mut command = Command::new(program);
            command
                .env("KUBECONFIG", cluster.kubeconfig())
                .env("RUNTIME_NAMESPACE", NAMESPACE)
                // What is left of a fetched repository goes with the folder.
                .env("TMPDIR", &temporary)
                // A look every two seconds is one every two seconds: nobody else waits for the same server.
                .args(["--metrics-addr=0", "--interval-jitter-percentage=0"])
                .arg(format!("--health-addr=127.0.0.1:{health}"));
            command
        };
        let [source_health, storage, kustomize_health] = ports::free().map_err(StartError::NoPort)?;

        let mut command = controller(&binaries.source_controller, source_health);
        command.arg(format!("--storage-path={}", artifacts.display())).args([
            format!("--storage-addr=127.0.0.1:{storage}"),
            format!("--storage-adv-addr=127.0.0.1:{storage}"),
        ]);
        let mut source =
            Process::spawn("source-controller", &command, &folder.join("source-controller.log"))?;

        let mut command = controller(&binaries.kustomize_controller, kustomize_health);
        // Flux's own 30 s would be most of the time of a test with two Kustomizations.
        command.arg("--requeue-dependency=1s");
        let log = folder.join("kustomize-controller.log");
        let mut kustomize = Process::spawn("kustomize-controller", &command, &log)?;

        // As in Flux's own Deployment: it is ready when it serves what it fetched.
        until_ready(&mut source, || answers(source_health, "/readyz") && answers(storage, "/"))?;
        until_ready(&mut kustomize, || answers(kustomize_health, "/readyz"))?;
        Ok(Self { source, kustomize })
    }

    /// The ends of both logs, for a test that failed.
    pub fn log_tails(&self) -> String {
        [&self.source, &self.kustomize]
            .map(|process| format!("the end of {}:\n{}", process.log().display(), process.log_tail()))
            .join("\n")
    }
}

fn install(cluster: &Cluster, binaries: &Binaries) -> Result<(), StartError> {
    cluster.apply(&format!("{{apiVersion: v1, kind: Namespace, metadata: {{name: {NAMESPACE}}}}}"))?;
    let crds = binaries.crds.to_string_lossy();
    cluster.run(&["apply", "--server-side", "-f", &crds])?;
    cluster.run(&["wait", "--for=condition=Established", "--timeout=60s", "-f", &crds])?;
    Ok(())
}

/// Whether a GET of this path on loopback is answered well.
fn answers(port: u16, path: &str) -> bool {
    let ask = || {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(ANSWER))?;
        stream.write_all(format!("GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n").as_bytes())?;
        // "HTTP/1.0 200"
        let mut status = [0; 12];
        stream.read_exact(&mut status).map(|()| status)
    };
    ask().is_ok_and(|status| status.ends_with(b" 200"))
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    fn answer_with(head: &'static str) -> bool {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = thread::spawn(move || {
            let mut stream = listener.accept().unwrap().0;
            // Who closes with unread bytes resets the connection.
            BufReader::new(&stream).lines().find(|line| line.as_ref().unwrap().is_empty());
            stream.write_all(head.as_bytes()).unwrap();
        });
        let answered = answers(port, "/readyz");
        server.join().unwrap();
        answered
    }

    #[test]
    fn only_a_good_answer_is_one() {
        assert!(answer_with("HTTP/1.0 200 OK\r\n\r\nok"));
        assert!(!answer_with("HTTP/1.0 500 Internal Server Error\r\n\r\n"));
        assert!(!answer_with("HTTP/1.0"));
    }
}
