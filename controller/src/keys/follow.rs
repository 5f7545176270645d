//! Follows the key Secrets: the marked ones, and the one of the plain name that upstream's first versions made.
//!
//! Only in the controller's own namespace: a tenant who could add a key from another one would choose what everybody
//! seals for.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::core::v1::{ObjectReference, Secret};
use kube::api::ListParams;
use kube::core::ObjectMeta;
use kube::runtime::watcher::{Config, Event};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::{Notify, watch};
use tracing::{debug, error, info, warn};

use crate::api::convert;
use crate::api::{CallError, call};
use crate::clock;
use crate::decide::{Note, retry::backoff};
use crate::facts::SecretVersion;
use crate::keys::store::{KeyStore, Seen};
use crate::keys::{KEY_ACTIVE, KEY_LABEL, KeyFault, Ring};
use crate::pass::report::write_event;
use crate::watch::mirror::{Mirror, Reach};
use crate::watch::{config, follow};

/// The first and the longest wait before the Secret of the plain name is asked for again.
const RETRY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// Where a key Secret was found.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// By its label.
    Marked,
    /// By the name that is the prefix alone. Upstream uses it without the label too.
    Plain,
}

/// All key Secrets of a place.
type Found = (Place, Vec<Seen>);

impl KeyStore {
    /// Keeps the ring current, for ever; `synced` is told when the first ring is complete.
    pub async fn follow(self, ring: watch::Sender<Arc<Ring>>, synced: Arc<Notify>) {
        let (changes, mut changed) = unbounded_channel();
        let marked = config().labels(&format!("{KEY_LABEL}={KEY_ACTIVE}"));
        let marked = self.follow_place(Place::Marked, marked, changes.clone());
        let plain = self.follow_plain(changes);
        let loading = async {
            let (mut marked, mut plain) = (None, None);
            let mut told = HashMap::new();
            while let Some(found) = changed.recv().await {
                match found {
                    (Place::Marked, seen) => marked = Some(seen),
                    (Place::Plain, seen) => plain = Some(seen),
                }
                let (Some(marked), Some(plain)) = (&marked, &plain) else { continue };
                // A marked one may have the plain name.
                let seen: BTreeMap<&str, &Seen> =
                    plain.iter().chain(marked).map(|seen| (seen.name.as_str(), seen)).collect();
                let seen = seen.into_values().cloned().collect();
                if self.load(seen, &ring, &mut told).await {
                    synced.notify_one();
                }
            }
        };
        tokio::join!(marked, plain, loading);
    }

    async fn follow_place(&self, place: Place, config: Config, changes: UnboundedSender<Found>) {
        let mut mirror = Mirror::new();
        let watch = || kube::runtime::watcher(self.api(), config.clone());
        follow("key Secrets", watch, |seen| {
            let Ok(event) = seen else { return };
            let listed = !matches!(event, Event::Init | Event::InitApply(_));
            mirror.take(&Reach::Everywhere, event, |secret: Secret| {
                let retired = is_retired(&secret.metadata);
                (convert::key(&secret.metadata), (retired, self.read(secret)))
            });
            if listed {
                let active = mirror.iter().filter(|(_, (retired, _))| !retired);
                let seen = active.map(|(_, (_, seen))| seen.clone()).collect();
                // Nobody listens any more only while everything ends.
                drop(changes.send((place, seen)));
            }
        })
        .await;
    }

    /// Follows the Secret of the plain name as far as the rights allow: by a watch, or by one look at the start.
    async fn follow_plain(&self, changes: UnboundedSender<Found>) {
        let name = &self.policy.prefix;
        let fields = format!("metadata.name={name}");
        let (api, only) = (self.api(), ListParams::default().fields(&fields));
        if self.ask(|| call(api.list_metadata(&only))).await.is_some() {
            return self.follow_place(Place::Plain, config().fields(&fields), changes).await;
        }
        let secret = self
            .ask(|| call(api.get_opt(name)))
            .await
            .flatten()
            .filter(|secret| !is_retired(&secret.metadata));
        drop(changes.send((Place::Plain, secret.map(|secret| self.read(secret)).into_iter().collect())));
    }

    /// Asks until there is an answer; `None` where the rights don't allow the question.
    async fn ask<T, A>(&self, question: impl Fn() -> A) -> Option<T>
    where
        A: Future<Output = Result<T, CallError>>,
    {
        let secret = format!("{}/{}", self.namespace, self.policy.prefix);
        let mut attempts = 0;
        loop {
            match question().await {
                Ok(answer) => return Some(answer),
                Err(error) if error.is_forbidden() => {
                    debug!(%secret, "whether this key Secret exists is not ours to know: {error}");
                    return None;
                }
                Err(error) => warn!(%secret, "cannot find out whether this key Secret exists: {error}"),
            }
            tokio::time::sleep(backoff(RETRY.0, RETRY.1, attempts, clock::jitter())).await;
            attempts = attempts.saturating_add(1);
        }
    }

    /// Loads a ring from what was seen. What is unusable is told once, until it is something else.
    async fn load(
        &self,
        seen: Vec<Seen>,
        ring: &watch::Sender<Arc<Ring>>,
        told: &mut HashMap<String, (String, KeyFault)>,
    ) -> bool {
        let mut versions = HashMap::new();
        let mut stored = Vec::new();
        let mut faults = Vec::new();
        for seen in seen {
            versions.insert(seen.name.clone(), seen.version);
            match seen.stored {
                Ok(key) => stored.push(key),
                Err(fault) => faults.push((seen.name, fault)),
            }
        }
        // Each key costs milliseconds; they must not stand in the way of the probes.
        let loaded = match tokio::task::spawn_blocking(move || Ring::load(&stored)).await {
            Ok((loaded, more)) => {
                faults.extend(more);
                loaded
            }
            Err(error) => {
                error!(
                    "loading the sealing keys broke off, those before stay in use; this is a bug: {error}"
                );
                return false;
            }
        };
        say_changes(&ring.borrow(), &loaded);
        ring.send_replace(Arc::new(loaded));
        told.retain(|name, _| faults.iter().any(|(faulty, _)| faulty == name));
        for (name, fault) in faults {
            let Some(version) = versions.get(&name) else { continue };
            let new = (version.uid.clone(), fault.clone());
            if told.insert(name.clone(), new.clone()) != Some(new) {
                // The keys that are good don't wait for the words about those that are not.
                let (store, version) = (self.clone(), version.clone());
                tokio::spawn(async move { store.tell(&name, &version, &fault).await });
            }
        }
        true
    }

    async fn tell(&self, name: &str, version: &SecretVersion, fault: &KeyFault) {
        let message = format!("this Secret is meant as a sealing key and can't be used: {fault}");
        warn!(secret = %format!("{}/{name}", self.namespace), "{message}");
        let subject = ObjectReference {
            api_version: Some("v1".to_owned()),
            kind: Some("Secret".to_owned()),
            namespace: Some(self.namespace.clone()),
            name: Some(name.to_owned()),
            uid: Some(version.uid.clone()),
            resource_version: Some(version.resource_version.clone()),
            field_path: None,
        };
        let note = Note { warning: true, reason: "ErrKeyUnusable", message };
        if let Err(error) = write_event(&self.client, &subject, &note, clock::now()).await {
            warn!("cannot write the event: {error}");
        }
    }
}

/// Whether somebody has said that this is no key to use any more. Without the label nobody has.
fn is_retired(meta: &ObjectMeta) -> bool {
    meta.labels.iter().flatten().any(|(label, value)| label == KEY_LABEL && value != KEY_ACTIVE)
}

fn say_changes(old: &Ring, new: &Ring) {
    fn names(ring: &Ring) -> BTreeSet<&str> {
        ring.keys.iter().map(|key| key.name.as_str()).collect()
    }
    let (before, after) = (names(old), names(new));
    if old.ids != new.ids || before != after {
        let list = |names: Vec<&str>| (!names.is_empty()).then(|| names.join(","));
        let added = list(after.difference(&before).copied().collect());
        let gone = list(before.difference(&after).copied().collect());
        let newest = new.keys.newest().map(|key| key.name.as_str());
        info!(keys = new.keys.len(), newest, added, gone, "sealing keys");
    }
}

#[cfg(test)]
mod fake_secrets;
#[cfg(test)]
mod tests;
