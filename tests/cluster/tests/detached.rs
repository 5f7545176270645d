//! A cluster that outlives the call that started it.

use sealwright_test_cluster::{binaries, detached};

#[test]
fn up_starts_once_and_down_ends_it() {
    let Some(built) = binaries::ensure_or_skip().unwrap() else { return };
    let folder = tempfile::tempdir().unwrap();
    let processes = || std::fs::read_to_string(folder.path().join("processes.json")).unwrap();
    let kubeconfig = detached::up(folder.path(), &mut |_| {}).unwrap();
    let first = processes();
    let again = detached::up(folder.path(), &mut |_| {}).unwrap();
    let ready = std::process::Command::new(&built.kubectl)
        .args(["get", "--raw", "/readyz", "--kubeconfig"])
        .arg(&again)
        .output();
    let second = processes();
    // Before any assertion, so that a failing one leaves nothing behind.
    let ended = detached::down(folder.path()).unwrap();

    assert_eq!(ended, ["kube-controller-manager", "kube-apiserver", "etcd"]);
    assert_eq!(kubeconfig, again);
    assert_eq!(first, second);
    assert_eq!(ready.unwrap().stdout, b"ok");
    assert!(!kubeconfig.exists());
    assert_eq!(detached::down(folder.path()).unwrap(), [""; 0]);
}
