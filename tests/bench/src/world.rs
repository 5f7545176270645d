//! A fresh control plane for one measurement, and the loads that are put on it.

use std::path::Path;
use std::time::Instant;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use k8s_openapi::api::core::v1::Secret;
use kube::api::{ListParams, PostParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::core::DynamicObject;
use kube::{Api, Client, Config};
use sealwright_test_cluster::{Cluster, installation};
use serde_json::Value;
use tempfile::TempDir;

use crate::Failure;
use crate::controller::{Controller, Limits, Programs, Who};
use crate::sealed::{self, Key, NAMESPACE};

/// The namespace of Secrets that nobody sealed.
const FOREIGN: &str = "foreign";
/// Requests under way at once while objects are put there.
const WIDTH: usize = 64;
/// A control plane with the manifests and the key; ended when dropped.
pub struct World<'a> {
    cluster: Cluster,
    programs: &'a Programs,
    /// The administrator.
    pub client: Client,
    /// Holds the cluster's files, so it goes last.
    _folder: TempDir,
}

impl<'a> World<'a> {
    /// Starts one; the controllers find the key in it.
    pub async fn start(programs: &'a Programs, key: &Key) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let cluster = Cluster::start(&programs.control_plane, &folder.path().join("cluster"))?;
        installation::apply(&cluster)?;
        // More than ours asks for, so that each has what it needs.
        installation::apply_upstreams_rights(&cluster)?;
        for namespace in [NAMESPACE, FOREIGN] {
            cluster.run(&["create", "namespace", namespace])?;
        }
        let client = administrator(cluster.kubeconfig()).await?;
        let keys: Api<Secret> = Api::namespaced(client.clone(), installation::NAMESPACE);
        keys.create(&PostParams::default(), &key.secret).await?;
        Ok(Self { cluster, programs, client, _folder: folder })
    }

    /// The control plane.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Starts one of the controllers.
    pub fn controller(&self, who: Who, limits: Limits) -> Result<Controller, Failure> {
        Controller::start(who, self.programs, &self.cluster, limits)
    }

    /// Creates one SealedSecret, and says when the request was sent.
    pub async fn create(&self, json: &str) -> Result<(String, Instant), Failure> {
        let object = sealed::object(json)?;
        let name = object.metadata.name.clone().unwrap_or_default();
        let sent = Instant::now();
        self.sealed().create(&PostParams::default(), &object).await?;
        Ok((name, sent))
    }

    /// Creates SealedSecrets as fast as the API server takes them, and says when each request was sent.
    pub async fn create_all(&self, objects: &[String]) -> Result<Vec<(String, Instant)>, Failure> {
        stream::iter(objects).map(|json| self.create(json)).buffer_unordered(WIDTH).try_collect().await
    }

    /// Creates Secrets that are none of a controller's business.
    pub async fn create_foreign(&self, count: usize) -> Result<(), Failure> {
        let secrets: Api<Secret> = Api::namespaced(self.client.clone(), FOREIGN);
        let creating = stream::iter(0..count).map(|number| {
            let secrets = secrets.clone();
            async move {
                let secret = sealed::foreign(FOREIGN, number)?;
                secrets.create(&PostParams::default(), &secret).await?;
                Ok::<(), Failure>(())
            }
        });
        creating.buffer_unordered(WIDTH).try_collect().await
    }

    /// That every SealedSecret says that it is in the cluster; a figure of a sync that did not happen is none.
    pub async fn all_are_synced(&self, expected: usize) -> Result<(), Failure> {
        let objects = self.sealed().list(&ListParams::default()).await?.items;
        let synced = objects.iter().filter(|object| is_synced(&object.data)).count();
        if (objects.len(), synced) == (expected, expected) {
            return Ok(());
        }
        Err(format!("of {expected} SealedSecrets {} are there and {synced} are synced", objects.len()).into())
    }

    fn sealed(&self) -> Api<DynamicObject> {
        Api::namespaced_with(self.client.clone(), NAMESPACE, &sealed::resource())
    }
}

async fn administrator(kubeconfig: &Path) -> Result<Client, Failure> {
    let file = Kubeconfig::read_from(kubeconfig)?;
    Ok(Client::try_from(Config::from_custom_kubeconfig(file, &KubeConfigOptions::default()).await?)?)
}

fn is_synced(object: &Value) -> bool {
    let conditions = object["status"]["conditions"].as_array();
    conditions.into_iter().flatten().any(|one| one["type"] == "Synced" && one["status"] == "True")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_is_synced_when_its_condition_says_so() {
        let with =
            |status: &str| json!({ "status": { "conditions": [{ "type": "Synced", "status": status }] } });
        assert!(is_synced(&with("True")));
        assert!(!is_synced(&with("False")));
        assert!(!is_synced(&json!({ "spec": {} })));
    }
}
