//! `--re-encrypt` that fails: the file stays, and the words say which SealedSecret and why.

use std::fs;

use serde_json::{Value, json};

use crate::cluster::{asked, posted, refusal, serving};
use crate::re_encrypting::{ONE, OTHER, anew, answering, in_place, names};
use crate::support::Answer;

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
