use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use sealer_core::{Timestamp, cert};

use super::*;
use crate::edits::{Edit, Typed};

/// RSA-2048, valid to 2126; its private key was never kept.
const CERTIFICATE: &str = include_str!("test-certificate.pem");
const MANIFEST: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: payments}\nstringData:\n  user: someone\n  password: hunter2\n";

const NOW: u64 = 1_800_000_000;

fn seal(desk: &mut Desk, namespace: &str, name: &str, scope: Option<Scope>) -> Result<Sealed, Obstacle> {
    let certificate = cert::parse(CERTIFICATE).unwrap();
    let rows = Edits::default();
    let target = Target { namespace, name, scope, ..target(&rows) };
    desk.seal(target, &[to(&certificate)], endless(&mut random()))
}

fn to(cert: &SealingCert) -> Recipient<'_> {
    Recipient { cluster: None, cert }
}

fn random() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(7)
}

fn endless(random: &mut ChaCha20Rng) -> Turn<'_, ChaCha20Rng> {
    Turn::new(Timestamp::from_unix_seconds(NOW), random, &|| false)
}

fn target(rows: &Edits) -> Target<'_> {
    Target {
        namespace: "payments",
        name: "db",
        scope: None,
        secret_type: None,
        rows,
        pasted: &[],
        details: None,
    }
}

fn desk(text: &str) -> Desk {
    let mut desk = Desk::new([7; 32]);
    desk.read(text, Dialect::Godotenv, SecretType::Opaque, None).unwrap();
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
    desk.read(&MANIFEST.replace("hunter2", "hunter3"), Dialect::Godotenv, SecretType::Opaque, None).unwrap();
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
    let nothing = desk.seal(target(&Edits::default()), &[], endless(&mut random()));
    assert_eq!(nothing, Err(Obstacle::Needs(vec![Need::Certificate])));
}

#[test]
fn a_certificate_that_has_expired_meanwhile_seals_nothing() {
    let mut desk = desk(MANIFEST);
    let certificate = cert::parse(CERTIFICATE).unwrap();
    let late = Timestamp::from_unix_seconds(certificate.not_after().unix_seconds() + 1);
    let rows = Edits::default();
    let target = target(&rows);
    let sealed = desk.seal(target, &[to(&certificate)], Turn::new(late, &mut random(), &|| false));
    let Err(Obstacle::Problem(problem)) = sealed else { panic!("{sealed:?}") };
    assert!(problem.what.starts_with("This certificate expired on "), "{problem:?}");
}

#[test]
fn each_turn_seals_at_least_one_value_and_the_last_one_gives_the_file() {
    let second = MANIFEST.replace("name: db", "name: cache");
    let mut desk = desk(&format!("{MANIFEST}---\n{second}"));
    let certificate = cert::parse(CERTIFICATE).unwrap();
    let (rows, mut random) = (Edits::default(), random());
    let mut turn = || {
        let turn = Turn::new(Timestamp::from_unix_seconds(NOW), &mut random, &|| true);
        (desk.seal(target(&rows), &[to(&certificate)], turn), desk.sealed.len())
    };
    for sealed in 1..4 {
        assert_eq!(turn(), (Err(Obstacle::Unfinished), sealed));
    }
    let (file, kept) = turn();
    assert_eq!((file.map(|sealed| sealed.values), kept), (Ok(4), 4));
}

#[test]
fn each_cluster_gets_a_file_of_its_own_whose_ciphertexts_stay_with_the_values() {
    let mut desk = desk(MANIFEST);
    let vector = format!("{}/../vectors/keys/2048.crt", env!("CARGO_MANIFEST_DIR"));
    let vector = cert::parse(&std::fs::read_to_string(vector).unwrap()).unwrap();
    let certificate = cert::parse(CERTIFICATE).unwrap();
    let recipients = [
        Recipient { cluster: Some("prod-eu"), cert: &certificate },
        Recipient { cluster: Some("dev / west"), cert: &vector },
    ];
    let rows = Edits::default();
    let mut seal = |recipients| desk.seal(target(&rows), recipients, endless(&mut random())).unwrap();
    let both = seal(&recipients);
    let names: Vec<_> = both.others.iter().map(|other| (&*other.cluster, &*other.file_name)).collect();
    assert_eq!(both.file_name, "payments-db.prod-eu.sealedsecret.yaml");
    assert_eq!(names, [("dev / west", "payments-db.dev___west.sealedsecret.yaml")]);
    assert_ne!(both.yaml, *both.others[0].yaml);
    assert_eq!(seal(&recipients), both);
    let one = seal(&recipients[..1]);
    assert_eq!((one.file_name.as_str(), one.yaml == both.yaml), ("payments-db.sealedsecret.yaml", true));
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

mod details;
mod typed;

mod merging {
    use super::*;
    use crate::diff::DiffLine;
    use crate::edits::{Edit, Edits};

    const FILE: &str = "# Who owns this: payments\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: db\n  namespace: payments\nspec:\n  encryptedData:\n    A: AgBy # the first\n    B: AgBz\n";

    fn file(text: &str) -> SealedFile {
        SealedFile::read(text).unwrap()
    }

    /// Merges `KEY=value` lines and edits into the first SealedSecret of the file.
    fn merge(desk: &mut Desk, file: &SealedFile, lines: &str, edits: &Edits) -> Result<Sealed, Obstacle> {
        let document = &file.documents[0];
        let mut pasted = Vec::new();
        if !lines.is_empty() {
            let Reading::Values(summary) =
                desk.read(lines, Dialect::Godotenv, SecretType::Opaque, Some(document)).unwrap()
            else {
                panic!("{lines} are no values")
            };
            pasted.clone_from(&summary.only().unwrap().values);
        }
        let wanted = Merge { file, document, file_name: "mine.yaml", namespace: "", edits, pasted: &pasted };
        let certificate = cert::parse(CERTIFICATE).unwrap();
        desk.merge(wanted, Some(&certificate), endless(&mut random()))
    }

    fn edits(wanted: impl IntoIterator<Item = Edit>) -> Edits {
        let mut edits = Edits::default();
        wanted.into_iter().for_each(|edit| edits.apply(edit));
        edits
    }

    fn key(key: &str) -> Rc<str> {
        Rc::from(key)
    }

    #[test]
    fn what_stays_in_the_file_counts_to_its_size_and_what_goes_does_not() {
        let envelope = [&[1, 0][..], &[0; 256 + 16], &[0; 1 << 20]].concat();
        let large = sealer_core::encode_base64(&envelope);
        let file = file(&FILE.replace("AgBz", &large));
        let merged = |lines: &str, edits: &Edits| merge(&mut Desk::new([7; 32]), &file, lines, edits);
        let Err(Obstacle::Problem(problem)) = merged("C=3\n", &Edits::default()) else { panic!() };
        assert!(problem.what.contains("1 MiB"), "{problem:?}");
        merged("C=3\n", &edits([Edit::Remove(key("B"))])).unwrap();
        merged("B=3\n", &Edits::default()).unwrap();
        // Nothing is added: what is there may stay.
        merged("", &edits([Edit::Remove(key("A"))])).unwrap();
    }

    #[test]
    fn only_the_lines_of_new_and_replaced_keys_change() {
        let file = file(FILE);
        let sealed = merge(&mut Desk::new([7; 32]), &file, "B=2\nC=3\n", &Edits::default()).unwrap();
        let (old, new): (Vec<_>, Vec<_>) = (FILE.lines().collect(), sealed.yaml.lines().collect());
        assert_eq!(new.len(), old.len() + 1);
        assert_eq!(new[..9], old[..9]);
        assert!(new[9].starts_with("    B: AQ") && new[10].starts_with("    C: AQ"), "{}", sealed.yaml);
        assert_eq!((sealed.file_name.as_str(), sealed.values), ("mine.yaml", 2));
        let merged = sealed.merged.unwrap();
        assert_eq!(merged.counts, Counts { added: 1, replaced: 1, ..Counts::default() });
        assert_eq!(merged.lines.lines().collect::<Vec<_>>(), new[9..11]);
        let cut = merged.diff.iter().filter(|line| matches!(line, DiffLine::Cut(_))).count();
        assert_eq!(cut, 1);
    }

    #[test]
    fn removing_and_renaming_need_neither_values_nor_a_certificate() {
        let file = file(FILE);
        let edits = edits([Edit::Remove(key("A")), Edit::Rename(key("B"), "b".to_owned())]);
        let document = &file.documents[0];
        let wanted =
            Merge { file: &file, document, file_name: "", namespace: "", edits: &edits, pasted: &[] };
        let sealed = Desk::new([7; 32]).merge(wanted, None, endless(&mut random())).unwrap();
        assert_eq!(sealed.yaml, FILE.replace("    A: AgBy # the first\n", "").replace("B: AgBz", "b: AgBz"));
        let merged = sealed.merged.unwrap();
        assert_eq!(merged.counts, Counts { removed: 1, renamed: 1, ..Counts::default() });
        assert!(merged.lines.is_empty());
    }

    #[test]
    fn a_typed_value_is_sealed_and_keeps_its_ciphertext_while_others_change() {
        let file = file(FILE);
        let mut desk = Desk::new([7; 32]);
        let edits = edits([Edit::Replace(key("A")), Edit::Type { row: 1, bytes: 3, trap: None }]);
        desk.type_value(1, Plaintext::new(b"one".to_vec()));
        let first = merge(&mut desk, &file, "", &edits).unwrap();
        let second = merge(&mut desk, &file, "C=3", &edits).unwrap();
        assert_eq!(value(&first, "A"), value(&second, "A"));
        desk.type_value(1, Plaintext::new(b"two".to_vec()));
        let third = merge(&mut desk, &file, "C=3", &edits).unwrap();
        assert_ne!(value(&first, "A"), value(&third, "A"));
        assert_eq!(value(&second, "C"), value(&third, "C"));
    }

    #[test]
    fn a_value_is_forgotten_with_its_row() {
        let mut desk = Desk::new([7; 32]);
        desk.type_value(1, Plaintext::new(b"one".to_vec()));
        desk.type_value(2, Plaintext::new(b"two".to_vec()));
        desk.keep_rows(&[2]);
        assert_eq!(desk.typed.iter().map(|(row, _)| *row).collect::<Vec<_>>(), [2]);
        desk.clear();
        assert!(desk.typed.is_empty());
    }

    #[test]
    fn what_can_not_be_edited_in_place_is_refused_with_the_lines_to_copy() {
        let file = file(&FILE.replace(
            "  encryptedData:\n    A: AgBy # the first\n    B: AgBz\n",
            "  encryptedData: {A: AgBy}\n",
        ));
        let Err(Obstacle::Refused { problem, lines }) =
            merge(&mut Desk::new([7; 32]), &file, "C=3", &Edits::default())
        else {
            panic!("braces are not edited in place")
        };
        assert!(problem.at.is_some() && problem.what.contains("Braces"), "{problem:?}");
        assert!(lines.starts_with("    C: AQ"), "{lines}");
    }

    #[test]
    fn nothing_wanted_changes_nothing() {
        let file = file(FILE);
        let mut desk = Desk::new([7; 32]);
        for edits in [Edits::default(), edits([Edit::Rename(key("A"), "A".to_owned())]), edits([Edit::Add])] {
            assert_eq!(merge(&mut desk, &file, "", &edits), Err(Obstacle::Unchanged));
        }
    }

    #[test]
    fn what_is_missing_is_said() {
        let file = file(&FILE.replace("  namespace: payments\n", ""));
        let mut desk = Desk::new([7; 32]);
        let missing = merge(&mut desk, &file, "C=3", &Edits::default());
        assert_eq!(missing, Err(Obstacle::Needs(vec![Need::Namespace])));
        let taken = edits([Edit::Rename(key("A"), "B".to_owned())]);
        assert_eq!(merge(&mut Desk::new([7; 32]), &file, "", &taken), Err(Obstacle::Needs(vec![Need::Keys])));
    }

    #[test]
    fn only_values_for_this_secret_are_taken() {
        let file = file(FILE);
        let document = Some(&file.documents[0]);
        let mut desk = Desk::new([7; 32]);
        assert!(desk.read(MANIFEST, Dialect::Godotenv, SecretType::Opaque, document).is_ok());
        let other = MANIFEST.replace("name: db", "name: cache");
        assert_eq!(
            desk.read(&other, Dialect::Godotenv, SecretType::Opaque, document),
            Err(text::values_of_another())
        );
        assert!(desk.manifests.is_empty());
        assert_eq!(
            desk.read(FILE, Dialect::Godotenv, SecretType::Opaque, document),
            Err(text::another_file())
        );
        assert!(matches!(desk.read(FILE, Dialect::Godotenv, SecretType::Opaque, None), Ok(Reading::File(_))));
    }
}

/// Rows with values, as they are typed one after the other.
fn rows(desk: &mut Desk, values: &[(&str, &str)]) -> Edits {
    let mut rows = Edits::default();
    for (row, (key, value)) in (1..).zip(values) {
        rows.apply(Edit::Add);
        rows.apply(Edit::Name(row, (*key).to_owned()));
        desk.type_value(row, Plaintext::new(value.as_bytes().to_vec()));
        rows.apply(Edit::Type { row, bytes: value.len(), trap: None });
    }
    rows
}

fn seal_rows(desk: &mut Desk, target: Target<'_>) -> Result<Sealed, Obstacle> {
    let certificate = cert::parse(CERTIFICATE).unwrap();
    desk.seal(target, &[to(&certificate)], endless(&mut random()))
}

#[test]
fn values_that_are_typed_into_rows_are_sealed_with_those_that_were_pasted() {
    let mut alone = Desk::new([7; 32]);
    let typed = rows(&mut alone, &[("A", "1"), ("B", "2")]);
    assert_eq!(seal_rows(&mut alone, target(&typed)).unwrap().values, 2);
    let mut both = desk("C=3");
    let typed = rows(&mut both, &[("A", "1")]);
    let sealed = seal_rows(&mut both, target(&typed)).unwrap();
    assert_eq!(sealed.values, 2);
    assert!(!value(&sealed, "A").is_empty() && !value(&sealed, "C").is_empty());
}

#[test]
fn a_key_without_a_value_and_a_key_that_is_there_twice_are_asked_about_before_anything_is_sealed() {
    let mut waiting = Desk::new([7; 32]);
    let mut typed = rows(&mut waiting, &[("A", "1")]);
    typed.ask_for(&["A", "B"]);
    assert_eq!(seal_rows(&mut waiting, target(&typed)), Err(Obstacle::Needs(vec![Need::Values])));
    let mut twice = Desk::new([7; 32]);
    let typed = rows(&mut twice, &[("A", "1"), ("A", "2")]);
    assert_eq!(seal_rows(&mut twice, target(&typed)), Err(Obstacle::Needs(vec![Need::Keys])));
}

#[test]
fn a_type_is_written_where_its_keys_are_there_and_refused_where_they_are_not() {
    let mut desk = Desk::new([7; 32]);
    let typed = rows(&mut desk, &[("username", "someone")]);
    let of = |secret_type| Target { secret_type: Some(secret_type), ..target(&typed) };
    let sealed = seal_rows(&mut desk, of(SecretType::BasicAuth)).unwrap();
    assert!(sealed.yaml.contains("    type: kubernetes.io/basic-auth\n"), "{}", sealed.yaml);
    assert!(!seal_rows(&mut desk, of(SecretType::Opaque)).unwrap().yaml.contains("type:"));
    let refused = Err(Obstacle::Problem(text::keys_of_type(SecretType::Tls)));
    assert_eq!(seal_rows(&mut desk, of(SecretType::Tls)), refused);
}
