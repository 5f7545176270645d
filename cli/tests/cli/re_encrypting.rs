//! `--re-encrypt`: what becomes of the SealedSecrets, and of the file they are in.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};

use crate::cluster::{asked, kubeconfig, posted, serving};
use crate::support::{Answer, Server, kubeseal, told};

pub const ONE: &str = "\
---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  labels:
    team: shop
  name: db
  namespace: payments
spec:
  encryptedData:
    password: AgASecretAgA=
  template:
    data:
      url: postgres://{{ .password }}
    metadata:
      labels:
        app: shop
    type: Opaque
";
pub const OTHER: &str = "\
---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: mail
  namespace: payments
spec:
  encryptedData:
    token: AgASecretAgB=
  template:
    metadata: {}
";

/// As our controller: everything but the values stays.
pub fn anew(body: &str) -> Value {
    let mut sealed: Value = serde_json::from_str(body).unwrap();
    for value in sealed["spec"]["encryptedData"].as_object_mut().unwrap().values_mut() {
        *value = value.as_str().unwrap().replace("Ag", "Bw").into();
    }
    sealed
}

/// As upstream's: the template has the names and labels of the SealedSecret, which has none itself, and what templates
/// give is sealed.
fn anew_by_upstream(body: &str) -> Value {
    let mut sealed = anew(body);
    sealed["spec"]["template"]["metadata"] = sealed["metadata"].clone();
    sealed["metadata"].as_object_mut().unwrap().remove("labels");
    if let Some(Value::Object(data)) = sealed["spec"]["template"].as_object_mut().unwrap().remove("data") {
        for key in data.keys() {
            sealed["spec"]["encryptedData"][key] = "BwRendered".into();
        }
    }
    sealed
}

pub fn answering(answer: impl Fn(&str) -> Value + Send + 'static) -> Server {
    serving(move |path, body| {
        assert_eq!(path, "/v1/rotate");
        Answer::Reply("200 OK", answer(body).to_string())
    })
}

pub fn in_place(
    server: &Server,
    name: &str,
    text: &str,
    args: &[&str],
) -> (tempfile::TempDir, (i32, String, String)) {
    let folder = kubeconfig(server);
    fs::write(folder.path().join(name), text).unwrap();
    let args = [&["--re-encrypt", "--kubeconfig", "config", "-f", name], args].concat();
    let said = told(&kubeseal(folder.path(), &args, &[], b""));
    (folder, said)
}

pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn the_values_are_new_and_all_else_stays_whichever_controller_answers() {
    for answer in [anew, anew_by_upstream] {
        let server = answering(answer);
        let input = [ONE, OTHER].concat();
        let (code, stdout, stderr) = asked(&server, &["--re-encrypt", "-o", "yaml"], &input);
        assert_eq!((code, stderr.as_str()), (0, ""));
        assert_eq!(stdout, input.replace("Ag", "Bw"));
        let (code, stdout, stderr) = asked(&server, &["--re-encrypt"], OTHER);
        assert_eq!((code, stderr.as_str()), (0, ""));
        assert!(
            stdout.starts_with("{\n  \"kind\": \"SealedSecret\",\n") && stdout.ends_with("}\n"),
            "{stdout}"
        );
        assert_eq!(posted(&server).len(), 3);
    }
}

#[test]
fn a_rendered_template_that_hides_a_value_stays_sealed_and_is_said() {
    let server = answering(anew_by_upstream);
    let input = ONE.replace("url:", "password:");
    let (code, stdout, stderr) = asked(&server, &["--re-encrypt", "-o", "yaml"], &input);
    assert_eq!(
        (code, stderr.as_str()),
        (
            0,
            "payments/db: the controller rendered its templates, and what they gave is sealed in their place\n"
        )
    );
    assert!(stdout.contains("    password: BwRendered\n") && !stdout.contains("{{"), "{stdout}");
    assert!(stdout.contains("        app: shop\n"), "{stdout}");
}

#[test]
fn the_deprecated_form_becomes_what_the_controller_makes_of_it() {
    let server = answering(|body| {
        let mut sealed: Value = serde_json::from_str(body).unwrap();
        assert_eq!(sealed["spec"]["data"], "AgASecretAgA=");
        sealed["metadata"] = json!({ "name": "db", "namespace": "payments" });
        sealed["spec"] = json!({
            "template": { "metadata": { "labels": { "app": "shop" } }, "type": "Opaque" },
            "encryptedData": { "password": "BwASecretBwA=" },
        });
        sealed
    });
    let input = "kind: SealedSecret\nmetadata: {name: db, namespace: payments, labels: {team: shop}}\nspec: {data: AgASecretAgA=}\n";
    let (code, stdout, stderr) = asked(&server, &["--re-encrypt", "-o", "yaml"], input);
    assert_eq!((code, stderr.as_str()), (0, ""));
    let expected = ONE.replace("Ag", "Bw").replace("    data:\n      url: postgres://{{ .password }}\n", "");
    assert_eq!(stdout, expected);
}

#[test]
fn a_file_is_changed_in_place_in_the_form_of_its_name() {
    let server = answering(anew);
    let (folder, said) = in_place(&server, "a.yaml", &[ONE, OTHER].concat(), &["-o", "json"]);
    assert_eq!(said, (0, String::new(), String::new()));
    assert_eq!(
        fs::read_to_string(folder.path().join("a.yaml")).unwrap(),
        [ONE, OTHER].concat().replace("Ag", "Bw")
    );
    assert_eq!(names(folder.path()), ["a.yaml", "config"]);

    let (folder, said) = in_place(&server, "a.json", OTHER, &[]);
    assert_eq!(said, (0, String::new(), String::new()));
    assert!(fs::read_to_string(folder.path().join("a.json")).unwrap().starts_with("{\n"));

    let (folder, said) = in_place(&server, "a.yaml", ONE, &["-w", "b.yaml"]);
    assert_eq!(said, (0, String::new(), String::new()));
    assert_eq!(fs::read_to_string(folder.path().join("a.yaml")).unwrap(), ONE);
    assert_eq!(fs::read_to_string(folder.path().join("b.yaml")).unwrap(), ONE.replace("Ag", "Bw"));
}

#[test]
fn a_file_that_is_changed_in_place_keeps_its_comments_and_its_layout() {
    let server = answering(anew);
    let commented = ONE
        .replace("spec:", "spec: # of the shop")
        .replace("  encryptedData:", "  # sealed\n\n  encryptedData:");
    let text = [&format!("# head\n{commented}"), OTHER, "---\n# to come\n"].concat();
    let (folder, said) = in_place(&server, "a.yaml", &text, &[]);
    assert_eq!(said, (0, String::new(), String::new()));
    assert_eq!(fs::read_to_string(folder.path().join("a.yaml")).unwrap(), text.replace("Ag", "Bw"));

    let braces =
        "{kind: SealedSecret, metadata: {name: db, namespace: payments}, spec: {encryptedData: {k: AgA=}}}";
    let (folder, said) = in_place(&server, "a.yaml", &format!("# head\n{braces}\n"), &[]);
    assert_eq!(said, (0, String::new(), String::new()));
    let after = fs::read_to_string(folder.path().join("a.yaml")).unwrap();
    assert!(after.starts_with("---\napiVersion:") && after.contains("    k: BwA=\n"), "{after}");
}

#[test]
fn the_file_keeps_its_mode_and_one_without_sealed_secrets_stays_as_it_is() {
    let server = answering(anew);
    let folder = kubeconfig(&server);
    let path = folder.path().join("a.yaml");
    fs::write(&path, ONE).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
    let args = ["--rotate", "--kubeconfig", "config", "-f", "a.yaml"];
    let line = "Flag --rotate has been deprecated, please use --re-encrypt instead\n";
    assert_eq!(told(&kubeseal(folder.path(), &args, &[], b"")), (0, line.to_owned(), String::new()));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_to_string(&path).unwrap(), ONE.replace("Ag", "Bw"));
    for text in ["# to come\n", "", "---\n"] {
        let (folder, said) = in_place(&server, "a.yaml", text, &[]);
        assert_eq!(said, (0, String::new(), String::new()));
        assert_eq!(fs::read_to_string(folder.path().join("a.yaml")).unwrap(), text);
    }
}

#[test]
fn what_has_no_place_of_its_own_is_not_changed_in_place() {
    let server = answering(anew);
    let input = |args: &[&str]| {
        asked(&server, &[&["--re-encrypt", "-o", "yaml", "-f", "/dev/stdin"], args].concat(), ONE)
    };
    let stderr = "error: cannot re-encrypt /dev/stdin in place: it is not a file\n\
                  name another file with -w, or give the input on stdin\n";
    assert_eq!(input(&[]), (1, String::new(), stderr.to_owned()));
    assert_eq!(posted(&server), [""; 0]);
    assert_eq!(input(&["-w", "/dev/stdout"]), (0, ONE.replace("Ag", "Bw"), String::new()));
}

#[test]
fn a_file_that_somebody_else_writes_meanwhile_stays_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.yaml");
    fs::write(&path, ONE).unwrap();
    let theirs = path.clone();
    let server = answering(move |body| {
        fs::write(&theirs, OTHER).unwrap();
        anew(body)
    });
    let (code, _, stderr) = asked(&server, &["--re-encrypt", "-f", path.to_str().unwrap()], "");
    assert_eq!(code, 1);
    assert!(
        stderr.contains("in place: it was changed by somebody else just now\nnothing was written; run"),
        "{stderr}"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), OTHER);
}
