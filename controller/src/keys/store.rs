//! Sealing keys as Secrets of the controller's own namespace.
//!
//! Only there: a tenant who could add a key from another namespace would choose what everybody seals for.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::api::PostParams;
use kube::core::ObjectMeta;
use kube::{Api, Client};
use zeroize::Zeroizing;

use crate::api::convert;
use crate::api::{CallError, call};
use crate::facts::{ObjectKey, SecretVersion};
use crate::keys::rotate::{KeyShelf, Put};
use crate::keys::{KEY_ACTIVE, KEY_LABEL, KEY_TYPE, KeyFault, KeyOrder, KeyPolicy, StoredKey};

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

/// A key Secret as it was read: what is stored, or why it is unusable.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) name: String,
    pub(crate) version: SecretVersion,
    pub(crate) stored: Result<StoredKey, KeyFault>,
}

impl KeyStore {
    pub(crate) fn api(&self) -> Api<Secret> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// The key in a Secret.
    pub(crate) fn read(&self, secret: Secret) -> Seen {
        let name = secret.metadata.name.clone().unwrap_or_default();
        let version = convert::version(&secret.metadata);
        let is_tls = secret.type_.as_deref() == Some(KEY_TYPE);
        let mut stored = if is_tls { parts(name.clone(), secret.data.as_ref()) } else { Err(KeyFault::Type) };
        if let (Ok(key), KeyOrder::SecretCreationTimestamp) = (&mut stored, self.policy.order) {
            key.order = secret.metadata.creation_timestamp.as_ref().map(convert::moment);
        }
        convert::wipe(secret);
        Seen { name, version, stored }
    }

    /// Whether the Secret of a name that is taken is a key in use: then somebody else has made the key.
    async fn is_usable(&self, name: &str) -> Result<bool, CallError> {
        match call(self.api().get(name)).await {
            Ok(secret) => {
                let active = secret.metadata.labels.as_ref().and_then(|labels| labels.get(KEY_LABEL));
                let active = active.is_some_and(|value| value == KEY_ACTIVE);
                Ok(active && self.read(secret).stored.is_ok_and(|stored| stored.pair().is_ok()))
            }
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl KeyShelf for KeyStore {
    type Error = CreateError;

    async fn put(&self, key: StoredKey) -> Result<Put, CreateError> {
        let secret = key_secret(&self.namespace, &self.policy, &key);
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
fn key_secret(namespace: &str, policy: &KeyPolicy, key: &StoredKey) -> Secret {
    let value = |text: &str| ByteString(text.as_bytes().to_vec());
    let mut labels = policy.labels.clone();
    labels.insert(KEY_LABEL.to_owned(), KEY_ACTIVE.to_owned());
    Secret {
        metadata: ObjectMeta {
            name: Some(key.name.clone()),
            namespace: Some(namespace.to_owned()),
            labels: Some(labels),
            annotations: Some(policy.annotations.clone()).filter(|annotations| !annotations.is_empty()),
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
    use serde_json::{Value, json};

    use super::*;
    use crate::api::fake::{FakeApi, refusal};
    use crate::keys::tests::{policy, stored};

    fn store(client: Client, policy: KeyPolicy) -> KeyStore {
        KeyStore { client, namespace: "kube-system".into(), policy }
    }

    fn read(secret: Secret) -> Result<StoredKey, KeyFault> {
        store(FakeApi::new([]).client(), policy()).read(secret).stored
    }

    #[tokio::test]
    async fn a_key_secret_has_upstreams_shape_and_reads_back() {
        let key = stored("sealed-secrets-key0", 1_800_000_000);
        let secret = key_secret("kube-system", &policy(), &key);
        let json = serde_json::to_value(&secret).unwrap();
        assert_eq!(json["type"], "kubernetes.io/tls");
        assert_eq!(
            json["metadata"],
            json!({ "name": key.name, "namespace": "kube-system", "labels": { KEY_LABEL: "active" } })
        );
        assert!(key.private_pem.starts_with("-----BEGIN RSA PRIVATE KEY-----"));
        let back = read(secret).unwrap();
        assert_eq!(back, key);
        assert!(back.pair().is_ok());
    }

    #[test]
    fn labels_and_annotations_are_added_and_the_mark_of_a_key_is_not_theirs() {
        let map = |entries: &[(&str, &str)]| {
            entries.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let labels: BTreeMap<String, String> = map(&[("team", "a"), (KEY_LABEL, "compromised")]);
        let policy = KeyPolicy { labels, annotations: map(&[("note", "x=y")]), ..policy() };
        let secret = key_secret("kube-system", &policy, &stored("k", 1));
        assert_eq!(secret.metadata.labels, Some(map(&[("team", "a"), (KEY_LABEL, KEY_ACTIVE)])));
        assert_eq!(secret.metadata.annotations, Some(map(&[("note", "x=y")])));
    }

    #[tokio::test]
    async fn a_key_is_ordered_by_its_secrets_creation_where_the_policy_says_so() {
        let mut secret = key_secret("kube-system", &policy(), &stored("k", 1_800_000_000));
        let created = json!("2026-01-02T03:04:05Z");
        secret.metadata.creation_timestamp = Some(serde_json::from_value(created).unwrap());
        for (order, ordered) in
            [(KeyOrder::CertNotBefore, 1_800_000_000), (KeyOrder::SecretCreationTimestamp, 1_767_323_045)]
        {
            let store = store(FakeApi::new([]).client(), KeyPolicy { order, ..policy() });
            let pair = store.read(secret.clone()).stored.unwrap().pair().unwrap();
            assert_eq!(pair.order.unix_seconds(), ordered);
        }
    }

    #[tokio::test]
    async fn what_is_no_key_is_named_for_what_it_lacks() {
        let key = stored("k", 1_800_000_000);
        let broken = |change: &dyn Fn(&mut Secret)| {
            let mut secret = key_secret("kube-system", &policy(), &key);
            change(&mut secret);
            read(secret).unwrap_err()
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

    #[tokio::test]
    async fn a_name_that_is_taken_is_looked_at() {
        let key = stored("k", 1_800_000_000);
        let there = |change: &dyn Fn(&mut Value)| {
            let mut secret = serde_json::to_value(key_secret("kube-system", &policy(), &key)).unwrap();
            change(&mut secret);
            (200, secret)
        };
        for (found, put) in [
            (there(&|_| {}), Put::TakenByUsable),
            (
                there(&|secret| secret["metadata"]["labels"][KEY_LABEL] = json!("compromised")),
                Put::TakenByUnusable,
            ),
            (there(&|secret| secret["metadata"]["labels"] = json!({})), Put::TakenByUnusable),
            (there(&|secret| secret["data"] = json!({})), Put::TakenByUnusable),
            (refusal(404, "NotFound"), Put::TakenByUnusable),
        ] {
            let api = FakeApi::new([refusal(409, "AlreadyExists"), found.clone()]);
            assert_eq!(store(api.client(), policy()).put(key.clone()).await.unwrap(), put, "{found:?}");
            let secrets = "/api/v1/namespaces/kube-system/secrets";
            assert_eq!(api.calls(), [format!("POST {secrets}"), format!("GET {secrets}/k")]);
        }
        let api = FakeApi::new([refusal(403, "Forbidden")]);
        let error = store(api.client(), policy()).put(key).await.unwrap_err().to_string();
        assert_eq!(error, "cannot create the key Secret kube-system/k: refused: Forbidden");
    }
}
