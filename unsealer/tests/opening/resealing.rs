//! What stays and what changes when a SealedSecret is sealed again.

use std::collections::BTreeMap;

use getrandom::SysRng;
use proptest::prelude::*;
use sealer_core::{Policy, Scope, SealedSecret, emit, manifest};
use sealwright_interop::Vectors;
use unsealer::{Job, Keyring, PrivateKey, ResealError, UnsealError};

use crate::support::{BIG, NEW, OLD, opens, reseal, ring, sealed, sealed_with, values};

#[test]
fn everything_but_the_sealed_values_stays_and_templates_are_not_rendered() {
    let mut templated = sealed(Scope::NamespaceWide, &OLD);
    templated.metadata.labels.insert("team".into(), "payments".into());
    templated.metadata.annotations.insert("argocd.argoproj.io/sync-wave".into(), "1".into());
    templated.template.metadata.annotations.insert("reloader".into(), "on".into());
    templated.template.immutable = Some(true);
    templated.template.type_ = Some("kubernetes.io/basic-auth".into());
    templated.template.data.insert("config".into(), "{{ fail .password }}".into());
    templated.template.data.insert("password".into(), "{{ .user }}".into());
    let again = reseal(&templated, &ring(&[&OLD, &NEW])).unwrap();
    assert_eq!(SealedSecret { encrypted_data: templated.encrypted_data.clone(), ..again.clone() }, templated);
    let mut bare = again;
    bare.template.data.clear();
    assert_eq!(opens(&bare, &ring(&[&NEW])), Some(values()), "the newest key alone opens it");
    assert_eq!(opens(&bare, &ring(&[&OLD])), None);
    for (key, text) in &templated.encrypted_data {
        assert_ne!(&bare.encrypted_data[key], text);
    }
}

#[test]
fn the_deprecated_form_becomes_the_present_one_with_the_metadata_that_was_sealed_along() {
    let vectors = Vectors::load().unwrap();
    for vector in vectors.index.sealed.iter().filter(|vector| vector.file.contains("/v1-")) {
        let text = vectors.text(&vector.file).unwrap();
        let old = manifest::read_sealed_secrets(&text, Policy::Kubeseal).unwrap().remove(0);
        let pem = vectors.text(&vectors.key(vector.key).unwrap().pkcs1).unwrap();
        let keys = || Keyring::from_private_keys(vec![PrivateKey::from_pem(&pem).unwrap()]);
        let job = Job::new(&old, true).unwrap();
        let mut resealing = job.reseal(job.open_all(&keys())).unwrap();
        let again = loop {
            match resealing.finish() {
                Ok(sealed) => break sealed,
                Err(unfinished) => resealing = *unfinished,
            }
            resealing.seal_next(NEW.public(), &mut SysRng).unwrap();
        };
        // As kubeseal gets it.
        let json = emit::to_json(&again);
        let read = manifest::read_sealed_secrets(&json, Policy::Kubeseal).unwrap().remove(0);
        assert_eq!(read.deprecated_data, None, "{}", vector.file);
        assert_eq!(read.scope(), old.scope(), "{}", vector.file);
        let before = unsealer::unseal(&old, &keys()).unwrap();
        let after = unsealer::unseal(&read, &ring(&[&NEW])).unwrap();
        assert_eq!(after, before, "{}", vector.file);
    }
}

#[test]
fn what_does_not_open_is_not_sealed_again_and_nothing_tells_why() {
    let ring = ring(&[&NEW]);
    for sealed in [sealed(Scope::Strict, &OLD), sealed(Scope::Strict, &BIG)] {
        let error = reseal(&sealed, &ring).unwrap_err();
        assert!(matches!(error, ResealError::Unseal(UnsealError::Items { cause: None, .. })));
        assert_eq!(error.to_string(), "no key could decrypt secret (password, token, user)");
    }
}

#[test]
fn a_scope_that_the_template_claims_is_named_in_the_refusal() {
    let mut widened = sealed(Scope::NamespaceWide, &NEW);
    Scope::ClusterWide.write_annotations(&mut widened.template.metadata.annotations);
    let error = reseal(&widened, &ring(&[&NEW])).unwrap_err();
    assert_eq!(error, ResealError::Scope { template: Scope::ClusterWide, own: Scope::NamespaceWide });
    assert_eq!(
        error.to_string(),
        "the annotations of the template say cluster-wide, and those of the SealedSecret namespace-wide; make them agree"
    );
}

#[test]
fn nothing_half_sealed_comes_out() {
    let (sealed, ring) = (sealed(Scope::Strict, &OLD), ring(&[&OLD]));
    let job = Job::new(&sealed, true).unwrap();
    let mut resealing = job.reseal(job.open_all(&ring)).unwrap();
    for _ in 0..values().len() {
        resealing = *resealing.finish().unwrap_err();
        resealing.seal_next(NEW.public(), &mut SysRng).unwrap();
    }
    assert_eq!(resealing.finish().unwrap().encrypted_data.len(), values().len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn sealing_again_keeps_every_value_under_the_same_scope(
        scope in prop::sample::select(Scope::ALL.to_vec()),
        namespace in "[a-z0-9-]{1,20}",
        name in "[a-zA-Z0-9.-]{1,20}",
        data in prop::collection::btree_map("[-._a-zA-Z0-9]{1,12}", prop::collection::vec(any::<u8>(), 0..300), 0..4),
    ) {
        let data: BTreeMap<String, Vec<u8>> = data;
        prop_assume!(!data.is_empty());
        let old = sealed_with(&namespace, &name, scope, &OLD, &data);
        let again = reseal(&old, &ring(&[&NEW, &OLD])).unwrap();
        prop_assert_eq!(again.binding(), old.binding());
        prop_assert_eq!(opens(&again, &ring(&[&NEW])), Some(data));
    }
}
