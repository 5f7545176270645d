//! One object of a tree into a Secret.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::error::{ManifestError, Problem, Shape};
use super::fields::Fields;
use super::tree::{Kind, NodeId};
use super::{Policy, SecretManifest, metadata};
use crate::base64;
use crate::secret::{Plaintext, is_data_key};

const FIELDS: [&str; 7] = ["apiVersion", "kind", "metadata", "type", "immutable", "data", "stringData"];

/// Annotations that hold another copy of the object, plaintext included.
pub(crate) const COPIES: [&str; 2] =
    ["kubectl.kubernetes.io/last-applied-configuration", "kubecfg.ksonnet.io/last-applied-configuration"];

/// Reads one Secret; the caller judges `fields.failed` and `fields.touched`.
pub(super) fn read(fields: &mut Fields<'_, '_>, id: NodeId) -> Result<SecretManifest, ManifestError> {
    if fields.policy == Policy::Strict {
        check_kind(fields, id)?;
    }
    let mut secret = SecretManifest::default();
    let mut string_data = BTreeMap::new();
    for (field, value) in fields.object(id, &FIELDS, Some("a Secret"))? {
        match field {
            "metadata" => metadata::read(fields, value, &mut secret.metadata, &mut secret.stripped)?,
            "type" => fields.some_word(value, &mut secret.type_)?,
            "immutable" => {
                // In Go the field points somewhere as soon as a value is there, even one of a wrong type.
                fields.touched |= !fields.is_null(value);
                secret.immutable = fields.boolean(value)?;
            }
            "data" => values(fields, value, &mut secret.data, decoded)?,
            "stringData" => values(fields, value, &mut string_data, literal)?,
            // `apiVersion` and `kind`: upstream reads them and never looks.
            _ => fields.word(value, &mut String::new())?,
        }
    }
    secret.data.extend(string_data);
    strip(&mut secret);
    if fields.policy == Policy::Strict
        && secret.metadata.name.is_empty()
        && !secret.metadata.generate_name.is_empty()
    {
        return Err(fields.tree.error(id, Problem::GenerateName));
    }
    Ok(secret)
}

/// Takes out what must not reach a template.
fn strip(secret: &mut SecretManifest) {
    if !secret.metadata.owner_references.is_empty() {
        secret.metadata.owner_references.clear();
        secret.stripped.push("ownerReferences");
    }
    for copy in COPIES {
        if let Some(text) = secret.metadata.annotations.remove(copy) {
            // It held the values.
            drop(Zeroizing::new(text));
            secret.stripped.push(copy);
        }
    }
}

fn check_kind(fields: &mut Fields<'_, '_>, id: NodeId) -> Result<(), ManifestError> {
    let Some((kind, at)) = kind_of(fields, id)? else {
        return Err(fields.tree.error(id, Problem::NoKind { kind: "Secret" }));
    };
    match kind.as_str() {
        "Secret" => Ok(()),
        "SealedSecret" => Err(fields.tree.error(at, Problem::AlreadySealed)),
        other => {
            Err(fields.tree.error(at, Problem::OtherKind { found: known_kind(other), wanted: "Secret" }))
        }
    }
}

/// The kind of an object, and where it stands.
pub(super) fn kind_of(
    fields: &mut Fields<'_, '_>,
    id: NodeId,
) -> Result<Option<(String, NodeId)>, ManifestError> {
    let entry = fields.entries(id)?.into_iter().find(|entry| entry.key == "kind");
    Ok(entry.and_then(|entry| match fields.tree.kind(entry.value) {
        Kind::Scalar(scalar) => Some((scalar.text.as_str().to_owned(), entry.value)),
        Kind::List(_) | Kind::Map(_) => None,
    }))
}

/// Kinds that a message may name: a kind is input, and input is never shown, but these words are ours.
pub(super) fn known_kind(kind: &str) -> Option<&'static str> {
    const KNOWN: [(&str, &str); 24] = [
        ("ClusterRole", "a ClusterRole"),
        ("ClusterRoleBinding", "a ClusterRoleBinding"),
        ("ConfigMap", "a ConfigMap"),
        ("CronJob", "a CronJob"),
        ("CustomResourceDefinition", "a CustomResourceDefinition"),
        ("DaemonSet", "a DaemonSet"),
        ("Deployment", "a Deployment"),
        ("ExternalSecret", "an ExternalSecret"),
        ("HelmRelease", "a HelmRelease"),
        ("Ingress", "an Ingress"),
        ("Job", "a Job"),
        ("Kustomization", "a Kustomization"),
        ("List", "a List"),
        ("Namespace", "a Namespace"),
        ("PersistentVolumeClaim", "a PersistentVolumeClaim"),
        ("Pod", "a Pod"),
        ("Role", "a Role"),
        ("RoleBinding", "a RoleBinding"),
        ("SealedSecret", "a SealedSecret"),
        ("SealedSecretList", "a SealedSecretList"),
        ("Secret", "a plain Secret"),
        ("Service", "a Service"),
        ("ServiceAccount", "a ServiceAccount"),
        ("StatefulSet", "a StatefulSet"),
    ];
    KNOWN.iter().find(|(name, _)| *name == kind).map(|(_, shown)| *shown)
}

type ReadValue = fn(&mut Fields<'_, '_>, &str, NodeId) -> Result<Option<Plaintext>, ManifestError>;

/// Values by key, over what is there; null empties the map.
fn values(
    fields: &mut Fields<'_, '_>,
    id: NodeId,
    into: &mut BTreeMap<String, Plaintext>,
    read_value: ReadValue,
) -> Result<(), ManifestError> {
    if fields.is_null(id) {
        into.clear();
        return Ok(());
    }
    fields.touched = true;
    for entry in fields.entries(id)? {
        let value =
            read_value(fields, &entry.key, entry.value)?.unwrap_or_else(|| Plaintext::new(Vec::new()));
        into.insert(entry.key, value);
    }
    Ok(())
}

fn literal(fields: &mut Fields<'_, '_>, _: &str, id: NodeId) -> Result<Option<Plaintext>, ManifestError> {
    Ok(fields.text(id)?.map(|text| Plaintext::new(text.into_owned().into_bytes())))
}

fn decoded(fields: &mut Fields<'_, '_>, key: &str, id: NodeId) -> Result<Option<Plaintext>, ManifestError> {
    if fields.policy.is_kubeseal() {
        if let Kind::List(items) = fields.tree.kind(id) {
            return bytes(fields, items);
        }
        if !fields.is_text(id) {
            return if fields.is_null(id) {
                Ok(None)
            } else {
                fields.wrong(id, Problem::Expected(Shape::Text)).map(|()| None)
            };
        }
    }
    let Some(text) = fields.text(id)? else { return Ok(None) };
    if let Ok(value) = base64::decode(&text) {
        return Ok(Some(Plaintext::new(value)));
    }
    let key = is_data_key(key).then(|| key.to_owned());
    fields.wrong(id, Problem::NotBase64 { key }).map(|()| None)
}

/// Go decodes a JSON array of numbers into bytes as well.
fn bytes(fields: &mut Fields<'_, '_>, items: &[NodeId]) -> Result<Option<Plaintext>, ManifestError> {
    let mut value = Vec::with_capacity(items.len());
    for &item in items {
        match fields.byte(item) {
            Some(byte) => value.push(byte),
            None => fields.wrong(item, Problem::Expected(Shape::Text))?,
        }
    }
    Ok(Some(Plaintext::new(value)))
}
