//! When each Secret and each status appeared, as a watcher of the API server sees it.

use std::collections::HashMap;
use std::fmt::Debug;
use std::time::Instant;

use futures_util::StreamExt as _;
use k8s_openapi::api::core::v1::Secret;
use kube::core::{DynamicObject, PartialObjectMeta};
use kube::runtime::watcher::{Config, Event, watcher};
use kube::{Api, Client, Resource};
use serde::de::DeserializeOwned;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::Failure;
use crate::sealed::{self, NAMESPACE};

/// What was seen up to now.
#[derive(Debug, Default)]
pub struct Seen {
    /// When each Secret appeared, by its name.
    pub secrets: HashMap<String, Instant>,
    /// How many SealedSecrets were written after they were seen first: only their status ever is.
    pub statuses: usize,
    /// Each SealedSecret, by its name.
    sealed: HashMap<String, Sealed>,
    listed: usize,
}

/// A SealedSecret as it was seen first.
#[derive(Debug)]
struct Sealed {
    appeared: Instant,
    /// Its version then; `None` once its status has been written.
    version: Option<String>,
}

/// Two watches of metadata: they cost the API server little, and both controllers the same.
pub struct Arrivals {
    seen: watch::Receiver<Seen>,
    _watches: JoinSet<()>,
}

impl Arrivals {
    /// Starts to watch, and has seen everything that is there.
    pub async fn follow(client: &Client) -> Result<Self, Failure> {
        let (sender, mut seen) = watch::channel(Seen::default());
        let secrets: Api<PartialObjectMeta<Secret>> = Api::namespaced(client.clone(), NAMESPACE);
        let sealed: Api<PartialObjectMeta<DynamicObject>> =
            Api::namespaced_with(client.clone(), NAMESPACE, &sealed::resource());
        let mut watches = JoinSet::new();
        watches.spawn(pump(secrets, sender.clone(), Seen::take_secret));
        watches.spawn(pump(sealed, sender, Seen::take_sealed));
        seen.wait_for(|seen| seen.listed >= 2).await?;
        Ok(Self { seen, _watches: watches })
    }

    /// Waits until what was seen is enough.
    pub async fn wait(&self, enough: impl FnMut(&Seen) -> bool) -> Result<Instant, Failure> {
        self.seen.clone().wait_for(enough).await?;
        Ok(Instant::now())
    }

    /// When the Secret appeared; it has to have been waited for.
    pub fn of(&self, name: &str) -> Result<Instant, Failure> {
        let seen = self.seen.borrow();
        seen.secrets.get(name).copied().ok_or_else(|| format!("the Secret {name} never appeared").into())
    }

    /// When the SealedSecret appeared.
    pub fn of_sealed(&self, name: &str) -> Result<Instant, Failure> {
        let seen = self.seen.borrow();
        let appeared = seen.sealed.get(name).map(|sealed| sealed.appeared);
        appeared.ok_or_else(|| format!("the SealedSecret {name} never appeared").into())
    }

    /// How many Secrets and how many statuses there are.
    pub fn counts(&self) -> (usize, usize) {
        let seen = self.seen.borrow();
        (seen.secrets.len(), seen.statuses)
    }
}

impl Seen {
    fn take_secret(&mut self, name: String, _version: String) {
        self.secrets.entry(name).or_insert_with(Instant::now);
    }

    fn take_sealed(&mut self, name: String, version: String) {
        match self.sealed.get_mut(&name) {
            None => {
                let sealed = Sealed { appeared: Instant::now(), version: Some(version) };
                self.sealed.insert(name, sealed);
            }
            // A list that is read again shows the same version.
            Some(first) if first.version.as_ref().is_some_and(|first| *first != version) => {
                first.version = None;
                self.statuses += 1;
            }
            Some(_) => {}
        }
    }
}

/// A watch that breaks is opened again by the watcher; its errors cost time, which is measured.
async fn pump<K>(
    api: Api<PartialObjectMeta<K>>,
    seen: watch::Sender<Seen>,
    take: fn(&mut Seen, String, String),
) where
    K: Resource,
    PartialObjectMeta<K>: Resource + Clone + DeserializeOwned + Debug + Send + 'static,
{
    let mut events = std::pin::pin!(watcher(api, Config::default()));
    while let Some(event) = events.next().await {
        match event {
            Ok(Event::Apply(object) | Event::InitApply(object)) => {
                let metadata = object.metadata;
                let name = metadata.name.unwrap_or_default();
                let version = metadata.resource_version.unwrap_or_default();
                seen.send_modify(|seen| take(seen, name, version));
            }
            Ok(Event::InitDone) => seen.send_modify(|seen| seen.listed += 1),
            Ok(Event::Init | Event::Delete(_)) => {}
            Err(error) => eprintln!("a watch of the benchmark broke: {error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_version_is_a_status() {
        let mut seen = Seen::default();
        for (version, statuses) in [("1", 0), ("1", 0), ("2", 1), ("3", 1)] {
            seen.take_sealed("db".into(), version.into());
            assert_eq!(seen.statuses, statuses, "version {version}");
        }
    }

    #[test]
    fn a_secret_appears_once() {
        let mut seen = Seen::default();
        seen.take_secret("db".into(), "1".into());
        let first = seen.secrets["db"];
        seen.take_secret("db".into(), "2".into());
        assert_eq!(seen.secrets["db"], first);
    }
}
