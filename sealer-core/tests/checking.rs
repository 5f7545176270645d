//! The values of typed Secrets, looked at: certificates and keys that OpenSSL and OpenSSH made.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeMap;

use sealer_core::check::{Remark, findings};
use sealer_core::{Plaintext, Timestamp};

/// While the test certificates are valid.
const NOW: u64 = 1_800_000_000;

fn vector(name: &str) -> String {
    std::fs::read_to_string(format!("{}/../vectors/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn joined(names: &[&str]) -> String {
    names.iter().map(|name| vector(&format!("tls/{name}"))).collect()
}

fn found(type_: &str, values: &[(&str, &[u8])], now: u64) -> Vec<(&'static str, Remark)> {
    let data: BTreeMap<String, Plaintext> =
        values.iter().map(|(key, value)| ((*key).to_owned(), Plaintext::new(value.to_vec()))).collect();
    let found = findings(&format!("kubernetes.io/{type_}"), &data, Timestamp::from_unix_seconds(now));
    found.into_iter().map(|finding| (finding.key, finding.remark)).collect()
}

fn of_tls(certificates: &str, key: &str) -> Vec<(&'static str, Remark)> {
    found("tls", &[("tls.crt", certificates.as_bytes()), ("tls.key", key.as_bytes())], NOW)
}

#[test]
fn a_key_is_compared_with_the_first_certificate_where_both_say_enough() {
    for (certificates, key, remark) in [
        ("rsa.crt", "rsa.pkcs1.pem", None),
        ("rsa.crt", "rsa.pkcs8.pem", None),
        ("ec.crt", "ec.sec1.pem", None),
        ("ec.crt", "ec.pkcs8.pem", None),
        ("ec.crt", "rsa.pkcs8.pem", Some(Remark::Mismatch)),
        ("root.crt", "ec.pkcs8.pem", Some(Remark::Mismatch)),
        ("ed25519.crt", "ed25519.pkcs8.pem", Some(Remark::NotCompared)),
        ("ec.crt", "encrypted.pem", Some(Remark::KeyEncrypted)),
        ("ec.crt", "ec.crt", Some(Remark::NoKey)),
    ] {
        let remarks: Vec<_> = remark.into_iter().map(|remark| ("tls.key", remark)).collect();
        assert_eq!(of_tls(&joined(&[certificates]), &joined(&[key])), remarks, "{certificates} {key}");
    }
    let other = of_tls(&joined(&["rsa.crt"]), &vector("keys/2048.pkcs8.pem"));
    assert_eq!(other, [("tls.key", Remark::Mismatch)]);
    assert_eq!(of_tls(&joined(&["ec.crt"]), &vector("ssh/ed25519")), [("tls.key", Remark::KeyForSsh)]);
}

#[test]
fn each_certificate_is_issued_by_the_one_behind_it() {
    let key = joined(&["ec.pkcs8.pem"]);
    for chain in
        [&["ec.crt"][..], &["ec.crt", "intermediate.crt"], &["ec.crt", "intermediate.crt", "root.crt"]]
    {
        assert_eq!(of_tls(&joined(chain), &key), [], "{chain:?}");
    }
    for chain in [&["ec.crt", "root.crt"][..], &["ec.crt", "root.crt", "intermediate.crt"]] {
        assert_eq!(of_tls(&joined(chain), &key), [("tls.crt", Remark::OutOfOrder)], "{chain:?}");
    }
    let behind = of_tls(&joined(&["intermediate.crt", "ec.crt"]), &key);
    assert_eq!(behind, [("tls.crt", Remark::OutOfOrder), ("tls.key", Remark::Mismatch)]);
}

#[test]
fn what_is_no_certificate_is_told_and_what_is_not_there_yet_is_not() {
    let cut = &joined(&["ec.crt"])[..200];
    let broken = joined(&["ec.crt"]) + "-----BEGIN CERTIFICATE-----\nTWE=\n-----END CERTIFICATE-----\n";
    for text in ["", "hunter2", cut, &broken, &joined(&["ec.pkcs8.pem"])] {
        assert_eq!(of_tls(text, &joined(&["ec.pkcs8.pem"])), [("tls.crt", Remark::NoCertificate)], "{text}");
    }
    assert_eq!(found("tls", &[("tls.crt", &[0xff])], NOW), [("tls.crt", Remark::NoCertificate)]);
    assert_eq!(found("tls", &[("tls.crt", joined(&["ec.crt"]).as_bytes())], NOW), []);
    assert_eq!(found("tls", &[("tls.key", joined(&["ec.pkcs8.pem"]).as_bytes())], NOW), []);
    assert_eq!(found("tls", &[], NOW), []);
}

#[test]
fn a_certificate_out_of_its_time_is_told_with_its_end_or_beginning() {
    let at = Timestamp::from_unix_seconds;
    let (begin, end) = (1_767_225_600, 1_769_904_000);
    let expired = joined(&["expired.crt"]);
    let judged = |now| found("tls", &[("tls.crt", expired.as_bytes())], now);
    assert_eq!(judged(begin), []);
    assert_eq!(judged(end), []);
    assert_eq!(judged(end + 1), [("tls.crt", Remark::Ended { on: at(end) })]);
    assert_eq!(judged(begin - 1), [("tls.crt", Remark::NotYetValid { from: at(begin) })]);
}

#[test]
fn an_ssh_key_is_a_private_one_without_a_passphrase_and_with_a_last_line_break() {
    let open = vector("ssh/ed25519");
    for (text, remark) in [
        (open.as_str(), None),
        (&vector("tls/rsa.pkcs1.pem"), None),
        (open.trim_end(), Some(Remark::NoFinalLineBreak)),
        (&vector("ssh/ed25519.pub"), Some(Remark::PublicKey)),
        (&vector("ssh/passphrase"), Some(Remark::KeyEncrypted)),
        (&vector("tls/encrypted.pem"), Some(Remark::KeyEncrypted)),
        ("hunter2", Some(Remark::NoKey)),
        (&open[..100], Some(Remark::NoKey)),
    ] {
        let remarks: Vec<_> = remark.into_iter().map(|remark| ("ssh-privatekey", remark)).collect();
        assert_eq!(found("ssh-auth", &[("ssh-privatekey", text.as_bytes())], NOW), remarks, "{text}");
    }
}

#[test]
fn docker_needs_a_login_and_a_user_name_has_no_colon() {
    for (text, remark) in [
        (r#"{"auths":{"r.io":{"auth":"dTpw"}}}"#, None),
        (r#"{"auths":{"r.io":{}},"credsStore":"desktop"}"#, Some(Remark::NoLogin)),
        (r#"{"credHelpers":{"r.io":"ecr-login"}}"#, Some(Remark::NoLogin)),
        (r#"{"https://index.docker.io/v1/":{"auth":"dTpw"}}"#, Some(Remark::NotDockerConfig)),
        (r#"["auths"]"#, Some(Remark::NotDockerConfig)),
        ("hunter2", Some(Remark::NotDockerConfig)),
    ] {
        let remarks: Vec<_> = remark.into_iter().map(|remark| (".dockerconfigjson", remark)).collect();
        let values = [(".dockerconfigjson", text.as_bytes())];
        assert_eq!(found("dockerconfigjson", &values, NOW), remarks, "{text}");
    }
    for (name, remarks) in [("app", &[][..]), ("a:b", &[("username", Remark::ColonInUsername)])] {
        assert_eq!(found("basic-auth", &[("username", name.as_bytes()), ("password", b":")], NOW), remarks);
    }
}

#[test]
fn other_types_are_not_looked_at_and_no_remark_shows_a_piece_of_a_value() {
    assert_eq!(found("service-account-token", &[("tls.crt", b"hunter2")], NOW), []);
    let remarks = found("ssh-auth", &[("ssh-privatekey", b"hunter2")], NOW);
    assert!(!format!("{remarks:?}").contains("hunter"));
    assert!(remarks.iter().all(|(_, remark)| remark.is_fatal()));
}
