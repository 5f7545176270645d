use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use sealer_core::cert;
use sealer_core::dotenv::Dialect;

use super::*;

/// RSA-2048, valid to 2126; its private key was never kept.
const CERTIFICATE: &str = include_str!("test-certificate.pem");
const MANIFEST: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: payments}\nstringData:\n  user: someone\n  password: hunter2\n";

const NOW: u64 = 1_800_000_000;

fn seal(desk: &mut Desk, namespace: &str, name: &str, scope: Option<Scope>) -> Result<Sealed, Obstacle> {
    let certificate = cert::parse(CERTIFICATE).unwrap();
    let mut random = ChaCha20Rng::seed_from_u64(7);
    let now = Timestamp::from_unix_seconds(NOW);
    desk.seal(Target { namespace, name, scope }, Some(&certificate), now, &mut random)
}

fn desk(text: &str) -> Desk {
    let mut desk = Desk::new([7; 32]);
    desk.read(text, Dialect::Godotenv).unwrap();
    desk
}

fn value<'a>(sealed: &'a Sealed, key: &str) -> &'a str {
    let start = format!("    {key}: ");
    sealed.yaml.lines().find_map(|line| line.strip_prefix(&start)).unwrap()
}

#[test]
fn an_unchanged_value_keeps_its_ciphertext_and_a_changed_one_does_not() {
    let mut desk = desk(MANIFEST);
    let before = seal(&mut desk, "payments", "db", None).unwrap();
    desk.read(&MANIFEST.replace("hunter2", "hunter3"), Dialect::Godotenv).unwrap();
    let after = seal(&mut desk, "payments", "db", None).unwrap();
    assert_eq!(value(&before, "user"), value(&after, "user"));
    assert_ne!(value(&before, "password"), value(&after, "password"));
}

#[test]
fn a_changed_name_or_scope_seals_every_value_anew() {
    let mut desk = desk(MANIFEST);
    let first = seal(&mut desk, "payments", "db", None).unwrap();
    let renamed = seal(&mut desk, "payments", "other", None).unwrap();
    let widened = seal(&mut desk, "payments", "other", Some(Scope::NamespaceWide)).unwrap();
    for key in ["user", "password"] {
        assert_ne!(value(&first, key), value(&renamed, key));
        assert_ne!(value(&renamed, key), value(&widened, key));
    }
    assert_eq!(renamed.openings[0].binding.label(), "payments/other");
    assert_eq!(widened.openings[0].binding.label(), "payments");
}

#[test]
fn the_same_value_in_two_secrets_does_not_share_a_ciphertext() {
    let second = MANIFEST.replace("name: db", "name: cache");
    let mut desk = desk(&format!("{MANIFEST}---\n{second}"));
    let sealed = seal(&mut desk, "", "", Some(Scope::ClusterWide)).unwrap();
    let values: Vec<_> = sealed.yaml.lines().filter(|line| line.starts_with("    password: ")).collect();
    assert_eq!(values.len(), 2);
    assert_ne!(values[0], values[1]);
    assert_eq!(sealed.file_name, "2-secrets.sealedsecret.yaml");
}

#[test]
fn what_is_missing_is_said_all_at_once() {
    let mut desk = desk("PASSWORD=hunter2\n");
    assert_eq!(seal(&mut desk, "", "", None), Err(Obstacle::Needs(vec![Need::Namespace, Need::Name])));
    assert_eq!(seal(&mut desk, "", "", Some(Scope::ClusterWide)), Err(Obstacle::Needs(vec![Need::Name])));
    assert_eq!(seal(&mut desk, "payments", "", None), Err(Obstacle::Needs(vec![Need::Name])));
    assert_eq!(seal(&mut desk, "", "db", None), Err(Obstacle::Needs(vec![Need::Namespace])));
    assert_eq!(seal(&mut desk, "Pay ments", "db", None), Err(Obstacle::Needs(vec![Need::BetterNamespace])));
    let nothing = desk.seal(
        Target { namespace: "payments", name: "db", scope: None },
        None,
        Timestamp::from_unix_seconds(NOW),
        &mut ChaCha20Rng::seed_from_u64(7),
    );
    assert_eq!(nothing, Err(Obstacle::Needs(vec![Need::Certificate])));
}

#[test]
fn a_certificate_that_has_expired_meanwhile_seals_nothing() {
    let mut desk = desk(MANIFEST);
    let certificate = cert::parse(CERTIFICATE).unwrap();
    let late = Timestamp::from_unix_seconds(certificate.not_after().unix_seconds() + 1);
    let target = Target { namespace: "payments", name: "db", scope: None };
    let sealed = desk.seal(target, Some(&certificate), late, &mut ChaCha20Rng::seed_from_u64(7));
    let Err(Obstacle::Problem(problem)) = sealed else { panic!("{sealed:?}") };
    assert!(problem.what.contains("expired certificate"), "{problem:?}");
}

#[test]
fn a_cleared_desk_holds_nothing() {
    let mut desk = desk(MANIFEST);
    seal(&mut desk, "payments", "db", None).unwrap();
    desk.clear();
    assert!(desk.manifests.is_empty() && desk.sealed.is_empty());
}

#[test]
fn the_file_is_named_after_what_opens_it_and_never_like_the_plaintext() {
    let mut desk = desk("PASSWORD=hunter2\n");
    let sealed = seal(&mut desk, "payments", "db", None).unwrap();
    assert_eq!(sealed.file_name, "payments-db.sealedsecret.yaml");
    let anywhere = seal(&mut desk, "", "db", Some(Scope::ClusterWide)).unwrap();
    assert_eq!(anywhere.file_name, "db.sealedsecret.yaml");
}
