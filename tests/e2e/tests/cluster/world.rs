//! The cluster that the tests share, with one controller at a time in it.

use std::net::SocketAddrV4;
use std::path::PathBuf;
use std::sync::Mutex;

use sealwright_e2e::controller::Controller;
use sealwright_e2e::programs;
use sealwright_interop::Kubeseal;
use sealwright_test_cluster::installation::{self, NAME};
use sealwright_test_cluster::{Cluster, in_pod, netns, service};

pub use sealwright_test_cluster::installation::NAMESPACE;
use serde_json::Value;
use tempfile::TempDir;

/// Where the page is served inside the network namespace.
pub const PAGE: &str = "http://127.0.0.1:8082/";

pub struct World {
    pub cluster: Cluster,
    pub upstream: Kubeseal,
    pub ours: Kubeseal,
    upstream_controller: PathBuf,
    controller: Mutex<Option<Controller>>,
    // Last, so that the processes end before their files go.
    pub folder: TempDir,
}

impl World {
    /// Starts a cluster, installs the manifests as they are shipped, and starts our controller.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cluster = Cluster::start_or_existing(&folder.path().join("cluster"), &mut |_| {}).unwrap();
        installation::apply(&cluster).unwrap();
        let peers = sealwright_interop::binaries::ensure(&mut |_| {}).unwrap();
        let world = Self {
            cluster,
            upstream: Kubeseal::at(peers.kubeseal),
            upstream_controller: peers.controller,
            ours: Kubeseal::at(programs::kubeseal()),
            controller: Mutex::new(None),
            folder,
        };
        world.start_ours();
        let address = SocketAddrV4::new(netns::ADDRESS, 8080);
        service::expose(&world.cluster, NAMESPACE, NAME, address).unwrap();
        world
    }

    /// Our controller, with exactly the rights that our manifests give it.
    pub fn start_ours(&self) {
        let mut command = installation::controller(&self.cluster, programs::controller()).unwrap();
        let api = format!("{}:8080", netns::ADDRESS);
        command.args(["--listen-addr", &api, "--page-listen-addr", "127.0.0.1:8082"]);
        let mut controller = Controller::start(&mut command);
        controller.wait_for("ready: watching");
        *self.controller.lock().unwrap() = Some(controller);
    }

    /// Upstream's controller, as if in a Pod of the same account.
    pub fn start_upstream(&self) {
        let mut command = in_pod::command(&self.cluster, NAMESPACE, NAME, &self.upstream_controller).unwrap();
        command.env("POD_NAMESPACE", NAMESPACE);
        let mut controller = Controller::start(&mut command);
        controller.wait_for("HTTP server serving");
        *self.controller.lock().unwrap() = Some(controller);
    }

    /// Ends the controller and gives its exit code.
    pub fn stop(&self) -> Option<i32> {
        self.controller.lock().unwrap().take().expect("a controller runs").terminate()
    }

    /// Waits for a line of the controller that has this text in it.
    pub fn wait_for(&self, text: &str) {
        self.controller.lock().unwrap().as_mut().expect("a controller runs").wait_for(text);
    }

    /// What the controller has said up to now.
    pub fn log(&self) -> String {
        self.controller.lock().unwrap().as_mut().expect("a controller runs").log()
    }

    pub fn kubectl(&self, arguments: &[&str]) -> String {
        self.cluster.run(arguments).unwrap_or_else(|error| panic!("{error}\n{}", self.log()))
    }

    /// An object in JSON.
    pub fn get(&self, kind: &str, namespace: &str, name: &str) -> Value {
        serde_json::from_str(&self.kubectl(&["get", kind, name, "-n", namespace, "-o", "json"])).unwrap()
    }

    /// All objects of a kind in a namespace.
    pub fn list(&self, kind: &str, namespace: &str) -> Vec<Value> {
        let list: Value =
            serde_json::from_str(&self.kubectl(&["get", kind, "-n", namespace, "-o", "json"])).unwrap();
        list["items"].as_array().unwrap().clone()
    }

    /// Makes an empty namespace.
    pub fn namespace(&self, name: &str) {
        self.kubectl(&["create", "namespace", name]);
    }

    /// Waits until the SealedSecret says `Synced` with this status.
    pub fn wait_synced(&self, namespace: &str, name: &str, status: &str) {
        let condition = format!("--for=condition=Synced={status}");
        let object = format!("sealedsecret/{name}");
        self.kubectl(&["wait", &object, "-n", namespace, &condition, "--timeout=60s"]);
    }

    /// A file in the folder of this run.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}
