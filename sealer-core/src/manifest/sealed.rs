//! One object of a tree into a SealedSecret.

use super::error::{ManifestError, Problem, Shape};
use super::fields::Fields;
use super::metadata;
use super::secret::{kind_of, known_kind};
use super::tree::{Kind, NodeId};
use crate::resource::{KIND, SealedSecret, Template};

/// Reads one SealedSecret. Anything but a text under `encryptedData` is an error: upstream drops the whole
/// map in silence then, and the Secret comes out empty.
pub(super) fn read(fields: &mut Fields<'_, '_>, id: NodeId) -> Result<SealedSecret, ManifestError> {
    const FIELDS: [&str; 5] = ["apiVersion", "kind", "metadata", "spec", "status"];
    check_kind(fields, id)?;
    let mut sealed = SealedSecret::default();
    for (field, value) in fields.object(id, &FIELDS, Some("a SealedSecret"))? {
        match field {
            "metadata" => metadata::read(fields, value, &mut sealed.metadata, &mut Vec::new())?,
            "spec" => spec(fields, value, &mut sealed)?,
            _ => {}
        }
    }
    Ok(sealed)
}

/// Reads one SealedSecret; nothing where the object is of another kind.
pub(super) fn find(fields: &mut Fields<'_, '_>, id: NodeId) -> Result<Option<SealedSecret>, ManifestError> {
    match kind_of(fields, id)? {
        Some((kind, _)) if kind == KIND => read(fields, id).map(Some),
        Some(_) | None => Ok(None),
    }
}

fn check_kind(fields: &mut Fields<'_, '_>, id: NodeId) -> Result<(), ManifestError> {
    match kind_of(fields, id)? {
        Some((kind, _)) if kind == KIND => Ok(()),
        // What the other policy refuses, kubeseal and the controller's HTTP API take.
        None if fields.policy.is_kubeseal() => Ok(()),
        None => Err(fields.tree.error(id, Problem::NoKind { kind: KIND })),
        Some((kind, at)) => {
            let problem = Problem::OtherKind { found: known_kind(&kind), wanted: KIND };
            Err(fields.tree.error(at, problem))
        }
    }
}

fn spec(fields: &mut Fields<'_, '_>, id: NodeId, sealed: &mut SealedSecret) -> Result<(), ManifestError> {
    const FIELDS: [&str; 3] = ["template", "data", "encryptedData"];
    for (field, value) in fields.object(id, &FIELDS, Some("`spec` of a SealedSecret"))? {
        match field {
            "template" => template(fields, value, &mut sealed.template)?,
            "data" if fields.is_null(value) => {}
            "data" => fields.some_word(value, &mut sealed.deprecated_data)?,
            _ => {
                let is_map = matches!(fields.tree.kind(value), Kind::Map(_));
                if !is_map && !fields.is_null(value) {
                    return Err(fields.tree.error(value, Problem::Expected(Shape::Mapping)));
                }
                fields.texts(value, &mut sealed.encrypted_data)?;
            }
        }
    }
    Ok(())
}

fn template(fields: &mut Fields<'_, '_>, id: NodeId, template: &mut Template) -> Result<(), ManifestError> {
    const FIELDS: [&str; 4] = ["metadata", "type", "immutable", "data"];
    for (field, value) in fields.object(id, &FIELDS, Some("`template` of a SealedSecret"))? {
        match field {
            "metadata" => metadata::read(fields, value, &mut template.metadata, &mut Vec::new())?,
            "type" if fields.is_null(value) => {}
            "type" => fields.some_word(value, &mut template.type_)?,
            "immutable" => template.immutable = fields.boolean(value)?,
            _ => fields.texts(value, &mut template.data)?,
        }
    }
    Ok(())
}
