//! The key Secrets of a cluster: in the controller's namespace and nowhere else.

use std::time::Duration;

use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, ListParams, PostParams};

use super::key_secret::{KEY_LABEL, KeySecret, PLAIN_NAME};
use crate::cluster::{self, ClusterError, Controller, cause};
use crate::deadline::{self, Elapsed};
use crate::kubeconfig::Surroundings;
use crate::sealwright::verdict::Advice;

/// The key Secrets can't be read or written.
#[derive(Debug, thiserror::Error)]
pub(super) enum KeysError {
    /// There is no way to the cluster.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The rights don't suffice.
    #[error("cannot {verb} Secrets in {namespace}: {said}")]
    Forbidden {
        /// What was to be done.
        verb: &'static str,
        /// Where.
        namespace: String,
        /// What the API server says.
        said: String,
    },
    /// Another refusal.
    #[error("cannot {verb} Secrets in {namespace}: {said}")]
    Refused {
        /// What was to be done.
        verb: &'static str,
        /// Where.
        namespace: String,
        /// What the API server says.
        said: String,
    },
    /// Not in time.
    #[error("cannot reach the API server: {0}")]
    Late(#[from] Elapsed),
    /// There are no keys.
    #[error("there is no sealing key in {namespace}")]
    None {
        /// Where.
        namespace: String,
    },
}

impl Advice for KeysError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Cluster(error) => Advice::hint(error),
            Self::Forbidden { verb, namespace, .. } => Some(format!(
                "it needs the right to {verb} secrets in {namespace}, which is as good as all that was ever sealed"
            )),
            Self::Late(elapsed) => Some(elapsed.hint()),
            Self::None { .. } => {
                Some("name the controller's namespace with --controller-namespace".to_owned())
            }
            Self::Refused { .. } => None,
        }
    }
}

/// The Secrets of the controller's namespace.
pub(super) struct Secrets {
    api: Api<Secret>,
    namespace: String,
    limit: Option<Duration>,
}

impl Secrets {
    pub(super) async fn of(controller: &Controller, surroundings: &Surroundings) -> Result<Self, KeysError> {
        let client = cluster::client(controller, surroundings).await?;
        let namespace = controller.namespace.clone();
        Ok(Self { api: Api::namespaced(client, &namespace), namespace, limit: controller.timeout })
    }

    /// All key Secrets, oldest first; the retired ones and the one of the plain name as well.
    pub(super) async fn keys(&self) -> Result<Vec<KeySecret>, KeysError> {
        let marked = ListParams::default().labels(KEY_LABEL);
        let listed = deadline::within(self.limit, self.api.list(&marked)).await?;
        let mut secrets = listed.map_err(|error| self.refused("list", &error))?.items;
        if !secrets.iter().any(|secret| secret.metadata.name.as_deref() == Some(PLAIN_NAME)) {
            secrets.extend(self.named(PLAIN_NAME).await?);
        }
        let mut keys: Vec<KeySecret> = secrets.into_iter().map(KeySecret::from_cluster).collect();
        keys.sort_by(|a, b| (a.created, a.name()).cmp(&(b.created, b.name())));
        Ok(keys)
    }

    /// The Secret of this name, key or not.
    pub(super) async fn named(&self, name: &str) -> Result<Option<Secret>, KeysError> {
        let found = deadline::within(self.limit, self.api.get_opt(name)).await?;
        found.map_err(|error| self.refused("get", &error))
    }

    pub(super) async fn create(&self, key: &KeySecret) -> Result<(), KeysError> {
        let (parameters, secret) = (PostParams::default(), key.to_cluster());
        let made = deadline::within(self.limit, self.api.create(&parameters, &secret)).await?;
        made.map(drop).map_err(|error| self.refused("create", &error))
    }

    fn refused(&self, verb: &'static str, error: &kube::Error) -> KeysError {
        let (namespace, said) = (self.namespace.clone(), cause(error));
        match error {
            kube::Error::Api(status) if status.code == 403 => KeysError::Forbidden { verb, namespace, said },
            _ => KeysError::Refused { verb, namespace, said },
        }
    }
}

/// All keys of the controller's namespace, of which there is at least one.
pub(super) fn keys(
    controller: &Controller,
    surroundings: &Surroundings,
) -> Result<Vec<KeySecret>, KeysError> {
    let work = async { Secrets::of(controller, surroundings).await?.keys().await };
    let keys = deadline::run(work).map_err(|error| ClusterError::Runtime(error.into()))??;
    if keys.is_empty() {
        return Err(KeysError::None { namespace: controller.namespace.clone() });
    }
    Ok(keys)
}
