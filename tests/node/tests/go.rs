//! The Go side's own tests.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use std::process::Command;

use sealwright_test_cluster::go::skipped;

/// Runs a tool of Go in the folder of the module and returns what it says.
fn go(tool: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(tool);
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("GOWORK", "off")
        .env("CGO_ENABLED", "0")
        .args(arguments);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{tool} {arguments:?}: {said}");
    said
}

#[test]
fn the_go_program_is_formatted_vetted_and_passes_its_own_tests() {
    if Command::new("go").arg("version").output().is_err() {
        skipped("Go", "it is not installed; install Go 1.26 or newer");
        return;
    }
    assert_eq!(go("gofmt", &["-l", "kubelet"]), "");
    go("go", &["vet", "./..."]);
    go("go", &["test", "./..."]);
}
