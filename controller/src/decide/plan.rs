//! What to do with the Secret: a table, first match wins.

use std::collections::BTreeMap;

use sealer_core::{OwnerReference, PlainSecret, Plaintext};

use crate::facts::{
    Cause, DEFAULT_TYPE, Existing, MANAGED_ANNOTATION, Owner, PATCH_ANNOTATION, Refusal,
    SKIP_OWNER_ANNOTATION, Wait, controller, is_sealed_secret, says,
};

/// What to do with the Secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan {
    /// There is none: make it.
    Create(Write),
    /// Make the existing one so, whole.
    Replace(Write),
    /// Add to the existing one; nothing of it goes.
    Patch(Write),
    /// It is as it should be.
    Keep,
    /// Not now.
    Wait(Wait),
    /// Never, as things are.
    Refuse(Refusal),
}

/// What a Secret is to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// Its labels, all of them.
    pub labels: BTreeMap<String, String>,
    /// Its annotations, all of them.
    pub annotations: BTreeMap<String, String>,
    /// Its owners, all of them.
    pub owners: Vec<OwnerReference>,
    /// Its type; the API server refuses another one than before.
    pub type_: String,
    /// Whether it is frozen; upstream heeds this when it creates, never later.
    pub immutable: Option<bool>,
    /// Its values, all of them.
    pub data: BTreeMap<String, Plaintext>,
}

/// Decides what to do with the Secret. `managed` and `patch` are read from the existing one: who may write
/// SealedSecrets must not be able to claim somebody else's Secret.
pub fn plan(desired: &PlainSecret, existing: Option<&Existing>, owner: &Owner, cause: Cause) -> Plan {
    let wanted = wanted(desired, owner);
    let Some(existing) = existing else { return Plan::Create(wanted) };
    if let Some(hindrance) = hindrance(existing, owner) {
        return hindrance;
    }
    let patch = says(&existing.annotations, PATCH_ANNOTATION);
    let next = match (patch, cause) {
        (true, Cause::Changed | Cause::Restart) => merged(wanted, existing),
        (true, Cause::Drift) => {
            let mut next = Write { type_: wanted.type_, ..as_is(existing) };
            next.data.extend(wanted.data);
            next
        }
        (false, Cause::Changed) => Write { immutable: Some(existing.immutable), ..wanted },
        (false, Cause::Restart | Cause::Drift) => {
            Write { data: wanted.data, type_: wanted.type_, ..as_is(existing) }
        }
    };
    if existing.immutable && next.data != existing.data {
        return Plan::Refuse(Refusal::Immutable { key: owner.key.clone() });
    }
    if next.type_ != existing.type_ {
        return Plan::Refuse(Refusal::TypeDiffers {
            key: owner.key.clone(),
            existing: existing.type_.clone(),
            wanted: next.type_,
        });
    }
    if next == as_is(existing) {
        return Plan::Keep;
    }
    if patch { Plan::Patch(next) } else { Plan::Replace(next) }
}

/// Why the existing Secret can't be touched, whatever is to be written: the rows of the table that need no values.
pub fn hindrance(existing: &Existing, owner: &Owner) -> Option<Plan> {
    if existing.deleting {
        return Some(Plan::Wait(Wait::Deletion));
    }
    if controller(&existing.owners)
        .is_some_and(|other| is_sealed_secret(other, &owner.key.name) && other.uid != owner.uid)
    {
        return Some(Plan::Wait(Wait::OldOwner));
    }
    let handed_over =
        says(&existing.annotations, MANAGED_ANNOTATION) || says(&existing.annotations, PATCH_ANNOTATION);
    if !owner.controls(&existing.owners) && !handed_over {
        return Some(Plan::Refuse(Refusal::NotOurs { name: owner.key.name.clone() }));
    }
    None
}

/// The Secret as the template says.
fn wanted(desired: &PlainSecret, owner: &Owner) -> Write {
    let from = &desired.metadata;
    let owners = if says(&from.annotations, SKIP_OWNER_ANNOTATION) {
        from.owner_references.clone()
    } else {
        vec![owner.reference()]
    };
    Write {
        labels: from.labels.clone(),
        annotations: from.annotations.clone(),
        owners,
        type_: desired
            .type_
            .clone()
            .filter(|type_| !type_.is_empty())
            .unwrap_or_else(|| DEFAULT_TYPE.to_owned()),
        immutable: desired.immutable,
        data: desired.data.clone(),
    }
}

/// The existing Secret with the wanted values, labels and annotations over its own. Ownership is taken only
/// where `managed` stands after the merge, as upstream reads it.
fn merged(wanted: Write, existing: &Existing) -> Write {
    let mut next = as_is(existing);
    next.data.extend(wanted.data);
    next.labels.extend(wanted.labels);
    next.annotations.extend(wanted.annotations);
    next.type_ = wanted.type_;
    if says(&next.annotations, MANAGED_ANNOTATION) {
        next.owners = wanted.owners;
    }
    next
}

fn as_is(existing: &Existing) -> Write {
    Write {
        labels: existing.labels.clone(),
        annotations: existing.annotations.clone(),
        owners: existing.owners.clone(),
        type_: existing.type_.clone(),
        immutable: Some(existing.immutable),
        data: existing.data.clone(),
    }
}

#[cfg(test)]
mod tests;
