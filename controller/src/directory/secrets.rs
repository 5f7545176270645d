//! Secrets as files. A comment in the first line says that a file is ours: the file itself is a plain manifest.

use std::path::{Path, PathBuf};
use std::{fs, io};

use sealer_core::{PlainSecret, Policy, encode_base64, manifest};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::files;
use crate::decide::{Plan, Write, plan};
use crate::facts::{
    Cause, DEFAULT_TYPE, Existing, MANAGED_ANNOTATION, ObjectKey, Observed, Outcome, Owner, SecretVersion,
    Wait, says,
};
use crate::yaml;

/// The first line of our files. Whoever takes it away takes the file from us.
const MARK: &str =
    "# Unsealed by sealwright-controller: rewritten when the sealed file changes, removed when it goes.\n";

/// The Secrets of a directory.
#[derive(Debug)]
pub(super) struct SecretDir {
    root: PathBuf,
}

impl SecretDir {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// Removes what a crash has left of files that were being written.
    pub(super) fn clear(&self) -> io::Result<()> {
        for namespace in fs::read_dir(&self.root)? {
            let namespace = namespace?;
            if namespace.file_type()?.is_dir() {
                files::clear(&namespace.path())?;
            }
        }
        Ok(())
    }

    /// The file of a Secret. Only for names that are safe as parts of a path.
    fn path(&self, key: &ObjectKey) -> PathBuf {
        self.root.join(&key.namespace).join(format!("{}.yaml", key.name))
    }

    fn read(&self, key: &ObjectKey) -> io::Result<Option<Zeroizing<String>>> {
        match fs::read_to_string(self.path(key)) {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A Secret as the metadata watch of a cluster would show it.
    pub(super) fn observe(&self, key: &ObjectKey) -> Option<Observed> {
        // What can't be read shows when it is to be written.
        let text = self.read(key).ok().flatten()?;
        let existing = existing(&text, &Owner { key: key.clone(), uid: key.to_string() });
        Some(Observed {
            owned: text.starts_with(MARK),
            managed: says(&existing.annotations, MANAGED_ANNOTATION),
            version: existing.version,
        })
    }

    /// Makes the file what the SealedSecret says, as far as the plan allows.
    pub(super) fn apply(
        &self,
        desired: &PlainSecret,
        owner: &Owner,
        cause: Cause,
    ) -> (Outcome, Option<SecretVersion>) {
        match self.try_apply(desired, owner, cause) {
            Ok(done) => done,
            Err(error) => {
                let why = format!("cannot write {:?}: {error}", self.path(&owner.key));
                (Outcome::Pending(Wait::Api(why)), None)
            }
        }
    }

    fn try_apply(
        &self,
        desired: &PlainSecret,
        owner: &Owner,
        cause: Cause,
    ) -> io::Result<(Outcome, Option<SecretVersion>)> {
        let text = self.read(&owner.key)?;
        let current = text.as_ref().map(|text| existing(text, owner));
        let seen = current.as_ref().map(|existing| existing.version.clone());
        let (write, ours) = match plan(desired, current.as_ref(), owner, cause) {
            Plan::Keep => return Ok((Outcome::Synced { written: false }, seen)),
            Plan::Wait(why) => return Ok((Outcome::Pending(why), seen)),
            Plan::Refuse(why) => return Ok((Outcome::Refused(why), seen)),
            Plan::Create(write) | Plan::Replace(write) => (write, true),
            Plan::Patch(write) => {
                let ours = owner.controls(&write.owners);
                (write, ours)
            }
        };
        let new = document(&owner.key, &write, ours);
        let version = version(&new);
        if text.as_ref().is_some_and(|text| **text == *new) {
            return Ok((Outcome::Synced { written: false }, Some(version)));
        }
        let path = self.path(&owner.key);
        if let Some(parent) = path.parent() {
            files::make_private(parent)?;
        }
        files::write_private(&path, new.as_bytes())?;
        Ok((Outcome::Synced { written: true }, Some(version)))
    }

    /// Our files that none of these keys stands for.
    pub(super) fn orphans(&self, known: impl Fn(&ObjectKey) -> bool) -> Vec<PathBuf> {
        let directories = |path: &Path| fs::read_dir(path).into_iter().flatten().flatten();
        let mut orphans = Vec::new();
        for namespace in directories(&self.root) {
            for file in directories(&namespace.path()) {
                let (namespace, name) = (namespace.file_name(), file.file_name());
                let (Some(namespace), Some(name)) = (namespace.to_str(), name.to_str()) else { continue };
                let Some(name) = name.strip_suffix(".yaml").filter(|name| !name.starts_with('.')) else {
                    continue;
                };
                let key = ObjectKey { namespace: namespace.to_owned(), name: name.to_owned() };
                let ours = || self.read(&key).ok().flatten().is_some_and(|text| text.starts_with(MARK));
                if !known(&key) && ours() {
                    orphans.push(self.path(&key));
                }
            }
        }
        orphans
    }
}

/// A file as a Secret. Ours that was damaged has no values left: the next plan heals it. A foreign one that is no
/// manifest is foreign all the same.
fn existing(text: &str, owner: &Owner) -> Existing {
    let read = manifest::read_secrets(text, Policy::Kubeseal).ok().and_then(|found| found.into_iter().next());
    let read = read.unwrap_or_default();
    Existing {
        version: version(text),
        deleting: false,
        owners: if text.starts_with(MARK) { vec![owner.reference()] } else { Vec::new() },
        type_: read.type_.unwrap_or_else(|| DEFAULT_TYPE.to_owned()),
        immutable: read.immutable == Some(true),
        labels: read.metadata.labels,
        annotations: read.metadata.annotations,
        data: read.data,
    }
}

fn version(text: &str) -> SecretVersion {
    let hash: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    SecretVersion { uid: "file".to_owned(), resource_version: hash }
}

/// The manifest, without owners: they are meant for a cluster, and there they would name nothing.
fn document(key: &ObjectKey, write: &Write, ours: bool) -> Zeroizing<String> {
    let mut metadata = json!({ "name": key.name, "namespace": key.namespace });
    for (field, map) in [("labels", &write.labels), ("annotations", &write.annotations)] {
        if !map.is_empty() {
            metadata[field] = json!(map);
        }
    }
    // Exposed to the file, which only its owner may read.
    let data: Map<String, Value> =
        write.data.iter().map(|(name, value)| (name.clone(), encode_base64(value.expose()).into())).collect();
    let mut secret = json!({ "apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": write.type_, "data": data });
    if write.immutable == Some(true) {
        secret["immutable"] = true.into();
    }
    let mark = if ours { MARK } else { "" };
    Zeroizing::new(format!("{mark}{}", yaml::document(&secret)))
}
