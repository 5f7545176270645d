//! What is pushed is in the cluster, and what is removed is not.

use std::fs;

use sealwright_gitops::{Flux, GitServer, binaries, following, git};
use sealwright_test_cluster::{Cluster, netns};

fn config_map(name: &str, word: &str) -> String {
    format!(
        "{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}, namespace: default}}, data: {{word: {word}}}}}\n"
    )
}

#[test]
fn what_is_pushed_is_applied_and_what_is_removed_is_pruned() {
    let Some(programs) = binaries::ensure_or_skip().unwrap() else { return };
    let Some(kubernetes) = sealwright_test_cluster::binaries::ensure_or_skip().unwrap() else { return };
    netns::run_test_inside("what_is_pushed_is_applied_and_what_is_removed_is_pruned", || {
        let folder = tempfile::tempdir().unwrap();
        let cluster = Cluster::start(&kubernetes, &folder.path().join("cluster")).unwrap();
        let server = GitServer::start(&programs.gitserver, &folder.path().join("git")).unwrap();
        let flux = Flux::start(&cluster, &programs, &folder.path().join("flux")).unwrap();
        let kubectl = |arguments: &[&str]| {
            cluster.run(arguments).unwrap_or_else(|error| panic!("{error}\n{}", flux.log_tails()))
        };
        let until_applied = |commit: &str| {
            let applied = format!("--for=jsonpath={{.status.lastAppliedRevision}}=main@sha1:{commit}");
            kubectl(&["wait", "kustomization/app", "-n", "flux-system", &applied, "--timeout=60s"]);
        };

        let repository = server.create("app").unwrap();
        fs::write(repository.work_tree().join("first.yaml"), config_map("first", "old")).unwrap();
        let commit = repository.commit_and_push("Add the first").unwrap();
        cluster.apply(&following("app", repository.url(), "1s")).unwrap();
        until_applied(&commit);
        assert_eq!(kubectl(&["get", "configmap", "first", "-o", "jsonpath={.data.word}"]), "old");

        fs::write(repository.work_tree().join("first.yaml"), config_map("first", "new")).unwrap();
        fs::write(repository.work_tree().join("second.yaml"), config_map("second", "old")).unwrap();
        until_applied(&repository.commit_and_push("Change the first, add the second").unwrap());
        let words = kubectl(&["get", "configmap", "first", "second", "-o", "jsonpath={.items[*].data.word}"]);
        assert_eq!(words, "new old");

        fs::remove_file(repository.work_tree().join("first.yaml")).unwrap();
        until_applied(&repository.commit_and_push("Remove the first").unwrap());
        let left = kubectl(&["get", "configmap", "first", "second", "--ignore-not-found", "--output=name"]);
        assert_eq!(left, "configmap/second\n");
    })
    .unwrap();
}

#[test]
fn two_people_share_a_repository_and_a_commit_of_nothing_is_refused() {
    let Some(programs) = binaries::ensure_or_skip().unwrap() else { return };
    let folder = tempfile::tempdir().unwrap();
    let server = GitServer::start(&programs.gitserver, &folder.path().join("git")).unwrap();
    let repository = server.create("app").unwrap();
    fs::write(repository.work_tree().join("notes.txt"), "a line\n").unwrap();
    let commit = repository.commit_and_push("Say something").unwrap();

    let cloned = git::command(folder.path()).args(["clone", "--quiet", repository.url(), "other"]).status();
    assert!(cloned.unwrap().success());
    let log = git::command(&folder.path().join("other")).args(["log", "--format=%H %an"]).output().unwrap();
    assert_eq!(String::from_utf8(log.stdout).unwrap(), format!("{commit} Sealwright's tests\n"));

    let refused = repository.commit_and_push("Say nothing").unwrap_err().to_string();
    assert!(refused.starts_with("git commit"), "{refused}");
}
