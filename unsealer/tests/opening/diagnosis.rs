//! Which cause is named for which mistake.

use std::collections::BTreeMap;

use sealer_core::scope::{CLUSTER_WIDE_ANNOTATION, NAMESPACE_WIDE_ANNOTATION};
use sealer_core::{Scope, SealedSecret, decode_base64, encode_base64};
use unsealer::{Cause, Job, Keyring, UnsealError};

use crate::support::{BIG, NEW, OLD, ring, sealed, sealed_with, values};

const KEYS: &str = "no key could decrypt secret (password, token, user)";
const UNKNOWN: &str = "it was sealed for another cluster, or for another name or namespace, or it is damaged; \
                       seal it again for this place with this cluster's certificate";

fn diagnose(sealed: &SealedSecret, ring: &Keyring) -> (UnsealError, u32) {
    let job = Job::new(sealed, true).unwrap();
    job.diagnose(job.assemble(job.open_all(ring), ring).unwrap_err(), ring)
}

type Change = fn(&mut SealedSecret);

fn annotate(sealed: &mut SealedSecret, pairs: &[(&str, &str)]) {
    let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    sealed.metadata.annotations = pairs.collect();
}

/// What was sealed, what was done to it, and the cause that is named.
fn causes() -> Vec<(Scope, Change, String)> {
    const CLUSTER: (&str, &str) = (CLUSTER_WIDE_ANNOTATION, "true");
    const NAMESPACE: (&str, &str) = (NAMESPACE_WIDE_ANNOTATION, "true");
    let missing = |scope: &str| {
        format!(
            "it was sealed {scope}: the annotation sealedsecrets.bitnami.com/{scope}: \"true\" is missing"
        )
    };
    let remove = |sealed: &str, scope: &str| {
        format!("it was sealed {sealed}: remove the annotation sealedsecrets.bitnami.com/{scope}")
    };
    let moved = |from: &str, to: &str| {
        format!(
            "its template says {from}, so it was probably sealed for that place and then moved or renamed; \
             seal it again for {to}"
        )
    };
    vec![
        (Scope::NamespaceWide, |it| annotate(it, &[]), missing("namespace-wide")),
        (Scope::NamespaceWide, |it| annotate(it, &[(NAMESPACE.0, "True")]), missing("namespace-wide")),
        (Scope::ClusterWide, |it| annotate(it, &[]), missing("cluster-wide")),
        (Scope::ClusterWide, |it| annotate(it, &[(CLUSTER.0, "1")]), missing("cluster-wide")),
        (Scope::ClusterWide, |it| annotate(it, &[NAMESPACE]), missing("cluster-wide")),
        (Scope::Strict, |it| annotate(it, &[NAMESPACE]), remove("strict", "namespace-wide")),
        (Scope::Strict, |it| annotate(it, &[CLUSTER]), remove("strict", "cluster-wide")),
        (
            Scope::Strict,
            |it| annotate(it, &[CLUSTER, NAMESPACE]),
            remove("strict", "namespace-wide and sealedsecrets.bitnami.com/cluster-wide"),
        ),
        (
            Scope::NamespaceWide,
            |it| annotate(it, &[CLUSTER, NAMESPACE]),
            remove("namespace-wide", "cluster-wide"),
        ),
        (
            Scope::NamespaceWide,
            |it| annotate(it, &[CLUSTER]),
            remove("namespace-wide", "cluster-wide")
                + " and add sealedsecrets.bitnami.com/namespace-wide: \"true\"",
        ),
        (Scope::Strict, |it| it.metadata.name = "db2".into(), moved("payments/db", "payments/db2")),
        (Scope::Strict, |it| it.metadata.namespace = "prod".into(), moved("payments/db", "prod/db")),
        (Scope::NamespaceWide, |it| it.metadata.namespace = "prod".into(), moved("payments", "prod")),
        (
            Scope::Strict,
            |it| {
                it.metadata.name = "db2".into();
                it.template.metadata.name = "db2".into();
            },
            UNKNOWN.to_owned(),
        ),
        (
            Scope::Strict,
            |it| {
                it.metadata.name = "db2".into();
                it.template.metadata.name = "d b\nline".into();
            },
            UNKNOWN.to_owned(),
        ),
        (
            // The strict label does not open it any more, and a wider one never did.
            Scope::Strict,
            |it| {
                it.metadata.name = "db2".into();
                it.template.metadata.name.clear();
                annotate(it, &[NAMESPACE]);
            },
            UNKNOWN.to_owned(),
        ),
    ]
}

#[test]
fn each_mistake_gets_its_cause_after_upstreams_words() {
    let ring = ring(&[&OLD, &NEW, &BIG]);
    for (number, (scope, change, cause)) in causes().into_iter().enumerate() {
        let mut sealed = sealed(scope, &OLD);
        change(&mut sealed);
        let (error, trials) = diagnose(&sealed, &ring);
        assert_eq!(error.to_string(), format!("{KEYS}: {cause}"), "case {number}");
        assert!((1..=4).contains(&trials), "two labels, two keys of that size: {trials}");
    }
}

#[test]
fn another_clusters_key_is_told_by_its_size() {
    let big = sealed(Scope::Strict, &BIG);
    let (error, trials) = diagnose(&big, &ring(&[&OLD, &NEW]));
    assert_eq!(
        error.to_string(),
        format!(
            "{KEYS}: it was sealed for a key of 3072 bits, and the keys here have 2048: \
             probably for another cluster; seal it again with this cluster's certificate"
        )
    );
    assert_eq!(trials, 0);
    let (error, _) = diagnose(&sealed(Scope::Strict, &OLD), &ring(&[&NEW]));
    assert_eq!(error.to_string(), format!("{KEYS}: {UNKNOWN}"));
    let (error, _) = diagnose(&big, &ring(&[]));
    assert_eq!(error.to_string(), format!("{KEYS}: there is no usable sealing key here"));
}

#[test]
fn damage_is_told_and_an_item_that_no_key_opens_comes_first() {
    let mut damaged = sealed(Scope::Strict, &NEW);
    damaged.encrypted_data.insert("password".to_owned(), "%%%".to_owned());
    let ring = ring(&[&NEW]);
    let (error, trials) = diagnose(&damaged, &ring);
    assert_eq!(
        error.to_string(),
        "not valid base64 (password): it was changed or cut after it was sealed; copy it again, \
         or seal the value again"
    );
    assert_eq!(trials, 0);
    let wide = sealed(Scope::ClusterWide, &NEW);
    damaged.encrypted_data.insert("user".to_owned(), wide.encrypted_data["user"].clone());
    let (error, _) = diagnose(&damaged, &ring);
    assert_eq!(
        error.to_string(),
        "no key could decrypt secret (user); not valid base64 (password): it was sealed cluster-wide: \
         the annotation sealedsecrets.bitnami.com/cluster-wide: \"true\" is missing"
    );
}

#[test]
fn many_names_are_cut_short_once_a_cause_is_named_and_stay_on_one_line() {
    let names = (0..37).map(|number| (format!("key-{number:02}\nfalse line"), vec![1]));
    let many = sealed_with("payments", "db", Scope::Strict, &OLD, &names.collect());
    let (job, ring) = (Job::new(&many, true).unwrap(), ring(&[&NEW]));
    let plain = job.assemble(job.open_all(&ring), &ring).unwrap_err();
    assert_eq!(plain.to_string().matches("key-").count(), 37, "upstream's line, whole");
    let told = job.diagnose(plain, &ring).0.to_string();
    assert!(told.contains("key-19 false line and 17 more): it was sealed for another cluster"), "{told}");
    assert!(!told.contains('\n'));
}

#[test]
fn other_refusals_have_no_cause() {
    let sealed = sealed(Scope::Strict, &NEW);
    let (job, ring) = (Job::new(&sealed, true).unwrap(), ring(&[&NEW]));
    for error in [
        UnsealError::BothForms,
        UnsealError::DeprecatedOff,
        UnsealError::DeprecatedContent,
        UnsealError::NoKeys,
    ] {
        assert_eq!(job.diagnose(error.clone(), &ring), (error, 0));
    }
}

#[test]
fn every_flipped_byte_and_every_cut_gets_a_cause_and_repeats_nothing_of_it() {
    let ring = ring(&[&NEW, &BIG]);
    let one = BTreeMap::from([("password".to_owned(), values()["password"].clone())]);
    let whole = sealed_with("payments", "db", Scope::Strict, &NEW, &one);
    let bytes = decode_base64(&whole.encrypted_data["password"]).unwrap();
    let told = |bytes: &[u8]| {
        let mut damaged = whole.clone();
        let text = encode_base64(bytes);
        damaged.encrypted_data.insert("password".to_owned(), text.clone());
        let (error, _) = diagnose(&damaged, &ring);
        let shown = error.to_string();
        assert!(!shown.contains("hunter2") && (text.len() < 8 || !shown.contains(&text[..8])), "{shown}");
        match error {
            UnsealError::Items { cause: Some(cause), .. } => cause,
            other => panic!("{other}"),
        }
    };
    for place in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[place] ^= 1;
        // The first two bytes are a length; the other flips of it are cut short.
        let expected = if place < 2 { Cause::Damaged } else { Cause::Unknown };
        assert_eq!(told(&flipped), expected, "byte {place}");
        let expected = if place < 2 + 256 + 16 { Cause::Damaged } else { Cause::Unknown };
        assert_eq!(told(&bytes[..place]), expected, "cut at {place}");
    }
}
