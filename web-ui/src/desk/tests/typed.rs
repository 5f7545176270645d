//! Secrets of the types that Kubernetes knows, pasted or brought as files.

use sealer_core::check::Remark;

use super::*;

fn vector(name: &str) -> String {
    std::fs::read_to_string(format!("{}/../vectors/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// What comes of this text in a Secret of this type.
fn typed(secret_type: SecretType, text: &str) -> Result<Sealed, Obstacle> {
    let mut desk = Desk::new([7; 32]);
    let read = desk.read(text, Dialect::Godotenv, secret_type, None);
    assert!(matches!(read, Ok(Reading::Values(_))), "{read:?}");
    let rows = Edits::default();
    seal_rows(&mut desk, Target { secret_type: Some(secret_type), ..target(&rows) })
}

#[test]
fn what_a_type_is_made_of_is_sealed_under_its_keys() {
    let pair = vector("tls/ec.crt") + &vector("tls/intermediate.crt") + &vector("tls/ec.pkcs8.pem");
    let docker = r#"{"auths":{"r.io":{"auth":"dTpw"}}}"#;
    for (secret_type, text, keys) in [
        (SecretType::Tls, pair.as_str(), &["tls.crt", "tls.key"][..]),
        (SecretType::SshAuth, &vector("tls/rsa.pkcs1.pem"), &["ssh-privatekey"]),
        (SecretType::Docker, docker, &[".dockerconfigjson"]),
    ] {
        let sealed = typed(secret_type, text).unwrap();
        assert_eq!(sealed.values, keys.len(), "{secret_type:?}");
        assert!(keys.iter().all(|key| !value(&sealed, key).is_empty()));
        assert!(sealed.yaml.contains(&format!("    type: {}\n", secret_type.name())));
    }
}

#[test]
fn a_file_is_sealed_byte_for_byte_even_if_it_is_empty_and_no_row_that_is_typed_into_has_its_number() {
    let mut desk = Desk::new([7; 32]);
    let mut rows = rows(&mut desk, &[("A", "1")]);
    for (key, bytes) in [("key.bin", &b"\xff\x00\r\n"[..]), ("empty", &[])] {
        let row = desk.put_file(Plaintext::new(bytes.to_vec()));
        assert!(rows.typed().iter().all(|typed| typed.row != row));
        let file = Some(Rc::from(key));
        let key = key.to_owned();
        rows.take_file(Typed { row, key, replaces: false, bytes: bytes.len(), trap: None, file });
    }
    let values = desk.values(&rows, 0).unwrap();
    assert_eq!(values["key.bin"].expose(), b"\xff\x00\r\n");
    assert!(values["empty"].is_empty());
    let sealed = seal_rows(&mut desk, target(&rows)).unwrap();
    assert_eq!(sealed.values, 3);
    desk.keep_rows(&[]);
    assert!(desk.typed.is_empty());
}

#[test]
fn values_in_rows_belong_to_no_one_of_several_secrets() {
    let mut desk = desk(&format!("{MANIFEST}---\n{}", MANIFEST.replace("name: db", "name: cache")));
    let rows = rows(&mut desk, &[("A", "1")]);
    let refused = Err(Obstacle::Problem(text::rows_of_several()));
    assert_eq!(seal_rows(&mut desk, target(&rows)), refused);
}

/// What is sealed of this text in a Secret of this type, and what there is to say about it.
fn judged(secret_type: SecretType, text: &str) -> (Result<usize, Obstacle>, Vec<Remark>) {
    let mut desk = desk(text);
    let rows = Edits::default();
    let sealed = seal_rows(&mut desk, Target { secret_type: Some(secret_type), ..target(&rows) });
    let remarks = desk.findings().iter().map(|finding| finding.remark).collect();
    (sealed.map(|sealed| sealed.values), remarks)
}

#[test]
fn what_nobody_could_use_is_not_sealed_and_what_is_odd_is_told() {
    let other = vector("tls/ec.crt") + &vector("tls/rsa.pkcs8.pem");
    let unordered = vector("tls/ec.crt") + &vector("tls/root.crt") + &vector("tls/ec.pkcs8.pem");
    let correction = || Err(Obstacle::Needs(vec![Need::Correction]));
    for (secret_type, text, sealed, remarks) in [
        (SecretType::Tls, &*other, correction(), &[Remark::Mismatch][..]),
        (SecretType::Opaque, &other, Ok(2), &[]),
        (SecretType::Tls, &unordered, Ok(2), &[Remark::OutOfOrder]),
        (SecretType::SshAuth, &vector("ssh/passphrase"), correction(), &[Remark::KeyEncrypted]),
        (SecretType::BasicAuth, "username=a:b\n", Ok(1), &[Remark::ColonInUsername]),
        (SecretType::Docker, r#"{"credsStore":"desktop"}"#, Ok(1), &[Remark::NoLogin]),
    ] {
        assert_eq!(judged(secret_type, text), (sealed, remarks.to_vec()), "{secret_type:?} {remarks:?}");
    }
}

#[test]
fn a_manifest_is_looked_at_as_its_type_says_and_nothing_is_said_of_what_is_gone() {
    let manifest =
        MANIFEST.replace("stringData:", "type: kubernetes.io/ssh-auth\nstringData:\n  ssh-privatekey: x");
    let mut desk = desk(&manifest);
    assert_eq!(seal(&mut desk, "payments", "db", None), Err(Obstacle::Needs(vec![Need::Correction])));
    assert_eq!(desk.findings().len(), 1);
    desk.clear();
    assert_eq!(desk.findings(), []);
}
