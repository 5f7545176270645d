//! What `-w` and `-f` do to files.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::support::{kubeseal, told, vectors};

fn cert() -> String {
    vectors().join("keys/2048.crt").to_str().unwrap().to_owned()
}

fn key() -> String {
    vectors().join("keys/2048.pkcs1.pem").to_str().unwrap().to_owned()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

const SECRET: &[u8] = b"{metadata: {name: db, namespace: payments}, stringData: {password: hunter2}}\n";

#[test]
fn the_file_is_written_whole_in_the_form_of_its_name() {
    let folder = tempfile::tempdir().unwrap();
    for (name, start) in
        [("a.yaml", "---\napiVersion:"), ("a.yml", "---\napiVersion:"), ("a.json", "{\n"), ("a", "{\n")]
    {
        let output = kubeseal(folder.path(), &["--cert", &cert(), "-w", name, "-o", "json"], &[], SECRET);
        assert_eq!(told(&output), (0, String::new(), String::new()), "{name}");
        assert!(fs::read_to_string(folder.path().join(name)).unwrap().starts_with(start), "{name}");
    }
    assert_eq!(names(folder.path()), ["a", "a.json", "a.yaml", "a.yml"]);
}

#[test]
fn a_failure_leaves_the_old_file_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("old.yaml"), "as it was").unwrap();
    let bad_second = b"{metadata: {name: a, namespace: b}, stringData: {k: v}}\n---\n{stringData: {k: v}}\n";
    let cert = cert();
    for (args, stdin) in [
        (vec!["--cert", &cert], &b"{metadata: {name: a, namespace: b}}"[..]),
        (vec!["--cert", &cert], bad_second),
        (vec!["--cert", "none.pem"], SECRET),
        (vec!["--cert", &cert, "--raw", "-n", "ns"], b"v"),
        (vec!["--fetch-cert", "--cert", "none.pem"], b""),
        (vec!["--recovery-unseal"], b"{metadata: {name: a, namespace: b}, spec: {encryptedData: {k: AgA=}}}"),
    ] {
        for target in ["old.yaml", "new.yaml"] {
            let mut args = args.clone();
            args.extend(["-w", target]);
            let (code, stdout, stderr) = told(&kubeseal(folder.path(), &args, &[], stdin));
            assert_eq!((code, stdout.as_str()), (1, ""), "{args:?}");
            assert!(stderr.starts_with("error: "), "{args:?}: {stderr}");
            assert_eq!(names(folder.path()), ["old.yaml"], "{args:?}");
            assert_eq!(fs::read_to_string(folder.path().join("old.yaml")).unwrap(), "as it was", "{args:?}");
        }
    }
}

#[test]
fn plaintext_is_written_for_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain.yaml");
    let sealed = folder.path().join("sealed.yaml");
    for (path, mode) in [(&plain, 0o644), (&sealed, 0o640)] {
        fs::write(path, "old").unwrap();
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }
    let output = kubeseal(folder.path(), &["--cert", &cert(), "-w", "sealed.yaml"], &[], SECRET);
    assert_eq!(told(&output), (0, String::new(), String::new()));
    let args =
        ["--recovery-unseal", "--recovery-private-key", &key(), "-f", "sealed.yaml", "-w", "plain.yaml"];
    assert_eq!(told(&kubeseal(folder.path(), &args, &[], b"")), (0, String::new(), String::new()));
    assert!(fs::read_to_string(&plain).unwrap().contains("password: aHVudGVyMg=="));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&plain), mode(&sealed)), (0o600, 0o640));
}

#[test]
fn a_device_is_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["--raw", "--scope", "cluster-wide", "--cert", &cert(), "-w", "/dev/null"];
    assert_eq!(told(&kubeseal(folder.path(), &args, &[], b"v")), (0, String::new(), String::new()));
    assert!(!fs::symlink_metadata("/dev/null").unwrap().is_file());
}

#[test]
fn the_cause_of_an_unreadable_input_follows_on_its_own_line() {
    let folder = tempfile::tempdir().unwrap();
    for (name, cause) in
        [("none.yaml", "open none.yaml: no such file or directory"), (".", "read .: is a directory")]
    {
        let output = kubeseal(folder.path(), &["--cert", &cert(), "-f", name], &[], b"");
        let text = format!("error: Could not read file specified with --secret-file\n{cause}\n");
        assert_eq!(told(&output), (1, String::new(), text));
    }
    let output = kubeseal(folder.path(), &["--cert", &cert()], &[], b"kind: \xE9t\xE9");
    assert_eq!(
        told(&output),
        (
            1,
            String::new(),
            "error: no secrets found. Ensure the input is valid and UTF-8 encoded\n\
         the input is neither UTF-8 nor UTF-16; save it as UTF-8\n"
                .to_owned()
        )
    );
}

#[test]
fn no_failure_repeats_a_byte_of_a_value() {
    let folder = tempfile::tempdir().unwrap();
    let cert = cert();
    for input in [
        &b"metadata: {name: a, namespace: b}\ndata: {k: hunter2-hunter2}\n"[..],
        b"metadata: {name: a, namespace: b}\nstringData: {k: [hunter2]}\n",
        b"metadata: {name: a, namespace: b}\nstringData: {k: \"hunter2}\n",
        b"metadata: {name: a}\nstringData: {k: hunter2}\n",
        b"{\"stringData\": {\"k\": \"hunter2\"}",
        b"hunter2",
    ] {
        let (code, stdout, stderr) = told(&kubeseal(folder.path(), &["--cert", &cert], &[], input));
        assert_eq!((code, stdout.as_str()), (1, ""));
        assert!(stderr.starts_with("error: ") && !stderr.contains("hunter"), "{stderr}");
    }
    fs::write(
        folder.path().join("key.pem"),
        "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n",
    )
    .unwrap();
    let args = ["--recovery-unseal", "--recovery-private-key", "key.pem"];
    let sealed = fs::read(vectors().join("shapes/no-type.out.json")).unwrap();
    let (code, _, stderr) = told(&kubeseal(folder.path(), &args, &[], &sealed));
    assert_eq!(code, 1);
    assert!(stderr.starts_with("error: no key could decrypt secret (a)\n"), "{stderr}");
    assert!(stderr.contains("no key in key.pem: ") && !stderr.contains("hunter"), "{stderr}");
}
