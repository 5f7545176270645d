//! The world of the road from git to a Secret that is used: what all tests of it share.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use std::net::SocketAddrV4;
use std::thread;
use std::time::{Duration, Instant};

use sealwright_gitops::{Flux, GitServer};
use sealwright_test_cluster::installation::{self, NAME};
use sealwright_test_node::{Image, Node};
use serde_json::{Value, json};

use crate::database::{self, Refusal};
use crate::shell::Shell;
use crate::world::{NAMESPACE, Verdict, World};
use crate::{harness, programs};

pub mod application;

/// Only what will never happen meets it: the garbage collector alone may take forty seconds to learn a new kind.
const LIMIT: Duration = Duration::from_secs(180);
/// Between two looks where there is no event to wait for.
const PAUSE: Duration = Duration::from_millis(100);
/// The controller as `deploy/` has it.
const CONTROLLER: &str = "deployment/sealed-secrets-controller";
/// Of each log that a failure prints.
const TAIL: &str = "--tail=30";

/// A cluster that runs Pods, our controller as it is shipped in one of them, Flux, and a git server.
///
/// Each test has namespaces and repositories of its own.
pub struct Road {
    /// kubectl, kubeseal and git as a person has them.
    pub shell: Shell,
    /// Where people push to.
    pub git: GitServer,
    /// Applies what they push.
    flux: Flux,
    _node: Node,
    /// The cluster. Last, so that what talks to it ends before.
    pub world: World,
}

/// Builds what needs the network; says so, and gives `false`, where something can't be had.
pub fn peers() -> bool {
    let node = sealwright_test_node::binaries::ensure_or_skip().expect("the node's program can be built");
    let gitops = sealwright_gitops::binaries::ensure_or_skip().expect("Flux can be built");
    harness::kubernetes_and_upstream() && node.is_some() && gitops.is_some()
}

impl Road {
    /// Starts everything, and waits until the controller and the page serve.
    pub fn start() -> Self {
        let world = World::for_a_node();
        let folder = |name: &str| world.folder.path().join(name);
        let images = [
            Image { name: "sealwright-controller", program: programs::controller() },
            Image { name: "mariadb", program: database::image() },
        ];
        let node = Node::start(&world.cluster, &images, &folder("node")).unwrap();
        installation::apply(&world.cluster).unwrap();
        let binaries = sealwright_gitops::binaries::ensure(&mut |_| {}).unwrap();
        let flux = Flux::start(&world.cluster, &binaries, &folder("flux")).unwrap();
        let git = GitServer::start(&binaries.gitserver, &folder("git")).unwrap();
        let shell = Shell::new(&world.cluster, &folder("shell"));
        let road = Self { shell, git, flux, _node: node, world };
        road.controller_runs();
        road
    }

    /// Ends the Pod of the controller, and lets it stay away.
    pub fn stop_controller(&self) {
        self.world.kubectl(&["scale", CONTROLLER, "-n", NAMESPACE, "--replicas=0"]);
        let label = format!("--selector=name={NAME}");
        self.world.kubectl(&["wait", "--for=delete", "pod", &label, "-n", NAMESPACE, "--timeout=60s"]);
    }

    /// Lets the stopped controller run again, with these arguments in its Deployment.
    pub fn start_controller(&self, arguments: &[&str]) {
        let patch = json!([
            { "op": "add", "path": "/spec/template/spec/containers/0/args", "value": arguments },
            { "op": "replace", "path": "/spec/replicas", "value": 1 },
        ]);
        let patch = format!("--patch={patch}");
        self.world.kubectl(&["patch", CONTROLLER, "-n", NAMESPACE, "--type=json", &patch]);
        self.controller_runs();
    }

    fn controller_runs(&self) {
        let rollout = ["rollout", "status", CONTROLLER, "-n", NAMESPACE, "--timeout=60s"];
        let rolled_out = self.world.cluster.run(&rollout);
        rolled_out.unwrap_or_else(|error| panic!("{error}\n{}", self.standing()));
    }

    /// Polls until there is an answer; else says what was waited for, and how everything stands.
    pub fn until<T>(&self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let deadline = Instant::now() + LIMIT;
        loop {
            if let Some(found) = look() {
                return found;
            }
            if Instant::now() > deadline {
                panic!("{what}: not within {} s\n{}", LIMIT.as_secs(), self.standing());
            }
            thread::sleep(PAUSE);
        }
    }

    /// As `kubectl get`, nothing while there is no such object.
    pub fn find(&self, kind: &str, namespace: &str, name: &str) -> Option<Value> {
        let found =
            self.world.kubectl(&["get", kind, name, "-n", namespace, "-o", "json", "--ignore-not-found"]);
        (!found.is_empty()).then(|| serde_json::from_str(&found).unwrap())
    }

    /// Waits for what `kubectl wait --for` waits for.
    pub fn wait_for(&self, event: &str, object: &str, namespace: &str) {
        let (event, limit) = (format!("--for={event}"), format!("--timeout={}s", LIMIT.as_secs()));
        let waited = self.world.cluster.run(&["wait", object, "-n", namespace, &event, &limit]);
        waited.unwrap_or_else(|error| panic!("{error}\n{}", self.standing()));
    }

    /// What a SealedSecret says of itself, once it was judged as it stands now.
    pub fn verdict(&self, namespace: &str, name: &str) -> Verdict {
        self.until(&format!("a verdict on {namespace}/{name}"), || self.world.verdict(namespace, name))
    }

    /// Logs in to the database behind a Service as root, from where a Pod would.
    pub fn login(&self, namespace: &str, service: &str, password: &str) -> Result<(), Refusal> {
        database::login(self.endpoint(namespace, service), password)
    }

    /// Where a Service with one ready Pod and one port leads.
    fn endpoint(&self, namespace: &str, service: &str) -> SocketAddrV4 {
        let label = format!("kubernetes.io/service-name={service}");
        self.until(&format!("an endpoint of {namespace}/{service}"), || {
            let slices = self.world.list_labelled("endpointslices", namespace, &label);
            let slice = slices.first()?;
            let endpoint = &slice["endpoints"][0];
            let address = endpoint["addresses"][0].as_str()?.parse().ok()?;
            let port = slice["ports"][0]["port"].as_u64()?.try_into().ok()?;
            (endpoint["conditions"]["ready"] == true).then(|| SocketAddrV4::new(address, port))
        })
    }

    /// What helps to understand a failure: Flux's objects, ours, the Pods, and the ends of the logs.
    fn standing(&self) -> String {
        let questions: [&[&str]; 5] = [
            &["get", "gitrepositories,kustomizations", "-A"],
            &["get", "sealedsecrets,secrets", "-A"],
            &["get", "pods", "-A", "-o", "wide"],
            &["get", "events", "-A", "--field-selector=type=Warning"],
            &["logs", "-n", NAMESPACE, CONTROLLER, TAIL],
        ];
        let answers = questions.map(|question| {
            let answer = self.world.cluster.run(question);
            format!("$ kubectl {}\n{}", question.join(" "), answer.unwrap_or_else(|error| error.to_string()))
        });
        format!("{}\n{}", answers.join("\n"), self.flux.log_tails())
    }
}
