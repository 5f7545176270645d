//! `sealwright verify`: what the controller is asked, and what is told of its answers.

use crate::cluster::{kubeconfig, posted, refusal, serving};
use crate::support::{Answer, Server, sealwright, told};

const THREE: &str = "\
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: db, namespace: payments}
spec: {encryptedData: {password: AgASecretAgA=}}
---
apiVersion: v1
kind: Secret
metadata: {name: plain, namespace: payments}
stringData: {password: hunter2}
---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: mail, namespace: payments}
spec: {encryptedData: {password: AgASecretAgA=}}
---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: web, namespace: payments}
spec: {encryptedData: {password: AgASecretAgA=}}
";

const LOCKED: &str = "does not open: the controller has no key that opens it under this name, namespace and scope; seal \
                      it again for this cluster, or put back what was renamed";

fn verify(server: &Server) -> (i32, String, String) {
    let folder = kubeconfig(server);
    let args = ["verify", "--kubeconfig", "config", "--request-timeout", "300ms", "-"];
    told(&sealwright(folder.path(), &args, THREE.as_bytes()))
}

fn yes() -> Answer {
    Answer::Reply("200 OK", String::new())
}

#[test]
fn every_sealed_secret_is_reported_and_no_secret_is_sent() {
    let server = serving(|_, body| match body.contains("\"mail\"") {
        true => refusal("409 Conflict", "no key could decrypt secret"),
        false => yes(),
    });
    let (code, stdout, stderr) = verify(&server);
    assert_eq!((code, stderr.as_str()), (1, ""));
    let lines = ["payments/db: opens", &format!("payments/mail: {LOCKED}"), "payments/web: opens"];
    assert_eq!(stdout.lines().collect::<Vec<_>>(), lines.map(|line| format!("-: {line}")));
    let posted = posted(&server);
    assert_eq!(posted.len(), 3);
    assert!(!posted.concat().contains("hunter2"));
}

#[test]
fn a_refusal_without_a_verdict_leaves_the_others_to_be_asked() {
    let server = serving(|_, body| match body.contains("\"db\"") {
        true => refusal("500 Internal Server Error\r\nContent-Type: text/plain", "not today"),
        false => yes(),
    });
    let (code, stdout, stderr) = verify(&server);
    assert_eq!(code, 2);
    assert_eq!(
        stdout,
        "-: payments/db: not verified: not today\n-: payments/mail: opens\n-: payments/web: opens\n"
    );
    assert_eq!(stderr, "error: 1 could not be verified: not today\n");
}

#[test]
fn where_no_answer_comes_nobody_is_asked_again() {
    let server = serving(|_, _| Answer::HangUp);
    let (code, stdout, stderr) = verify(&server);
    assert_eq!((code, stdout.lines().count()), (2, 3), "{stdout}{stderr}");
    assert!(stdout.lines().all(|line| line.contains(": not verified: ")), "{stdout}");
    assert!(stderr.starts_with("error: 3 could not be verified: "), "{stderr}");
    assert_eq!(posted(&server).len(), 1);
}
