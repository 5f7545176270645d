//! What upstream's own programs sealed opens here, with every key in both of its forms.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeMap;

use sealer_core::{Envelope, Policy, SealedSecret, decode_base64, manifest};
use sealwright_interop::Vectors;
use sealwright_interop::vectors::{Form, Scope};
use unsealer::{ItemError, ItemFault, Keyring, PrivateKey, UnsealError, unseal};

fn read(vectors: &Vectors, file: &str) -> SealedSecret {
    manifest::read_sealed_secrets(&vectors.text(file).unwrap(), Policy::Kubeseal).unwrap().remove(0)
}

fn ring(vectors: &Vectors, bits: u32, pkcs8: bool) -> Keyring {
    let key = vectors.key(bits).unwrap();
    let pem = vectors.text(if pkcs8 { &key.pkcs8 } else { &key.pkcs1 }).unwrap();
    Keyring::from_private_keys(vec![PrivateKey::from_pem(&pem).unwrap()])
}

#[test]
fn every_vector_opens_with_its_key_as_pkcs1_and_as_pkcs8() {
    let vectors = Vectors::load().unwrap();
    for vector in &vectors.index.sealed {
        let sealed = read(&vectors, &vector.file);
        let expected: BTreeMap<_, _> =
            vector.secret.data.iter().map(|(key, value)| (key.clone(), value.bytes())).collect();
        for pkcs8 in [false, true] {
            let secret = unseal(&sealed, &ring(&vectors, vector.key, pkcs8)).unwrap();
            let data: BTreeMap<_, _> =
                secret.data.iter().map(|(key, value)| (key.clone(), value.expose().to_vec())).collect();
            assert_eq!(data, expected, "{}", vector.id);
            assert_eq!(secret.metadata.name, vector.secret.name, "{}", vector.id);
            assert_eq!(secret.type_.unwrap_or_default(), vector.secret.kind, "{}", vector.id);
        }
    }
}

#[test]
fn the_right_key_is_found_among_others_and_without_it_nothing_opens() {
    let vectors = Vectors::load().unwrap();
    let keys = |bits: &[u32]| {
        let read =
            |bits: &u32| PrivateKey::from_pem(&vectors.text(&vectors.key(*bits).unwrap().pkcs1).unwrap());
        Keyring::from_private_keys(bits.iter().map(|bits| read(bits).unwrap()).collect())
    };
    let sealed = read(&vectors, "sealed/3072-strict.yaml");
    assert!(unseal(&sealed, &keys(&[4096, 2048, 3072])).is_ok());
    let error = unseal(&sealed, &keys(&[4096, 2048])).unwrap_err();
    let names: Vec<&str> = sealed.encrypted_data.keys().map(String::as_str).collect();
    assert_eq!(error.to_string(), format!("no key could decrypt secret ({})", names.join(", ")));
}

#[test]
fn a_vector_opens_only_where_its_scope_says() {
    let vectors = Vectors::load().unwrap();
    let ring = ring(&vectors, 2048, false);
    for (scope, renamed, moved) in
        [(Scope::Strict, false, false), (Scope::NamespaceWide, true, false), (Scope::ClusterWide, true, true)]
    {
        let sealed = read(&vectors, &format!("sealed/2048-{}.yaml", scope.flag()));
        let mut other = sealed.clone();
        "other".clone_into(&mut other.metadata.name);
        assert_eq!(unseal(&other, &ring).is_ok(), renamed, "{scope:?}, renamed");
        let mut other = sealed.clone();
        "other".clone_into(&mut other.metadata.namespace);
        assert_eq!(unseal(&other, &ring).is_ok(), moved, "{scope:?}, moved");
        for widened in sealer_core::Scope::ALL {
            let mut other = sealed.clone();
            widened.write_annotations(&mut other.metadata.annotations);
            assert_eq!(unseal(&other, &ring).is_ok(), widened == sealed.scope(), "{scope:?} as {widened}");
        }
    }
}

#[test]
fn a_raw_value_opens_under_its_own_label() {
    let vectors = Vectors::load().unwrap();
    for raw in &vectors.index.raw {
        let mut sealed = SealedSecret::default();
        sealed.metadata.name.clone_from(&raw.name);
        sealed.metadata.namespace.clone_from(&raw.namespace);
        raw.scope
            .flag()
            .parse::<sealer_core::Scope>()
            .unwrap()
            .write_annotations(&mut sealed.metadata.annotations);
        sealed.encrypted_data.insert("value".to_owned(), vectors.text(&raw.file).unwrap());
        let secret = unseal(&sealed, &ring(&vectors, raw.key, false)).unwrap();
        assert_eq!(secret.data["value"].expose(), raw.plaintext.bytes(), "{}", raw.file);
    }
}

#[test]
fn every_damaged_byte_and_every_truncation_is_noticed() {
    let vectors = Vectors::load().unwrap();
    let ring = ring(&vectors, 2048, false);
    let sealed = read(&vectors, "sealed/2048-cluster-wide.yaml");
    let (key, text) = sealed.encrypted_data.iter().min_by_key(|(_, text)| text.len()).unwrap();
    let bytes = decode_base64(text).unwrap();
    let fault = |bytes: &[u8]| {
        let mut one = sealed.clone();
        one.encrypted_data = BTreeMap::from([(key.clone(), sealer_core::encode_base64(bytes))]);
        match unseal(&one, &ring) {
            Err(UnsealError::Items { failed, cause: None }) => failed,
            other => panic!("opened a damaged value: {other:?}"),
        }
    };
    for position in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[position] ^= 1;
        let expected =
            if Envelope::parse(&damaged).is_ok() { ItemFault::NoKey } else { ItemFault::Truncated };
        assert_eq!(fault(&damaged), [ItemError { key: key.clone(), fault: expected }], "byte {position}");
        let cut = &bytes[..position];
        let expected = if Envelope::parse(cut).is_ok() { ItemFault::NoKey } else { ItemFault::Truncated };
        assert_eq!(fault(cut), [ItemError { key: key.clone(), fault: expected }], "cut at {position}");
    }
}

#[test]
fn faults_are_grouped_by_kind_in_one_line() {
    let vectors = Vectors::load().unwrap();
    let mut sealed = read(&vectors, "sealed/2048-strict.yaml");
    sealed.encrypted_data.clear();
    for (key, text) in [("a", "AAAA"), ("b", "not base64!"), ("c", "AA=="), ("d", "AAA="), ("e", "?")] {
        sealed.encrypted_data.insert(key.to_owned(), text.to_owned());
    }
    let error = unseal(&sealed, &ring(&vectors, 2048, false)).unwrap_err();
    assert_eq!(error.to_string(), "not valid base64 (b, e); truncated, not a whole sealed value (a, c, d)");
}

#[test]
fn both_forms_at_once_are_refused_by_name() {
    let vectors = Vectors::load().unwrap();
    let ring = ring(&vectors, 4096, false);
    let mut both = read(&vectors, "sealed/4096-strict.yaml");
    let deprecated = vectors.index.sealed.iter().find(|vector| vector.form == Form::Data).unwrap();
    both.deprecated_data = read(&vectors, &deprecated.file).deprecated_data;
    assert_eq!(unseal(&both, &ring), Err(UnsealError::BothForms));
}
