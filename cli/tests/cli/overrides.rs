//! What kubectl's flags for the cluster change about a request.

use crate::cluster::{kubeconfig, serving};
use crate::support::{Answer, Server, kubeseal, told};

/// A cluster whose controller opens everything.
fn willing() -> Server {
    serving(|_, _| Answer::Reply("200 OK", String::new()))
}

const SEALED: &[u8] =
    b"{kind: SealedSecret, metadata: {name: a, namespace: b}, spec: {encryptedData: {k: AgA=}}}";

/// The headers of all requests that `--validate` sends, in lower case, after it has ended well.
fn sent(server: &Server, args: &[&str], environment: &[(&str, &str)]) -> Vec<String> {
    let folder = kubeconfig(server);
    let args = [&["--validate"], args].concat();
    let output = told(&kubeseal(folder.path(), &args, environment, SEALED));
    assert_eq!(output, (0, String::new(), String::new()), "{args:?}");
    let heads: Vec<String> = server
        .requests()
        .iter()
        .map(|request| request.split_once("\r\n\r\n").unwrap().0.to_lowercase() + "\r\n")
        .collect();
    assert_eq!(heads.len(), 2, "{args:?}");
    heads
}

#[test]
fn a_server_needs_no_kubeconfig_and_no_scheme() {
    for scheme in ["http://", ""] {
        let server = willing();
        let heads = sent(&server, &["--server", &format!("{scheme}{}", server.address)], &[]);
        assert!(heads.iter().all(|head| !head.contains("\r\nauthorization:")), "{heads:?}");
    }
}

#[test]
fn the_server_of_the_command_line_is_asked_and_the_kubeconfigs_is_not() {
    let (named, other) = (willing(), willing());
    let folder = kubeconfig(&other);
    let args = ["--validate", "--kubeconfig", "config", "--server", &format!("http://{}", named.address)];
    assert_eq!(told(&kubeseal(folder.path(), &args, &[], SEALED)).0, 0);
    assert_eq!((named.requests().len(), other.requests().len()), (2, 0));
}

#[test]
fn who_asks_is_said_in_every_request() {
    for (args, environment, headers) in [
        (&["--token", "other"][..], &[][..], &["authorization: bearer other"][..]),
        (&[], &[("SEALED_SECRETS_TOKEN", "other")], &["authorization: bearer other"]),
        (&["--token", "line"], &[("SEALED_SECRETS_TOKEN", "other")], &["authorization: bearer line"]),
        // The context's own, as no other user is named.
        (&["--cluster", "c"], &[], &["authorization: bearer a-token"]),
        (
            &["--as", "jane", "--as-uid", "7", "--as-group", "a", "--as-group", "b,c"],
            &[],
            &[
                "authorization: bearer a-token",
                "impersonate-user: jane",
                "impersonate-uid: 7",
                "impersonate-group: a",
                "impersonate-group: b,c",
            ],
        ),
    ] {
        let server = willing();
        let args = [&["--kubeconfig", "config"], args].concat();
        for head in sent(&server, &args, environment) {
            for header in headers {
                assert!(head.contains(&format!("\r\n{header}\r\n")), "{args:?}: {header} is not in {head}");
            }
        }
    }
}

#[test]
fn a_name_is_basic_authentication_with_or_without_a_password() {
    for (args, header) in [
        // The base64 of me:secret and of me: alone.
        (&["--username", "me", "--password", "secret"][..], Some("basic bwu6c2vjcmv0")),
        (&["--username", "me"], Some("basic bwu6")),
        (&["--password", "secret"], None),
    ] {
        let server = willing();
        let address = format!("http://{}", server.address);
        for head in sent(&server, &[&["--server", &address], args].concat(), &[]) {
            let sent = head.lines().find_map(|line| line.strip_prefix("authorization: "));
            assert_eq!(sent, header, "{args:?}");
        }
    }
}

#[test]
fn a_proxy_stands_between() {
    let proxy = willing();
    let folder = kubeconfig(&proxy);
    let url = format!("http://{}", proxy.address);
    let args = ["--validate", "--server", "http://cluster.invalid:8080", "--proxy-url", &url];
    let (code, _, stderr) = told(&kubeseal(folder.path(), &args, &[], SEALED));
    assert_eq!(code, 1, "the proxy is no cluster: {stderr}");
    let requests = proxy.requests();
    assert!(requests[0].starts_with("CONNECT cluster.invalid:8080 "), "{requests:?}");
}

#[test]
fn no_error_repeats_a_credential() {
    let folder = tempfile::tempdir().unwrap();
    let secret = "hunter2\nhunter2";
    for args in [
        &["--server", "http://127.0.0.1:1", "--token", secret][..],
        &["--server", "https://127.0.0.1:1", "--token", "hunter2"],
        &["--server", "http://127.0.0.1:1", "--username", "me", "--password", "hunter2"],
        &["--server", "http://me:hunter2@127.0.0.1:1"],
        &["--server", "http://127.0.0.1:1", "--proxy-url", "ftp://me:hunter2@there"],
        &["--server", "http://127.0.0.1:1", "--proxy-url", "http://me:hunter2@127.0.0.1:1"],
        &["--token", "hunter2", "-v", "10", "--server", "http://127.0.0.1:1"],
    ] {
        let args = [&["--fetch-cert"], args].concat();
        let (code, stdout, stderr) = told(&kubeseal(folder.path(), &args, &[], b""));
        assert_eq!((code, stdout.as_str()), (1, ""), "{args:?}");
        assert!(stderr.starts_with("error: ") && !stderr.contains("hunter2"), "{args:?}: {stderr}");
    }
}
