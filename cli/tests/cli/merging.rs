//! `--merge-into`: what becomes of the file.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sealer_core::decode_base64;
use serde_json::Value;

use crate::support::{kubeseal, told, vectors};

/// A folder with a file to merge into, and the certificate and key of the vectors.
struct Place {
    folder: tempfile::TempDir,
    cert: String,
    key: String,
}

impl Place {
    fn with(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("sealed.yaml"), text).unwrap();
        let path = |name: &str| vectors().join(name).to_str().unwrap().to_owned();
        Self { folder, cert: path("keys/2048.crt"), key: path("keys/2048.pkcs1.pem") }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("sealed.yaml")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.file()).unwrap()
    }

    fn merge(&self, args: &[&str], input: &str) -> (i32, String, String) {
        let mut all = vec!["--cert", &self.cert, "--merge-into", "sealed.yaml"];
        all.extend(args);
        told(&kubeseal(self.folder.path(), &all, &[], input.as_bytes()))
    }

    /// The values that the file opens to.
    fn opened(&self) -> BTreeMap<String, String> {
        let args = ["--recovery-unseal", "--recovery-private-key", &self.key, "-f", "sealed.yaml"];
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

/// What stands in `after` and not in `before`, line by line.
fn new_lines<'a>(before: &str, after: &'a str) -> Vec<&'a str> {
    let old: Vec<&str> = before.lines().collect();
    after.lines().filter(|line| !old.contains(line)).collect()
}

const EMPTY: &str = "# the database's
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: db # as the Deployment says
  namespace: payments
spec:
  encryptedData: {}
";

#[test]
fn values_are_merged_under_the_names_of_the_file_and_open() {
    let place = Place::with(EMPTY);
    fs::set_permissions(place.file(), Permissions::from_mode(0o640)).unwrap();
    let first = "{metadata: {name: other, namespace: else}, stringData: {password: hunter2, user: me}}";
    assert_eq!(place.merge(&[], first), (0, String::new(), String::new()));
    assert_eq!(place.opened(), values(&[("password", "hunter2"), ("user", "me")]));
    let between = place.text();
    assert_eq!(place.merge(&[], "{stringData: {password: hunter3}}"), (0, String::new(), String::new()));
    assert_eq!(place.opened(), values(&[("password", "hunter3"), ("user", "me")]));
    let text = place.text();
    let [line] = new_lines(&between, &text)[..] else { panic!("{text}") };
    assert!(line.starts_with("    password: AQ"));
    assert!(text.starts_with(EMPTY.strip_suffix(" {}\n").unwrap()));
    assert_eq!(fs::metadata(place.file()).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_dir(place.folder.path()).unwrap().count(), 1);
}

#[test]
fn the_scope_is_that_of_the_file() {
    for (scope, annotation, others) in [
        ("namespace-wide", "sealedsecrets.bitnami.com/namespace-wide", ["strict", "cluster-wide"]),
        ("cluster-wide", "sealedsecrets.bitnami.com/cluster-wide", ["strict", "namespace-wide"]),
    ] {
        let text = EMPTY.replace("spec:", &format!("  annotations:\n    {annotation}: \"true\"\nspec:"));
        for args in [&[][..], &["--scope", scope]] {
            let place = Place::with(&text);
            let input = "{metadata: {name: other, namespace: else}, stringData: {password: hunter2}}";
            assert_eq!(place.merge(args, input), (0, String::new(), String::new()));
            assert_eq!(place.opened(), values(&[("password", "hunter2")]));
            assert_eq!(new_lines(&text, &place.text()).len(), 2);
        }
        for other in others {
            let place = Place::with(&text);
            let (code, stdout, stderr) =
                place.merge(&["--scope", other], "{stringData: {password: hunter2}}");
            assert_eq!((code, stdout.as_str()), (1, ""));
            assert_eq!(
                stderr,
                format!(
                    "error: scope mismatch: sealed.yaml is {scope} but {other} was specified, and a {other} value \
                     would never open there\nleave --scope out, and the value is sealed {scope}; to change the \
                     scope, seal all values again\n"
                )
            );
            assert_eq!(place.text(), text);
        }
    }
}

#[test]
fn what_the_file_leaves_open_comes_from_the_input() {
    let place = Place::with(&EMPTY.replace("  namespace: payments\n", ""));
    assert_eq!(place.merge(&["-n", "payments"], "{stringData: {password: hunter2}}").0, 0);
    let named = place.text().replace("name: db", "namespace: payments\n  name: db");
    fs::write(place.file(), named).unwrap();
    assert_eq!(place.opened(), values(&[("password", "hunter2")]));
}

#[test]
fn labels_and_annotations_of_the_input_are_merged_as_upstream_merges_them() {
    let place = Place::with(EMPTY);
    let input = "{metadata: {labels: {app: shop}, annotations: {owner: payments, \
                 sealedsecrets.bitnami.com/cluster-wide: 'true'}}, stringData: {password: hunter2}}";
    assert_eq!(place.merge(&[], input), (0, String::new(), String::new()));
    assert_eq!(
        place.text().split_once("  template:\n").unwrap().1,
        "    metadata:\n      annotations:\n        owner: payments\n      labels:\n        app: shop\n"
    );
    assert_eq!(place.opened(), values(&[("password", "hunter2")]));
}

#[test]
fn a_file_that_cannot_be_edited_in_place_is_written_anew_and_it_is_said() {
    let text = EMPTY.replace("{}\n", "{user: AgA=}\n---\nkind: ConfigMap # stays\n");
    let place = Place::with(&text);
    let (code, stdout, stderr) = place.merge(&[], "{stringData: {password: hunter2}}");
    assert_eq!((code, stdout.as_str()), (0, ""));
    assert_eq!(
        stderr,
        "sealed.yaml could not be edited in place and was written anew, without the comments inside: line 8, column 18: \
         braces (`{…}`) are not edited in place; write one key on each line\n"
    );
    let after = place.text();
    let head =
        "# the database's\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: db\n";
    assert!(after.starts_with(head), "{after}");
    assert!(after.contains("\n    password: AQ") && after.contains("\n    user: AgA=\n"));
    assert!(after.ends_with("\n---\nkind: ConfigMap # stays\n"));
}

#[test]
fn what_cannot_be_merged_is_refused_and_the_file_is_as_it_was() {
    const SECRET: &str = "{stringData: {password: hunter2}}";
    let twice = format!("{EMPTY}---\n{EMPTY}");
    let other = format!("{EMPTY}---\n{}", EMPTY.replace("name: db", "name: mail"));
    let deprecated = EMPTY.replace("encryptedData: {}", "data: AgA=");
    for (text, args, input, message) in [
        (
            EMPTY,
            &["-n", "else"][..],
            SECRET,
            "namespace mismatch: input secret is in namespace \"payments\" but \"else\" was specified",
        ),
        (EMPTY, &["-o", "xml"], SECRET, "unsupported output format: xml\n-o takes json or yaml"),
        (
            EMPTY,
            &[],
            "{metadata: {name: db}}",
            "secret.data is empty in input Secret, assuming this is an error and aborting. To work with empty \
             data, --allow-empty-data can be used",
        ),
        (
            EMPTY,
            &[],
            "{stringData: {a: b}}\n---\n{stringData: {c: d}}",
            "the input holds 2 Secrets, and --merge-into takes one\nrun kubeseal once for each Secret",
        ),
        (
            &twice,
            &[],
            "{metadata: {name: db}, stringData: {password: hunter2}}",
            "cannot merge into sealed.yaml: line 11, column 1: this SealedSecret stands on line 2 already; remove \
             one of the two",
        ),
        (
            &other,
            &[],
            SECRET,
            "cannot merge into sealed.yaml: there are several SealedSecrets (on lines 2, 11), and none of them alone \
             has the name that is looked for\ngive the Secret the name and namespace of the one that is meant",
        ),
        (
            &deprecated,
            &[],
            SECRET,
            "cannot merge into sealed.yaml: line 2, column 1: this SealedSecret has the deprecated `spec.data`, \
             which holds all values in one; seal the whole Secret again",
        ),
        (
            "a: [hunter2",
            &[],
            SECRET,
            "cannot merge into sealed.yaml: line 1, column 4: a bracket or brace is not closed, or closed without \
             being opened",
        ),
        (
            "# nothing\n",
            &[],
            SECRET,
            "cannot merge into sealed.yaml: no SealedSecret found; make sure that the input is not empty",
        ),
    ] {
        let place = Place::with(text);
        assert_eq!(place.merge(args, input), (1, String::new(), format!("error: {message}\n")));
        assert_eq!(place.text(), text);
        assert_eq!(fs::read_dir(place.folder.path()).unwrap().count(), 1);
    }
}

#[test]
fn of_several_the_one_with_the_name_is_merged_into() {
    let text = format!("{EMPTY}---\n{}", EMPTY.replace("name: db", "name: mail"));
    let place = Place::with(&text);
    let (code, _, stderr) = place.merge(&[], "{metadata: {name: mail}, stringData: {password: hunter2}}");
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(place.text().starts_with(&format!("{EMPTY}---\n# the database's\n")));
    assert!(new_lines(&text, &place.text()).iter().any(|line| line.starts_with("    password: AQ")));
}

#[test]
fn a_missing_file_is_said_in_upstreams_words() {
    let output =
        kubeseal(Path::new("/"), &["--cert", &Place::with("").cert, "--merge-into", "none.yaml"], &[], b"");
    assert_eq!(
        told(&output),
        (1, String::new(), "error: open none.yaml: no such file or directory\n".to_owned())
    );
}
