//! What `sealwright create` and `sealwright seal` write opens again to what was given.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::support::{kubeseal, sealwright, told, vectors};

/// The Secret in a file, in JSON, opened by one of the vectors' private keys.
fn opened(folder: &Path, file: &str, bits: u32) -> serde_json::Value {
    let key = vectors().join(format!("keys/{bits}.pkcs8.pem"));
    let args = ["--recovery-unseal", "--recovery-private-key", key.to_str().unwrap(), "-o", "json"];
    let output = kubeseal(folder, &args, &[], &fs::read(folder.join(file)).unwrap());
    assert!(output.status.success(), "{:?}", told(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Runs sealwright with `{V}` in its arguments for the folder of the vectors.
fn run(folder: &Path, args: &[&str], stdin: &[u8]) -> Output {
    let vectors = vectors();
    let args: Vec<String> = args.iter().map(|arg| arg.replace("{V}", vectors.to_str().unwrap())).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    sealwright(folder, &args, stdin)
}

fn base64(bytes: &[u8]) -> String {
    sealer_core::encode_base64(bytes)
}

#[test]
fn every_type_opens_to_the_bytes_that_were_given() {
    let folder = tempfile::tempdir().unwrap();
    let vector = |name: &str| base64(&fs::read(vectors().join(name)).unwrap());
    let login = r#"{"auths":{"r.io":{"username":"u","password":"hunter2","auth":"dTpodW50ZXIy"}}}"#;
    for (kind, args, stdin, type_, data) in [
        (
            "opaque",
            &["--from-stdin", "a", "--insecure-argv", "b=c=d", "--from-file", "k={V}/ssh/ed25519"][..],
            "hunter2\n",
            "",
            vec![("a", base64(b"hunter2\n")), ("b", base64(b"c=d")), ("k", vector("ssh/ed25519"))],
        ),
        (
            "tls",
            &["--tls-cert", "{V}/tls/rsa.crt", "--tls-key", "{V}/tls/rsa.pkcs1.pem"],
            "",
            "kubernetes.io/tls",
            vec![("tls.crt", vector("tls/rsa.crt")), ("tls.key", vector("tls/rsa.pkcs1.pem"))],
        ),
        (
            "docker-registry",
            &["--docker-server", "r.io", "--docker-username", "u", "--password-stdin"],
            "hunter2\n",
            "kubernetes.io/dockerconfigjson",
            vec![(".dockerconfigjson", base64(login.as_bytes()))],
        ),
        (
            "basic-auth",
            &["--username", "u", "--password-stdin"],
            "hunter2\r\n",
            "kubernetes.io/basic-auth",
            vec![("password", base64(b"hunter2")), ("username", base64(b"u"))],
        ),
        (
            "ssh-auth",
            &["--ssh-key", "{V}/ssh/ed25519"],
            "",
            "kubernetes.io/ssh-auth",
            vec![("ssh-privatekey", vector("ssh/ed25519"))],
        ),
    ] {
        let file = format!("{kind}.yaml");
        let common = ["create", kind, "x", "-n", "y", "--cert", "{V}/keys/2048.crt", "-o", &file];
        let output = run(folder.path(), &[&common, args].concat(), stdin.as_bytes());
        assert_eq!(output.status.code(), Some(0), "{kind}: {:?}", told(&output));
        let secret = opened(folder.path(), &file, 2048);
        let data: serde_json::Map<_, _> =
            data.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        assert_eq!(secret["data"], serde_json::Value::Object(data), "{kind}");
        assert_eq!(secret["type"].as_str().unwrap_or_default(), type_, "{kind}");
    }
}

#[test]
fn each_cluster_gets_a_file_that_its_own_key_opens() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = b"{apiVersion: v1, kind: Secret, metadata: {name: a, namespace: ns}, stringData: {k: hunter2}}\n---\n\
                     {apiVersion: v1, kind: Secret, metadata: {name: b, namespace: ns}, stringData: {k: hunter2}}\n";
    let certs = ["--cert", "{V}/keys/2048.crt", "--cert", "{V}/keys/3072.crt", "--out-dir", "sealed"];
    let output = run(folder.path(), &[&["seal"], &certs[..]].concat(), manifest);
    assert_eq!(told(&output), (0, String::new(), String::new()));
    for bits in [2048, 3072] {
        for name in ["a", "b"] {
            let file = format!("sealed/{bits}/{name}.sealedsecret.yaml");
            assert_eq!(opened(folder.path(), &file, bits)["data"]["k"], base64(b"hunter2"), "{file}");
        }
    }
}

#[test]
fn a_secret_that_kubernetes_would_refuse_for_its_size_is_not_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["seal", "secrets.yaml", "--cert", "{V}/keys/2048.crt", "-o", "sealed.yaml"];
    for (bytes, code, stderr) in [
        (1 << 20, 0, ""),
        (
            (1 << 20) + 1,
            2,
            "error: Secret 2 of the manifest: the values have 1048577 bytes together; Kubernetes takes 1048576 in one \
             Secret\nput some of the values into a Secret of their own\n",
        ),
    ] {
        let secret = |value: &str| {
            format!(
                "---\napiVersion: v1\nkind: Secret\nmetadata: {{name: a, namespace: ns}}\nstringData: {{k: {value}}}\n"
            )
        };
        let manifest = secret("hunter2") + &secret(&"x".repeat(bytes));
        fs::write(folder.path().join("secrets.yaml"), manifest).unwrap();
        let output = run(folder.path(), &args, b"");
        assert_eq!(told(&output), (code, String::new(), stderr.to_owned()));
        let sealed = folder.path().join("sealed.yaml");
        assert_eq!(sealed.exists(), code == 0);
        if code == 0 {
            fs::remove_file(sealed).unwrap();
        }
    }
}

#[test]
fn a_file_that_is_there_is_not_overwritten_unasked() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x.yaml"), "as it was").unwrap();
    let args = [
        "create",
        "opaque",
        "x",
        "-n",
        "y",
        "--insecure-argv",
        "a=b",
        "--cert",
        "{V}/keys/2048.crt",
        "-o",
        "x.yaml",
    ];
    let (code, stdout, stderr) = told(&run(folder.path(), &args, b""));
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.starts_with("error: x.yaml exists\n"), "{stderr}");
    assert_eq!(fs::read_to_string(folder.path().join("x.yaml")).unwrap(), "as it was");
    let output = run(folder.path(), &[&args[..], &["--force"]].concat(), b"");
    assert_eq!(told(&output), (0, String::new(), String::new()));
    assert_eq!(opened(folder.path(), "x.yaml", 2048)["data"]["a"], base64(b"b"));
}

#[test]
fn where_one_certificate_fails_nothing_is_written_for_any() {
    let folder = tempfile::tempdir().unwrap();
    let args = [
        "create",
        "opaque",
        "x",
        "-n",
        "y",
        "--insecure-argv",
        "a=b",
        "--cert",
        "{V}/keys/2048.crt",
        "--cert",
        "{V}/keys/expired.crt",
        "--out-dir",
        "sealed",
    ];
    let (code, _, stderr) = told(&run(folder.path(), &args, b""));
    assert_eq!(code, 2, "{stderr}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_folder_gives_its_files_by_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().join("files");
    fs::create_dir_all(files.join("deeper")).unwrap();
    fs::write(files.join("a.txt"), "1").unwrap();
    fs::write(files.join("not a key"), "2").unwrap();
    let args = ["create", "opaque", "x", "-n", "y", "--from-file", "files", "--dry-run"];
    let (code, stdout, stderr) = told(&run(folder.path(), &args, b""));
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert_eq!(stdout, "Secret y/x, Opaque, strict\n  a.txt  1 bytes\n");
}
