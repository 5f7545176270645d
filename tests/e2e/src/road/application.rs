//! Something that Flux applies from a repository of its own, until it is removed.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use std::path::Path;
use std::thread;

use sealwright_gitops::Repository;
use sealwright_test_cluster::KubectlError;
use serde_json::Value;

use super::Road;

/// Where Flux's objects are.
const FLUX: &str = "flux-system";

/// A repository, and the objects of Flux that apply it.
pub struct Application<'a> {
    road: &'a Road,
    repository: Repository,
    namespace: &'static str,
    /// Flux's objects; what they applied goes with them.
    manifest: Option<String>,
}

impl<'a> Application<'a> {
    /// An empty repository that nobody applies yet, for objects of this namespace.
    pub fn new(road: &'a Road, name: &str, namespace: &'static str) -> Self {
        Self { road, repository: road.git.create(name).unwrap(), namespace, manifest: None }
    }

    /// The folder that a person works in.
    pub fn folder(&self) -> &Path {
        self.repository.work_tree()
    }

    /// Where Flux reads the repository.
    pub fn url(&self) -> &str {
        self.repository.url()
    }

    /// Commits everything and pushes it; gives the commit.
    pub fn push(&self, message: &str) -> String {
        self.repository.commit_and_push(message).unwrap()
    }

    /// Hands the repository to Flux by these objects.
    pub fn hand_to_flux(&mut self, manifest: String) {
        self.road.world.cluster.apply(&manifest).unwrap();
        self.manifest = Some(manifest);
    }

    /// Waits until the Kustomization has applied this commit, and finds all of it healthy.
    pub fn applied(&self, kustomization: &str, commit: &str) {
        self.road.until(&format!("{kustomization} ready with {commit}"), || {
            let (object, ready) = self.ready(kustomization)?;
            let revision = object["status"]["lastAppliedRevision"].as_str()?;
            (ready["status"] == "True" && revision.ends_with(commit)).then_some(())
        });
    }

    /// Waits until the Kustomization has found this commit unhealthy, and gives what it says.
    pub fn unhealthy(&self, kustomization: &str, commit: &str) -> String {
        self.road.until(&format!("{kustomization} failed with {commit}"), || {
            let (object, ready) = self.ready(kustomization)?;
            let revision = object["status"]["lastAttemptedRevision"].as_str()?;
            let failed = ready["status"] == "False" && ready["reason"] == "HealthCheckFailed";
            (failed && revision.ends_with(commit)).then(|| ready["message"].as_str().unwrap().to_owned())
        })
    }

    /// A Kustomization with its condition `Ready`, if that is about its present generation.
    fn ready(&self, kustomization: &str) -> Option<(Value, Value)> {
        let object = self.road.find("kustomization", FLUX, kustomization)?;
        let conditions = object["status"]["conditions"].as_array()?;
        let ready = conditions.iter().find(|condition| condition["type"] == "Ready")?.clone();
        (ready["observedGeneration"] == object["metadata"]["generation"]).then_some((object, ready))
    }

    /// Takes everything out of the cluster again.
    pub fn remove(mut self) {
        self.delete().unwrap();
    }

    fn delete(&mut self) -> Result<(), KubectlError> {
        let Some(manifest) = self.manifest.take() else { return Ok(()) };
        let file = self.road.world.file("flux-objects.yaml", manifest);
        let namespace = format!("namespace/{}", self.namespace);
        let calls: [&[&str]; 2] = [
            &["delete", "--ignore-not-found", "--timeout=120s", "-f", file.to_str().unwrap()],
            &["wait", "--for=delete", &namespace, "--timeout=120s"],
        ];
        calls.into_iter().try_for_each(|call| self.road.world.cluster.run(call).map(drop))
    }
}

impl Drop for Application<'_> {
    /// After a failure, so that the next test finds its port free.
    fn drop(&mut self) {
        if let Err(error) = self.delete()
            && thread::panicking()
        {
            eprintln!("{error}");
        }
    }
}
