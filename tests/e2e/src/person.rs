//! A person at the page: headless Chromium, driven by `tests/browser/person.mjs`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::programs::repository;

/// Opens the page, pastes the Secret in `manifest`, downloads into `folder` and gives the downloaded file.
pub fn seal_on_page(url: &str, manifest: &Path, folder: &Path) -> PathBuf {
    let output = Command::new("node")
        .current_dir(repository().join("tests/browser"))
        .args(["person.mjs", "--url", url, "--secret"])
        .arg(manifest)
        .arg("--out")
        .arg(folder)
        .stderr(Stdio::inherit())
        .output()
        .expect("Node is installed");
    assert!(output.status.success(), "the person at the page failed: {}", output.status);
    let answer: Value = serde_json::from_slice(&output.stdout).expect("person.mjs answers in JSON");
    answer["file"].as_str().expect("the answer names the downloaded file").into()
}
