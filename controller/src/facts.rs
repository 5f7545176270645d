//! What is known about the objects, as plain values: the edges read them, the decisions decide on them.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use sealer_core::{OwnerReference, Plaintext, Scope, SealedSecret, Timestamp, resource};
use unsealer::{Identity, UnsealError};

use crate::crd::Status;

/// The annotation by which an existing Secret may be taken over whole.
pub const MANAGED_ANNOTATION: &str = "sealedsecrets.bitnami.com/managed";
/// The annotation by which an existing Secret takes values and keeps the rest.
pub const PATCH_ANNOTATION: &str = "sealedsecrets.bitnami.com/patch";
/// The annotation in a template by which the Secret keeps the template's owners instead of the SealedSecret.
pub const SKIP_OWNER_ANNOTATION: &str = "sealedsecrets.bitnami.com/skip-set-owner-references";
/// The type of a Secret that says none.
pub const DEFAULT_TYPE: &str = "Opaque";

/// Whether an annotation says yes: the exact word `true`, as upstream reads it.
pub fn says(annotations: &BTreeMap<String, String>, name: &str) -> bool {
    annotations.get(name).is_some_and(|value| value == "true")
}

/// Where an object is. A SealedSecret and its Secret share it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectKey {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// A SealedSecret as it was last seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Sealed {
    /// Where it is.
    pub key: ObjectKey,
    /// Its UID.
    pub uid: String,
    /// When it was made: what `now` says in its templates.
    pub created: Timestamp,
    /// The version that a status write has to name.
    pub resource_version: String,
    /// The generation of its spec.
    pub generation: i64,
    /// Whether it is being deleted.
    pub deleting: bool,
    /// Its scope: the annotations count also where the spec is malformed.
    pub scope: Scope,
    /// What is sealed, or why it can't be read.
    pub content: Result<SealedSecret, Malformed>,
    /// Its status, where it has one that can be read.
    pub status: Option<Status>,
}

/// What of a SealedSecret matters to its Secret. Two equal versions need no second look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The UID of the SealedSecret.
    pub uid: String,
    /// The generation of its spec.
    pub generation: i64,
    /// Its scope, which annotations say and the generation therefore does not count.
    pub scope: Scope,
}

impl Sealed {
    /// What of it matters to its Secret.
    pub fn version(&self) -> Version {
        Version { uid: self.uid.clone(), generation: self.generation, scope: self.scope }
    }

    /// What its templates take for random bytes and for the time.
    pub fn identity(&self) -> Identity<'_> {
        Identity { uid: &self.uid, time: self.created }
    }

    /// It as the owner of its Secret.
    pub fn owner(&self) -> Owner {
        Owner { key: self.key.clone(), uid: self.uid.clone() }
    }
}

/// A field of a SealedSecret has another shape than the resource definition says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} is not {expected}")]
pub struct Malformed {
    /// The path of the field; never a piece of its content.
    pub field: &'static str,
    /// What it should have been.
    pub expected: &'static str,
}

/// One exact version of a Secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretVersion {
    /// Its UID.
    pub uid: String,
    /// Its resource version.
    pub resource_version: String,
}

/// A Secret as the metadata watch saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// Which version was seen.
    pub version: SecretVersion,
    /// Whether a SealedSecret of its own name controls it, whatever that one's UID.
    pub owned: bool,
    /// Whether its annotations hand it over whole.
    pub managed: bool,
}

impl Observed {
    /// Whether it is made again at once when it vanishes.
    pub fn comes_back(&self) -> bool {
        self.owned || self.managed
    }
}

/// A Secret as it was read, values included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Existing {
    /// Which version was read.
    pub version: SecretVersion,
    /// Whether it is being deleted.
    pub deleting: bool,
    /// Its owners.
    pub owners: Vec<OwnerReference>,
    /// Its type.
    pub type_: String,
    /// Whether the API server refuses changes of its data.
    pub immutable: bool,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
    /// Its values.
    pub data: BTreeMap<String, Plaintext>,
}

/// The SealedSecret on whose behalf a Secret is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Where it is.
    pub key: ObjectKey,
    /// Its UID.
    pub uid: String,
}

impl Owner {
    /// The reference that a Secret of this owner carries; `blockOwnerDeletion` stays unset, as upstream leaves it.
    pub fn reference(&self) -> OwnerReference {
        OwnerReference {
            api_version: resource::API_VERSION.to_owned(),
            kind: resource::KIND.to_owned(),
            name: self.key.name.clone(),
            uid: self.uid.clone(),
            controller: Some(true),
            block_owner_deletion: None,
        }
    }

    /// Whether this very SealedSecret controls the Secret. Only the UID counts: a SealedSecret of the same name
    /// that was made later must not inherit what it never wrote.
    pub fn controls(&self, owners: &[OwnerReference]) -> bool {
        controller(owners).is_some_and(|owner| owner.uid == self.uid)
    }
}

/// The one owner that is the managing controller.
pub fn controller(owners: &[OwnerReference]) -> Option<&OwnerReference> {
    owners.iter().find(|owner| owner.controller == Some(true))
}

/// Whether the reference names a SealedSecret of that name, whatever its UID.
pub fn is_sealed_secret(owner: &OwnerReference, name: &str) -> bool {
    let group = owner.api_version.split('/').next().unwrap_or_default();
    owner.kind == resource::KIND && group == "bitnami.com" && owner.name == name
}

/// Why an object is judged again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Its spec or scope is new, or it has never been applied: the Secret becomes what the template says.
    Changed,
    /// This process has not judged it yet, and its status says that another did.
    Restart,
    /// Its Secret changed, or a key went.
    Drift,
}

/// How one pass over an object ended. It feeds status, event and retry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The Secret is as it should be; `written` says whether this pass had to write it.
    Synced {
        /// Whether this pass wrote the Secret.
        written: bool,
    },
    /// It does not open; a change of the object or of the keys is needed.
    Unsealable(Unsealable),
    /// It opens, and the Secret must not be written; somebody has to act.
    Refused(Refusal),
    /// Not now: a later pass decides.
    Pending(Wait),
}

/// Why an object does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsealable {
    /// Its own shape is wrong.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// Its values do not open.
    #[error(transparent)]
    Unseal(#[from] UnsealError),
}

/// Why a Secret must not be written. The first two texts are upstream's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Somebody else's Secret has the name.
    #[error("Resource {name:?} already exists and is not managed by SealedSecret")]
    NotOurs {
        /// Its name.
        name: String,
    },
    /// The Secret was frozen.
    #[error(
        "Error updating {key}: the target Secret is immutable; delete it, and it is created anew with the new values"
    )]
    Immutable {
        /// Where it is.
        key: ObjectKey,
    },
    /// The type of a Secret can't be changed.
    #[error(
        "Error updating {key}: the target Secret has type {existing:?}, not {wanted:?}, and a type never changes; delete it, and it is created anew"
    )]
    TypeDiffers {
        /// Where it is.
        key: ObjectKey,
        /// The type it has.
        existing: String,
        /// The type that the template says.
        wanted: String,
    },
    /// The API server finds the Secret invalid.
    #[error("Error updating {key}: {message}")]
    Invalid {
        /// Where it would be.
        key: ObjectKey,
        /// The server's own words.
        message: String,
    },
}

/// What a pass waits for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wait {
    /// The old Secret is going.
    #[error("waiting for the deletion of the Secret of this name")]
    Deletion,
    /// The old Secret belongs to a SealedSecret that is gone; the garbage collector is coming.
    #[error("waiting for the garbage collector to remove the Secret of an earlier SealedSecret of this name")]
    OldOwner,
    /// A foreign Secret has only just vanished: its owner may be replacing it.
    #[error("waiting a moment after the deletion of a foreign Secret of this name")]
    Settling {
        /// What is left of the moment.
        rest: Duration,
    },
    /// Others keep writing the Secret.
    #[error("the Secret keeps changing while it is being written")]
    Contended,
    /// The API server did not do it.
    #[error("{0}")]
    Api(String),
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A SealedSecret that seals nothing.
    pub(crate) fn sealed() -> Sealed {
        Sealed {
            key: ObjectKey { namespace: "payments".into(), name: "db".into() },
            uid: "u1".into(),
            created: Timestamp::from_unix_seconds(1_767_323_045),
            resource_version: "5".into(),
            generation: 2,
            deleting: false,
            scope: Scope::Strict,
            content: Ok(SealedSecret::default()),
            status: None,
        }
    }

    fn owner() -> Owner {
        Owner { key: ObjectKey { namespace: "payments".into(), name: "db".into() }, uid: "u1".into() }
    }

    #[test]
    fn only_the_managing_controller_with_the_same_uid_is_the_owner() {
        let ours = owner().reference();
        assert!(owner().controls(std::slice::from_ref(&ours)));
        assert!(!owner().controls(&[]));
        assert!(!owner().controls(&[OwnerReference { uid: "u2".into(), ..ours.clone() }]));
        assert!(!owner().controls(&[OwnerReference { controller: None, ..ours.clone() }]));
        assert!(!owner().controls(&[OwnerReference { controller: Some(false), ..ours.clone() }]));
        assert!(ours.block_owner_deletion.is_none());
    }

    #[test]
    fn a_reference_names_a_sealed_secret_by_group_kind_and_name() {
        let ours = owner().reference();
        assert!(is_sealed_secret(&ours, "db"));
        assert!(is_sealed_secret(
            &OwnerReference { api_version: "bitnami.com/v1".into(), ..ours.clone() },
            "db"
        ));
        assert!(!is_sealed_secret(&ours, "other"));
        assert!(!is_sealed_secret(
            &OwnerReference { api_version: "example.com/v1alpha1".into(), ..ours.clone() },
            "db"
        ));
        assert!(!is_sealed_secret(&OwnerReference { kind: "Deployment".into(), ..ours }, "db"));
    }
}
