//! Sealing keys as Secrets of the controller's own namespace.
//!
//! Only there: a tenant who could add a key from another namespace would choose what everybody seals for.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::{ObjectReference, Secret};
use kube::api::PostParams;
use kube::core::ObjectMeta;
use kube::runtime::watcher::Event;
use kube::{Api, Client};
use tokio::sync::{Notify, watch};
use tracing::{info, warn};
use zeroize::Zeroizing;

use crate::api::{CallError, call};
use crate::clock;
use crate::convert;
use crate::decide::Note;
use crate::facts::{ObjectKey, SecretVersion};
use crate::keys::{KEY_ACTIVE, KEY_LABEL, KEY_TYPE, KeyFault, KeyPolicy, Ring, StoredKey};
use crate::mirror::{Mirror, Reach};
use crate::report::write_event;
use crate::rotate::{KeyShelf, Put};
use crate::watch::{config, follow};

/// Sealing keys as Secrets of one namespace.
#[derive(Clone)]
pub struct KeyStore {
    /// The way to the API server.
    pub client: Client,
    /// The controller's own namespace.
    pub namespace: String,
    /// How keys are made and ordered.
    pub policy: KeyPolicy,
}

/// A new key could not be stored.
#[derive(Debug, thiserror::Error)]
#[error("cannot create the key Secret {key}: {source}")]
pub struct CreateError {
    /// Where it would be.
    key: ObjectKey,
    /// Why the API server did not take it.
    source: CallError,
}

/// A key Secret as the watch shows it: what is stored, or why it is unusable.
#[derive(Clone)]
struct Seen {
    version: SecretVersion,
    stored: Result<StoredKey, KeyFault>,
}

impl KeyStore {
    fn api(&self) -> Api<Secret> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// Keeps the ring current, for ever; `synced` is told when the first list is complete.
    pub async fn follow(self, ring: watch::Sender<Arc<Ring>>, synced: Arc<Notify>) {
        let mut mirror = Mirror::new();
        let mut told = HashSet::new();
        let selector = config().labels(&format!("{KEY_LABEL}={KEY_ACTIVE}"));
        let (changes, mut changed) = tokio::sync::mpsc::unbounded_channel();
        let watch = || kube::runtime::watcher(self.api(), selector.clone());
        let watching = follow("key Secrets", watch, |event| {
            let Ok(event) = event else { return };
            let listed = !matches!(event, Event::Init | Event::InitApply(_));
            mirror.take(&Reach::Everywhere, event, |secret: Secret| {
                (convert::key(&secret.metadata), seen(secret))
            });
            if listed {
                // The receiver below lives as long as this future.
                let seen: Vec<(ObjectKey, Seen)> =
                    mirror.iter().map(|(key, seen)| (key.clone(), seen.clone())).collect();
                drop(changes.send(seen));
            }
        });
        let loading = async {
            while let Some(seen) = changed.recv().await {
                self.load(seen, &ring, &mut told).await;
                synced.notify_one();
            }
        };
        tokio::join!(watching, loading);
    }

    /// Loads a ring from what was seen. Each unusable version of a Secret is told once.
    async fn load(
        &self,
        seen: Vec<(ObjectKey, Seen)>,
        ring: &watch::Sender<Arc<Ring>>,
        told: &mut HashSet<String>,
    ) {
        let mut versions = BTreeMap::new();
        let mut stored = Vec::new();
        let mut faults = Vec::new();
        for (key, seen) in seen {
            versions.insert(key.name.clone(), seen.version);
            match seen.stored {
                Ok(key) => stored.push(key),
                Err(fault) => faults.push((key.name, fault)),
            }
        }
        // Each key costs milliseconds; they must not stand in the way of the probes.
        let Ok((loaded, more)) = tokio::task::spawn_blocking(move || Ring::load(&stored)).await else {
            return;
        };
        faults.extend(more);
        if loaded.ids != ring.borrow().ids {
            info!(
                keys = loaded.keys.len(),
                newest = loaded.keys.newest().map(|key| key.name.as_str()),
                "sealing keys"
            );
        }
        ring.send_replace(Arc::new(loaded));
        for (name, fault) in faults {
            let version = versions.get(&name).cloned();
            if told.insert(format!("{name} {version:?}")) {
                self.tell(&name, version, &fault).await;
            }
        }
    }

    async fn tell(&self, name: &str, version: Option<SecretVersion>, fault: &KeyFault) {
        let message = format!("this Secret is marked as a sealing key and can't be used: {fault}");
        warn!(secret = %format!("{}/{name}", self.namespace), "{message}");
        let subject = ObjectReference {
            api_version: Some("v1".to_owned()),
            kind: Some("Secret".to_owned()),
            namespace: Some(self.namespace.clone()),
            name: Some(name.to_owned()),
            uid: version.as_ref().map(|version| version.uid.clone()),
            resource_version: version.map(|version| version.resource_version),
            field_path: None,
        };
        let note = Note { warning: true, reason: "ErrKeyUnusable", message };
        if let Err(error) = write_event(&self.client, &subject, &note, clock::now()).await {
            warn!("cannot write the event: {error}");
        }
    }

    /// Whether the Secret of a name that is taken is a key in use: then somebody else has made the key.
    async fn is_usable(&self, name: &str) -> Result<bool, CallError> {
        match call(self.api().get(name)).await {
            Ok(secret) => {
                let active = secret.metadata.labels.as_ref().and_then(|labels| labels.get(KEY_LABEL));
                let active = active.is_some_and(|value| value == KEY_ACTIVE);
                Ok(active && seen(secret).stored.is_ok_and(|stored| stored.pair().is_ok()))
            }
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl KeyShelf for KeyStore {
    type Error = CreateError;

    async fn put(&self, key: StoredKey) -> Result<Put, CreateError> {
        let secret = key_secret(&self.namespace, &key);
        let answer = call(self.api().create(&PostParams::default(), &secret)).await;
        convert::wipe(secret);
        let put = match answer {
            Ok(_) => Ok(Put::Stored),
            Err(error) if error.is_conflict() => self
                .is_usable(&key.name)
                .await
                .map(|usable| if usable { Put::TakenByUsable } else { Put::TakenByUnusable }),
            Err(error) => Err(error),
        };
        let failed = |source| CreateError {
            key: ObjectKey { namespace: self.namespace.clone(), name: key.name.clone() },
            source,
        };
        put.map_err(failed)
    }
}

fn seen(secret: Secret) -> Seen {
    let version = convert::version(&secret.metadata);
    let name = secret.metadata.name.clone().unwrap_or_default();
    let is_tls = secret.type_.as_deref() == Some(KEY_TYPE);
    let stored = if is_tls { parts(name, secret.data.as_ref()) } else { Err(KeyFault::Type) };
    convert::wipe(secret);
    Seen { version, stored }
}

fn parts(name: String, data: Option<&BTreeMap<String, ByteString>>) -> Result<StoredKey, KeyFault> {
    let part = |key: &'static str| -> Result<Zeroizing<String>, KeyFault> {
        let bytes = data.and_then(|data| data.get(key)).ok_or(KeyFault::Missing(key))?;
        let text = std::str::from_utf8(&bytes.0).map_err(|_| KeyFault::NotText(key))?;
        Ok(Zeroizing::new(text.to_owned()))
    };
    let private_pem = part("tls.key")?;
    Ok(StoredKey { name, order: None, private_pem, certificate_pem: part("tls.crt")?.to_string() })
}

/// The Secret of a key, as upstream writes it but for its name.
fn key_secret(namespace: &str, key: &StoredKey) -> Secret {
    let value = |text: &str| ByteString(text.as_bytes().to_vec());
    Secret {
        metadata: ObjectMeta {
            name: Some(key.name.clone()),
            namespace: Some(namespace.to_owned()),
            labels: Some([(KEY_LABEL.to_owned(), KEY_ACTIVE.to_owned())].into()),
            ..ObjectMeta::default()
        },
        type_: Some(KEY_TYPE.to_owned()),
        data: Some(
            [
                ("tls.crt".to_owned(), value(&key.certificate_pem)),
                ("tls.key".to_owned(), value(&key.private_pem)),
            ]
            .into(),
        ),
        ..Secret::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::tests::stored;

    #[test]
    fn a_key_secret_has_upstreams_shape_and_reads_back() {
        let key = stored("sealed-secrets-key0", 1_800_000_000);
        let secret = key_secret("kube-system", &key);
        let json = serde_json::to_value(&secret).unwrap();
        assert_eq!(json["type"], "kubernetes.io/tls");
        assert_eq!(json["metadata"]["labels"][KEY_LABEL], "active");
        assert!(key.private_pem.starts_with("-----BEGIN RSA PRIVATE KEY-----"));
        let back = seen(secret).stored.unwrap();
        assert_eq!(back, key);
        assert!(back.pair().is_ok());
    }

    #[test]
    fn what_is_no_key_is_named_for_what_it_lacks() {
        let key = stored("k", 1_800_000_000);
        let broken = |change: &dyn Fn(&mut Secret)| {
            let mut secret = key_secret("kube-system", &key);
            change(&mut secret);
            seen(secret).stored.unwrap_err()
        };
        assert_eq!(broken(&|secret| secret.type_ = Some("Opaque".into())), KeyFault::Type);
        assert_eq!(broken(&|secret| secret.data = None), KeyFault::Missing("tls.key"));
        assert_eq!(
            broken(&|secret| drop(secret.data.as_mut().unwrap().remove("tls.crt"))),
            KeyFault::Missing("tls.crt")
        );
        assert_eq!(
            broken(&|secret| drop(
                secret.data.as_mut().unwrap().insert("tls.key".into(), ByteString(vec![0xff]))
            )),
            KeyFault::NotText("tls.key")
        );
    }
}
