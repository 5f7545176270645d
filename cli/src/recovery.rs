//! Reads private keys from a backup, for opening without a cluster.

use std::fs::File;
use std::path::{Path, PathBuf};

use sealer_core::{ManifestError, Policy, manifest};
use unsealer::{PrivateKey, PrivateKeyError};
use zeroize::Zeroizing;

use crate::error::OsCause;
use crate::input::read_wiped;

/// A file of `--recovery-private-key` holds no key that can be used. Nothing of its content is repeated.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file can't be read.
    #[error("open {}: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The cause.
        cause: OsCause,
    },
    /// It is no text.
    #[error("{}: not a text file; expected PEM, or Secrets as YAML or JSON", _0.display())]
    Encoding(PathBuf),
    /// A key that can't be used.
    #[error("{}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// Why.
        source: PrivateKeyError,
    },
    /// Neither PEM nor Secrets.
    #[error("{}: neither a PEM private key nor a Secret", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// Why no Secret.
        source: ManifestError,
    },
    /// A Secret that is no sealing key. The text is upstream's, its slip included.
    #[error("secret must contain a 'tls.data' key")]
    NoTlsKey(PathBuf),
}

/// All keys of the files, in their order.
pub fn private_keys(paths: &[PathBuf]) -> Result<Vec<PrivateKey>, KeyFileError> {
    let mut keys = Vec::new();
    for path in paths {
        let mut bytes = File::open(path)
            .and_then(read_wiped)
            .map_err(|error| KeyFileError::Unreadable { path: path.clone(), cause: error.into() })?;
        let text = String::from_utf8(std::mem::take(&mut *bytes)).map(Zeroizing::new).map_err(|error| {
            drop(Zeroizing::new(error.into_bytes()));
            KeyFileError::Encoding(path.clone())
        })?;
        keys.extend(keys_of(&text, path)?);
    }
    Ok(keys)
}

/// A PEM file has one key; a manifest has one in every Secret, under `tls.key`.
fn keys_of(text: &str, path: &Path) -> Result<Vec<PrivateKey>, KeyFileError> {
    let key = |pem: &str| {
        PrivateKey::from_pem(pem).map_err(|source| KeyFileError::Key { path: path.to_owned(), source })
    };
    // In a manifest PEM is indented, or encoded.
    if text.lines().any(|line| line.starts_with("-----BEGIN ")) {
        return Ok(vec![key(text)?]);
    }
    let secrets = manifest::read_secrets(text, Policy::Kubeseal)
        .map_err(|source| KeyFileError::Manifest { path: path.to_owned(), source })?;
    secrets
        .iter()
        .map(|secret| {
            // Exposed to the reader of keys, whose errors repeat nothing.
            let pem = secret.data.get("tls.key").and_then(|value| std::str::from_utf8(value.expose()).ok());
            key(pem.ok_or_else(|| KeyFileError::NoTlsKey(path.to_owned()))?)
        })
        .collect()
}
