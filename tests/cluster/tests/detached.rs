//! A cluster that outlives the call that started it.

use std::path::Path;

use sealwright_test_cluster::{binaries, detached};

fn numbers(folder: &Path) -> Vec<u64> {
    let text = std::fs::read_to_string(folder.join("processes.json")).unwrap();
    let records: serde_json::Value = serde_json::from_str(&text).unwrap();
    records.as_array().unwrap().iter().map(|record| record["pid"].as_u64().unwrap()).collect()
}

#[test]
fn up_starts_once_and_down_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let built = match binaries::ensure(&mut |line| eprintln!("{line}")) {
        Err(error @ binaries::BuildError::GoMissing { .. }) => {
            let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("SKIPPED: {error}\n"));
            return;
        }
        built => built.unwrap(),
    };
    let kubeconfig = detached::up(folder.path(), &mut |_| {}).unwrap();
    let first = numbers(folder.path());
    let again = detached::up(folder.path(), &mut |_| {}).unwrap();
    let ready = std::process::Command::new(&built.kubectl)
        .args(["get", "--raw", "/readyz", "--kubeconfig"])
        .arg(&again)
        .output();
    let second = numbers(folder.path());
    // Before any assertion, so that a failing one leaves nothing behind.
    let mut ended = detached::down(folder.path()).unwrap();

    ended.sort_unstable();
    assert_eq!(ended, ["etcd", "kube-apiserver", "kube-controller-manager"]);
    assert_eq!(kubeconfig, again);
    assert_eq!(first, second);
    assert_eq!(ready.unwrap().stdout, b"ok");
    assert!(!kubeconfig.exists());
    assert_eq!(detached::down(folder.path()).unwrap(), [""; 0]);
}
