//! Which keys are used, in which order, and what is said of the others.

use super::*;

pub(crate) fn policy() -> KeyPolicy {
    KeyPolicy {
        prefix: "sealed-secrets-key".into(),
        bits: 2048,
        ttl: Duration::from_secs(87_600 * 3600),
        common_name: String::new(),
        renew: None,
        order: KeyOrder::default(),
        cutoff: None,
        annotations: BTreeMap::new(),
        labels: BTreeMap::new(),
    }
}

pub(crate) fn stored(name: &str, at: u64) -> StoredKey {
    StoredKey::generate(name.into(), &policy(), Timestamp::from_unix_seconds(at), [7; 16]).unwrap()
}

#[test]
fn a_bad_key_is_named_and_the_others_serve() {
    let (old, new) = (stored("old", 1_700_000_000), stored("new", 1_800_000_000));
    let mixed =
        StoredKey { certificate_pem: old.certificate_pem.clone(), name: "mixed".into(), ..new.clone() };
    let junk = StoredKey { private_pem: Zeroizing::new("junk".into()), name: "junk".into(), ..new.clone() };
    let (ring, faults) = Ring::load(&[old, mixed, new.clone(), junk]);
    assert_eq!(names(&ring), ["new", "old"]);
    assert_eq!(ring.ids.len(), 2);
    assert_eq!(ring.keys.newest().unwrap().certificate_pem, new.certificate_pem);
    let faulty: Vec<&str> = faults.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(faulty, ["mixed", "junk"]);
    assert_eq!(faults[0].1, KeyFault::Pair(KeyPairError::Mismatch));
}

fn names(ring: &Ring) -> Vec<&str> {
    ring.keys.iter().map(|pair| pair.name.as_str()).collect()
}

#[test]
fn a_key_that_breaks_its_reader_costs_no_other_key() {
    let (good, bad) = (stored("good", 1_700_000_000), stored("bad", 1_800_000_000));
    let (ring, faults) = Ring::load_with(&[bad, good], |key| {
        assert_ne!(key.name, "bad");
        key.pair()
    });
    assert_eq!(names(&ring), ["good"]);
    assert_eq!(faults, [("bad".to_owned(), KeyFault::BrokeOff)]);
}

#[test]
fn keys_are_ordered_by_their_certificates_unless_they_say_otherwise_and_then_by_name() {
    let at = Timestamp::from_unix_seconds;
    let (early, late) = (stored("early", 1_700_000_000), stored("late", 1_800_000_000));
    let (ring, _) = Ring::load(&[early.clone(), late.clone()]);
    assert_eq!(names(&ring), ["late", "early"]);
    let metas = ring.metas();
    assert_eq!((metas[0].name.as_str(), metas[0].order), ("late", at(1_800_000_000)));
    assert_eq!(metas[0].expiry, at(1_800_000_000 + 87_600 * 3600));

    let created = |key: &StoredKey, order| StoredKey { order: Some(at(order)), ..key.clone() };
    let (ring, _) = Ring::load(&[created(&early, 2), created(&late, 1)]);
    assert_eq!(names(&ring), ["early", "late"]);
    let (ring, _) = Ring::load(&[created(&early, 1), created(&late, 1)]);
    assert_eq!(names(&ring), ["late", "early"]);
}

#[test]
fn of_a_brought_chain_the_first_certificate_counts_and_is_handed_out_alone() {
    let leaf = include_str!("../../../vectors/keys/2048.crt");
    let issuer = stored("issuer", 1_800_000_000).certificate_pem;
    let with = |certificate_pem: String| StoredKey {
        name: "brought".into(),
        order: None,
        private_pem: Zeroizing::new(include_str!("../../../vectors/keys/2048.pkcs8.pem").to_owned()),
        certificate_pem,
    };
    let windows = leaf.replace('\n', "\r\n");
    let pair = with(format!("subject=CN = leaf\r\n{windows}\r\n{issuer}")).pair().unwrap();
    assert_eq!(pair.certificate_pem, leaf);
    assert_eq!(pair.order, cert::parse(leaf).unwrap().not_before());
    let issuer_first = with(format!("{issuer}{leaf}")).pair();
    assert_eq!(issuer_first.unwrap_err(), KeyFault::Pair(KeyPairError::Mismatch));
}

#[test]
fn debug_of_a_stored_key_shows_its_name_alone() {
    let key = stored("k", 1);
    let shown = format!("{key:?}");
    assert!(shown.contains("\"k\"") && !shown.contains("BEGIN"), "{shown}");
}
