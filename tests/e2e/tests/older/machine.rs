//! A cluster that knows nothing of us and runs Pods, and a person with a folder.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use sealwright_e2e::shell::Shell;
use sealwright_e2e::{harness, programs};
use sealwright_interop::Oracle;
use sealwright_test_cluster::{Cluster, Controllers};
use sealwright_test_node::{Image, Node};
use serde_json::Value;
use tempfile::TempDir;

/// Only what will never be meets it.
const LIMIT: Duration = Duration::from_secs(60);
/// Between two looks of somebody who waits.
const PAUSE: Duration = Duration::from_millis(50);

/// Everything of one test. What talks to the cluster ends before it, and all of it before its files go.
pub struct Machine {
    shell: Shell,
    _node: Node,
    _cluster: Cluster,
    folder: TempDir,
}

/// What a command says.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    /// On standard output.
    pub stdout: String,
    /// On standard error.
    pub stderr: String,
    /// How it ended.
    pub code: Option<i32>,
}

/// Builds what needs the network; says so, and gives `false`, where something can't be had.
pub fn peers() -> bool {
    let node = sealwright_test_node::binaries::ensure_or_skip().expect("the node can be built");
    harness::kubernetes_and_upstream() && node.is_some()
}

impl Machine {
    /// Starts the cluster and its node. The person has our manifests, by the names that the notes use.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let binaries = sealwright_test_cluster::binaries::ensure(&mut |_| {}).unwrap();
        let cluster = Cluster::start_with(&binaries, &at("cluster"), Controllers::Workloads).unwrap();
        let images = [Image { name: "sealwright-controller", program: programs::controller() }];
        let node = Node::start(&cluster, &images, &at("node")).unwrap();
        let shell = Shell::new(&cluster, &at("shell"));
        fs::create_dir(at("notes")).unwrap();
        for (ours, theirs) in
            [("crd/sealedsecrets.yaml", "sealedsecret-crd.yaml"), ("controller.yaml", "controller.yaml")]
        {
            fs::copy(programs::repository().join("deploy").join(ours), at("notes").join(theirs)).unwrap();
        }
        Self { shell, _node: node, _cluster: cluster, folder }
    }

    /// What a command says, which is shown as a person sees it.
    pub fn say(&self, command: &str) -> Said {
        let output = self.shell.try_run(&self.file(""), command);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let said =
            Said { stdout: text(output.stdout), stderr: text(output.stderr), code: output.status.code() };
        println!("$ {command}");
        for line in said.stdout.lines().chain(said.stderr.lines()) {
            println!("{line}");
        }
        said
    }

    /// What a command says that has to end well and quietly.
    pub fn run(&self, command: &str) -> String {
        let Said { stdout, stderr, code } = self.say(command);
        assert_eq!((stderr.as_str(), code), ("", Some(0)), "{command}\n{}", self.standing());
        stdout
    }

    /// Runs the command until what it says is right, as somebody does who looks again. Until then it may
    /// complain: kubectl says of an empty table, on standard error, that there is nothing.
    pub fn run_until(&self, command: &str, is_right: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + LIMIT;
        loop {
            let said = self.say(command);
            assert_eq!(said.code, Some(0), "{command}\n{}", self.standing());
            if is_right(&said.stdout) {
                assert_eq!(said.stderr, "", "{command}");
                return said.stdout;
            }
            assert!(Instant::now() < deadline, "{command} says still:\n{said:?}\n{}", self.standing());
            thread::sleep(PAUSE);
        }
    }

    /// What helps to understand a failure.
    fn standing(&self) -> String {
        const QUESTIONS: &str = "kubectl get pods,sealedsecrets -A -o wide; \
                                 kubectl get events -A --field-selector=type=Warning; \
                                 kubectl logs -n kube-system deployment/sealed-secrets-controller --tail=30";
        let output = self.shell.try_run(&self.file(""), &format!("exec 2>&1; set +e; {QUESTIONS}"));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// A file of the person's.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("notes").join(name)
    }

    /// What a file of the person's holds.
    pub fn read(&self, name: &str) -> Value {
        serde_json::from_slice(&fs::read(self.file(name)).unwrap()).unwrap()
    }

    /// Writes a file as kubeseal wrote it before there was `encryptedData`, by upstream's library.
    pub fn write_deprecated(&self, name: &str, secret: &Value) {
        self.run("kubeseal --fetch-cert > cert.pem");
        let certificate = fs::read_to_string(self.file("cert.pem")).unwrap();
        let peers = sealwright_interop::binaries::ensure(&mut |_| {}).unwrap();
        let mut sealed = Oracle::start(&peers.oracle).unwrap().seal_v1(&certificate, secret).unwrap();
        // Today's library writes the newer field even when it is empty.
        sealed["spec"].as_object_mut().unwrap().remove("encryptedData");
        fs::write(self.file(name), sealed.to_string()).unwrap();
    }
}
