//! How containers end.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{World, script, until, with_node};

/// The processes of this machine whose command line holds a word that one test alone uses.
fn processes_with(word: &str) -> usize {
    let own = std::process::id().to_string();
    let folders = fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap());
    folders
        .filter(|folder| folder.file_name().to_str() != Some(&own))
        .filter_map(|folder| fs::read(folder.path().join("cmdline")).ok())
        .filter(|line| String::from_utf8_lossy(line).contains(word))
        .count()
}

/// Starts a Pod whose program leaves another process behind itself; returns a word of that process's own.
fn pod_with_family(world: &World, script_text: &str) -> String {
    let word = format!("600.{:010}", std::process::id());
    world.pod("family", &script(&script_text.replace("WORD", &word)));
    world.wait("pod/family", "condition=Ready");
    until("the family is complete", || world.run(&["logs", "family"]) == "complete\n");
    assert!(processes_with(&word) >= 2, "the Pod's processes are there");
    word
}

#[test]
fn a_deleted_pods_processes_are_gone_and_its_program_said_goodbye() {
    with_node("ending::a_deleted_pods_processes_are_gone_and_its_program_said_goodbye", |world| {
        let note = world.folder.path().join("goodbye");
        let text = format!(
            "trap 'echo bye > {}; exit' TERM; setsid sleep WORD & echo complete; while :; do sleep 0.05; done",
            note.display()
        );
        let word = pod_with_family(&world, &text);
        world.run(&["delete", "pod", "family", "--timeout=60s"]);
        assert_eq!(fs::read_to_string(note).unwrap(), "bye\n");
        assert_eq!(processes_with(&word), 0);
    });
}

#[test]
fn a_program_that_ignores_the_end_is_killed_after_its_grace_period() {
    with_node("ending::a_program_that_ignores_the_end_is_killed_after_its_grace_period", |world| {
        let word = pod_with_family(&world, "trap '' TERM; sleep WORD & echo complete; wait; sleep WORD");
        world.run(&["delete", "pod", "family", "--grace-period=1", "--timeout=60s"]);
        assert_eq!(processes_with(&word), 0);
    });
}

#[test]
fn nothing_outlives_a_node_that_is_killed() {
    with_node("ending::nothing_outlives_a_node_that_is_killed", |world| {
        let word = pod_with_family(&world, "setsid sleep WORD & echo complete; wait");
        let pid = world.node.pid().to_string();
        assert!(Path::new("/proc").join(&pid).exists());
        assert!(Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
        until("every process of the Pod is gone", || processes_with(&word) == 0);
    });
}
