//! Certificates and keys as OpenSSL and OpenSSH write them, built into Secrets.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use sealer_core::builders::{Built, Expired, Leaf, Note, SshAuthError, TlsError, ssh_auth, tls};
use sealer_core::{Plaintext, Timestamp};

/// 2027-01-01.
const NOW: u64 = 1_798_761_600;
/// The last moment of all certificates but the one that ends early.
const END: &str = "2125-12-31T00:00:00Z";

fn vector(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/");
    std::fs::read_to_string(format!("{folder}{name}")).unwrap()
}

/// The files one after another.
fn joined(names: &[&str]) -> String {
    names.iter().map(|name| vector(&format!("tls/{name}"))).collect()
}

fn build(chain: &str, key: &str, now: u64, expired: Expired) -> Result<(Built, Leaf), TlsError> {
    let (chain, key) = (Plaintext::new(chain.into()), Plaintext::new(key.into()));
    tls(&chain, &key, Timestamp::from_unix_seconds(now), expired)
}

fn text<'a>(built: &'a Built, key: &str) -> &'a str {
    str::from_utf8(built.data[key].expose()).unwrap()
}

#[test]
fn a_chain_in_order_with_its_key_is_kept_byte_for_byte() {
    for (files, key) in [
        (&["rsa.crt", "intermediate.crt"][..], "rsa.pkcs1.pem"),
        (&["rsa.crt", "intermediate.crt", "root.crt"], "rsa.pkcs8.pem"),
        (&["ec.crt", "intermediate.crt"], "ec.sec1.pem"),
        (&["ec.crt"], "ec.pkcs8.pem"),
    ] {
        let (chain, key) = (format!("# by hand\n{}\n", joined(files)), joined(&[key]));
        let (built, leaf) = build(&chain, &key, NOW, Expired::Refused).unwrap();
        assert_eq!(built.type_, Some("kubernetes.io/tls"));
        assert_eq!(built.data.keys().collect::<Vec<_>>(), ["tls.crt", "tls.key"]);
        assert_eq!((text(&built, "tls.crt"), text(&built, "tls.key")), (&*chain, &*key));
        assert_eq!(built.notes, [], "{files:?}");
        let names: Vec<_> = leaf.names.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["shop.example", "*.shop.example", "192.0.2.7", "2001:db8::7"]);
        assert_eq!(leaf.not_after.to_string(), END);
    }
}

#[test]
fn any_order_becomes_the_one_that_servers_need() {
    let in_order = joined(&["ec.crt", "intermediate.crt", "root.crt"]);
    let key = joined(&["ec.sec1.pem"]);
    for files in [["root.crt", "intermediate.crt", "ec.crt"], ["intermediate.crt", "ec.crt", "root.crt"]] {
        let (built, leaf) =
            build(&joined(&files).replace('\n', "\r\n"), &key, NOW, Expired::Refused).unwrap();
        assert_eq!(text(&built, "tls.crt").replace("\r\n", "\n"), in_order);
        assert_eq!((built.notes, leaf.names.len()), (vec![Note::Reordered], 4));
    }
}

#[test]
fn a_gap_in_the_chain_is_told() {
    let (built, _) =
        build(&joined(&["ec.crt", "root.crt"]), &joined(&["ec.pkcs8.pem"]), NOW, Expired::Refused).unwrap();
    assert_eq!(built.notes, [Note::OutsideChain { count: 1 }]);
}

#[test]
fn a_key_that_does_not_say_its_public_half_is_taken_and_told() {
    let key = joined(&["ed25519.pkcs8.pem"]);
    let chain = joined(&["intermediate.crt", "ed25519.crt"]);
    let (built, leaf) = build(&chain, &key, NOW, Expired::Refused).unwrap();
    assert_eq!(built.notes, [Note::KeyNotCompared, Note::Reordered]);
    assert_eq!(leaf.names.len(), 4);
}

#[test]
fn the_end_of_the_certificate_is_told_or_refused() {
    const DAY: u64 = 24 * 60 * 60;
    // 2026-02-01, its last moment.
    const LAST: u64 = 1_769_904_000;
    let on = Timestamp::from_unix_seconds(LAST);
    let (chain, key) = (joined(&["expired.crt"]), joined(&["ec.pkcs8.pem"]));
    let notes = |now, expired| build(&chain, &key, now, expired).map(|(built, _)| built.notes);
    assert_eq!(notes(LAST - 30 * DAY, Expired::Refused), Ok(vec![]));
    assert_eq!(notes(LAST - 30 * DAY + 1, Expired::Refused), Ok(vec![Note::EndsSoon { on }]));
    assert_eq!(notes(LAST, Expired::Refused), Ok(vec![Note::EndsSoon { on }]));
    assert_eq!(notes(LAST + 1, Expired::Refused), Err(TlsError::Expired { on }));
    assert_eq!(notes(LAST + 1, Expired::Told), Ok(vec![Note::Ended { on }]));
    let from = Timestamp::from_unix_seconds(LAST - 31 * DAY);
    assert_eq!(notes(LAST - 31 * DAY - 1, Expired::Refused), Ok(vec![Note::NotYetValid { from }]));
}

#[test]
fn a_certificate_without_names_is_told() {
    let (built, leaf) =
        build(&joined(&["no-names.crt"]), &joined(&["ec.pkcs8.pem"]), NOW, Expired::Refused).unwrap();
    assert_eq!((built.notes, leaf.names), (vec![Note::NoNames], vec![]));
}

#[test]
fn what_no_server_could_use_is_refused_in_words() {
    let broken = joined(&["ec.crt", "intermediate.crt"]).replacen("MII", "!!!", 2);
    for (chain, key, error) in [
        (joined(&["ec.crt"]), joined(&["rsa.pkcs1.pem"]), TlsError::Mismatch),
        (joined(&["rsa.crt"]), vector("keys/2048.pkcs8.pem"), TlsError::Mismatch),
        (joined(&["root.crt", "intermediate.crt"]), joined(&["ec.sec1.pem"]), TlsError::Mismatch),
        (joined(&["ed25519.crt"]), joined(&["ec.sec1.pem"]), TlsError::Mismatch),
        (joined(&["ec.pkcs8.pem"]), joined(&["ec.crt"]), TlsError::Swapped),
        (joined(&["ec.crt", "ec.pkcs8.pem"]), joined(&["ec.pkcs8.pem"]), TlsError::KeyAmongCertificates),
        (joined(&["ec.crt"]), joined(&["encrypted.pem"]), TlsError::KeyEncrypted),
        (joined(&["ec.crt"]), vector("ssh/ed25519"), TlsError::KeyForSsh),
        (joined(&["ec.crt"]), joined(&["ec.crt"]), TlsError::KeyMissing),
        (joined(&["ec.crt"]), "hunter2".to_owned(), TlsError::KeyMissing),
        (joined(&["ec.crt"]), joined(&["ec.sec1.pem"]).replace("MHc", "MIc"), TlsError::KeyMalformed),
        ("hunter2".to_owned(), joined(&["ec.pkcs8.pem"]), TlsError::CertificateMissing),
        (broken, joined(&["ec.pkcs8.pem"]), TlsError::CertificateMalformed { number: 1 }),
    ] {
        let found = build(&chain, &key, NOW, Expired::Refused).unwrap_err();
        assert_eq!(found, error);
        assert!(!found.to_string().contains("hunter2"));
    }
}

#[test]
fn keys_of_openssh_are_told_apart() {
    let build = |text: String| ssh_auth(&Plaintext::new(text.into_bytes()));
    let key = vector("ssh/ed25519");
    let built = build(key.clone()).unwrap();
    assert_eq!((text(&built, "ssh-privatekey"), built.notes.as_slice()), (&*key, &[][..]));
    assert_eq!(build(vector("ssh/passphrase")), Err(SshAuthError::Encrypted));
    assert_eq!(build(vector("ssh/ed25519.pub")), Err(SshAuthError::Public));
    assert_eq!(build(joined(&["encrypted.pem"])), Err(SshAuthError::Encrypted));
    assert_eq!(build(joined(&["rsa.pkcs1.pem"])).unwrap().notes, []);
}
