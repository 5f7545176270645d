//! The folder `vectors`.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::Result;

pub(crate) struct Folder {
    root: PathBuf,
}

impl Folder {
    pub(crate) fn at(root: PathBuf) -> Self {
        Self { root }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.root.join(name).exists()
    }

    pub(crate) fn read(&self, name: &str) -> Result<Vec<u8>> {
        fs::read(self.root.join(name)).map_err(|error| format!("{name}: {error}").into())
    }

    pub(crate) fn text(&self, name: &str) -> Result<String> {
        Ok(String::from_utf8(self.read(name)?)?)
    }

    /// Writes a file that does not exist yet.
    pub(crate) fn add(&self, name: &str, contents: &[u8]) -> Result<()> {
        if self.has(name) {
            return Err(format!("{name} exists and is never made again").into());
        }
        self.put(name, contents)
    }

    pub(crate) fn add_json(&self, name: &str, value: &impl Serialize) -> Result<()> {
        self.add(name, &pretty(value)?)
    }

    /// For the index alone: it says what the files are.
    pub(crate) fn replace_json(&self, name: &str, value: &impl Serialize) -> Result<()> {
        self.put(name, &pretty(value)?)
    }

    /// The same with one element on each line. Only where new ones are written among those recorded.
    pub(crate) fn replace_lines(&self, name: &str, values: &[impl Serialize]) -> Result<()> {
        let lines = values.iter().map(serde_json::to_string).collect::<serde_json::Result<Vec<_>>>()?;
        self.put(name, format!("[\n{}\n]\n", lines.join(",\n")).as_bytes())
    }

    fn put(&self, name: &str, contents: &[u8]) -> Result<()> {
        let path = self.root.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        Ok(fs::write(path, contents)?)
    }
}

fn pretty(value: &impl Serialize) -> Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(value)?;
    text.push(b'\n');
    Ok(text)
}
