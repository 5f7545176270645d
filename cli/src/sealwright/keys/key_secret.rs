//! A Secret that holds a sealing key, in the cluster or in a backup.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::core::ObjectMeta;
use sealer_core::{Metadata, PlainSecret, Plaintext, SealingCert, SecretManifest, Timestamp};
use unsealer::{KeyPairError, PrivateKey, PrivateKeyError, SealingKeyPair};

/// Marks the Secrets that hold sealing keys.
pub(super) const KEY_LABEL: &str = "sealedsecrets.bitnami.com/sealed-secrets-key";
/// The value of the label on a key that is in use; with any other it is retired.
const ACTIVE: &str = "active";
/// The name of the Secret that upstream's first versions made, without a label.
pub(super) const PLAIN_NAME: &str = "sealed-secrets-key";
/// What `kubectl apply` leaves behind: another copy of the private key.
const COPY: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// A Secret that holds a sealing key, without what a cluster added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeySecret {
    pub(super) secret: PlainSecret,
    /// When the cluster got it; nobody knows that of one in a file.
    pub(super) created: Option<Timestamp>,
}

/// It is no sealing key that could be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum KeyFault {
    /// A half of it is missing, or is no text.
    #[error("{0} is missing, or is no text")]
    Missing(&'static str),
    /// The private half.
    #[error("tls.key: {0}")]
    Private(PrivateKeyError),
    /// The public half, or the two together.
    #[error(transparent)]
    Pair(#[from] KeyPairError),
}

impl KeySecret {
    /// The Secret of a cluster.
    pub(super) fn from_cluster(secret: Secret) -> Self {
        let Secret { data, immutable, metadata, string_data: _, type_ } = secret;
        let created = metadata
            .creation_timestamp
            .as_ref()
            .map(|time| Timestamp::from_unix_seconds(u64::try_from(time.0.as_second()).unwrap_or_default()));
        let mut annotations = metadata.annotations.unwrap_or_default();
        annotations.remove(COPY);
        let metadata = Metadata {
            name: metadata.name.unwrap_or_default(),
            namespace: metadata.namespace.unwrap_or_default(),
            labels: metadata.labels.unwrap_or_default(),
            annotations,
            ..Metadata::default()
        };
        let data = data.unwrap_or_default().into_iter();
        let data = data.map(|(name, ByteString(bytes))| (name, Plaintext::new(bytes))).collect();
        Self { secret: PlainSecret { metadata, type_, immutable, data }, created }
    }

    /// The Secret of a backup.
    pub(super) fn from_manifest(manifest: SecretManifest) -> Self {
        let SecretManifest { metadata, type_, immutable, data, stripped: _ } = manifest;
        Self { secret: PlainSecret { metadata, type_, immutable, data }, created: None }
    }

    /// What a cluster takes.
    pub(super) fn to_cluster(&self) -> Secret {
        let PlainSecret { metadata, type_, immutable, data } = &self.secret;
        let some = |map: &BTreeMap<String, String>| (!map.is_empty()).then(|| map.clone());
        // Exposed to the API server, which is to keep it.
        let data = data.iter().map(|(name, value)| (name.clone(), ByteString(value.expose().to_vec())));
        Secret {
            metadata: ObjectMeta {
                name: Some(metadata.name.clone()),
                labels: some(&metadata.labels),
                annotations: some(&metadata.annotations),
                ..ObjectMeta::default()
            },
            type_: type_.clone(),
            immutable: *immutable,
            data: Some(data.collect()),
            string_data: None,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.secret.metadata.name
    }

    /// The value of the label; without one, as on the Secret of the plain name, it is active.
    pub(super) fn state(&self) -> &str {
        self.secret.metadata.labels.get(KEY_LABEL).map_or(ACTIVE, String::as_str)
    }

    pub(super) fn is_active(&self) -> bool {
        self.state() == ACTIVE
    }

    /// Whether it is meant as a sealing key.
    pub(super) fn is_marked(&self) -> bool {
        self.secret.metadata.labels.contains_key(KEY_LABEL) || self.name() == PLAIN_NAME
    }

    /// Its certificate, if the private half is there and fits.
    pub(super) fn certificate(&self) -> Result<SealingCert, KeyFault> {
        let private = PrivateKey::from_pem(self.text("tls.key")?).map_err(KeyFault::Private)?;
        let pem = self.text("tls.crt")?.to_owned();
        let order = Timestamp::from_unix_seconds(0);
        Ok(SealingKeyPair::new(self.name().to_owned(), private, pem, order)?.certificate)
    }

    fn text(&self, name: &'static str) -> Result<&str, KeyFault> {
        // Exposed to the readers of keys and certificates, whose errors repeat nothing.
        let value = self.secret.data.get(name).and_then(|value| std::str::from_utf8(value.expose()).ok());
        value.ok_or(KeyFault::Missing(name))
    }
}

/// The one that is sealed with, unless the controller goes by the Secrets' creation: of the active ones that work, the
/// one whose certificate begins last.
pub(super) fn newest<'k>(
    keys: impl IntoIterator<Item = (&'k KeySecret, &'k Result<SealingCert, KeyFault>)>,
) -> Option<&'k str> {
    let usable = keys.into_iter().filter_map(|(key, cert)| {
        key.is_active().then_some(())?;
        Some((cert.as_ref().ok()?.not_before(), key.name()))
    });
    usable.max().map(|(_, name)| name)
}
