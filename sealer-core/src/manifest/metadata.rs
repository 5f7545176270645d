//! `metadata`: what sealing keeps of it.

use super::error::ManifestError;
use super::fields::Fields;
use super::tree::NodeId;
use crate::resource::{Metadata, OwnerReference};

/// What a cluster writes into an object, and no manifest needs.
const SERVER_FIELDS: [&str; 8] = [
    "selfLink",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    // Upstream keeps this one in the template, where it does nothing but churn: kubectl's bookkeeping of
    // another object. So it goes with the others.
    "managedFields",
];

/// Reads `metadata` over what is there, and adds the names of the cluster's own fields to `server_fields`.
pub(super) fn read(
    fields: &mut Fields<'_, '_>,
    id: NodeId,
    metadata: &mut Metadata,
    server_fields: &mut Vec<&'static str>,
) -> Result<(), ManifestError> {
    const KEPT: [&str; 7] =
        ["name", "generateName", "namespace", "labels", "annotations", "finalizers", "ownerReferences"];
    let known: Vec<&'static str> = KEPT.into_iter().chain(SERVER_FIELDS).collect();
    for (field, value) in fields.object(id, &known, None)? {
        if fields.is_null(value)
            && !matches!(field, "name" | "namespace" | "generateName" | "labels" | "annotations")
        {
            continue;
        }
        match field {
            "name" => fields.word(value, &mut metadata.name)?,
            "generateName" => fields.word(value, &mut metadata.generate_name)?,
            "namespace" => fields.word(value, &mut metadata.namespace)?,
            "labels" => fields.texts(value, &mut metadata.labels)?,
            "annotations" => fields.texts(value, &mut metadata.annotations)?,
            "finalizers" => {
                metadata.finalizers.clear();
                for &item in fields.list(value)? {
                    metadata.finalizers.push(fields.text(item)?.unwrap_or_default().into_owned());
                }
            }
            "ownerReferences" => {
                metadata.owner_references.clear();
                for &item in fields.list(value)? {
                    metadata.owner_references.push(owner(fields, item)?);
                }
            }
            server_field => {
                fields.touched = true;
                if !server_fields.contains(&server_field) {
                    server_fields.push(server_field);
                }
            }
        }
    }
    Ok(())
}

fn owner(fields: &mut Fields<'_, '_>, id: NodeId) -> Result<OwnerReference, ManifestError> {
    const KNOWN: [&str; 6] = ["apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion"];
    let mut owner = OwnerReference::default();
    for (field, value) in fields.object(id, &KNOWN, None)? {
        match field {
            "apiVersion" => fields.word(value, &mut owner.api_version)?,
            "kind" => fields.word(value, &mut owner.kind)?,
            "name" => fields.word(value, &mut owner.name)?,
            "uid" => fields.word(value, &mut owner.uid)?,
            "controller" => owner.controller = fields.boolean(value)?,
            _ => owner.block_owner_deletion = fields.boolean(value)?,
        }
    }
    Ok(owner)
}
