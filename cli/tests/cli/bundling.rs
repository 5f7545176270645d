//! `sealwright bundle`: the page as one file gets certificates, or nothing is written.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::{told, vectors};

const PAGE: &str = "<!doctype html><meta content=\"default-src 'none'; connect-src 'none'; script-src 'sha256-x'\">\n\
    <script type=\"application/json\" id=\"clusters\">{\"clusters\":[]}</script>\n</html>\n";

fn bundle(folder: &Path, page: &str, args: &[&str]) -> Output {
    fs::write(folder.join("sealer.html"), page).unwrap();
    Command::new(env!("CARGO_BIN_EXE_sealwright"))
        .current_dir(folder)
        .env_clear()
        .args(["bundle", "--page", "sealer.html"])
        .args(args)
        .output()
        .unwrap()
}

fn key(name: &str) -> String {
    vectors().join("keys").join(name).to_str().unwrap().to_owned()
}

fn list(page: &str) -> serde_json::Value {
    let (_, rest) = page.split_once("id=\"clusters\">").unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

#[test]
fn certificates_go_in_under_their_names_and_stderr_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let staging = format!("staging={}", key("preamble.crt"));
    let output =
        bundle(folder.path(), PAGE, &["--cert", &key("2048.crt"), "--cert", &staging, "-o", "out.html"]);
    let (code, stdout, stderr) = told(&output);
    assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
    let page = fs::read_to_string(folder.path().join("out.html")).unwrap();
    let list = list(&page);
    let clusters = list["clusters"].as_array().unwrap();
    let pem = fs::read_to_string(key("2048.crt")).unwrap();
    assert_eq!(clusters[0]["certificate"], pem);
    assert_eq!([&clusters[0]["name"], &clusters[1]["name"]], ["2048", "staging"]);
    assert!(clusters[1]["certificate"].as_str().unwrap().starts_with("-----BEGIN CERTIFICATE-----\n"));
    for cluster in clusters {
        let (name, fingerprint) =
            (cluster["name"].as_str().unwrap(), cluster["fingerprint"].as_str().unwrap());
        assert!(stderr.contains(&format!("seals for {name}, SHA-256 {fingerprint}\n")), "{stderr}");
    }
}

#[test]
fn without_a_file_for_it_the_page_goes_to_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let (code, stdout, stderr) = told(&bundle(folder.path(), PAGE, &["--cert", &key("2048.crt")]));
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(list(&stdout)["clusters"][0]["name"], "2048");
}

#[test]
fn what_everybody_must_not_get_or_nobody_could_use_is_refused_and_nothing_written() {
    let folder = tempfile::tempdir().unwrap();
    let same = format!("2048={}", key("3072.crt"));
    for (args, words) in [
        (vec!["--cert", &key("private-first.pem")], "cannot use the certificate of \"private-first\""),
        (vec!["--cert", &key("expired.crt")], "expired certificate"),
        (vec!["--cert", &key("ec.crt")], "expected RSA public key"),
        (vec!["--cert", "no-such.pem"], "no such file"),
        (vec!["--cert", &key("2048.crt"), "--cert", &same], "two certificates have the name \"2048\""),
    ] {
        let output = bundle(folder.path(), PAGE, &[&args[..], &["-o", "out.html"]].concat());
        let (code, stdout, stderr) = told(&output);
        assert_eq!((code, stdout.as_str()), (2, ""), "{args:?}");
        assert!(stderr.contains(words), "{args:?}: {stderr}");
        assert!(!folder.path().join("out.html").exists(), "{args:?}");
    }
}

#[test]
fn something_else_than_the_page_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let other =
        bundle(folder.path(), "<!doctype html>\n<p>hello</p>\n</html>\n", &["--cert", &key("2048.crt")]);
    let (code, stdout, stderr) = told(&other);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(
        stderr.contains("cannot put certificates into sealer.html: this is not the page as one file"),
        "{stderr}"
    );
    assert!(stderr.contains("get sealer.html anew"), "{stderr}");
}
