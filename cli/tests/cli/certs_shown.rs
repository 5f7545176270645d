//! `sealwright cert`: what is told of a certificate, and which one is written.

use std::fs;

use serde_json::Value;

use crate::support::{sealwright, told, vectors};

fn cert(args: &[&str]) -> (i32, String, String) {
    told(&sealwright(&vectors(), &[&["cert"], args].concat(), b""))
}

fn facts(name: &str) -> (i32, Value) {
    let (code, stdout, _) = cert(&["show", name, "--format", "json"]);
    (code, serde_json::from_str(&stdout).unwrap())
}

#[test]
fn a_certificate_is_shown_with_what_one_compares() {
    let (code, facts) = facts("keys/2048.crt");
    assert_eq!(code, 0);
    assert_eq!(
        (&facts["bits"], &facts["expired"], &facts["certificates"]),
        (&2048.into(), &false.into(), &1.into())
    );
    assert_eq!(facts["notBefore"], "2026-01-01T00:00:00Z");
    let fingerprint = facts["fingerprint"].as_str().unwrap();
    let (code, text, stderr) = cert(&["show", "keys/2048.crt"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(
        text.starts_with(&format!("fingerprint  {fingerprint}\nkey          RSA, 2048 bits\n")),
        "{text}"
    );
    assert_eq!(
        cert(&["show", "keys/two.crt"]).1.lines().last().unwrap(),
        "there are 2 certificates; only the first is sealed with"
    );
}

#[test]
fn an_expired_certificate_is_a_finding() {
    let (code, facts) = facts("keys/expired.crt");
    assert_eq!((code, &facts["expired"]), (1, &true.into()));
    assert!(cert(&["show", "keys/expired.crt"]).1.contains("(expired "));
}

#[test]
fn a_private_key_is_refused_and_not_passed_on() {
    let folder = tempfile::tempdir().unwrap();
    let both = folder.path().join("both.pem");
    let text = ["keys/2048.crt", "keys/2048.pkcs1.pem"]
        .map(|name| fs::read_to_string(vectors().join(name)).unwrap());
    fs::write(&both, text.concat()).unwrap();
    for file in ["keys/2048.pkcs1.pem", both.to_str().unwrap()] {
        for args in [&["show", file][..], &["fetch", "--cert", file]] {
            let (code, stdout, stderr) = cert(args);
            assert_eq!((code, stdout.as_str()), (2, ""));
            assert!(
                stderr.starts_with("error: this is a private key; sealing needs the certificate"),
                "{stderr}"
            );
        }
    }
}

#[test]
fn only_the_expected_certificate_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cert.pem");
    let target = file.to_str().unwrap();
    let (_, facts) = facts("keys/2048.crt");
    let fingerprint = facts["fingerprint"].as_str().unwrap();
    let (code, _, stderr) =
        cert(&["fetch", "--cert", "keys/3072.crt", "--expect", fingerprint, "-o", target]);
    assert_eq!(code, 2);
    assert!(stderr.contains("which is not the one that is expected\nnothing was written"), "{stderr}");
    assert!(!file.exists());

    let plain = fingerprint.replace(':', "").to_lowercase();
    let said = cert(&["fetch", "--cert", "keys/2048.crt", "--expect", &plain, "-o", target]);
    assert_eq!(said, (0, String::new(), format!("SHA-256 fingerprint: {fingerprint}\n")));
    assert_eq!(fs::read(&file).unwrap(), fs::read(vectors().join("keys/2048.crt")).unwrap());
}
