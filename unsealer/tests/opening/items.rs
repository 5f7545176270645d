//! Items one by one: in any order, with as few trials as can be.

use std::collections::BTreeSet;

use sealer_core::{Policy, Scope, SealedSecret, manifest};
use sealwright_interop::Vectors;
use unsealer::{Cause, Job, Keyring, Opening, PrivateKey, UnsealError};

use crate::support::{BIG, Key, NEW, OLD, ring, sealed, values};

fn open_all(sealed: &SealedSecret, ring: &Keyring, hint: Option<&Key>) -> Vec<Opening> {
    let job = Job::new(sealed, true).unwrap();
    let hint = hint.map(Key::fingerprint);
    (0..job.len()).map(|index| job.open(index, ring, hint.as_deref())).collect()
}

#[test]
fn the_keys_that_opened_an_item_are_named_and_no_others() {
    let mut mixed = sealed(Scope::Strict, &OLD);
    let newer = sealed(Scope::Strict, &NEW);
    mixed.encrypted_data.insert("user".to_owned(), newer.encrypted_data["user"].clone());
    let all = ring(&[&OLD, &NEW, &BIG]);
    for (sealed, keys) in [
        (&sealed(Scope::Strict, &OLD), vec![OLD.fingerprint()]),
        (&mixed, vec![OLD.fingerprint(), NEW.fingerprint()]),
        (&sealed(Scope::ClusterWide, &BIG), vec![BIG.fingerprint()]),
        (&SealedSecret { encrypted_data: [].into(), ..newer.clone() }, vec![]),
    ] {
        let job = Job::new(sealed, true).unwrap();
        let opened = job.assemble(open_all(sealed, &all, None), &all).unwrap();
        assert_eq!(opened.keys, keys.into_iter().collect::<BTreeSet<_>>());
    }
}

#[test]
fn the_hint_is_tried_first_then_the_newest_and_other_sizes_never() {
    let all = ring(&[&OLD, &NEW, &BIG]);
    for (by, hint, trials) in [
        (&OLD, None, 2),
        (&OLD, Some(&OLD), 1),
        (&OLD, Some(&BIG), 2),
        (&NEW, None, 1),
        (&NEW, Some(&OLD), 2),
        (&BIG, None, 1),
        (&BIG, Some(&NEW), 1),
    ] {
        let sealed = sealed(Scope::Strict, by);
        let openings = open_all(&sealed, &all, hint.map(|key| &**key));
        let tried: Vec<u32> = openings.iter().map(|opening| opening.trials).collect();
        assert_eq!(tried, [trials; 3]);
    }
    let elsewhere = sealed(Scope::Strict, &OLD);
    let tried = |keys: &[&Key]| open_all(&elsewhere, &ring(keys), None)[0].trials;
    assert_eq!((tried(&[&NEW, &BIG]), tried(&[&BIG]), tried(&[])), (1, 0, 0));
}

#[test]
fn a_hint_that_names_no_key_is_no_matter() {
    let sealed = sealed(Scope::Strict, &OLD);
    let job = Job::new(&sealed, true).unwrap();
    let opening = job.open(0, &ring(&[&OLD]), Some("AA:BB"));
    assert_eq!((opening.trials, opening.key), (1, Some(OLD.fingerprint())));
}

#[test]
fn items_in_any_order_keep_their_values() {
    let (sealed, ring) = (sealed(Scope::NamespaceWide, &NEW), ring(&[&NEW]));
    let mut openings = open_all(&sealed, &ring, None);
    openings.rotate_left(1);
    openings.swap(0, 1);
    let secret = Job::new(&sealed, true).unwrap().assemble(openings, &ring).unwrap().secret;
    for (key, value) in values() {
        assert_eq!(secret.data[&key].expose(), value, "{key}");
    }
}

#[test]
#[should_panic(expected = "every item is opened once")]
fn an_item_that_was_left_out_is_never_taken_for_a_shorter_secret() {
    let (sealed, ring) = (sealed(Scope::Strict, &NEW), ring(&[&NEW]));
    let mut openings = open_all(&sealed, &ring, None);
    openings.remove(1);
    drop(Job::new(&sealed, true).unwrap().assemble(openings, &ring));
}

#[test]
fn one_item_that_does_not_open_refuses_the_whole() {
    let mut sealed = sealed(Scope::Strict, &NEW);
    sealed.encrypted_data.insert("token".to_owned(), "AAAA".to_owned());
    let (job, ring) = (Job::new(&sealed, true).unwrap(), ring(&[&NEW]));
    let openings = open_all(&sealed, &ring, None);
    let alone: Vec<Option<String>> =
        openings.iter().map(|opening| job.refusal(opening).map(|error| error.to_string())).collect();
    let words = "truncated, not a whole sealed value (token)";
    assert_eq!(alone, [None, Some(words.to_owned()), None]);
    assert_eq!(job.assemble(openings, &ring).unwrap_err().to_string(), words);
}

#[test]
fn the_deprecated_form_opens_and_can_be_switched_off() {
    let vectors = Vectors::load().unwrap();
    let v1 = |file: &str| {
        manifest::read_sealed_secrets(&vectors.text(file).unwrap(), Policy::Kubeseal).unwrap().remove(0)
    };
    let mut seen = 0;
    for vector in vectors.index.sealed.iter().filter(|vector| vector.file.contains("/v1-")) {
        let sealed = v1(&vector.file);
        let pem = vectors.text(&vectors.key(vector.key).unwrap().pkcs1).unwrap();
        let ring = Keyring::from_private_keys(vec![PrivateKey::from_pem(&pem).unwrap()]);
        let job = Job::new(&sealed, true).unwrap();
        assert_eq!(job.len(), 1);
        assert!(job.verify(job.open_all(&ring)).is_ok(), "{}", vector.file);
        let off = Job::new(&sealed, false).unwrap_err();
        assert_eq!(
            off.to_string(),
            "using deprecated 'data' field, use 'encryptedData' or flip the feature flag"
        );
        let mut moved = sealed.clone();
        "elsewhere".clone_into(&mut moved.metadata.namespace);
        moved.metadata.annotations.clear();
        let job = Job::new(&moved, true).unwrap();
        let openings = job.open_all(&ring);
        assert_eq!(job.refusal(&openings[0]), Some(UnsealError::Deprecated { cause: None }));
        let (error, _) = job.diagnose(job.assemble(openings, &ring).unwrap_err(), &ring);
        let UnsealError::Deprecated { cause: Some(cause) } = error else { panic!("{error}") };
        assert_eq!(matches!(cause, Cause::OtherScope { .. }), sealed.scope() == Scope::ClusterWide);
        // With the flag off it is the form that is refused, whatever else is wrong.
        moved.encrypted_data.insert("a".to_owned(), String::new());
        assert!(matches!(Job::new(&moved, false), Err(UnsealError::DeprecatedOff)));
        assert!(matches!(Job::new(&moved, true), Err(UnsealError::BothForms)));
        seen += 1;
    }
    assert!(seen >= 4);
}

#[test]
fn verifying_renders_nothing() {
    let mut templated = sealed(Scope::Strict, &NEW);
    templated.template.data.insert("config".to_owned(), "{{ fail .password }}".to_owned());
    let (job, ring) = (Job::new(&templated, true).unwrap(), ring(&[&NEW]));
    assert_eq!(job.verify(job.open_all(&ring)), Ok(()));
    assert!(matches!(job.assemble(job.open_all(&ring), &ring), Err(UnsealError::Template(_))));
}
