//! Every row of the table, and what upstream's suite asserts of each.

use super::*;
use crate::facts::{ObjectKey, SecretVersion};

fn owner() -> Owner {
    Owner { key: ObjectKey { namespace: "payments".into(), name: "db".into() }, uid: "u1".into() }
}

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn data(pairs: &[(&str, &str)]) -> BTreeMap<String, Plaintext> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), Plaintext::new(value.as_bytes().to_vec()))).collect()
}

fn desired() -> PlainSecret {
    let mut secret = PlainSecret { data: data(&[("foo", "bar")]), ..PlainSecret::default() };
    secret.metadata.labels = map(&[("mylabel", "myvalue")]);
    secret
}

/// The Secret as a first pass leaves it.
fn existing() -> Existing {
    Existing {
        version: SecretVersion { uid: "s1".into(), resource_version: "7".into() },
        deleting: false,
        owners: vec![owner().reference()],
        type_: DEFAULT_TYPE.into(),
        immutable: false,
        labels: map(&[("mylabel", "myvalue")]),
        annotations: map(&[]),
        data: data(&[("foo", "bar")]),
    }
}

fn foreign(annotations: &[(&str, &str)]) -> Existing {
    Existing {
        owners: vec![],
        labels: map(&[("theirs", "1")]),
        annotations: map(annotations),
        data: data(&[("foo", "old"), ("kept", "1")]),
        ..existing()
    }
}

const MANAGED: (&str, &str) = (MANAGED_ANNOTATION, "true");
const PATCH: (&str, &str) = (PATCH_ANNOTATION, "true");
const CAUSES: [Cause; 3] = [Cause::Changed, Cause::Restart, Cause::Drift];

#[track_caller]
fn assert_for_all_causes(existing: Option<&Existing>, check: impl Fn(&Plan) -> bool) {
    for cause in CAUSES {
        let plan = plan(&desired(), existing, &owner(), cause);
        assert!(check(&plan), "{cause:?}: {plan:?}");
    }
}

#[test]
fn without_a_secret_it_is_created_as_the_template_says() {
    assert_for_all_causes(None, |plan| {
        matches!(plan, Plan::Create(write) if write.owners == [owner().reference()]
            && write.labels == map(&[("mylabel", "myvalue")])
            && write.annotations.is_empty()
            && write.type_ == "Opaque"
            && write.immutable.is_none())
    });
}

#[test]
fn a_secret_that_is_being_deleted_is_waited_for_whoever_owns_it() {
    for secret in [existing(), foreign(&[]), foreign(&[MANAGED])] {
        let going = Existing { deleting: true, ..secret };
        assert_for_all_causes(Some(&going), |plan| *plan == Plan::Wait(Wait::Deletion));
    }
}

#[test]
fn the_secret_of_an_earlier_sealed_secret_of_the_name_is_left_to_the_garbage_collector() {
    let earlier = OwnerReference { uid: "u0".into(), ..owner().reference() };
    for annotations in [&[][..], &[MANAGED], &[PATCH]] {
        let old = Existing { owners: vec![earlier.clone()], ..foreign(annotations) };
        assert_for_all_causes(Some(&old), |plan| *plan == Plan::Wait(Wait::OldOwner));
    }
}

#[test]
fn a_foreign_secret_is_refused_unless_it_hands_itself_over() {
    let controlled = OwnerReference { kind: "ExternalSecret".into(), uid: "x".into(), ..owner().reference() };
    for secret in [
        foreign(&[]),
        foreign(&[(MANAGED_ANNOTATION, "True"), (PATCH_ANNOTATION, "yes")]),
        Existing { owners: vec![controlled], ..foreign(&[]) },
        // Even the very same content does not make it ours.
        Existing { owners: vec![], ..existing() },
    ] {
        assert_for_all_causes(Some(&secret), |plan| {
            *plan == Plan::Refuse(Refusal::NotOurs { name: "db".into() })
        });
    }
}

#[test]
fn annotations_in_the_template_claim_nothing() {
    let mut wanted = desired();
    wanted.metadata.annotations = map(&[MANAGED, PATCH]);
    assert!(matches!(plan(&wanted, Some(&foreign(&[])), &owner(), Cause::Changed), Plan::Refuse(_)));
}

#[test]
fn frozen_data_that_differ_are_refused_and_equal_ones_are_not() {
    for secret in
        [Existing { data: data(&[("foo", "old")]), ..existing() }, foreign(&[MANAGED]), foreign(&[PATCH])]
    {
        let frozen = Existing { immutable: true, ..secret };
        assert_for_all_causes(Some(&frozen), |plan| matches!(plan, Plan::Refuse(Refusal::Immutable { .. })));
    }
    let frozen = Existing { immutable: true, ..existing() };
    assert_for_all_causes(Some(&frozen), |plan| *plan == Plan::Keep);
    // Labels of a frozen Secret may still follow the template.
    let relabelled = Existing { labels: map(&[]), ..frozen };
    assert!(matches!(plan(&desired(), Some(&relabelled), &owner(), Cause::Changed), Plan::Replace(_)));
}

#[test]
fn another_type_is_refused() {
    for annotations in [&[MANAGED][..], &[PATCH]] {
        let typed = Existing { type_: "kubernetes.io/tls".into(), ..foreign(annotations) };
        assert_for_all_causes(Some(&typed), |plan| matches!(plan, Plan::Refuse(Refusal::TypeDiffers { .. })));
    }
}

#[test]
fn an_unset_type_means_opaque_and_costs_no_write() {
    for unset in [None, Some(String::new()), Some(DEFAULT_TYPE.to_owned())] {
        let wanted = PlainSecret { type_: unset, ..desired() };
        for cause in CAUSES {
            assert_eq!(plan(&wanted, Some(&existing()), &owner(), cause), Plan::Keep);
        }
    }
}

#[test]
fn patching_merges_removes_nothing_and_takes_no_ownership() {
    for (cause, labels) in [
        (Cause::Changed, map(&[("mylabel", "myvalue"), ("theirs", "1")])),
        (Cause::Restart, map(&[("mylabel", "myvalue"), ("theirs", "1")])),
        // What others do to labels and annotations while it runs is their affair.
        (Cause::Drift, map(&[("theirs", "1")])),
    ] {
        let plan = plan(&desired(), Some(&foreign(&[PATCH])), &owner(), cause);
        let expected = matches!(&plan, Plan::Patch(write) if write.owners.is_empty()
            && write.data == data(&[("foo", "bar"), ("kept", "1")])
            && write.labels == labels
            && write.annotations == map(&[PATCH]));
        assert!(expected, "{cause:?}: {plan:?}");
    }
}

#[test]
fn patching_a_managed_secret_takes_ownership_also_where_the_merge_brings_the_annotation() {
    let owned = |plan: &Plan| {
        matches!(plan, Plan::Patch(write) if write.owners == [owner().reference()]
        && write.data == data(&[("foo", "bar"), ("kept", "1")]))
    };
    for cause in [Cause::Changed, Cause::Restart] {
        assert!(owned(&plan(&desired(), Some(&foreign(&[PATCH, MANAGED])), &owner(), cause)));
    }
    let mut wanted = desired();
    wanted.metadata.annotations = map(&[MANAGED]);
    assert!(owned(&plan(&wanted, Some(&foreign(&[PATCH])), &owner(), Cause::Changed)));
}

#[test]
fn a_patch_that_changes_nothing_is_kept() {
    let Plan::Patch(write) = plan(&desired(), Some(&foreign(&[PATCH])), &owner(), Cause::Changed) else {
        panic!("not a patch")
    };
    let done =
        Existing { data: write.data, labels: write.labels, annotations: write.annotations, ..foreign(&[]) };
    assert_for_all_causes(Some(&done), |plan| *plan == Plan::Keep);
}

#[test]
fn a_changed_spec_replaces_everything_and_an_equal_secret_is_kept() {
    let expected = |plan: &Plan| {
        matches!(plan, Plan::Replace(write) if write.owners == [owner().reference()]
        && write.labels == map(&[("mylabel", "myvalue")])
        && write.annotations.is_empty()
        && write.data == data(&[("foo", "bar")]))
    };
    for secret in [
        Existing { data: data(&[("foo", "old")]), ..existing() },
        Existing { labels: map(&[("mylabel", "myvalue"), ("more", "1")]), ..existing() },
        Existing { annotations: map(&[("more", "1")]), ..existing() },
        foreign(&[MANAGED]),
    ] {
        let plan = plan(&desired(), Some(&secret), &owner(), Cause::Changed);
        assert!(expected(&plan), "{plan:?}");
    }
    assert_eq!(plan(&desired(), Some(&existing()), &owner(), Cause::Changed), Plan::Keep);
}

#[test]
fn restart_and_drift_heal_the_data_and_leave_foreign_labels_and_annotations() {
    let touched = Existing {
        labels: map(&[("mylabel", "myvalue"), ("backup", "yes")]),
        annotations: map(&[("reloader", "1")]),
        ..existing()
    };
    for cause in [Cause::Restart, Cause::Drift] {
        assert_eq!(plan(&desired(), Some(&touched), &owner(), cause), Plan::Keep);
        let edited = Existing { data: data(&[("foo", "edited"), ("more", "1")]), ..touched.clone() };
        let plan = plan(&desired(), Some(&edited), &owner(), cause);
        assert!(
            matches!(&plan, Plan::Replace(write) if write.data == data(&[("foo", "bar")])
                && write.labels == touched.labels && write.annotations == touched.annotations),
            "{plan:?}"
        );
    }
}

#[test]
fn immutable_is_heeded_at_creation_only() {
    let frozen = PlainSecret { immutable: Some(true), ..desired() };
    assert!(
        matches!(plan(&frozen, None, &owner(), Cause::Changed), Plan::Create(write) if write.immutable == Some(true))
    );
    assert_eq!(plan(&frozen, Some(&existing()), &owner(), Cause::Changed), Plan::Keep);
}

#[test]
fn a_template_may_bring_owners_of_its_own() {
    let mut wanted = desired();
    let theirs = OwnerReference { kind: "Deployment".into(), ..OwnerReference::default() };
    wanted.metadata.owner_references = vec![theirs.clone()];
    let owners = |wanted: &PlainSecret| match plan(wanted, None, &owner(), Cause::Changed) {
        Plan::Create(write) => write.owners,
        other => panic!("{other:?}"),
    };
    assert_eq!(owners(&wanted), [owner().reference()]);
    wanted.metadata.annotations = map(&[(SKIP_OWNER_ANNOTATION, "true")]);
    assert_eq!(owners(&wanted), [theirs]);
}

#[test]
fn debug_of_a_plan_shows_no_value() {
    let secret = PlainSecret { data: data(&[("foo", "CANARY-5f1e")]), ..desired() };
    for plan in [
        plan(&secret, None, &owner(), Cause::Changed),
        plan(&secret, Some(&existing()), &owner(), Cause::Changed),
        plan(&secret, Some(&foreign(&[PATCH])), &owner(), Cause::Changed),
    ] {
        let shown = format!("{plan:?}");
        assert!(shown.contains("<redacted>") && !shown.contains("CANARY"), "{shown}");
    }
    assert!(!format!("{:?}", Existing { data: secret.data, ..existing() }).contains("CANARY"));
}
