//! A cluster with its node, for one test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use sealwright_test_cluster::{Cluster, Controllers, netns};
use sealwright_test_node::{Image, Node};
use serde_json::{Value, json};
use tempfile::TempDir;

/// What a test has; dropped in this order.
pub struct World {
    pub node: Node,
    pub cluster: Cluster,
    pub folder: TempDir,
}

/// Runs the body of a test beside a node that knows the images `shell` and `greeter`; `test` is its full name.
pub fn with_node(test: &str, body: impl FnOnce(World)) {
    let kubernetes = sealwright_test_cluster::binaries::ensure_or_skip().unwrap();
    let node = sealwright_test_node::binaries::ensure_or_skip().unwrap();
    let (Some(kubernetes), Some(_)) = (kubernetes, node) else { return };
    netns::run_test_inside(test, || {
        let folder = tempfile::tempdir().unwrap();
        let cluster =
            Cluster::start_with(&kubernetes, &folder.path().join("cluster"), Controllers::Workloads).unwrap();
        let images = [
            Image { name: "shell", program: PathBuf::from("/bin/sh") },
            Image { name: "registry.test:5000/greeter", program: env!("CARGO_BIN_EXE_greeter").into() },
        ];
        let node = Node::start(&cluster, &images, &folder.path().join("node")).unwrap();
        body(World { node, cluster, folder });
    })
    .unwrap();
}

impl World {
    /// kubectl's standard output.
    pub fn run(&self, arguments: &[&str]) -> String {
        self.cluster.run(arguments).unwrap()
    }

    /// Makes a Pod with one container, whose specification is given.
    pub fn pod(&self, name: &str, container: &Value) {
        self.apply(&json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": { "name": name },
            "spec": { "terminationGracePeriodSeconds": 5, "containers": [container] },
        }));
    }

    pub fn apply(&self, object: &Value) {
        self.cluster.apply(&object.to_string()).unwrap();
    }

    /// Waits for a condition or a value, as `kubectl wait` does.
    pub fn wait(&self, what: &str, condition: &str) {
        self.run(&["wait", what, &format!("--for={condition}"), "--timeout=60s"]);
    }

    /// A field of an object.
    pub fn field(&self, what: &str, path: &str) -> String {
        self.run(&["get", what, &format!("--output=jsonpath={{{path}}}")])
    }

    /// Forwards a port until the value is dropped.
    pub fn forward(&self, what: &str, port: u16) -> Forwarded {
        let mut kubectl: Command = self.cluster.kubectl();
        kubectl.args(["port-forward", "--address=127.0.0.1", what, &format!(":{port}")]);
        let mut child = kubectl.stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        // Forwarding from 127.0.0.1:40001 -> 8000
        let local = line.split([':', ' ']).nth(3).and_then(|local| local.parse().ok());
        Forwarded { child, local: local.unwrap_or_else(|| panic!("kubectl says {line:?}")), _said: said }
    }
}

/// A shell script as a container.
pub fn script(text: &str) -> Value {
    json!({ "name": "main", "image": "shell:1.0", "command": ["sh", "-c", text] })
}

/// A running `kubectl port-forward`.
pub struct Forwarded {
    child: Child,
    local: u16,
    /// Kept open: it writes a line for each connection.
    _said: BufReader<ChildStdout>,
}

impl Forwarded {
    /// The body of the answer to a request.
    pub fn get(&self, path: &str) -> String {
        let mut connection = TcpStream::connect(("127.0.0.1", self.local)).unwrap();
        write!(connection, "GET {path} HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or(answer)
    }
}

impl Drop for Forwarded {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks until it is so.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < deadline, "not within a minute: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
