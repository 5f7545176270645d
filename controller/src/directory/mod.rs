//! Working without a cluster: the same decisions over a directory.
//!
//! Keys are in `DIR/keys`, sealed files in `DIR/sealed`; Secrets are written to `DIR/secrets/<namespace>/<name>.yaml`,
//! readable by their owner alone.

mod files;
mod keydir;
mod pass;
mod sealed;
mod secrets;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::{EventKind, RecursiveMode, Watcher as _};
use tokio::sync::{Notify, watch};
use tracing::{info, warn};

use crate::keys::rotate;
use crate::keys::{KeyOrder, KeyPolicy, Ring};
use crate::ready::{Phase, Readiness};
use crate::stop::Stop;
use keydir::KeyDir;
use pass::Directory;

/// How long after a change the others of the same save are waited for.
const SETTLE: Duration = Duration::from_millis(50);
/// How often everything is looked at without a notification: not every file system sends them.
const RESCAN: Duration = Duration::from_secs(10);

/// The directory can't be worked on.
#[derive(Debug, thiserror::Error)]
#[error("cannot use the directory {path:?} (--directory): {source}")]
pub struct DirectoryError {
    /// The directory.
    pub path: PathBuf,
    /// Why not.
    pub source: io::Error,
}

/// Works on the directory until `stop`; a new key is made when `renew` is told.
pub async fn run(
    root: &Path,
    policy: KeyPolicy,
    ring: watch::Sender<Arc<Ring>>,
    renew: Arc<Notify>,
    readiness: &Readiness,
    stop: Stop,
) -> Result<(), DirectoryError> {
    let failed = |source| DirectoryError { path: root.to_owned(), source };
    for name in ["keys", "sealed", "secrets"] {
        files::make_private(&root.join(name)).map_err(failed)?;
    }
    let wake = Arc::new(Notify::new());
    let _watcher = notifications(root, &wake);
    let keys = KeyDir::new(root.join("keys"), Arc::clone(&wake));

    if policy.order == KeyOrder::SecretCreationTimestamp {
        warn!("files do not say when they were made: keys are ordered by the start of their certificates");
    }

    let receiver = ring.subscribe();
    let work = async {
        let mut directory = Directory::new(root);
        directory.clear();
        keys.clear();
        let mut rotating = tokio::task::JoinSet::new();
        loop {
            let store = keys.clone();
            let (loaded, mut state) = (ring.borrow().ids.clone(), directory);
            let scanned = tokio::task::spawn_blocking(move || {
                let ring = Arc::new(store.load());
                if !ring.keys.is_empty() {
                    state.pass(&ring);
                }
                (ring, state)
            });
            let Ok((current, state)) = scanned.await else {
                return Err(io::Error::other("a pass over it broke off; this is a bug"));
            };
            directory = state;
            if rotating.is_empty() || current.ids != loaded {
                ring.send_replace(current);
            }
            if rotating.is_empty() {
                // Only now is it known whether there are keys.
                rotating.spawn(rotate::keep(
                    keys.clone(),
                    policy.clone(),
                    receiver.clone(),
                    Arc::clone(&renew),
                ));
            }
            if readiness.phase() < Phase::Ready && !receiver.borrow().keys.is_empty() {
                readiness.reach(Phase::Ready);
                info!("ready: watching {}", root.join("sealed").display());
            }
            if tokio::time::timeout(RESCAN, wake.notified()).await.is_ok() {
                tokio::time::sleep(SETTLE).await;
            }
        }
    };
    tokio::select! {
        () = stop.wait() => {
            readiness.reach(Phase::Stopping);
            Ok(())
        }
        ended = work => ended.map_err(failed),
    }
}

/// Wakes the work when something in the directory changes. Without notifications the regular look remains.
fn notifications(root: &Path, wake: &Arc<Notify>) -> Option<notify::RecommendedWatcher> {
    let wake = Arc::clone(wake);
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Reading a file is an event too, and the work itself reads.
        let read =
            event.is_ok_and(|event| matches!(event.kind, EventKind::Access(access) if !is_write(access)));
        if !read {
            wake.notify_one();
        }
    });
    let watching = watcher.and_then(|mut watcher| {
        watcher.watch(root, RecursiveMode::Recursive)?;
        Ok(watcher)
    });
    match watching {
        Ok(watcher) => Some(watcher),
        Err(error) => {
            warn!("changes are noticed every {} s only: {error}", RESCAN.as_secs());
            None
        }
    }
}

fn is_write(access: notify::event::AccessKind) -> bool {
    use notify::event::{AccessKind, AccessMode};
    access == AccessKind::Close(AccessMode::Write)
}

#[cfg(test)]
mod tests;
