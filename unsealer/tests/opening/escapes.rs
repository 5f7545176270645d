//! A value opens where its label says, and nowhere else, whatever is done to the object around it. Sealing again
//! moves that border by nothing.

use sealer_core::scope::{CLUSTER_WIDE_ANNOTATION, NAMESPACE_WIDE_ANNOTATION};
use sealer_core::{Scope, SealedSecret};
use unsealer::{ResealError, UnsealError};

use crate::support::{NEW, OLD, opens, reseal, ring, sealed, sealed_as, values};

type Change = fn(&mut SealedSecret);

const CHANGES: [(&str, Change); 22] = [
    ("nothing", |_| {}),
    ("renamed", |it| it.metadata.name = "other".into()),
    ("moved", |it| it.metadata.namespace = "other".into()),
    ("renamed and moved", |it| {
        it.metadata.name = "other".into();
        it.metadata.namespace = "other".into();
    }),
    ("cluster-wide added", |it| say(it, CLUSTER_WIDE_ANNOTATION, "true")),
    ("cluster-wide removed", |it| drop(it.metadata.annotations.remove(CLUSTER_WIDE_ANNOTATION))),
    ("namespace-wide added", |it| say(it, NAMESPACE_WIDE_ANNOTATION, "true")),
    ("namespace-wide removed", |it| drop(it.metadata.annotations.remove(NAMESPACE_WIDE_ANNOTATION))),
    ("both added", |it| {
        say(it, CLUSTER_WIDE_ANNOTATION, "true");
        say(it, NAMESPACE_WIDE_ANNOTATION, "true");
    }),
    ("cluster-wide True", |it| say(it, CLUSTER_WIDE_ANNOTATION, "True")),
    ("cluster-wide 1", |it| say(it, CLUSTER_WIDE_ANNOTATION, "1")),
    ("cluster-wide with a space", |it| say(it, CLUSTER_WIDE_ANNOTATION, "true ")),
    ("namespace-wide TRUE", |it| say(it, NAMESPACE_WIDE_ANNOTATION, "TRUE")),
    ("cluster-wide in the template only", |it| {
        it.metadata.annotations.clear();
        say_in_template(it, CLUSTER_WIDE_ANNOTATION);
    }),
    ("namespace-wide in the template only", |it| {
        it.metadata.annotations.clear();
        say_in_template(it, NAMESPACE_WIDE_ANNOTATION);
    }),
    ("cluster-wide in the template besides", |it| say_in_template(it, CLUSTER_WIDE_ANNOTATION)),
    ("namespace-wide in the template besides", |it| say_in_template(it, NAMESPACE_WIDE_ANNOTATION)),
    ("in the metadata only", |it| it.template.metadata.annotations.clear()),
    ("renamed in the template", |it| it.template.metadata.name = "other".into()),
    ("moved, and back in the template", |it| {
        it.metadata.namespace = "other".into();
        it.template.metadata.namespace = "payments".into();
    }),
    // Kubernetes has no such namespace, but a request over HTTP may: the label is the same, and nothing is won.
    ("the label as a namespace", |it| {
        it.metadata.namespace = "payments/db".into();
        say(it, NAMESPACE_WIDE_ANNOTATION, "true");
    }),
    ("the slash moved", |it| {
        it.metadata.namespace = "payments/db".into();
        it.metadata.name = String::new();
    }),
];

fn say(sealed: &mut SealedSecret, annotation: &str, value: &str) {
    sealed.metadata.annotations.insert(annotation.to_owned(), value.to_owned());
}

fn say_in_template(sealed: &mut SealedSecret, annotation: &str) {
    sealed.template.metadata.annotations.insert(annotation.to_owned(), "true".to_owned());
}

/// The label by the format's own rule, told apart from the code under test.
fn label(sealed: &SealedSecret) -> Option<String> {
    let says = |name: &str| sealed.metadata.annotations.get(name).map(String::as_str) == Some("true");
    let (namespace, name) = (&sealed.metadata.namespace, &sealed.metadata.name);
    if says(CLUSTER_WIDE_ANNOTATION) {
        Some(String::new())
    } else if says(NAMESPACE_WIDE_ANNOTATION) {
        (!namespace.is_empty()).then(|| namespace.clone())
    } else {
        (!namespace.is_empty() && !name.is_empty()).then(|| format!("{namespace}/{name}"))
    }
}

/// Whether the template says a scope, and another than the object.
fn disagrees(sealed: &SealedSecret) -> bool {
    let template = Scope::from_annotations(&sealed.template.metadata.annotations);
    template != Scope::Strict && template != Scope::from_annotations(&sealed.metadata.annotations)
}

#[test]
fn it_opens_exactly_where_the_label_is_the_same() {
    let ring = ring(&[&NEW, &OLD]);
    let mut outcomes = [0, 0];
    for scope in Scope::ALL {
        let original = sealed(scope, &OLD);
        for (what, change) in CHANGES {
            let mut changed = original.clone();
            change(&mut changed);
            let expected = label(&changed) == label(&original);
            assert_eq!(opens(&changed, &ring), expected.then(values), "{scope}, {what}");
            outcomes[usize::from(expected)] += 1;
        }
    }
    assert!(outcomes.iter().all(|seen| *seen >= 20), "both outcomes were seen: {outcomes:?}");
}

#[test]
fn sealing_again_opens_no_other_place_and_refuses_a_template_that_disagrees() {
    let ring = ring(&[&NEW, &OLD]);
    for scope in Scope::ALL {
        let original = sealed(scope, &OLD);
        for (what, change) in CHANGES {
            let mut changed = original.clone();
            change(&mut changed);
            let again = reseal(&changed, &ring);
            if label(&changed) != label(&original) {
                let why = again.unwrap_err();
                let plain = matches!(
                    &why,
                    ResealError::Unseal(UnsealError::Items { cause: None, .. } | UnsealError::Binding(_))
                );
                assert!(plain, "{scope}, {what}: {why}");
            } else if disagrees(&changed) {
                assert!(matches!(again, Err(ResealError::Scope { .. })), "{scope}, {what}");
            } else {
                let again = again.unwrap();
                assert_eq!(
                    SealedSecret { encrypted_data: changed.encrypted_data, ..again.clone() },
                    SealedSecret { encrypted_data: original.encrypted_data.clone(), ..changed },
                    "{scope}, {what}"
                );
                for (to, change) in CHANGES {
                    let mut elsewhere = again.clone();
                    change(&mut elsewhere);
                    let expected = (label(&elsewhere) == label(&original)).then(values);
                    assert_eq!(opens(&elsewhere, &ring), expected, "{scope}, {what}, then {to}");
                }
            }
        }
    }
}

#[test]
fn an_item_of_a_sibling_opens_only_under_a_label_that_both_share() {
    let ring = ring(&[&OLD]);
    for (scope, opens_here) in
        [(Scope::Strict, false), (Scope::NamespaceWide, true), (Scope::ClusterWide, true)]
    {
        let mut here = sealed(scope, &OLD);
        let sibling = sealed_as("payments", "sibling", scope, &OLD);
        here.encrypted_data.insert("password".into(), sibling.encrypted_data["password"].clone());
        assert_eq!(opens(&here, &ring).is_some(), opens_here, "{scope}");
        assert_eq!(reseal(&here, &ring).is_ok(), opens_here, "{scope}");
        let stranger = sealed_as("elsewhere", "db", scope, &OLD);
        here.encrypted_data.insert("password".into(), stranger.encrypted_data["password"].clone());
        assert_eq!(opens(&here, &ring).is_some(), scope == Scope::ClusterWide, "{scope}");
    }
}
