//! `sealwright set`, `unset` and `rename-key`: what becomes of the file.

use std::collections::BTreeMap;
use std::fs;

use sealer_core::decode_base64;
use serde_json::Value;

use crate::support::{kubeseal, sealwright, told, vectors};

/// A folder with a file to change.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn with(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("sealed.yaml"), text).unwrap();
        Self { folder }
    }

    fn text(&self) -> String {
        fs::read_to_string(self.folder.path().join("sealed.yaml")).unwrap()
    }

    fn run(&self, args: &[&str], stdin: &str) -> (i32, String, String) {
        told(&sealwright(self.folder.path(), args, stdin.as_bytes()))
    }

    fn set(&self, args: &[&str], stdin: &str) -> (i32, String, String) {
        let cert = vectors().join("keys/2048.crt");
        let set = ["set", "sealed.yaml", "--cert", cert.to_str().unwrap()];
        self.run(&[&set, args].concat(), stdin)
    }

    /// The values that the file opens to.
    fn opened(&self) -> BTreeMap<String, String> {
        let key = vectors().join("keys/2048.pkcs1.pem");
        let args =
            ["--recovery-unseal", "--recovery-private-key", key.to_str().unwrap(), "-f", "sealed.yaml"];
        let (code, stdout, stderr) = told(&kubeseal(self.folder.path(), &args, &[], b""));
        assert_eq!((code, stderr.as_str()), (0, ""));
        let secret: Value = serde_json::from_str(&stdout).unwrap();
        let data = secret["data"].as_object().unwrap().iter();
        data.map(|(key, value)| (key.clone(), plain(value))).collect()
    }
}

fn plain(value: &Value) -> String {
    String::from_utf8(decode_base64(value.as_str().unwrap()).unwrap()).unwrap()
}

fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// The lines that only one of the texts has, without what stands behind the key.
fn changed<'a>(before: &'a str, after: &'a str) -> (Vec<&'a str>, Vec<&'a str>) {
    let only_in = |text: &'a str, other: &str| {
        let other: Vec<&str> = other.lines().collect();
        let lines = text.lines().filter(|line| !other.contains(line));
        lines.map(|line| line.split(": ").next().unwrap()).collect()
    };
    (only_in(before, after), only_in(after, before))
}

fn database(scope: &str, namespace: &str) -> String {
    format!(
        "# the database's
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: db # as the Deployment says
{namespace}{scope}spec:
  encryptedData: {{}}
"
    )
}

const PAYMENTS: &str = "  namespace: payments\n";
const CLUSTER_WIDE: &str = "  annotations:\n    sealedsecrets.bitnami.com/cluster-wide: \"true\"\n";

#[test]
fn values_are_set_under_the_names_and_the_scope_of_the_file_and_open() {
    for (text, flags) in [
        (database("", PAYMENTS), &[][..]),
        (database(CLUSTER_WIDE, ""), &[]),
        (database(CLUSTER_WIDE, PAYMENTS), &[]),
    ] {
        let place = Place::with(&text);
        fs::write(place.folder.path().join(".env"), "USER='app user'\n").unwrap();
        let sources = ["--from-stdin", "token", "--from-env-file", ".env", "--dialect", "godotenv"];
        let (code, stdout, stderr) = place.set(&[&sources, flags].concat(), "hunter2");
        assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
        assert_eq!(stderr, "sealed.yaml: added USER, token\n");
        assert_eq!(place.opened(), values(&[("USER", "app user"), ("token", "hunter2")]));
        assert!(place.text().starts_with("# the database's\n"));
    }
}

#[test]
fn one_key_takes_standard_input_or_one_file() {
    let place = Place::with(&database("", PAYMENTS));
    fs::write(place.folder.path().join("root.pem"), "a file").unwrap();
    let said = |(code, _, stderr): (i32, String, String)| (code, stderr);
    let done = |text: &str| (0, format!("sealed.yaml: {text}\n"));
    assert_eq!(said(place.set(&["password"], "hunter2")), done("added password"));
    assert_eq!(said(place.set(&["ca.crt", "--from-file", "root.pem"], "")), done("added ca.crt"));
    assert_eq!(place.opened(), values(&[("ca.crt", "a file"), ("password", "hunter2")]));
    let before = place.text();
    for flags in [&["--from-stdin", "b"][..], &["--insecure-argv", "b=1"], &["--prompt", "b"]] {
        assert_eq!(place.set(&[&["a"], flags].concat(), "").0, 2, "{flags:?}");
    }
    let twice = ["a", "--from-file", "root.pem", "--from-file", "root.pem"];
    assert_eq!(said(place.set(&twice, "")), (2, "error: one KEY takes one --from-file PATH\n".to_owned()));
    assert_eq!(place.text(), before);
}

#[test]
fn only_the_lines_of_keys_that_change_change() {
    let place = Place::with(&database("", PAYMENTS));
    assert_eq!(place.set(&["--insecure-argv", "user=app", "--insecure-argv", "token=t"], "").0, 0);
    let before = place.text();
    let (code, _, stderr) = place.set(&["--from-stdin", "token", "--insecure-argv", "url=x"], "hunter2\n");
    assert_eq!(code, 0);
    assert_eq!(
        stderr,
        "warning: token ends with a line break, which many programs take as a part of the value\n\
         sealed.yaml: replaced token; added url\n"
    );
    let after = place.text();
    assert_eq!(changed(&before, &after), (vec!["    token"], vec!["    token", "    url"]));

    assert_eq!(
        place.run(&["rename-key", "sealed.yaml", "user", "DB_USER"], ""),
        (0, String::new(), String::new())
    );
    assert_eq!(changed(&after, &place.text()), (vec!["    user"], vec!["    DB_USER"]));
    assert_eq!(place.opened(), values(&[("DB_USER", "app"), ("token", "hunter2\n"), ("url", "x")]));

    let before = place.text();
    assert_eq!(place.run(&["unset", "sealed.yaml", "url", "token"], ""), (0, String::new(), String::new()));
    assert_eq!(changed(&before, &place.text()), (vec!["    token", "    url"], vec![]));
    assert_eq!(place.opened(), values(&[("DB_USER", "app")]));
}

#[test]
fn a_dry_run_shows_the_changed_lines_and_leaves_the_file() {
    let text = database("", PAYMENTS);
    let place = Place::with(&text);
    let (code, stdout, stderr) = place.set(&["--insecure-argv", "token=hunter2", "--dry-run"], "");
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(stdout.starts_with("--- sealed.yaml\n+++ sealed.yaml\n@@ "), "{stdout}");
    let added: Vec<&str> = stdout.lines().skip(2).filter(|line| line.starts_with('+')).collect();
    assert!(added.iter().any(|line| line.starts_with("+    token: AQ")), "{stdout}");
    assert!(!stdout.contains("hunter2"));
    assert_eq!(place.text(), text);
}

#[test]
fn a_value_is_not_sealed_for_a_namespace_that_nobody_named() {
    let text = database("", "");
    let place = Place::with(&text);
    let (code, stdout, stderr) = place.set(&["--insecure-argv", "token=hunter2"], "");
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert_eq!(
        stderr,
        "error: sealed.yaml does not say where a strict value shall open\n\
         say with --namespace for which namespace its values are sealed\n"
    );
    assert_eq!(place.text(), text);
    assert_eq!(place.set(&["--insecure-argv", "token=hunter2", "-n", "payments"], "").0, 0);
    assert!(!place.text().contains("payments"));
    fs::write(
        place.folder.path().join("sealed.yaml"),
        place.text().replace("  name: db", "  namespace: payments\n  name: db"),
    )
    .unwrap();
    assert_eq!(place.opened(), values(&[("token", "hunter2")]));
}

#[test]
fn lines_to_paste_are_given_where_a_file_is_not_edited_in_place() {
    let text = "kind: SealedSecret\nmetadata: {name: db, namespace: payments}\n\
                spec: {encryptedData: {user: AgA=}}\n";
    let place = Place::with(text);
    let (code, stdout, stderr) = place.set(&["--insecure-argv", "token=hunter2"], "");
    assert_eq!(code, 2);
    assert_eq!(place.text(), text);
    assert!(stderr.contains("braces"), "{stderr}");
    assert!(
        stderr.ends_with(
            "nothing was written; the lines on standard output can be pasted under spec.encryptedData\n"
        ),
        "{stderr}"
    );
    let pasted = Place::with(&(database("", PAYMENTS).replace(" {}\n", "\n") + &stdout));
    assert_eq!(pasted.opened(), values(&[("token", "hunter2")]));
}

#[test]
fn templates_that_need_a_key_that_goes_are_named() {
    let text = "kind: SealedSecret\nmetadata:\n  name: db\nspec:\n  encryptedData:\n    password: AgA=\n    user: AgB=\n  \
                template:\n    data:\n      url: postgres://{{ .user }}@db\n";
    let warning =
        "warning: the template \"url\" in spec.template.data speaks of \"user\", which is no longer there\n";
    for (args, said) in [
        (&["unset", "sealed.yaml", "user"][..], warning),
        (&["unset", "sealed.yaml", "password"], ""),
        (&["rename-key", "sealed.yaml", "user", "USER"], warning),
        (&["rename-key", "sealed.yaml", "user", "user"], ""),
    ] {
        assert_eq!(Place::with(text).run(args, ""), (0, String::new(), said.to_owned()), "{args:?}");
    }
}

#[test]
fn one_key_takes_one_value() {
    let text = database("", PAYMENTS);
    let place = Place::with(&text);
    let (code, _, stderr) = place.set(&["--from-stdin", "a", "--insecure-argv", "a=hunter2"], "hunter2");
    assert_eq!((code, stderr.as_str()), (2, "error: there are two values for the key a\n"));
    assert_eq!(place.text(), text);
}

#[test]
fn a_secret_that_would_outgrow_its_mebibyte_stays_as_it_is() {
    let place = Place::with(&database("", PAYMENTS));
    let half = "x".repeat(600 << 10);
    assert_eq!(place.set(&["one"], &half).0, 0);
    let before = place.text();
    let (code, stdout, stderr) = place.set(&["two"], &half);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.contains("Kubernetes takes 1048576 in one Secret"), "{stderr}");
    assert_eq!(place.text(), before);
    assert_eq!(place.set(&["one"], &half).0, 0, "what is replaced does not count twice");
}
