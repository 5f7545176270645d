//! A person at the page: headless Chromium, driven by scripts in `tests/browser`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::programs::repository;

/// Opens the page, pastes the Secret in `manifest`, downloads into `folder` and gives the downloaded file. With a
/// certificate, that is pasted before, in place of the server's.
pub fn seal_on_page(url: &str, certificate: Option<&Path>, manifest: &Path, folder: &Path) -> PathBuf {
    let mut person = Command::new("node");
    person.arg("person.mjs");
    if let Some(certificate) = certificate {
        person.arg("--certificate").arg(certificate);
    }
    person.args(["--url", url, "--secret"]).arg(manifest);
    downloaded(&mut person, folder)
}

/// Does a task of `tests/browser/support/tasks.mjs` with this hand, `mouse` or `keyboard`, and gives the downloaded file.
/// `given` is what the task needs, in JSON.
pub fn does(url: &str, task: &str, hand: &str, given: &Path, folder: &Path) -> PathBuf {
    let mut person = Command::new("node");
    person.args(["tasks.mjs", "--url", url, "--task", task, "--hand", hand, "--given"]).arg(given);
    downloaded(&mut person, folder)
}

/// Runs a script of `tests/browser` that downloads into `folder`, and gives the file.
fn downloaded(script: &mut Command, folder: &Path) -> PathBuf {
    let output = script
        .current_dir(repository().join("tests/browser"))
        .arg("--out")
        .arg(folder)
        .stderr(Stdio::inherit())
        .output()
        .expect("Node is installed");
    assert!(output.status.success(), "the person at the page failed: {}", output.status);
    let answer: Value = serde_json::from_slice(&output.stdout).expect("the script answers in JSON");
    answer["file"].as_str().expect("the answer names the downloaded file").into()
}
