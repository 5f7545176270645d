//! `sealwright reseal`: what becomes of a repository.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sealer_core::merge::{Changes, SealedText};
use sealer_core::seal::seal_item;
use sealer_core::{Plaintext, Policy, SealedSecret, cert};
use unsealer::{Keyring, PrivateKey};

use crate::cluster::{kubeconfig, posted, refusal, serving, status};
use crate::re_encrypting::{ONE, OTHER, anew, answering};
use crate::support::{Answer, sealwright, told, vectors};

const PLAIN: &[u8] = b"hunter2";

fn path(name: &str) -> String {
    vectors().join(name).to_str().unwrap().to_owned()
}

/// The text with every value replaced by one that was really sealed, for the key of the old certificate.
fn sealed_for_the_old_key(text: &str) -> Option<String> {
    let old = cert::parse(&fs::read_to_string(path("keys/2048.crt")).unwrap()).unwrap();
    let file = SealedText::read(text, Policy::Strict).ok()?;
    let mut changes = BTreeMap::new();
    for (index, target) in file.all().enumerate() {
        let (sealed, mut values) = (target.sealed(), BTreeMap::new());
        for key in sealed.encrypted_data.keys() {
            let value = Plaintext::new(PLAIN.to_vec());
            let binding = sealed.binding().ok()?;
            values
                .insert(key.clone(), seal_item(&value, &binding, old.key(), &mut getrandom::SysRng).unwrap());
        }
        changes.insert(index, Changes { encrypted_data: values, ..Changes::default() });
    }
    file.edited(|index| changes.get(&index)).ok()
}

fn sealed(text: &str) -> Vec<SealedSecret> {
    let file = SealedText::read(text, Policy::Strict).unwrap();
    file.all().map(|target| target.sealed().clone()).collect()
}

/// The text with the values of `to` in the places of those of `from`.
fn swapped(text: &str, from: &[SealedSecret], to: &[SealedSecret]) -> String {
    let pairs = from.iter().zip(to).flat_map(|(from, to)| {
        from.encrypted_data.values().zip(to.encrypted_data.values()).collect::<Vec<_>>()
    });
    pairs.fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// Opens every value with the key of the new certificate alone.
fn assert_on_the_new_key(sealed: &[SealedSecret]) {
    let key = PrivateKey::from_pem(&fs::read_to_string(path("keys/3072.pkcs1.pem")).unwrap()).unwrap();
    let ring = Keyring::from_private_keys(vec![key]);
    for sealed in sealed {
        let mut bare = sealed.clone();
        bare.template.data.clear();
        let secret = unsealer::unseal(&bare, &ring).unwrap();
        assert!(secret.data.values().all(|value| value.expose() == PLAIN));
    }
}

fn reseal(folder: &Path, keys: &[&str], args: &[&str]) -> (i32, String, String) {
    let cert = path("keys/3072.crt");
    let keys: Vec<String> = keys.iter().map(|key| path(&format!("keys/{key}.pkcs1.pem"))).collect();
    let mut all = vec!["reseal", "--cert", &cert];
    for key in &keys {
        all.extend(["--private-key", key]);
    }
    all.extend(args);
    told(&sealwright(folder, &all, b""))
}

fn db(name: &str) -> String {
    let text = format!(
        "# of {name}\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: {name}\n  \
         namespace: payments\nspec:\n  encryptedData:\n    password: AgA= # changed in May\n    user: AgB=\n"
    );
    sealed_for_the_old_key(&text).unwrap()
}

#[test]
fn in_every_layout_only_the_values_change_and_they_open_with_the_new_key() {
    let folder = tempfile::tempdir().unwrap();
    let mut files: BTreeMap<PathBuf, String> = BTreeMap::new();
    for case in fs::read_dir(vectors().join("merge")).unwrap() {
        let case = case.unwrap().path();
        for name in ["before.yaml", "before.json"] {
            let Ok(text) = fs::read_to_string(case.join(name)) else { continue };
            let Some(text) = sealed_for_the_old_key(&text) else { continue };
            let id = case.file_name().unwrap().to_str().unwrap().to_owned();
            let file = folder.path().join(format!("{id}-{name}"));
            fs::write(&file, &text).unwrap();
            files.insert(file, text);
        }
    }
    assert!(files.len() > 40, "{}", files.len());
    let values = |text: &str| sealed(text).iter().map(|one| one.encrypted_data.len()).sum::<usize>();
    let count: usize = files.values().map(|text| values(text)).sum();
    let touched = files.values().filter(|text| values(text) > 0).count();

    let (code, stdout, stderr) = reseal(folder.path(), &["2048", "3072"], &["."]);
    assert_eq!(
        (code, stdout.as_str(), stderr),
        (0, "", format!("sealed {count} values again in {touched} files\n"))
    );
    for (file, before) in &files {
        let after = fs::read_to_string(file).unwrap();
        let (old, new) = (sealed(before), sealed(&after));
        assert_on_the_new_key(&new);
        assert_eq!(swapped(&after, &new, &old), *before, "{}", file.display());
    }

    let (code, _, stderr) = reseal(folder.path(), &["2048", "3072"], &["."]);
    assert_eq!(
        (code, stderr),
        (0, format!("sealed 0 values again in 0 files; {count} values on it already\n"))
    );
}

#[test]
fn a_value_on_the_new_key_stays_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("db.yaml");
    let old = db("db");
    fs::write(&file, &old).unwrap();
    assert_eq!(reseal(folder.path(), &["2048"], &["db.yaml"]).0, 0);
    let new = fs::read_to_string(&file).unwrap();
    // One of the two goes back to the old key.
    let line = |text: &str| text.lines().find(|line| line.contains("user:")).unwrap().to_owned();
    let mixed = new.replace(&line(&new), &line(&old));
    fs::write(&file, &mixed).unwrap();

    let check = reseal(folder.path(), &["2048", "3072"], &["--check", "."]);
    let said = "1 value in 1 file not on this key; 1 value on it already\n";
    assert_eq!(check, (1, "./db.yaml: 1 of 2\n".to_owned(), said.to_owned()));
    assert_eq!(fs::read_to_string(&file).unwrap(), mixed);

    let (code, diff, said) = reseal(folder.path(), &["2048", "3072"], &["--dry-run", "."]);
    assert_eq!((code, said.as_str()), (0, "would seal 1 value again in 1 file; 1 value on it already\n"));
    assert!(diff.starts_with("--- ./db.yaml\n+++ ./db.yaml\n@@ "), "{diff}");
    assert!(diff.contains(&format!("\n-{}\n+    user: ", line(&mixed))), "{diff}");
    assert_eq!(fs::read_to_string(&file).unwrap(), mixed);

    let (code, _, _) = reseal(folder.path(), &["2048", "3072"], &["."]);
    assert_eq!(code, 0);
    let after = fs::read_to_string(&file).unwrap();
    let other =
        |text: &str| text.lines().filter(|line| !line.contains("user:")).collect::<Vec<_>>().join("\n");
    assert_eq!(other(&after), other(&mixed));
    assert_ne!(line(&after), line(&mixed));
    assert_eq!(reseal(folder.path(), &["2048", "3072"], &["--check", "."]).0, 0);
}

#[test]
fn what_does_not_open_is_named_and_its_file_stays_while_the_others_are_done() {
    let folder = tempfile::tempdir().unwrap();
    let moved = db("db").replace("name: db", "name: elsewhere");
    let both = format!("{}---\n{moved}", db("mail"));
    fs::write(folder.path().join("both.yaml"), &both).unwrap();
    fs::write(folder.path().join("good.yaml"), db("good")).unwrap();
    let (code, stdout, stderr) = reseal(folder.path(), &["2048", "3072"], &["."]);
    assert_eq!((code, stdout.as_str()), (1, ""));
    assert!(
        stderr.starts_with(
            "error: ./both.yaml: line 13: payments/elsewhere: no key could decrypt secret (password, user): "
        ),
        "{stderr}"
    );
    assert!(stderr.ends_with("sealed 2 values again in 1 file; 1 file left as found\n"), "{stderr}");
    assert_eq!(fs::read_to_string(folder.path().join("both.yaml")).unwrap(), both);
    assert_on_the_new_key(&sealed(&fs::read_to_string(folder.path().join("good.yaml")).unwrap()));

    // The same once more without the new private key: what is on it by now can't be told from what is lost.
    let (code, _, stderr) = reseal(folder.path(), &["2048"], &["good.yaml"]);
    assert_eq!(code, 1);
    assert!(stderr.contains("\nit may be on the new key already: give the private key"), "{stderr}");
}

#[test]
fn what_cannot_be_edited_in_place_stays_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let line = db("db").lines().find(|line| line.contains("user:")).unwrap().trim().to_owned();
    let braces = format!(
        "{{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, metadata: {{name: db, namespace: payments}}, spec: \
         {{encryptedData: {{{line}}}}}}}\n"
    );
    let deprecated =
        "kind: SealedSecret\nmetadata:\n  name: db\n  namespace: payments\nspec:\n  data: AgA=\n";
    for (text, why) in [
        (braces.as_str(), "line 1, column 1: braces (`{…}`) are not edited in place"),
        (deprecated, "line 1, column 1: this SealedSecret has the deprecated `spec.data`"),
        (
            "kind: List\nitems:\n  - kind: SealedSecret\n",
            "line 3, column 5: a SealedSecret inside a List is not",
        ),
        ("kind: SealedSecret\nmetadata: [\n", "line "),
    ] {
        fs::write(folder.path().join("a.yaml"), text).unwrap();
        let (code, _, stderr) = reseal(folder.path(), &["2048", "3072"], &["a.yaml"]);
        assert_eq!(code, 1);
        assert!(stderr.starts_with(&format!("error: a.yaml: {why}")), "{stderr}");
        assert_eq!(fs::read_to_string(folder.path().join("a.yaml")).unwrap(), text);
    }
}

#[test]
fn files_that_are_something_else_are_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [
        ("chart.yaml", &b"{{ if .Values.on }}\n"[..]),
        ("latin.yaml", b"caf\xe9: 1\n"),
        ("crd.yaml", b"kind: CustomResourceDefinition\nspec: {names: {kind: SealedSecret}}\n"),
        ("patch.yaml", b"patches:\n- target: {kind: SealedSecret}\n"),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let said = reseal(folder.path(), &["2048"], &["."]);
    assert_eq!(said, (0, String::new(), "sealed 0 values again in 0 files\n".to_owned()));
}

fn through(folder: &Path, args: &[&str]) -> (i32, String, String) {
    told(&sealwright(folder, &[&["reseal", "--kubeconfig", "config"], args].concat(), b""))
}

#[test]
fn the_controller_seals_again_and_nothing_else_changes() {
    let server = answering(anew);
    let folder = kubeconfig(&server);
    let text = format!("# both\n{ONE}# the mail\n{OTHER}");
    fs::write(folder.path().join("a.yaml"), &text).unwrap();
    fs::write(folder.path().join("b.yaml"), OTHER).unwrap();
    let (code, diff, _) = through(folder.path(), &["--dry-run", "b.yaml"]);
    assert_eq!(code, 0);
    assert!(diff.contains("\n-    token: AgASecretAgB=\n+    token: BwASecretBwB=\n"), "{diff}");
    assert_eq!(fs::read_to_string(folder.path().join("b.yaml")).unwrap(), OTHER);

    let said = through(folder.path(), &["a.yaml", "b.yaml"]);
    assert_eq!(said, (0, String::new(), "sealed 3 values again in 2 files\n".to_owned()));
    assert_eq!(fs::read_to_string(folder.path().join("a.yaml")).unwrap(), text.replace("Ag", "Bw"));
    assert_eq!(fs::read_to_string(folder.path().join("b.yaml")).unwrap(), OTHER.replace("Ag", "Bw"));
    assert_eq!(posted(&server).len(), 4);
}

#[test]
fn what_the_controller_refuses_is_named_and_the_rest_goes_on() {
    let server = serving(|_, body| {
        if body.contains("\"db\"") {
            return refusal("500 Internal Server Error", "it does not open");
        }
        Answer::Reply("200 OK", anew(body).to_string())
    });
    let folder = kubeconfig(&server);
    fs::write(folder.path().join("a.yaml"), [OTHER, ONE].concat()).unwrap();
    fs::write(folder.path().join("b.yaml"), OTHER).unwrap();
    let (code, _, stderr) = through(folder.path(), &["a.yaml", "b.yaml"]);
    assert_eq!(code, 1);
    assert!(stderr.starts_with("error: a.yaml: line 13: payments/db: the controller did not"), "{stderr}");
    assert!(stderr.contains("\nsee whether it opens: kubeseal --validate\n"), "{stderr}");
    assert_eq!(fs::read_to_string(folder.path().join("a.yaml")).unwrap(), [OTHER, ONE].concat());
    assert_eq!(fs::read_to_string(folder.path().join("b.yaml")).unwrap(), OTHER.replace("Ag", "Bw"));
}

#[test]
fn a_right_that_is_missing_is_said_once_and_not_for_every_file() {
    let server = serving(|_, _| status("403 Forbidden", 403, "services is forbidden"));
    let folder = kubeconfig(&server);
    for number in 10..50 {
        fs::write(folder.path().join(format!("{number}.yaml")), [OTHER, ONE].concat()).unwrap();
    }
    let (code, _, stderr) = through(folder.path(), &["."]);
    assert_eq!(code, 2);
    assert_eq!(stderr.matches("error: ").count(), 1, "{stderr}");
    assert!(stderr.contains("\nit needs the right to create services/proxy in kube-system"), "{stderr}");
    assert!(stderr.starts_with("sealed 0 values again in 0 files; 40 files not reached\n"), "{stderr}");
    assert!(posted(&server).len() <= 8, "{}", posted(&server).len());
}

#[test]
fn a_file_that_somebody_else_writes_meanwhile_stays_theirs() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("a.yaml");
    fs::write(&file, ONE).unwrap();
    let theirs = file.clone();
    let server = answering(move |body| {
        fs::write(&theirs, OTHER).unwrap();
        anew(body)
    });
    let folder = kubeconfig(&server);
    let (code, _, stderr) = through(folder.path(), &[file.to_str().unwrap()]);
    assert_eq!(code, 1);
    assert!(
        stderr.contains("a.yaml: it was changed by somebody else just now\nrun the command again"),
        "{stderr}"
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), OTHER);
}

#[test]
fn a_scope_that_the_controller_widens_is_refused() {
    let server = answering(|body| {
        let mut sealed = anew(body);
        sealed["metadata"]["annotations"]["sealedsecrets.bitnami.com/cluster-wide"] = "true".into();
        sealed
    });
    let folder = kubeconfig(&server);
    fs::write(folder.path().join("a.yaml"), OTHER).unwrap();
    let (code, _, stderr) = through(folder.path(), &["a.yaml"]);
    assert_eq!(code, 1);
    assert!(
        stderr.contains("payments/mail: the controller sealed it cluster-wide, and it was strict"),
        "{stderr}"
    );
    assert_eq!(fs::read_to_string(folder.path().join("a.yaml")).unwrap(), OTHER);
}
