//! Sealing keys as files: `NAME.key` holds the private key, `NAME.crt` its certificate.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;
use tracing::{debug, info, warn};
use zeroize::Zeroizing;

use super::files;
use crate::keys::rotate::{KeyShelf, Put};
use crate::keys::{KeyFault, Ring, StoredKey};

/// Sealing keys as files of one directory.
#[derive(Clone)]
pub(super) struct KeyDir {
    path: PathBuf,
    /// Told when there is a new key.
    wake: Arc<Notify>,
    /// What has been said about unusable keys.
    told: Arc<Mutex<HashMap<String, String>>>,
}

/// A new key could not be stored.
#[derive(Debug, thiserror::Error)]
pub(super) enum CreateError {
    /// The file could not be written.
    #[error("cannot write the key {path:?}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The work was cut short.
    #[error("the writing of a key was interrupted")]
    Interrupted,
}

impl KeyDir {
    pub(super) fn new(path: PathBuf, wake: Arc<Notify>) -> Self {
        Self { path, wake, told: Arc::default() }
    }

    /// Removes what an earlier process has left behind when it was killed.
    pub(super) fn clear(&self) {
        if let Err(error) = files::clear(&self.path) {
            warn!("cannot clear away what an earlier run left among the keys: {error}");
        }
    }

    /// Loads what can be loaded; what can't is named once.
    pub(super) fn load(&self) -> Ring {
        let mut stored = Vec::new();
        let mut faults: Vec<(String, String)> = Vec::new();
        for name in self.names() {
            match self.read(&name) {
                Ok(key) => stored.push(key),
                Err(error) => faults.push((name, error.to_string())),
            }
        }
        let (ring, unusable) = Ring::load(&stored);
        faults.extend(unusable.into_iter().map(|(name, fault)| (name, fault.to_string())));
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, fault) in &faults {
            if told.get(name) != Some(fault) {
                warn!(key = %self.path.join(name).display(), "this key can't be used: {fault}");
            }
        }
        *told = faults.into_iter().collect();
        ring
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".key").map(str::to_owned))
            .filter(|name| !name.starts_with('.'))
            .collect();
        names.sort_unstable();
        names
    }

    fn read(&self, name: &str) -> io::Result<StoredKey> {
        let part = |suffix: &str| fs::read_to_string(self.path.join(format!("{name}.{suffix}")));
        let private_pem = Zeroizing::new(part("key")?);
        Ok(StoredKey { name: name.to_owned(), order: None, private_pem, certificate_pem: part("crt")? })
    }

    fn is_usable(&self, name: &str) -> bool {
        self.read(name).map_err(|_| KeyFault::Missing("file")).and_then(|key| key.pair()).is_ok()
    }

    /// The certificate comes first: a key without one is unusable, a certificate without a key is nothing.
    fn create(&self, key: &StoredKey) -> Result<bool, CreateError> {
        let path = |suffix: &str| self.path.join(format!("{}.{suffix}", key.name));
        let failed = |path: PathBuf| move |source| CreateError::Write { path, source };
        // Another process may be about to make the same key, and the halves of one would not fit the other's. The
        // lock ends with this process, however it ends.
        let directory = File::open(&self.path).map_err(failed(self.path.clone()))?;
        if let Err(error) = directory.lock() {
            debug!("the file system has no locks: {error}");
        }
        if path("key").exists() {
            return Ok(false);
        }
        files::write_private(&path("crt"), key.certificate_pem.as_bytes()).map_err(failed(path("crt")))?;
        match files::create_private(&path("key"), key.private_pem.as_bytes()) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(failed(path("key"))(error)),
        }
    }
}

impl KeyShelf for KeyDir {
    type Error = CreateError;

    async fn put(&self, key: StoredKey) -> Result<Put, CreateError> {
        let (store, name) = (self.clone(), key.name.clone());
        let created = tokio::task::spawn_blocking(move || store.create(&key));
        if created.await.map_err(|_| CreateError::Interrupted)?? {
            info!(key = %self.path.join(&name).display(), "stored; back it up: without it nothing opens");
            self.wake.notify_one();
            return Ok(Put::Stored);
        }
        Ok(if self.is_usable(&name) { Put::TakenByUsable } else { Put::TakenByUnusable })
    }
}
