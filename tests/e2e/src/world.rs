//! A cluster with one controller at a time in it.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use std::collections::BTreeMap;
use std::net::SocketAddrV4;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use sealwright_interop::{Binaries, Kubeseal};
use sealwright_test_cluster::installation::{self, NAME};
use sealwright_test_cluster::{Cluster, Controllers, KubectlError, in_pod, netns, service};
use serde_json::Value;
use tempfile::TempDir;

pub use sealwright_test_cluster::installation::NAMESPACE;

use crate::controller::Controller;
use crate::programs;

/// Where the page is served inside the network namespace.
pub const PAGE: &str = "http://127.0.0.1:8082/";
/// How long many objects may take together; only objects that are never judged meet it.
const MANY: Duration = Duration::from_secs(180);
/// Between two looks at many objects.
const PAUSE: Duration = Duration::from_millis(200);

/// The cluster, the programs, and the controller that runs.
pub struct World {
    /// The control plane.
    pub cluster: Cluster,
    /// Upstream's command line.
    pub upstream: Kubeseal,
    /// Ours.
    pub ours: Kubeseal,
    /// Upstream's programs.
    pub peers: Binaries,
    controller: Mutex<Option<Controller>>,
    /// For files of the run. Last, so that the processes end before their files go.
    pub folder: TempDir,
}

/// What a SealedSecret says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether `Synced` is `True`.
    pub synced: bool,
    /// The message beside it.
    pub message: String,
}

impl World {
    /// Starts a cluster, installs the manifests as they are shipped, and starts our controller.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with these arguments for the controller.
    pub fn start_with(arguments: &[&str]) -> Self {
        let world = Self::without_controller();
        installation::apply(&world.cluster).unwrap();
        world.start_ours(arguments);
        world.expose();
        world
    }

    /// Starts a cluster with this definition of SealedSecrets and exactly upstream's rights; no controller yet.
    pub fn with_upstreams_rights(crd: &Path) -> Self {
        let world = Self::without_controller();
        installation::apply_crd(&world.cluster, crd).unwrap();
        installation::apply_upstreams_rights(&world.cluster).unwrap();
        world
    }

    /// Starts a cluster that knows nothing of us.
    pub fn without_controller() -> Self {
        Self::around(|folder| Cluster::start_or_existing(folder, &mut |_| {}).unwrap())
    }

    /// Starts a cluster that knows nothing of us, for a node that runs the Pods of its Deployments.
    pub fn for_a_node() -> Self {
        Self::around(|folder| {
            let binaries = sealwright_test_cluster::binaries::ensure(&mut |_| {}).unwrap();
            Cluster::start_with(&binaries, folder, Controllers::Workloads).unwrap()
        })
    }

    /// Takes the cluster that is started in this folder.
    fn around(start: impl FnOnce(&Path) -> Cluster) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cluster = start(&folder.path().join("cluster"));
        let peers = sealwright_interop::binaries::ensure(&mut |_| {}).unwrap();
        Self {
            cluster,
            upstream: Kubeseal::at(&peers.kubeseal),
            ours: Kubeseal::at(programs::kubeseal()),
            peers,
            controller: Mutex::new(None),
            folder,
        }
    }

    /// Lets kubeseal reach the controller, whichever runs.
    pub fn expose(&self) {
        let address = SocketAddrV4::new(netns::ADDRESS, 8080);
        service::expose(&self.cluster, NAMESPACE, NAME, address).unwrap();
    }

    /// Our controller, with exactly the rights of its service account.
    pub fn start_ours(&self, arguments: &[&str]) {
        let mut command = installation::controller(&self.cluster, programs::controller()).unwrap();
        self.start_ours_with(command.args(arguments));
    }

    /// Our controller, as if in a Pod in place of upstream's: another program, and nothing else.
    pub fn start_ours_in_pod(&self) {
        let mut command = in_pod::command(&self.cluster, NAMESPACE, NAME, programs::controller()).unwrap();
        self.start_ours_with(command.env("POD_NAMESPACE", NAMESPACE));
    }

    /// Our controller by this command, which leads to the cluster by itself.
    pub fn start_ours_with(&self, command: &mut Command) {
        self.start_ours_until(command, "ready: watching");
    }

    /// As [`Self::start_ours_with`], but waits for another line.
    pub fn start_ours_until(&self, command: &mut Command, text: &str) {
        let mut controller = Controller::start(command);
        controller.wait_for(text);
        *self.controller.lock().unwrap() = Some(controller);
    }

    /// Upstream's controller, as if in a Pod of the same account.
    pub fn start_upstream(&self, arguments: &[&str]) {
        let program = &self.peers.controller;
        let mut command = in_pod::command(&self.cluster, NAMESPACE, NAME, program).unwrap();
        command.args(arguments).env("POD_NAMESPACE", NAMESPACE);
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

    /// kubectl as the administrator; its standard output.
    pub fn kubectl(&self, arguments: &[&str]) -> String {
        self.cluster.run(arguments).unwrap_or_else(|error| {
            let log = self.controller.lock().unwrap().as_mut().map(Controller::log);
            panic!("{error}\n{}", log.unwrap_or_default())
        })
    }

    /// Our `sealwright` as the administrator, in the folder of this run; its standard output.
    pub fn sealwright(&self, arguments: &[&str]) -> String {
        let output = self.try_sealwright(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The same, however it ends.
    pub fn try_sealwright(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(programs::sealwright());
        command.args(arguments).arg("--kubeconfig").arg(self.cluster.kubeconfig());
        command.current_dir(self.folder.path()).output().unwrap()
    }

    /// An object in JSON.
    pub fn get(&self, kind: &str, namespace: &str, name: &str) -> Value {
        serde_json::from_str(&self.kubectl(&["get", kind, name, "-n", namespace, "-o", "json"])).unwrap()
    }

    /// All objects of a kind in a namespace.
    pub fn list(&self, kind: &str, namespace: &str) -> Vec<Value> {
        self.items(&["get", kind, "-n", namespace, "-o", "json"])
    }

    /// All objects of a kind in a namespace that have this label.
    pub fn list_labelled(&self, kind: &str, namespace: &str, label: &str) -> Vec<Value> {
        self.items(&["get", kind, "-n", namespace, "-l", label, "-o", "json"])
    }

    /// All objects of a kind, or of several with commas between them, in all namespaces.
    fn list_all(&self, kinds: &str) -> Vec<Value> {
        self.items(&["get", kinds, "-A", "-o", "json"])
    }

    fn items(&self, arguments: &[&str]) -> Vec<Value> {
        let mut list: Value = serde_json::from_str(&self.kubectl(arguments)).unwrap();
        match list["items"].take() {
            Value::Array(items) => items,
            other => panic!("a list without items: {other}"),
        }
    }

    /// The Secrets that hold sealing keys.
    pub fn key_secrets(&self) -> Vec<Value> {
        let label = "sealedsecrets.bitnami.com/sealed-secrets-key=active";
        self.list_labelled("secrets", NAMESPACE, label)
    }

    /// Makes an empty namespace.
    pub fn namespace(&self, name: &str) {
        self.kubectl(&["create", "namespace", name]);
    }

    /// Creates many objects in one call. `apply` would keep a copy of each in an annotation.
    pub fn create(&self, objects: &[Value]) {
        self.try_create(objects).unwrap();
    }

    /// As [`World::create`], where the API server may refuse.
    pub fn try_create(&self, objects: &[Value]) -> Result<(), KubectlError> {
        let list = serde_json::json!({ "apiVersion": "v1", "kind": "List", "items": objects });
        let file = self.file("create.json", list.to_string());
        self.cluster.run(&["create", "--validate=false", "-f", file.to_str().unwrap()]).map(drop)
    }

    /// Waits until the SealedSecret says `Synced` with this status.
    pub fn wait_synced(&self, namespace: &str, name: &str, status: &str) {
        let condition = format!("--for=condition=Synced={status}");
        let object = format!("sealedsecret/{name}");
        self.kubectl(&["wait", &object, "-n", namespace, &condition, "--timeout=60s"]);
    }

    /// What a SealedSecret says of itself, once it was judged as it stands now.
    pub fn verdict(&self, namespace: &str, name: &str) -> Option<Verdict> {
        verdict(&self.get("sealedsecret", namespace, name)).map(|(_, verdict)| verdict)
    }

    /// Waits until every SealedSecret is judged as it stands now; what each says, by namespace and name.
    pub fn verdicts(&self) -> BTreeMap<(String, String), Verdict> {
        let deadline = Instant::now() + MANY;
        loop {
            let objects = self.list_all("sealedsecrets");
            let judged: BTreeMap<_, _> = objects.iter().filter_map(verdict).collect();
            if judged.len() == objects.len() {
                return judged;
            }
            assert!(
                Instant::now() < deadline,
                "{} of {} objects are judged; the controller said:\n{}",
                judged.len(),
                objects.len(),
                self.log()
            );
            // There is no single event for "all of them".
            thread::sleep(PAUSE);
        }
    }

    /// Kind, namespace, name, UID and resourceVersion of all objects of these kinds: what a write would change.
    pub fn versions(&self, kinds: &str) -> Vec<String> {
        let columns = "custom-columns=K:.kind,S:.metadata.namespace,N:.metadata.name,U:.metadata.uid,\
                       V:.metadata.resourceVersion";
        let table = self.kubectl(&["get", kinds, "-A", "-o", columns, "--no-headers"]);
        table.lines().map(str::to_owned).collect()
    }

    /// A file in the folder of this run.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

/// Key and verdict of a SealedSecret, once its newest generation was judged for good.
fn verdict(object: &Value) -> Option<((String, String), Verdict)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (metadata, status) = (&object["metadata"], &object["status"]);
    let conditions = status["conditions"].as_array()?;
    let condition = conditions.iter().find(|condition| condition["type"] == "Synced")?;
    let synced = match condition["status"].as_str()? {
        "True" => true,
        "False" => false,
        _ => return None,
    };
    let key = (text(&metadata["namespace"]), text(&metadata["name"]));
    (status["observedGeneration"] == metadata["generation"])
        .then(|| (key, Verdict { synced, message: text(&condition["message"]) }))
}
