//! The invocations of kubeseal in `vectors/runs`, and what real kubeseal did.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::templates::Bytes;

/// An invocation in a folder of its own. All but what it is about may be missing.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RunCase {
    /// What it is about; no other in its topic is about the same.
    pub about: String,
    /// The arguments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
    /// Variables of the environment, which is empty otherwise.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// Standard input.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub stdin: String,
    /// The same where it is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stdin64: Option<Bytes>,
    /// Files in the folder, and what they hold.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
    /// Folders in the folder.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub folders: Vec<String>,
    /// Symbolic links in the folder, and where they lead.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub links: BTreeMap<String, String>,
    /// What kubeseal did; none until it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<RunResult>,
}

/// What a run of kubeseal left behind. Its usage stands as `{usage}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunResult {
    /// The exit code; none where kubeseal hangs.
    pub exit: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// The files that it made or changed. Its temporary ones, which begin with a dot, are left out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub written: BTreeMap<String, String>,
}

impl RunCase {
    /// Folders of `vectors` that every case finds beside its own files.
    pub const SHARED: [&'static str; 4] = ["inputs", "keys", "sealed", "shapes"];

    /// Standard input.
    pub fn stdin(&self) -> &[u8] {
        self.stdin64.as_ref().map_or(self.stdin.as_bytes(), |bytes| bytes.0.as_slice())
    }

    /// Fills an empty folder with what the case finds there.
    pub fn prepare(&self, vectors: &Path, folder: &Path) -> io::Result<()> {
        let vectors = fs::canonicalize(vectors)?;
        for shared in Self::SHARED {
            symlink(vectors.join(shared), folder.join(shared))?;
        }
        for name in &self.folders {
            fs::create_dir(folder.join(name))?;
        }
        for (name, text) in &self.files {
            fs::write(folder.join(name), text)?;
        }
        for (name, target) in &self.links {
            symlink(target, folder.join(name))?;
        }
        Ok(())
    }

    /// The files of the folder that are new, or not as they were.
    pub fn written(&self, folder: &Path) -> io::Result<BTreeMap<String, String>> {
        let mut written = BTreeMap::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') || !entry.file_type()?.is_file() {
                continue;
            }
            let text = fs::read_to_string(entry.path())?;
            if self.files.get(&name) != Some(&text) {
                written.insert(name, text);
            }
        }
        Ok(written)
    }
}
