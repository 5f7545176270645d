//! What our own tests rely on, asked of a real control plane.

use std::path::Path;

use sealwright_test_cluster::{Cluster, Process, StartError, binaries, in_pod};

/// Always one of our own: what is asked here is asked of our own set-up.
fn start(folder: &Path) -> Result<Option<Cluster>, StartError> {
    binaries::ensure_or_skip()?.map(|binaries| Cluster::start(&binaries, folder)).transpose()
}

#[test]
fn a_fresh_cluster_answers_kubectl_and_enforces_rbac() {
    let folder = tempfile::tempdir().unwrap();
    let Some(cluster) = start(folder.path()).unwrap() else { return };
    assert_eq!(cluster.run(&["get", "--raw", "/readyz"]).unwrap(), "ok");
    let version = cluster.run(&["version", "--output=json"]).unwrap();
    let version: serde_json::Value = serde_json::from_str(&version).unwrap();
    assert_eq!(version["serverVersion"]["gitVersion"], version["clientVersion"]["gitVersion"]);

    cluster.run(&["create", "serviceaccount", "reader"]).unwrap();
    let reader = cluster.kubectl_as("default", "reader").unwrap();
    let refused = reader.run(&["get", "secrets"]).unwrap_err().to_string();
    assert!(refused.contains("Forbidden"), "{refused}");

    cluster.run(&["create", "role", "reader", "--verb=list", "--resource=secrets"]).unwrap();
    let subject = "--serviceaccount=default:reader";
    cluster.run(&["create", "rolebinding", "reader", "--role=reader", subject]).unwrap();
    // The server's authorizer hears of a binding through a watch.
    until(|| reader.run(&["get", "secrets"]).is_ok());
    let refused = reader.run(&["get", "secrets", "--namespace=kube-system"]).unwrap_err().to_string();
    assert!(refused.contains("Forbidden"), "{refused}");
}

#[test]
fn an_owned_object_is_collected_with_its_owner() {
    let folder = tempfile::tempdir().unwrap();
    let Some(cluster) = start(folder.path()).unwrap() else { return };
    cluster.run(&["create", "configmap", "owner"]).unwrap();
    let uid = cluster.run(&["get", "configmap", "owner", "--output=jsonpath={.metadata.uid}"]).unwrap();
    let secret = |name: &str, owners: serde_json::Value| {
        serde_json::json!({
            "apiVersion": "v1", "kind": "Secret", "metadata": { "name": name, "ownerReferences": owners },
        })
        .to_string()
    };
    let owner = serde_json::json!([{ "apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": uid }]);
    cluster.apply(&secret("owned", owner)).unwrap();
    cluster.apply(&secret("free", serde_json::json!([]))).unwrap();

    cluster.run(&["delete", "configmap", "owner"]).unwrap();
    cluster.run(&["wait", "secret/owned", "--for=delete", "--timeout=60s"]).unwrap();
    assert_eq!(cluster.run(&["get", "secrets", "--output=name"]).unwrap(), "secret/free\n");
}

#[test]
fn a_deleted_namespace_goes_with_all_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let Some(cluster) = start(folder.path()).unwrap() else { return };
    cluster.run(&["create", "namespace", "team"]).unwrap();
    cluster.run(&["create", "secret", "generic", "held", "--namespace=team"]).unwrap();
    cluster.run(&["delete", "namespace", "team", "--timeout=60s"]).unwrap();
    let gone = cluster.run(&["get", "secret", "held", "--namespace=team"]).unwrap_err().to_string();
    assert!(gone.contains("NotFound"), "{gone}");
}

#[test]
fn a_process_in_a_pod_is_its_service_account() {
    let folder = tempfile::tempdir().unwrap();
    let Some(cluster) = start(folder.path()).unwrap() else { return };
    cluster.run(&["create", "serviceaccount", "robot", "--namespace=kube-system"]).unwrap();
    let program = cluster.kubectl().get_program().to_owned();
    let output = in_pod::command(&cluster, "kube-system", "robot", program)
        .unwrap()
        .args(["auth", "whoami", "--output=jsonpath={.status.userInfo.username}"])
        .arg("--cache-dir")
        .arg(folder.path().join("cache"))
        // No kubeconfig in the home folder may help.
        .env("HOME", folder.path())
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert_eq!(said, ["system:serviceaccount:kube-system:robot", ""]);
    assert!(!Path::new("/var/run/secrets/kubernetes.io/serviceaccount/token").exists());
}

#[test]
fn a_dropped_cluster_leaves_no_process() {
    let folder = tempfile::tempdir().unwrap();
    let Some(cluster) = start(folder.path()).unwrap() else { return };
    let pids: Vec<u32> = cluster.processes().iter().map(Process::pid).collect();
    let alive = || pids.iter().filter(|pid| Path::new(&format!("/proc/{pid}")).exists()).count();
    assert_eq!(alive(), pids.len());
    drop(cluster);
    assert_eq!(alive(), 0);
}

/// Asks again until it holds; for what the server learns through its own watches.
fn until(mut holds: impl FnMut() -> bool) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !holds() {
        assert!(std::time::Instant::now() < deadline, "it never held");
    }
}
