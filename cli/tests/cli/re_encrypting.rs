//! `--re-encrypt`: what becomes of the SealedSecrets, and of the file they are in.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};

use crate::cluster::{asked, kubeconfig, posted, refusal, serving};
use crate::support::{Answer, Server, kubeseal, told};

const ONE: &str = "\
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
const OTHER: &str = "\
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
fn anew(body: &str) -> Value {
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

fn answering(answer: impl Fn(&str) -> Value + Send + 'static) -> Server {
    serving(move |path, body| {
        assert_eq!(path, "/v1/rotate");
        Answer::Reply("200 OK", answer(body).to_string())
    })
}

fn in_place(
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

fn names(folder: &Path) -> Vec<String> {
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

/// The first one is answered, the second one not: what was there stays, and no value is told.
fn fails(answer: impl Fn(&str) -> Answer + Send + 'static) -> String {
    let server = serving(move |_, body| {
        if body.contains("\"mail\"") { answer(body) } else { Answer::Reply("200 OK", anew(body).to_string()) }
    });
    let text = [ONE, OTHER].concat();
    let (folder, (code, stdout, stderr)) =
        in_place(&server, "a.yaml", &text, &["--request-timeout", "200ms"]);
    assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
    assert_eq!(fs::read_to_string(folder.path().join("a.yaml")).unwrap(), text, "{stderr}");
    assert_eq!(names(folder.path()), ["a.yaml", "config"]);
    for value in ["SecretAg", "SecretBw", "hunter2"] {
        assert!(!stderr.contains(value), "{stderr}");
    }
    stderr
}

#[test]
fn a_refusal_leaves_the_file_and_says_which_one_and_why() {
    const NOT: &str = "payments/mail (2 of 2) was not sealed again, and nothing is written";
    const SEE: &str = "see whether it opens: kubeseal --validate";
    const PLAIN: &str = "500 Internal Server Error\r\nContent-Type: text/plain; charset=utf-8";
    type Case = (fn(&str) -> Answer, String);
    let cases: [Case; 6] = [
        (
            |_| refusal("409 Conflict", "hunter2"),
            format!("error: unable to rotate secret\npayments/mail (2 of 2): {SEE}\n"),
        ),
        (
            |_| refusal(PLAIN, "no key could decrypt secret"),
            format!("error: cannot re-encrypt secret: no key could decrypt secret\n{NOT}; {SEE}\n"),
        ),
        (
            |body| Answer::Reply("500 Internal Server Error", body.to_owned()),
            format!(
                "error: cannot re-encrypt secret: the server answered 500 Internal Server Error\n{NOT}; {SEE}\n"
            ),
        ),
        (
            |_| {
                let plain = "422 Unprocessable Entity\r\nContent-Type: text/plain; charset=utf-8";
                refusal(plain, "the annotations of the template say cluster-wide")
            },
            format!(
                "error: cannot re-encrypt secret: the annotations of the template say cluster-wide\n{NOT}\n"
            ),
        ),
        (
            |_| refusal("429 Too Many Requests\r\nRetry-After: 60", "too many"),
            format!(
                "error: cannot re-encrypt secret: the server answered 429 Too Many Requests\n\
                 {NOT}; try again later, or give it more time with --request-timeout, e.g. 2m\n"
            ),
        ),
        (
            |_| Answer::Silence,
            format!(
                "error: cannot re-encrypt secret: no answer within 200ms\n\
                 {NOT}; give it more time with --request-timeout, e.g. 2m\n"
            ),
        ),
    ];
    for (answer, stderr) in cases {
        assert_eq!(fails(answer), stderr);
    }
    let stderr = fails(|_| Answer::HangUp);
    assert!(
        stderr.starts_with("error: cannot re-encrypt secret: ") && stderr.ends_with(&format!("{NOT}\n")),
        "{stderr}"
    );
}

#[test]
fn an_answer_that_is_not_the_same_sealed_secret_is_not_taken() {
    type Case = (fn(&mut Value), &'static str);
    let cases: [Case; 7] = [
        (|it| *it = "hunter2".into(), "the controller's answer is not a SealedSecret"),
        (|it| *it = json!([]), "the controller's answer is not a SealedSecret"),
        (|it| it["kind"] = "Secret".into(), "the controller's answer is not a SealedSecret"),
        (
            |it| it["metadata"]["name"] = "hunter2".into(),
            "the controller's answer has another name or namespace",
        ),
        (
            |it| it["metadata"]["annotations"] = json!({ "sealedsecrets.bitnami.com/cluster-wide": "true" }),
            "the controller sealed it cluster-wide, and it was strict",
        ),
        (|it| it["spec"]["encryptedData"] = json!({}), "the controller's answer has other keys"),
        (
            |it| it["spec"]["encryptedData"]["hunter2"] = "AgA=".into(),
            "the controller's answer has other keys",
        ),
    ];
    for (change, why) in cases {
        let stderr = fails(move |body| {
            let mut answer = anew(body);
            change(&mut answer);
            Answer::Reply("200 OK", answer.to_string())
        });
        assert!(
            stderr.starts_with(&format!("error: cannot re-encrypt secret: {why}\npayments/mail (2 of 2)")),
            "{stderr}"
        );
    }
    let stderr = fails(|_| Answer::Reply("200 OK", "{\"hunter2".to_owned()));
    assert!(stderr.contains("is not a SealedSecret"), "{stderr}");
}

#[test]
fn what_is_no_sealed_secret_is_not_sent_and_a_wrong_format_is_told_before() {
    let server = answering(anew);
    for (args, input, stderr) in [
        (
            &["--re-encrypt"][..],
            "kind: Secret\nmetadata: {name: db}\nstringData: {password: hunter2}\n",
            "error: cannot re-encrypt secret: line 1, column 7: this is a plain Secret, not a SealedSecret\n",
        ),
        (
            &["--re-encrypt"],
            "hunter2",
            "error: line 1, column 1: a mapping (`name: value`) is expected here\n",
        ),
        (
            &["--re-encrypt", "-o", "toml"],
            ONE,
            "error: unsupported output format: toml\n-o takes json or yaml\n",
        ),
    ] {
        assert_eq!(asked(&server, args, input), (1, String::new(), stderr.to_owned()));
    }
    assert_eq!(asked(&server, &["--re-encrypt", "-o", "toml"], ""), (0, String::new(), String::new()));
    assert_eq!(posted(&server), [""; 0]);
}
