//! `sealwright verify`: what the controller is asked, and what is told of its answers.

use sealer_core::encode_base64;

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

fn verify(server: &Server, text: &str) -> (i32, String, String) {
    let folder = kubeconfig(server);
    let args = ["verify", "--kubeconfig", "config", "--request-timeout", "300ms", "-"];
    told(&sealwright(folder.path(), &args, text.as_bytes()))
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
    let (code, stdout, stderr) = verify(&server, THREE);
    assert_eq!((code, stderr.as_str()), (1, ""));
    let damaged = "password does not open: it was changed or cut after it was sealed; copy it again, or seal the value again";
    let lines = ["payments/db: opens", &format!("payments/mail: {damaged}"), "payments/web: opens"];
    assert_eq!(stdout.lines().collect::<Vec<_>>(), lines.map(|line| format!("-: {line}")));
    let posted = posted(&server);
    assert_eq!(posted.len(), 3);
    assert!(!posted.concat().contains("hunter2"));
}

/// A value that has the form of a sealed one, for a key of 2048 bits.
fn envelope(fill: u8) -> String {
    encode_base64(&[&[1, 0], &[fill; 256 + 16][..]].concat())
}

#[test]
fn of_an_object_that_does_not_open_each_value_is_told_with_its_cause() {
    let [good, other_scope, foreign] = [1, 2, 3].map(envelope);
    let text = format!(
        "kind: SealedSecret\nmetadata: {{name: db, namespace: payments}}\nspec:\n  encryptedData:\n    a: {good}\n    \
         b: {other_scope}\n    c: {foreign}\n    d: AgA=\n  template: {{metadata: {{name: db, namespace: billing}}}}\n"
    );
    let server = serving(move |_, body| {
        let is_wide = body.contains("cluster-wide\":\"true\"") || body.contains("cluster-wide\": \"true\"");
        let opens =
            !body.contains(&foreign) && !body.contains("\"AgA=\"") && body.contains(&other_scope) == is_wide;
        if opens { yes() } else { refusal("409 Conflict", "no key could decrypt secret") }
    });
    let (code, stdout, stderr) = verify(&server, &text);
    assert_eq!((code, stderr.as_str()), (1, ""));
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{stdout}");
    assert!(
        lines[0].starts_with("-: payments/db: b does not open: it was sealed cluster-wide: the annotation "),
        "{stdout}"
    );
    assert!(
        lines[1]
            .starts_with("-: payments/db: c does not open: its template says billing/db, so it was probably"),
        "{stdout}"
    );
    assert!(
        lines[2].starts_with("-: payments/db: d does not open: it was changed or cut after it was sealed;"),
        "{stdout}"
    );
    // The object, then a; b and c, each with the scopes that it may have been sealed for.
    assert_eq!(posted(&server).len(), 1 + 1 + 3 + 3);
}

#[test]
fn an_only_value_is_not_asked_about_twice() {
    let text = format!(
        "kind: SealedSecret\nmetadata: {{name: db, namespace: payments}}\nspec: {{encryptedData: {{a: {}}}}}\n",
        envelope(1)
    );
    let server = serving(|_, _| refusal("409 Conflict", "no key could decrypt secret"));
    let (code, stdout, _) = verify(&server, &text);
    assert_eq!(code, 1);
    assert!(
        stdout.starts_with("-: payments/db: a does not open: it was sealed for another cluster, or"),
        "{stdout}"
    );
    assert_eq!(posted(&server).len(), 1 + 2, "the object, and the two other scopes");
}

#[test]
fn where_each_value_opens_by_itself_the_templates_are_to_blame() {
    let [a, b] = [1, 2].map(envelope);
    let text = format!(
        "kind: SealedSecret\nmetadata: {{name: db, namespace: payments}}\nspec: {{encryptedData: {{a: {a}, b: {b}}}}}\n"
    );
    let server = serving(move |_, body| match body.contains(&a) && body.contains(&b) {
        true => refusal("409 Conflict", "no key could decrypt secret"),
        false => yes(),
    });
    let (code, stdout, _) = verify(&server, &text);
    let cause = "each of its values opens by itself; see what its templates refer to";
    assert_eq!((code, stdout), (1, format!("-: payments/db: does not open: {cause}\n")));
}

#[test]
fn a_refusal_without_a_verdict_leaves_the_others_to_be_asked() {
    let server = serving(|_, body| match body.contains("\"db\"") {
        true => refusal("500 Internal Server Error\r\nContent-Type: text/plain", "not today"),
        false => yes(),
    });
    let (code, stdout, stderr) = verify(&server, THREE);
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
    let (code, stdout, stderr) = verify(&server, THREE);
    assert_eq!((code, stdout.lines().count()), (2, 3), "{stdout}{stderr}");
    assert!(stdout.lines().all(|line| line.contains(": not verified: ")), "{stdout}");
    assert!(stderr.starts_with("error: 3 could not be verified: "), "{stderr}");
    assert_eq!(posted(&server).len(), 1);
}
