//! Which keys are taken, what is refused and in which words, and in which order keys stand.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeSet;

use sealer_core::{Timestamp, cert};
use sealwright_interop::Vectors;
use unsealer::{KeyPairError, Keyring, PrivateKey, PrivateKeyError, SealingKeyPair, self_signed};

fn private(vectors: &Vectors, bits: u32) -> PrivateKey {
    PrivateKey::from_pem(&vectors.text(&vectors.key(bits).unwrap().pkcs1).unwrap()).unwrap()
}

fn pair(vectors: &Vectors, name: &str, bits: u32, order: u64) -> SealingKeyPair {
    let certificate = vectors.text(&vectors.key(bits).unwrap().certificate).unwrap();
    let order = Timestamp::from_unix_seconds(order);
    SealingKeyPair::new(name.to_owned(), private(vectors, bits), certificate, order).unwrap()
}

#[test]
fn pkcs1_and_pkcs8_are_the_same_key_and_go_back_to_the_bytes_that_upstream_wrote() {
    let vectors = Vectors::load().unwrap();
    for key in &vectors.index.keys {
        let pkcs1 = vectors.text(&key.pkcs1).unwrap();
        let read = PrivateKey::from_pem(&pkcs1).unwrap();
        assert_eq!(read.bits(), key.bits as usize);
        assert_eq!(*read.to_pkcs1_pem(), pkcs1, "{} bits", key.bits);
        let pkcs8 = PrivateKey::from_pem(&vectors.text(&key.pkcs8).unwrap()).unwrap();
        assert_eq!(pkcs8.public(), read.public());
        let certificate = cert::parse(&vectors.text(&key.certificate).unwrap()).unwrap();
        assert_eq!(certificate.key(), read.public());
    }
}

#[test]
fn keys_that_cannot_open_anything_are_refused_in_words() {
    let vectors = Vectors::load().unwrap();
    let good = vectors.text("keys/2048.pkcs1.pem").unwrap();
    let cut: String = good.lines().take(5).collect::<Vec<_>>().join("\n");
    let damaged = good.replacen("MII", "MIJ", 1);
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    for (what, pem, error) in [
        ("nothing", "", PrivateKeyError::Missing),
        ("a certificate", &vectors.text("keys/2048.crt").unwrap(), PrivateKeyError::Missing),
        ("cut off", &cut, PrivateKeyError::Missing),
        ("damaged", &damaged, PrivateKeyError::Malformed),
        ("1024 bits", &vectors.text("keys/1024.pkcs8.pem").unwrap(), PrivateKeyError::Malformed),
        ("EC", &vectors.text("keys/ec.pem").unwrap(), PrivateKeyError::NotRsa),
        ("under a passphrase", encrypted, PrivateKeyError::Encrypted),
    ] {
        assert_eq!(PrivateKey::from_pem(pem).unwrap_err(), error, "{what}");
    }
}

#[test]
fn text_around_a_key_and_windows_lines_are_no_matter() {
    let vectors = Vectors::load().unwrap();
    let pem = vectors.text("keys/2048.pkcs1.pem").unwrap();
    let dressed = format!("Bag Attributes\n  friendlyName: x\n{}\ntrailing", pem.replace('\n', "\r\n"));
    assert_eq!(PrivateKey::from_pem(&dressed).unwrap().public(), private(&vectors, 2048).public());
}

#[test]
fn a_size_that_cannot_be_made_is_named_with_those_that_can() {
    let error = PrivateKey::generate(1024).unwrap_err();
    assert_eq!(error.to_string(), "cannot make an RSA key of 1024 bits; it can be 2048, 3072, 4096 or 8192");
}

#[test]
fn a_new_key_gets_a_certificate_with_upstreams_fields() {
    let key = PrivateKey::generate(2048).unwrap();
    let start = Timestamp::from_unix_seconds(1_136_214_245);
    let pem = self_signed(&key, "cluster.example", start, 10 * 3600, [0x80; 16]).unwrap();
    let certificate = cert::parse(&pem).unwrap();
    assert_eq!(certificate.key(), key.public());
    assert_eq!(certificate.not_before(), start);
    assert_eq!(certificate.not_after().unix_seconds(), start.unix_seconds() + 36_000);
    assert!(certificate.check(start).is_ok());
    let after = Timestamp::from_unix_seconds(start.unix_seconds() + 36_001);
    let error = certificate.check(after).unwrap_err().to_string();
    assert_eq!(error, "failed to encrypt using an expired certificate on January 3, 2006");
}

#[test]
fn halves_of_two_keys_are_not_a_pair() {
    let vectors = Vectors::load().unwrap();
    let certificate = vectors.text("keys/3072.crt").unwrap();
    let order = Timestamp::from_unix_seconds(0);
    let error =
        SealingKeyPair::new("key".to_owned(), private(&vectors, 2048), certificate, order).unwrap_err();
    assert_eq!(error, KeyPairError::Mismatch);
}

#[test]
fn the_newest_key_comes_first_and_equal_moments_are_ordered_by_name() {
    let vectors = Vectors::load().unwrap();
    let ring = Keyring::new(vec![
        pair(&vectors, "key-b", 2048, 5),
        pair(&vectors, "key-a", 2048, 9),
        pair(&vectors, "key-c", 2048, 5),
    ]);
    let names: Vec<&str> = ring.iter().map(|pair| pair.name.as_str()).collect();
    assert_eq!(names, ["key-a", "key-c", "key-b"]);
    assert_eq!(ring.newest().unwrap().name, "key-a");
    assert_eq!(ring.len(), 3);
    assert!(Keyring::default().is_empty());
}

#[test]
fn debug_shows_no_part_of_a_private_key() {
    let vectors = Vectors::load().unwrap();
    let shown = format!("{:?}", Keyring::new(vec![pair(&vectors, "key", 2048, 0)]));
    assert!(shown.contains("PrivateKey(RSA 2048, <redacted>)"), "{shown}");
    let pem = vectors.text("keys/2048.pkcs1.pem").unwrap();
    for line in pem.lines().skip(1) {
        assert!(!shown.contains(line));
    }
}

#[test]
fn derived_secrets_depend_on_the_key_and_the_purpose_and_on_nothing_else() {
    let vectors = Vectors::load().unwrap();
    let mut seen = BTreeSet::new();
    for key in &vectors.index.keys {
        let from = |file: &str| PrivateKey::from_pem(&vectors.text(file).unwrap()).unwrap();
        let (pkcs1, pkcs8) = (from(&key.pkcs1), from(&key.pkcs8));
        for purpose in ["receipts", "receipts 2", ""] {
            assert_eq!(pkcs1.derive(purpose), pkcs8.derive(purpose), "{} bits", key.bits);
            assert_eq!(pkcs1.derive(purpose), pkcs1.derive(purpose), "{} bits", key.bits);
            assert!(seen.insert(*pkcs1.derive(purpose)), "{} bits, {purpose:?}", key.bits);
        }
    }
}

#[test]
fn a_derived_secret_is_the_same_in_every_version() {
    // Receipts of an earlier version stay valid only so. Computed once with an HKDF of another library.
    let vectors = Vectors::load().unwrap();
    let derived: String =
        private(&vectors, 2048).derive("receipts").iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(derived, "23fd57c6c07871f5a4a30e9485dbea50074fb101baceec0439f69e2ad95c45d1");
}

#[test]
fn a_key_is_found_by_the_fingerprint_of_its_certificate() {
    let vectors = Vectors::load().unwrap();
    let ring = Keyring::new(vec![pair(&vectors, "a", 2048, 1), pair(&vectors, "b", 3072, 2)]);
    for pair in ring.iter() {
        assert_eq!(pair.fingerprint(), pair.certificate.fingerprint());
        assert_eq!(ring.by_fingerprint(pair.fingerprint()).unwrap().name, pair.name);
    }
    assert!(ring.by_fingerprint("").is_none());
}
