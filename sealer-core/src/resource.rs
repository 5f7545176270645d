//! The shape of a SealedSecret, as `bitnami.com/v1alpha1` defines it.

use std::collections::BTreeMap;

use crate::binding::{Binding, BindingError};
use crate::scope::Scope;

/// The `apiVersion` of a SealedSecret.
pub const API_VERSION: &str = "bitnami.com/v1alpha1";
/// The `kind` of a SealedSecret.
pub const KIND: &str = "SealedSecret";

/// A SealedSecret without its status: safe in any repository.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SealedSecret {
    /// Its own name, namespace and annotations. The scope is read from *these* annotations.
    pub metadata: Metadata,
    /// `spec.encryptedData`: base64 of one envelope for each key.
    pub encrypted_data: BTreeMap<String, String>,
    /// `spec.data`: the deprecated form, base64 of one envelope around a whole Secret in JSON.
    pub deprecated_data: Option<String>,
    /// `spec.template`: everything about the Secret that is not secret.
    pub template: Template,
}

/// What the Secret will look like, besides its values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template {
    /// Labels, annotations and the like of the Secret.
    pub metadata: Metadata,
    /// The type of the Secret.
    pub type_: Option<String>,
    /// Whether the API server shall refuse changes of the Secret.
    pub immutable: Option<bool>,
    /// Go templates by their keys; rendered with the opened values.
    pub data: BTreeMap<String, String>,
}

/// The part of Kubernetes' ObjectMeta that sealing and unsealing care for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metadata {
    /// Empty where none is given.
    pub name: String,
    /// A prefix that the API server would make a name of; kept, as upstream keeps it, never used.
    pub generate_name: String,
    /// Empty where none is given.
    pub namespace: String,
    /// Labels by name.
    pub labels: BTreeMap<String, String>,
    /// Annotations by name.
    pub annotations: BTreeMap<String, String>,
    /// Finalizers in their order.
    pub finalizers: Vec<String>,
    /// Owners in their order.
    pub owner_references: Vec<OwnerReference>,
}

/// One owner, as in `metadata.ownerReferences`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OwnerReference {
    /// Group and version of the owner.
    pub api_version: String,
    /// Kind of the owner.
    pub kind: String,
    /// Name of the owner.
    pub name: String,
    /// UID of the owner.
    pub uid: String,
    /// Whether the owner is the managing controller.
    pub controller: Option<bool>,
    /// Whether the owner can't go before this object.
    pub block_owner_deletion: Option<bool>,
}

impl SealedSecret {
    /// The scope that its own annotations say. The template's annotations have no say: they are not
    /// authenticated, and upstream once let them widen a scope (CVE-2026-22728).
    pub fn scope(&self) -> Scope {
        Scope::from_annotations(&self.metadata.annotations)
    }

    /// What its values must have been bound to if they are to open here.
    pub fn binding(&self) -> Result<Binding, BindingError> {
        Binding::new(self.scope(), &self.metadata.namespace, &self.metadata.name)
    }
}
