//! What real kubeseal says about wrong invocations, ours says too: the same first line and the same exit code.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// Flags that this version does not have.
const OUT_OF_SCOPE: [&str; 5] = ["--merge-into", "--re-encrypt", "--rotate", "--server", "--validate"];

/// Where ours says something else, and why: (what the vector is about, our first line, our exit code).
const KNOWN: [(&str, &str, i32); 25] = [
    // The version is ours.
    ("version", "kubeseal version: v0.1.0", 0),
    // A List is read, as kubectl reads it.
    ("kind List", "", 0),
    // Texts of Go's decoder name Go's types; ours name the line, the column and the key.
    (
        "data that are not base64",
        "error: line 2, column 8: `k` under `data` is not base64; move it to `stringData`",
        1,
    ),
    ("data with a number", "error: line 2, column 11: a text is expected here", 1),
    ("a map for a string", "error: line 2, column 17: a text is expected here", 1),
    ("unseal a Secret", "error: line 1, column 1: this is a Secret, not a SealedSecret", 1),
    // Upstream never ends here.
    ("garbage after two JSON documents", "", 1),
    // Upstream prints an address in its memory.
    (
        "certificate with an EC key; the first number is an address in memory",
        "error: expected RSA public key but found *ecdsa.PublicKey",
        1,
    ),
    // Somebody is about to hand a private key around, and should hear it.
    (
        "certificate is a private key",
        "error: this is a private key; sealing needs the certificate (BEGIN CERTIFICATE), which is public",
        1,
    ),
    ("certificate cut off", "error: the certificate is malformed", 1),
    ("certificate with a wrong length", "error: the certificate is malformed", 1),
    // Go's network layers are left out.
    (
        "certificate from a closed port",
        "error: cannot fetch \"http://127.0.0.1:1/cert.pem\": connection refused",
        1,
    ),
    // A file may be called like that.
    ("certificate name that is no address", "error: open %zz: no such file or directory", 1),
    // The rest of upstream's line is about Go's types.
    (
        "kubeconfig is not YAML",
        "error: error loading config file \"keys/2048.crt\": it is not a kubeconfig",
        1,
    ),
    // Upstream names its temporary file.
    (
        "output into a missing folder; the end of the name is random",
        "error: cannot write none/out.yaml: no such file or directory",
        1,
    ),
    // In the order of the alphabet, not in a random one.
    (
        "unseal with an EC key",
        "error: no key could decrypt secret (binary, empty, lines, non-ascii, plain)",
        1,
    ),
    // kubeseal never opens the deprecated form, its controller does; ours opens it wherever it opens anything.
    ("unseal the deprecated form with the wrong key", "error: no key could decrypt secret", 1),
    (
        "unseal both forms at once",
        "error: cannot use the field 'encryptedData' and the deprecated field 'data' at the same time",
        1,
    ),
    // Nothing in, and an empty Secret out: that hides a mistake.
    ("unseal nothing", "error: no SealedSecret found; make sure that the input is not empty", 1),
    ("unseal without kind", "", 1),
    // What is wrong with the value is said in words, not in Go's.
    ("unseal an item that is not base64", "error: not valid base64 (k)", 1),
    ("unseal an item that is too short", "error: truncated, not a whole sealed value (k)", 1),
    (
        "unseal with a template that can't be parsed",
        "error: spec.template.data is not supported by this version; seal the rendered values instead",
        1,
    ),
    // The usage and the mistake share stdout; upstream splits the usage over both streams.
    ("help", "Turns Secrets into SealedSecrets, which only the controller in the cluster can open.", 0),
    ("help, short", "Usage of kubeseal:", 0),
];

#[test]
fn the_first_line_and_the_exit_code_are_upstreams() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    let cases = std::fs::read(vectors.join("kubeseal-errors.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_slice(&cases).unwrap();
    let mut known: BTreeMap<&str, (&str, i32)> =
        KNOWN.iter().map(|(about, line, code)| (*about, (*line, *code))).collect();
    let mut compared = 0;
    let mut wrong = Vec::new();
    for case in &cases {
        let about = case["about"].as_str().unwrap();
        let args: Vec<&str> =
            case["args"].as_array().unwrap().iter().map(|arg| arg.as_str().unwrap()).collect();
        if args.iter().any(|arg| OUT_OF_SCOPE.contains(arg)) {
            continue;
        }
        let ours = run(&vectors, &args, case["stdin"].as_str().unwrap());
        let expected =
            known.remove(about).map_or_else(|| upstreams(case), |(line, code)| (line.to_owned(), code));
        if ours != expected {
            wrong.push(format!("{about}\n   ours {ours:?}\n   not  {expected:?}"));
        }
        compared += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(known.is_empty(), "no such vectors: {known:?}");
    assert!(compared > 50, "only {compared} vectors");
}

/// The line that says what is wrong: the first one of stderr; about flags, the last one of stdout.
fn upstreams(case: &Value) -> (String, i32) {
    let code = case["exit"].as_i64().unwrap().try_into().unwrap();
    let (stdout, stderr) = (case["stdout"].as_str().unwrap(), case["stderr"].as_str().unwrap());
    let line = if code == 2 { stdout.lines().last() } else { stderr.lines().next() };
    (line.unwrap_or_default().to_owned(), code)
}

fn run(folder: &Path, args: &[&str], stdin: &str) -> (String, i32) {
    let home = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_kubeseal"))
        .args(args)
        .current_dir(folder)
        .env_clear()
        .env("HOME", home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may end without reading anything.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    let code = output.status.code().unwrap();
    let (stdout, stderr) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    let text = if code == 1 {
        stderr
    } else if stderr.is_empty() && code == 0 && stdout.starts_with('{') {
        String::new()
    } else {
        stdout
    };
    (text.lines().next().unwrap_or_default().replace(&program(), "kubeseal"), code)
}

fn program() -> String {
    env!("CARGO_BIN_EXE_kubeseal").to_owned()
}
