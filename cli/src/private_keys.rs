//! Reads private keys from a backup, for opening without a cluster.

use std::path::{Path, PathBuf};

use sealer_core::{ManifestError, Policy, manifest};
use unsealer::{PrivateKey, PrivateKeyError};

use crate::error::FileError;
use crate::input;

/// The keys of a backup.
#[derive(Debug, Default)]
pub struct Backup {
    /// All keys of the files, in their order.
    pub keys: Vec<PrivateKey>,
    /// What is wrong with files that hold no key, one sentence each. They are no error, as they are none upstream:
    /// another file may hold the key.
    pub notes: Vec<String>,
}

/// The files of `--recovery-private-key` can't be used. Nothing of their content is repeated.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// A file can't be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// A Secret with a key that can't be used.
    #[error("{}: tls.key", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// Why.
        source: PrivateKeyError,
    },
    /// A Secret that is no sealing key. The text is upstream's, its slip included.
    #[error("secret must contain a 'tls.data' key")]
    NoTlsKey {
        /// The file; it goes into the hint.
        path: PathBuf,
    },
}

impl KeyFileError {
    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoTlsKey { path } => Some(format!("a Secret in {} has no tls.key", path.display())),
            Self::File(_) | Self::Key { .. } => None,
        }
    }
}

/// Why a file holds no key.
#[derive(Debug, thiserror::Error)]
enum NoKey {
    #[error("not a text; expected PEM, or Secrets as YAML or JSON")]
    Encoding,
    #[error(transparent)]
    Pem(PrivateKeyError),
    #[error("neither a PEM private key nor a Secret; {0}")]
    Manifest(ManifestError),
}

/// Reads all files.
pub fn read(paths: &[PathBuf]) -> Result<Backup, KeyFileError> {
    let mut backup = Backup::default();
    for path in paths {
        match input::text(input::file(path)?).ok_or(NoKey::Encoding) {
            Ok(text) => match keys_of(&text, path)? {
                Ok(keys) => backup.keys.extend(keys),
                Err(why) => backup.notes.push(format!("no key in {}: {why}", path.display())),
            },
            Err(why) => backup.notes.push(format!("no key in {}: {why}", path.display())),
        }
    }
    Ok(backup)
}

/// A PEM file has one key; a manifest has one in every Secret, under `tls.key`.
fn keys_of(text: &str, path: &Path) -> Result<Result<Vec<PrivateKey>, NoKey>, KeyFileError> {
    // In a manifest PEM is indented, or encoded.
    if text.lines().any(|line| line.starts_with("-----BEGIN ")) {
        return Ok(PrivateKey::from_pem(text).map(|key| vec![key]).map_err(NoKey::Pem));
    }
    let secrets = match manifest::read_secrets(text, Policy::Kubeseal) {
        Ok(secrets) => secrets,
        Err(why) => return Ok(Err(NoKey::Manifest(why))),
    };
    let keys: Result<_, _> = secrets
        .iter()
        .map(|secret| {
            // Exposed to the reader of keys, whose errors repeat nothing.
            let pem = secret.data.get("tls.key").and_then(|value| std::str::from_utf8(value.expose()).ok());
            let pem = pem.ok_or_else(|| KeyFileError::NoTlsKey { path: path.to_owned() })?;
            PrivateKey::from_pem(pem).map_err(|source| KeyFileError::Key { path: path.to_owned(), source })
        })
        .collect();
    keys.map(Ok)
}
