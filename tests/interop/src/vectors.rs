//! The committed vectors: what real kubeseal sealed. `vectors/README.md` says how each was made.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use thiserror::Error;

mod dotenv;
mod index;
mod runs;
mod templates;

pub use dotenv::{DotenvCase, DotenvResult};
pub use index::{
    EmitCase, Form, Format, Index, Invocation, Key, Odd, Plaintext, Raw, Scope, Sealed, Secret, Shape,
    Verdict, YamlCase,
};
pub use runs::{RunCase, RunResult};
pub use templates::{Bytes, TemplateCase};

/// The folder `vectors` with its index.
#[derive(Debug)]
pub struct Vectors {
    root: PathBuf,
    /// `manifest.json`.
    pub index: Index,
}

/// Why a vector can't be read.
#[derive(Debug, Error)]
pub enum VectorError {
    /// The file can't be read.
    #[error("can't read {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not of the expected shape.
    #[error("can't understand {}", path.display())]
    Shape {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
}

impl Vectors {
    /// Loads the vectors of this repository.
    pub fn load() -> Result<Self, VectorError> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors");
        let index = json(&root.join("manifest.json"))?;
        Ok(Self { root, index })
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A file that the index names.
    pub fn read(&self, file: &str) -> Result<Vec<u8>, VectorError> {
        let path = self.root.join(file);
        fs::read(&path).map_err(|source| VectorError::File { path, source })
    }

    /// A file that the index names and that is text.
    pub fn text(&self, file: &str) -> Result<String, VectorError> {
        let path = self.root.join(file);
        fs::read_to_string(&path).map_err(|source| VectorError::File { path, source })
    }

    /// The key of this size; `None` if there is none.
    pub fn key(&self, bits: u32) -> Option<&Key> {
        self.index.keys.iter().find(|key| key.bits == bits)
    }

    /// How upstream reads YAML.
    pub fn yaml_cases(&self) -> Result<Vec<YamlCase>, VectorError> {
        json(&self.root.join("yaml11.json"))
    }

    /// How upstream writes YAML.
    pub fn emit_cases(&self) -> Result<Vec<EmitCase>, VectorError> {
        json(&self.root.join("yaml-emit.json"))
    }

    /// What kubeseal says to wrong invocations.
    pub fn invocations(&self) -> Result<Vec<Invocation>, VectorError> {
        json(&self.root.join("kubeseal-errors.json"))
    }

    /// Files with `KEY=value` lines and what others read in them.
    pub fn dotenv(&self) -> Result<Vec<DotenvCase>, VectorError> {
        json(&self.root.join("dotenv/results.json"))
    }

    /// Templates and what Go makes of them, by topic.
    pub fn templates(&self) -> Result<BTreeMap<String, Vec<TemplateCase>>, VectorError> {
        self.topics("templates")
    }

    /// Invocations of kubeseal and what it did, by topic.
    pub fn runs(&self) -> Result<BTreeMap<String, Vec<RunCase>>, VectorError> {
        self.topics("runs")
    }

    fn topics<T: DeserializeOwned>(&self, folder: &str) -> Result<BTreeMap<String, Vec<T>>, VectorError> {
        let folder = self.root.join(folder);
        let unread = |source| VectorError::File { path: folder.clone(), source };
        let mut topics = BTreeMap::new();
        for entry in fs::read_dir(&folder).map_err(unread)? {
            let path = entry.map_err(unread)?.path();
            let topic = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            topics.insert(topic, json(&path)?);
        }
        Ok(topics)
    }
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T, VectorError> {
    let text = fs::read(path).map_err(|source| VectorError::File { path: path.to_owned(), source })?;
    serde_json::from_slice(&text).map_err(|source| VectorError::Shape { path: path.to_owned(), source })
}
