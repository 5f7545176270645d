//! `--validate`: what the controller is asked, and what is said of its answer.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

use crate::cluster::{NO_ENDPOINTS, asked, posted, refusal, serving, status};
use crate::support::{Answer, Server, kubeseal, told};

const TWO: &str = "\
# The first one is strict.
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: db, namespace: payments}
spec:
  encryptedData: {password: AgASecretAgA=}
  template: {metadata: {labels: {app: shop}}, type: Opaque, data: {url: 'postgres://{{ .password }}'}}
---
metadata: {name: mail, namespace: payments, annotations: {sealedsecrets.bitnami.com/cluster-wide: \"true\"}}
spec: {encryptedData: {token: AgASecretAgB=}}
";

const CHECKED: (i32, String, String) = (0, String::new(), String::new());

fn yes() -> Answer {
    Answer::Reply("200 OK", String::new())
}

/// The verdict where the controller answers so, and nothing about the values in any of it.
fn said(answer: impl Fn() -> Answer + Send + 'static, args: &[&str]) -> String {
    let server = serving(move |_, _| answer());
    let (code, stdout, stderr) = asked(&server, &[&["--validate"], args].concat(), TWO);
    assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
    assert!(!stderr.contains("SecretAg"), "{stderr}");
    assert_eq!(posted(&server).len(), 1, "the first one ends it");
    stderr
}

#[test]
fn each_sealed_secret_is_sent_by_itself_and_nothing_is_said() {
    let server = serving(|_, _| yes());
    assert_eq!(asked(&server, &["--validate"], TWO), CHECKED);
    let requests = server.requests();
    assert!(requests[1..].iter().all(|request| request.contains("/proxy/v1/verify HTTP/1.1\r\n")));
    let bodies: Vec<Value> = posted(&server).iter().map(|body| serde_json::from_str(body).unwrap()).collect();
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[0]["spec"]["encryptedData"]["password"], "AgASecretAgA=");
    assert_eq!(bodies[0]["spec"]["template"]["data"]["url"], "postgres://{{ .password }}");
    assert_eq!(bodies[1]["metadata"]["annotations"]["sealedsecrets.bitnami.com/cluster-wide"], "true");
    assert!(bodies.iter().all(|body| body["kind"] == "SealedSecret"));
}

#[test]
fn an_input_without_sealed_secrets_is_none_that_fails() {
    let server = serving(|_, _| yes());
    for empty in ["", "---\n", "# to come\n", "{}\n---\nnull\n"] {
        assert_eq!(asked(&server, &["--validate"], empty), CHECKED, "{empty:?}");
    }
    assert_eq!(posted(&server), [""; 0]);
}

#[test]
fn the_first_one_that_does_not_open_is_named() {
    let server = serving(|_, body| match body.contains("\"mail\"") {
        true => refusal("409 Conflict", "no key could decrypt secret"),
        false => yes(),
    });
    let (code, stdout, stderr) = asked(&server, &["--validate"], TWO);
    assert_eq!((code, stdout.as_str()), (1, ""));
    assert_eq!(
        stderr,
        "error: unable to decrypt sealed secret: mail\n\
         payments/mail (2 of 2): the controller has no key that opens it under this name, namespace and scope; seal it \
         again for this cluster, or put back what was renamed\n"
    );
}

#[test]
fn a_controller_that_gives_no_verdict_is_told_with_the_one_that_was_asked_about() {
    const NEXT: &str = "payments/db (1 of 2) was not checked, nor those after it";
    const PLAIN: &str = "500 Internal Server Error\r\nContent-Type: text/plain; charset=utf-8";
    type Case = (fn() -> Answer, &'static str, &'static str);
    let cases: [Case; 8] = [
        (|| refusal(PLAIN, "the body is not UTF-8"), "the body is not UTF-8", ""),
        (
            || Answer::Reply("500 Internal Server Error", String::new()),
            "the server answered 500 Internal Server Error",
            "",
        ),
        // Whatever was sent to it does not come out again.
        (|| Answer::Reply("400 Bad Request", TWO.to_owned()), "the server answered 400 Bad Request", ""),
        (
            || status("403 Forbidden", 403, "services is forbidden"),
            "services is forbidden",
            "; it needs the right to create services/proxy in kube-system: the role sealed-secrets-resealer of the manifests \
             gives it, once it is bound",
        ),
        (
            || status("503 Service Unavailable", 503, NO_ENDPOINTS),
            NO_ENDPOINTS,
            "; the controller has no Pod that is ready; see how it is: kubectl -n kube-system get pods",
        ),
        (
            || {
                refusal(
                    "429 Too Many Requests\r\nRetry-After: 18446744073709551615\r\nContent-Type: text/plain",
                    "too many requests",
                )
            },
            "too many requests",
            "; try again later, or give it more time with --request-timeout, e.g. 2m",
        ),
        (|| Answer::Silence, "no answer within 200ms", "; give it more time with --request-timeout, e.g. 2m"),
        (|| Answer::HangUp, "", ""),
    ];
    for (answer, cause, next) in cases {
        let stderr = said(answer, &["--request-timeout", "200ms"]);
        if cause.is_empty() {
            assert!(stderr.starts_with("error: cannot validate sealed secret: "), "{stderr}");
            assert!(stderr.ends_with(&format!("{NEXT}\n")), "{stderr}");
        } else {
            assert_eq!(stderr, format!("error: cannot validate sealed secret: {cause}\n{NEXT}{next}\n"));
        }
    }
}

#[test]
fn a_turn_is_waited_for_when_there_is_too_much_to_do() {
    let count = AtomicU32::new(0);
    let server = serving(move |_, _| match count.fetch_add(1, Ordering::SeqCst) {
        0 | 2 => refusal("429 Too Many Requests\r\nRetry-After: 0", "too many requests"),
        1 | 3 => yes(),
        _ => Answer::HangUp,
    });
    assert_eq!(asked(&server, &["--validate"], TWO), CHECKED);
    let bodies = posted(&server);
    assert_eq!(bodies.len(), 4);
    assert_eq!((&bodies[0], &bodies[2]), (&bodies[1], &bodies[3]), "the same is sent again");
}

#[test]
fn a_controller_that_just_starts_is_waited_for_here_too() {
    let count = AtomicU32::new(0);
    let server = serving(move |_, _| match count.fetch_add(1, Ordering::SeqCst) {
        0 => status("503 Service Unavailable", 503, NO_ENDPOINTS),
        _ => yes(),
    });
    assert_eq!(asked(&server, &["--validate"], TWO), CHECKED);
    assert_eq!(posted(&server).len(), 3);
}

#[test]
fn what_is_no_sealed_secret_stays_here() {
    let server = serving(|_, _| yes());
    for (input, stderr) in [
        (
            "kind: Secret\nmetadata: {name: db}\nstringData: {password: hunter2}\n",
            "error: cannot validate sealed secret: line 1, column 7: this is a plain Secret, not a SealedSecret\n",
        ),
        (
            "hunter2",
            "error: unable to decrypt sealed secret\nline 1, column 1: a mapping (`name: value`) is expected here\n",
        ),
        (
            "metadata: {name: db}\nspec: {encryptedData: {password: [hunter2]}}\n",
            "error: unable to decrypt sealed secret\nline 2, column 34: a text is expected here\n",
        ),
    ] {
        assert_eq!(asked(&server, &["--validate"], input), (1, String::new(), stderr.to_owned()));
    }
    let folder = crate::cluster::kubeconfig(&server);
    let args = ["--validate", "--kubeconfig", "config"];
    let output = kubeseal(folder.path(), &args, &[], b"kind: \xE9t\xE9");
    let stderr =
        "error: unable to decrypt sealed secret\nthe input is neither UTF-8 nor UTF-16; save it as UTF-8\n";
    assert_eq!(told(&output), (1, String::new(), stderr.to_owned()));
    assert_eq!(posted(&server), [""; 0]);
}

#[test]
fn the_cluster_comes_before_the_input_and_the_input_file_before_the_cluster() {
    let server = Server::new(|_| status("404 Not Found", 404, "services \"x\" not found"));
    let (code, _, stderr) = asked(&server, &["--validate"], "hello");
    assert_eq!(code, 1);
    assert!(
        stderr.starts_with("error: cannot get sealed secret service: services \"x\" not found.\nPlease, use"),
        "{stderr}"
    );
    let (code, _, stderr) = asked(&server, &["--validate", "-f", "none.yaml"], "");
    assert_eq!(code, 1);
    assert!(stderr.starts_with("error: Could not read file specified with --secret-file\n"), "{stderr}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn nothing_is_written_whatever_else_is_asked_for() {
    let server = serving(|_, _| yes());
    let folder = crate::cluster::kubeconfig(&server);
    std::fs::write(folder.path().join("a.yaml"), TWO).unwrap();
    let args = ["--validate", "--re-encrypt", "-f", "a.yaml", "-w", "b.yaml", "--kubeconfig", "config"];
    let (code, stdout, _) = told(&kubeseal(folder.path(), &args, &[], b""));
    assert_eq!((code, stdout.as_str()), (0, ""));
    assert_eq!(std::fs::read_to_string(folder.path().join("a.yaml")).unwrap(), TWO);
    assert!(!folder.path().join("b.yaml").exists());
}
