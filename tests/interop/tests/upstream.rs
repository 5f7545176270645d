//! Upstream's programs run and the oracle answers.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use std::process::Command;

use sealwright_interop::binaries::{self, UPSTREAM};
use sealwright_interop::oracle::KeySpec;
use sealwright_interop::vectors::{Invocation, Scope};
use sealwright_interop::{Binaries, Kubeseal, Oracle, OracleError, Run, Vectors};
use serde_json::json;

fn built() -> Option<Binaries> {
    binaries::ensure_or_skip().unwrap()
}

fn refusal<T: std::fmt::Debug>(answer: Result<T, OracleError>) -> String {
    match answer {
        Err(OracleError::Refused(words)) => words,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_programs_say_their_version() {
    let Some(built) = built() else { return };
    let folder = tempfile::tempdir().unwrap();
    let run = Kubeseal::at(&built.kubeseal).run(folder.path(), &["--version"], b"").unwrap();
    assert_eq!(String::from_utf8(run.stdout).unwrap(), format!("kubeseal version: {UPSTREAM}\n"));
    let controller = Command::new(&built.controller).arg("--version").output().unwrap();
    assert_eq!(String::from_utf8(controller.stdout).unwrap(), format!("controller version: {UPSTREAM}\n"));
    assert_eq!(Oracle::start(&built.oracle).unwrap().version().unwrap(), UPSTREAM);
}

#[test]
fn the_oracle_opens_what_it_sealed_and_not_under_another_name() {
    let Some(built) = built() else { return };
    let vectors = Vectors::load().unwrap();
    let key = vectors.key(2048).unwrap();
    let certificate = vectors.text(&key.certificate).unwrap();
    let private = vectors.text(&key.pkcs1).unwrap();
    let mut oracle = Oracle::start(&built.oracle).unwrap();
    let secret = json!({ "metadata": { "name": "a", "namespace": "b" }, "data": { "k": "Zm9v" } });
    for sealed in [oracle.seal_secret(&certificate, &secret), oracle.seal_v1(&certificate, &secret)] {
        let mut sealed = sealed.unwrap();
        let opened = oracle.unseal(&serde_json::to_vec(&sealed).unwrap(), &[&private]).unwrap();
        assert_eq!(opened["data"], json!({ "k": "Zm9v" }));
        sealed["metadata"]["name"] = json!("renamed");
        let words = refusal(oracle.unseal(&serde_json::to_vec(&sealed).unwrap(), &[&private]));
        assert!(words.starts_with("no key could decrypt secret"), "{words}");
    }
}

#[test]
fn a_single_value_is_bound_to_its_label() {
    let Some(built) = built() else { return };
    let mut oracle = Oracle::start(&built.oracle).unwrap();
    let made = oracle
        .keygen(KeySpec {
            kind: "rsa",
            bits: 2048,
            common_name: "",
            not_before: "2026-01-01T00:00:00Z",
            valid_seconds: 3_155_760_000,
        })
        .unwrap();
    let label = oracle.label(Scope::Strict, "ns", "name").unwrap();
    assert_eq!(label, b"ns/name");
    assert_eq!(oracle.label(Scope::NamespaceWide, "ns", "name").unwrap(), b"ns");
    assert_eq!(oracle.label(Scope::ClusterWide, "ns", "name").unwrap(), b"");
    let sealed = oracle.seal(&made.certificate, &label, b"value").unwrap();
    for key in [&made.pkcs8, made.pkcs1.as_ref().unwrap()] {
        assert_eq!(oracle.open(&[key], &label, &sealed).unwrap(), b"value");
    }
    assert_eq!(refusal(oracle.open(&[&made.pkcs8], b"ns", &sealed)), "no key could decrypt secret");
}

#[test]
fn the_oracle_answers_on_after_an_error() {
    let Some(built) = built() else { return };
    let mut oracle = Oracle::start(&built.oracle).unwrap();
    assert!(refusal(oracle.read(b"{")).starts_with("endless: "));
    assert!(matches!(
        oracle.keygen(KeySpec {
            kind: "dsa",
            bits: 1,
            common_name: "",
            not_before: "2026-01-01T00:00:00Z",
            valid_seconds: 1
        }),
        Err(OracleError::Fault(_))
    ));
    let reading = oracle.read(b"metadata: {name: a}\nstringData: {k: yes}\n").unwrap();
    assert_eq!(reading.secrets[0]["stringData"], json!({ "k": "true" }));
}

#[test]
fn kubeseal_still_says_what_was_recorded() {
    let Some(built) = built() else { return };
    let vectors = Vectors::load().unwrap();
    let kubeseal = Kubeseal::at(&built.kubeseal);
    let invocations = vectors.invocations().unwrap();
    assert!(invocations.len() > 50);
    for Invocation { about, args, stdin, stdout, stderr, varies, exit } in invocations {
        if exit.is_none() {
            // It hangs: not worth half a minute of every run.
            continue;
        }
        let run = kubeseal.run(vectors.root(), &args, stdin.as_bytes()).unwrap();
        assert_eq!(run.exit, exit, "{about}");
        if !varies {
            assert_eq!(run, Run { stdout: stdout.into_bytes(), stderr, exit }, "{about}");
        }
    }
}
