//! A person at the page: headless Chromium, driven by `tests/browser/person.mjs`.

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
    let output = person
        .current_dir(repository().join("tests/browser"))
        .args(["--url", url, "--secret"])
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
