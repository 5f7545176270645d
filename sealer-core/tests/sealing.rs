//! Sealing: which certificates and manifests are taken, and what comes out. Opening is tested in `unsealer`.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng, TryCryptoRng, TryRng};
use sealer_core::hybrid::{HybridError, SESSION_KEY_BYTES, seal_value};
use sealer_core::seal::seal_item;
use sealer_core::{
    Binding, BindingError, CertError, Envelope, KeyError, Metadata, Overrides, Plaintext, Scope, SealRequest,
    SealRequestError, SealingCert, SecretManifest, Timestamp, cert, decode_base64, seal,
};

fn pem(file: &str) -> String {
    std::fs::read_to_string(format!("{}/../vectors/keys/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn certificate(file: &str) -> SealingCert {
    cert::parse(&pem(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// 2026-11-23
const NOW: u64 = 1_795_392_000;

fn now() -> Timestamp {
    Timestamp::from_unix_seconds(NOW)
}

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// Gives as many bytes as it is told, then fails.
struct Drying(usize);

#[derive(Debug)]
struct Dry;

impl std::fmt::Display for Dry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("dry")
    }
}

impl std::error::Error for Dry {}

impl TryRng for Drying {
    type Error = Dry;

    fn try_next_u32(&mut self) -> Result<u32, Dry> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes).map(|()| u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Dry> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes).map(|()| u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Dry> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(Dry)?;
        bytes.fill(7);
        Ok(())
    }
}

impl TryCryptoRng for Drying {}

#[test]
fn certificates_that_kubeseal_takes_are_taken() {
    for (file, bits) in [
        ("2048.crt", 2048),
        ("3072.crt", 3072),
        ("4096.crt", 4096),
        ("8192.crt", 8192),
        ("two.crt", 4096),
        ("private-first.pem", 2048),
        ("preamble.crt", 2048),
        ("windows.crt", 2048),
        ("no-newline.crt", 2048),
    ] {
        let certificate = certificate(file);
        assert_eq!(certificate.bits(), bits, "{file}");
        assert_eq!(certificate.check(now()).unwrap().bits(), bits, "{file}");
    }
    // Its start is not judged.
    let early = certificate("not-yet-valid.crt");
    assert!(early.not_before() > now() && early.check(now()).is_ok());
}

#[test]
fn the_fingerprint_is_that_of_the_whole_certificate() {
    let fingerprint = certificate("2048.crt").fingerprint();
    assert_eq!(fingerprint.len(), 32 * 3 - 1);
    for same in ["preamble.crt", "windows.crt", "no-newline.crt", "private-first.pem"] {
        assert_eq!(certificate(same).fingerprint(), fingerprint, "{same}");
    }
    assert_eq!(certificate("two.crt").fingerprint(), certificate("4096.crt").fingerprint());
    assert_ne!(certificate("4096.crt").fingerprint(), fingerprint);
}

#[test]
fn what_can_not_be_sealed_for_is_refused_for_its_reason() {
    for (file, error) in [
        ("ec.crt", CertError::NotRsa { found: "*ecdsa.PublicKey" }),
        ("1024.crt", CertError::Key(KeyError::Size { bits: 1024 })),
        ("truncated.crt", CertError::Malformed),
        ("flipped.crt", CertError::Malformed),
        ("not-pem.crt", CertError::Missing),
        ("empty.crt", CertError::Missing),
        ("2048.pkcs8.pem", CertError::PrivateKey),
        ("2048.pkcs1.pem", CertError::PrivateKey),
        ("ec.pem", CertError::PrivateKey),
    ] {
        assert_eq!(cert::parse(&pem(file)), Err(error), "{file}");
    }
}

#[test]
fn a_certificate_is_over_after_its_last_second() {
    let expired = certificate("expired.crt");
    let end = expired.not_after();
    assert!(expired.check(end).is_ok());
    let error = expired.check(Timestamp::from_unix_seconds(end.unix_seconds() + 1)).unwrap_err();
    assert_eq!(error.to_string(), "failed to encrypt using an expired certificate on December 31, 2020");
    assert_eq!(expired.check(now()), Err(CertError::Expired { on: end }));
}

#[test]
fn a_key_shows_its_size_and_nothing_else() {
    let certificate = certificate("2048.crt");
    assert_eq!(format!("{:?}", certificate.check(now()).unwrap()), "SealingKey(RSA 2048)");
}

#[test]
fn bytes_that_are_no_public_key_are_refused() {
    for der in [&[][..], &[0x30, 0], &[0x30, 6, 2, 1, 0, 2, 1, 3], &[0xFF; 300]] {
        assert!(sealer_core::SealingKey::from_pkcs1_der(der).is_err());
    }
}

#[test]
fn the_value_is_under_the_fresh_session_key_with_a_zero_nonce() {
    let certificate = certificate("2048.crt");
    let key = certificate.check(now()).unwrap();
    let sealed = seal_value(b"hunter2", "payments/db", key, &mut rng(1)).unwrap();
    let envelope = Envelope::parse(&sealed).unwrap();
    assert_eq!((envelope.key_bits(), envelope.plaintext_len()), (2048, 7));

    let mut session_key = [0; SESSION_KEY_BYTES];
    rng(1).fill_bytes(&mut session_key);
    let (body, tag) = envelope.ciphertext.split_at(7);
    let mut opened = body.to_vec();
    Aes256Gcm::new((&session_key).into())
        .decrypt_inout_detached(&Nonce::default(), &[], opened.as_mut_slice().into(), tag.try_into().unwrap())
        .unwrap();
    assert_eq!(opened, b"hunter2");
}

#[test]
fn a_random_source_that_fails_seals_nothing() {
    let certificate = certificate("2048.crt");
    let key = certificate.check(now()).unwrap();
    // Fails at the session key, in it, and at the OAEP seed.
    for bytes in [0, 31, 32, 63] {
        assert_eq!(seal_value(b"hunter2", "", key, &mut Drying(bytes)), Err(HybridError::Random), "{bytes}");
    }
    let request = SealRequest::new(manifest(), Overrides::default()).unwrap();
    let error = seal(&request, key, &mut Drying(64)).unwrap_err();
    assert_eq!((error.key.as_str(), error.source), ("user", HybridError::Random));
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

fn manifest() -> SecretManifest {
    let mut manifest = SecretManifest {
        metadata: Metadata { name: "db".to_owned(), namespace: "payments".to_owned(), ..Metadata::default() },
        type_: Some("Opaque".to_owned()),
        ..SecretManifest::default()
    };
    manifest.metadata.labels.insert("app".to_owned(), "db".to_owned());
    for (key, value) in [("password", "hunter2"), ("user", "hunter2")] {
        manifest.data.insert(key.to_owned(), Plaintext::new(value.into()));
    }
    manifest
}

#[test]
fn a_sealed_secret_has_the_template_and_one_envelope_for_each_key() {
    let certificate = certificate("3072.crt");
    for scope in Scope::ALL {
        let request =
            SealRequest::new(manifest(), Overrides { scope: Some(scope), ..Overrides::default() }).unwrap();
        let sealed = seal(&request, certificate.check(now()).unwrap(), &mut rng(2)).unwrap();
        assert_eq!(sealed.scope(), scope);
        assert_eq!(sealed.binding().as_ref(), Ok(request.binding()));
        assert_eq!(sealed.template.metadata.labels["app"], "db");
        assert_eq!(Scope::from_annotations(&sealed.template.metadata.annotations), scope);
        assert!(sealed.metadata.labels.is_empty() && sealed.template.data.is_empty());
        assert_eq!(sealed.encrypted_data.keys().collect::<Vec<_>>(), ["password", "user"]);
        let envelopes: Vec<Vec<u8>> =
            sealed.encrypted_data.values().map(|value| decode_base64(value).unwrap()).collect();
        for envelope in &envelopes {
            let envelope = Envelope::parse(envelope).unwrap();
            assert_eq!((envelope.key_bits(), envelope.plaintext_len()), (3072, 7));
        }
        // Equal values, and still nothing that they share.
        let tails: Vec<&[u8]> = envelopes.iter().map(|envelope| &envelope[2..]).collect();
        assert!(tails[0].iter().zip(tails[1]).filter(|(a, b)| a == b).count() < tails[0].len() / 8);
    }
}

#[test]
fn a_request_that_lacks_what_its_scope_needs_is_refused() {
    let empty = SecretManifest { data: Default::default(), ..manifest() };
    assert_eq!(SealRequest::new(empty.clone(), Overrides::default()), Err(SealRequestError::EmptyData));
    assert!(SealRequest::new(empty, Overrides { allow_empty_data: true, ..Overrides::default() }).is_ok());

    let mut nameless = manifest();
    nameless.metadata.name.clear();
    let refused = Err(SealRequestError::NameMissing);
    assert_eq!(SealRequest::new(nameless.clone(), Overrides::default()), refused);
    let cluster_wide = Overrides { scope: Some(Scope::ClusterWide), ..Overrides::default() };
    assert_eq!(SealRequest::new(nameless.clone(), cluster_wide), refused);
    assert!(SealRequest::new(nameless, Overrides { name: Some("db"), ..Overrides::default() }).is_ok());

    let mut homeless = manifest();
    homeless.metadata.namespace.clear();
    let missing = Err(SealRequestError::Binding(BindingError::NamespaceMissing));
    assert_eq!(SealRequest::new(homeless.clone(), Overrides::default()), missing);
    for overrides in [
        Overrides { namespace: Some("a"), ..Overrides::default() },
        Overrides { default_namespace: Some("a"), ..Overrides::default() },
    ] {
        let sealed = SealRequest::new(homeless.clone(), overrides).unwrap().around(Default::default());
        assert_eq!(
            (sealed.metadata.namespace.as_str(), sealed.template.metadata.namespace.as_str()),
            ("a", "a")
        );
    }
    let request = SealRequest::new(homeless, cluster_wide).unwrap();
    assert_eq!(request.binding(), &Binding::Cluster);

    let elsewhere = Overrides { namespace: Some("other"), ..Overrides::default() };
    assert_eq!(
        SealRequest::new(manifest(), elsewhere).unwrap_err().to_string(),
        "namespace mismatch: input secret is in namespace \"payments\" but \"other\" was specified"
    );
    let default = Overrides { default_namespace: Some("other"), ..Overrides::default() };
    let request = SealRequest::new(manifest(), default).unwrap();
    assert_eq!(request.around(Default::default()).metadata.namespace, "payments");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_envelope_is_as_long_as_key_and_value_say(value in prop::collection::vec(any::<u8>(), 0..5000), label: String, seed: u64) {
        let certificate = certificate("2048.crt");
        let sealed = seal_value(&value, &label, certificate.check(now()).unwrap(), &mut rng(seed)).unwrap();
        let envelope = Envelope::parse(&sealed).unwrap();
        prop_assert_eq!(envelope.session_key.len(), 256);
        prop_assert_eq!(envelope.plaintext_len(), value.len());
        prop_assert_eq!(sealed.len(), 2 + 256 + value.len() + 16);
    }

    #[test]
    fn one_item_is_base64_of_one_envelope(value in prop::collection::vec(any::<u8>(), 0..99), seed: u64) {
        let certificate = certificate("2048.crt");
        let length = value.len();
        let item = seal_item(&Plaintext::new(value), &Binding::Cluster, certificate.check(now()).unwrap(), &mut rng(seed)).unwrap();
        prop_assert_eq!(Envelope::parse(&decode_base64(&item).unwrap()).unwrap().plaintext_len(), length);
    }

    #[test]
    fn no_text_makes_the_certificate_reader_panic(text in "\\PC*", body in "[A-Za-z0-9+/=\n]{0,400}") {
        prop_assert!(cert::parse(&text).is_err());
        let block = format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
        prop_assert!(cert::parse(&block).is_err());
    }
}
