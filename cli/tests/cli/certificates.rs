//! Certificates from the cluster and from the web.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::cluster::{NO_ENDPOINTS, SERVICE, kubeconfig, service, status};
use crate::support::{Answer, Server, kubeseal, told, vectors};

const CERT: &str = "any bytes\nare passed on\n";
const PROXY: &str =
    "/api/v1/namespaces/kube-system/services/http:sealed-secrets-controller:web/proxy/v1/cert.pem";
fn controller(line: &str) -> Answer {
    match line.split(' ').nth(1) {
        Some(SERVICE) => service("[{\"name\":\"web\",\"port\":8080},{\"name\":\"metrics\",\"port\":8081}]"),
        Some(PROXY) => Answer::Reply("200 OK", CERT.to_owned()),
        _ => status("404 Not Found", 404, "unexpected request"),
    }
}

#[test]
fn the_cluster_is_asked_through_the_first_port_of_the_service() {
    let server = Server::new(controller);
    let folder = kubeconfig(&server);
    let output = kubeseal(folder.path(), &["--fetch-cert", "--kubeconfig", "config"], &[], b"");
    assert_eq!(told(&output), (0, CERT.to_owned(), String::new()));
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    let fetch = requests[1].to_lowercase();
    assert!(fetch.contains("\r\naccept: application/x-pem-file, */*\r\n"), "{fetch}");
    assert!(fetch.contains("\r\nauthorization: bearer a-token\r\n"), "{fetch}");
}

#[test]
fn the_kubeconfig_and_the_service_may_come_from_the_environment() {
    let server = Server::new(|line| match line.split(' ').nth(1) {
        Some("/api/v1/namespaces/ops/services/sealed-secrets") => service("[{\"port\":8080}]"),
        Some("/api/v1/namespaces/ops/services/http:sealed-secrets:/proxy/v1/cert.pem") => {
            Answer::Reply("200 OK", CERT.to_owned())
        }
        _ => status("404 Not Found", 404, "unexpected request"),
    });
    let folder = kubeconfig(&server);
    let environment = [
        ("KUBECONFIG", "missing:config"),
        ("SEALED_SECRETS_CONTROLLER_NAME", "sealed-secrets"),
        ("SEALED_SECRETS_CONTROLLER_NAMESPACE", "ops"),
    ];
    let output = kubeseal(folder.path(), &["--fetch-cert", "-w", "cert.pem"], &environment, b"");
    assert_eq!(told(&output), (0, String::new(), String::new()));
    assert_eq!(std::fs::read_to_string(folder.path().join("cert.pem")).unwrap(), CERT);
}

#[test]
fn what_the_cluster_refuses_is_told_with_the_way_out() {
    const HINT: &str = "Please, use the flag --controller-name and --controller-namespace to set up the name and \
                        namespace of the sealed secrets controller\n";
    type Case = (fn(&str) -> Answer, String);
    let cases: [Case; 6] = [
        (
            |_| status("404 Not Found", 404, "services \"sealed-secrets-controller\" not found"),
            format!(
                "error: cannot get sealed secret service: services \"sealed-secrets-controller\" not found.\n{HINT}"
            ),
        ),
        (
            |_| service("[]"),
            format!(
                "error: cannot get sealed secret service: \
                 Service kube-system/sealed-secrets-controller has no port.\n{HINT}"
            ),
        ),
        (
            |_| Answer::Reply("200 OK", "{\"a-token\": tru".to_owned()),
            format!(
                "error: cannot get sealed secret service: the server's answer is not what was asked for.\n{HINT}"
            ),
        ),
        (
            |line| match line.split(' ').nth(1) {
                Some(SERVICE) => service("[{\"name\":\"web\",\"port\":8080}]"),
                _ => status("403 Forbidden", 403, "services is forbidden"),
            },
            "error: cannot fetch certificate: services is forbidden\n".to_owned(),
        ),
        (
            |line| match line.split(' ').nth(1) {
                Some(SERVICE) => service("[{\"name\":\"web\",\"port\":8080}]"),
                _ => status("503 Service Unavailable", 503, "error trying to reach service: EOF"),
            },
            "error: cannot fetch certificate: error trying to reach service: EOF\n".to_owned(),
        ),
        (
            |line| match line.split(' ').nth(1) {
                Some(SERVICE) => service("[{\"name\":\"web\",\"port\":8080}]"),
                _ => status("503 Service Unavailable", 503, NO_ENDPOINTS),
            },
            format!(
                "error: cannot fetch certificate: {NO_ENDPOINTS}\n\
                 the controller has no Pod that is ready; see how it is: kubectl -n kube-system get pods\n"
            ),
        ),
    ];
    for (answer, stderr) in cases {
        let server = Server::new(answer);
        let folder = kubeconfig(&server);
        // Half a minute, without the limit, for the one that may come.
        let args = ["--fetch-cert", "--kubeconfig", "config", "--request-timeout", "1s"];
        let output = kubeseal(folder.path(), &args, &[], b"");
        assert_eq!(told(&output), (1, String::new(), stderr));
    }
}

#[test]
fn a_controller_that_just_starts_is_waited_for() {
    let asked = AtomicU32::new(0);
    let server = Server::new(move |line| match line.split(' ').nth(1) {
        Some(PROXY) if asked.fetch_add(1, Ordering::SeqCst) < 2 => {
            status("503 Service Unavailable", 503, NO_ENDPOINTS)
        }
        _ => controller(line),
    });
    let folder = kubeconfig(&server);
    let output = kubeseal(folder.path(), &["--fetch-cert", "--kubeconfig", "config"], &[], b"");
    assert_eq!(told(&output), (0, CERT.to_owned(), String::new()));
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn a_context_that_leads_nowhere_is_named() {
    let server = Server::new(controller);
    let folder = kubeconfig(&server);
    for (context, start) in [
        ("z", "error: context \"z\" does not exist\n"),
        ("y", "error: invalid configuration: no server found for cluster \"none\"\n"),
    ] {
        let args = ["--fetch-cert", "--kubeconfig", "config", "--context", context];
        let (code, stdout, stderr) = told(&kubeseal(folder.path(), &args, &[], b""));
        assert_eq!((code, stdout.as_str()), (1, ""));
        assert!(stderr.starts_with(start), "{stderr}");
    }
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_cluster_that_is_silent_is_given_up() {
    let server = Server::new(|_| Answer::Silence);
    let folder = kubeconfig(&server);
    let args = ["--fetch-cert", "--kubeconfig", "config", "--request-timeout", "20ms"];
    assert_eq!(
        told(&kubeseal(folder.path(), &args, &[], b"")),
        (
            1,
            String::new(),
            "error: cannot get sealed secret service: no answer within 20ms\n\
         give it more time with --request-timeout, e.g. 2m\n"
                .to_owned()
        )
    );
}

/// A kubeconfig `config` for that server whose token comes from a shell script.
fn with_plugin(server: &Server, mode: &str, script: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let config = serde_json::json!({
        "current-context": "x",
        "clusters": [{"name": "c", "cluster": {"server": format!("http://{}", server.address)}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u", "namespace": "payments"}}],
        "users": [{"name": "u", "user": {"exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "interactiveMode": mode,
            "command": "/bin/sh",
            "args": ["-c", script],
        }}}],
    });
    std::fs::write(folder.path().join("config"), config.to_string()).unwrap();
    folder
}

#[test]
fn a_credential_plugin_does_not_eat_what_is_to_be_sealed() {
    let cert = std::fs::read_to_string(vectors().join("keys/2048.crt")).unwrap();
    let server = Server::new(move |line| match line.split(' ').nth(1) {
        Some(SERVICE) => service("[{\"name\":\"web\",\"port\":8080}]"),
        _ => Answer::Reply("200 OK", cert.clone()),
    });
    let script = "cat > eaten; echo '{\"kind\": \"ExecCredential\", \
                  \"apiVersion\": \"client.authentication.k8s.io/v1\", \"status\": {\"token\": \"a-token\"}}'";
    let folder = with_plugin(&server, "IfAvailable", script);
    for (args, stdin) in [
        (
            &["--kubeconfig", "config", "-o", "yaml"][..],
            &b"{metadata: {name: db}, stringData: {password: hunter2}}"[..],
        ),
        (&["--kubeconfig", "config", "--raw", "--name", "db"], b"hunter2"),
    ] {
        let (code, stdout, stderr) = told(&kubeseal(folder.path(), args, &[], stdin));
        assert_eq!((code, stderr.as_str(), stdout.is_empty()), (0, "", false));
        assert_eq!(std::fs::read_to_string(folder.path().join("eaten")).unwrap(), "");
    }
    assert!(
        server
            .requests()
            .iter()
            .all(|head| head.to_lowercase().contains("authorization: bearer a-token\r\n"))
    );
}

#[test]
fn a_credential_plugin_that_fails_is_heard_but_its_output_is_not_repeated() {
    let server = Server::new(controller);
    let folder = with_plugin(&server, "Never", "echo a-token; echo log in first >&2; exit 3");
    let output = kubeseal(folder.path(), &["--fetch-cert", "--kubeconfig", "config"], &[], b"");
    assert_eq!(
        told(&output),
        (
            1,
            String::new(),
            "error: the kubeconfig's credential plugin failed with exit status: 3\nlog in first\n".to_owned()
        )
    );
    let folder = with_plugin(&server, "Never", "echo 'token: a-token: ['");
    let output = kubeseal(folder.path(), &["--fetch-cert", "--kubeconfig", "config"], &[], b"");
    let (code, stdout, stderr) = told(&output);
    assert_eq!((code, stdout.as_str()), (1, ""));
    assert!(stderr.starts_with("error: ") && !stderr.contains("a-token"), "{stderr}");
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_url_is_fetched_and_its_failures_are_told() {
    let server = Server::new(|line| match line.split(' ').nth(1) {
        Some("/cert.pem") => Answer::Reply("200 OK", CERT.to_owned()),
        Some("/moved") => Answer::Reply("302 Found\r\nLocation: /cert.pem", String::new()),
        Some("/silent") => Answer::Silence,
        _ => Answer::Reply("404 Not Found", "no such page".to_owned()),
    });
    let at = |path: &str| format!("http://{}{path}", server.address);
    let fetch = |path: &str| {
        let limit = if path == "/silent" { "20ms" } else { "10m" };
        let args = ["--fetch-cert", "--cert", &at(path), "--request-timeout", limit];
        told(&kubeseal(Path::new("."), &args, &[], b""))
    };
    assert_eq!(fetch("/cert.pem"), (0, CERT.to_owned(), String::new()));
    assert_eq!(fetch("/moved"), (0, CERT.to_owned(), String::new()));
    let missing = format!("error: cannot fetch \"{}\": 404 Not Found\n", at("/none"));
    assert_eq!(fetch("/none"), (1, String::new(), missing));
    let silent = format!(
        "error: cannot fetch \"{}\": no answer within 20ms\ngive it more time with --request-timeout, e.g. 2m\n",
        at("/silent")
    );
    assert_eq!(fetch("/silent"), (1, String::new(), silent));
}

#[test]
fn the_proxies_of_the_environment_are_used_but_not_for_this_machine() {
    let proxy = Server::new(|_| Answer::Reply("200 OK", "through the proxy\n".to_owned()));
    let direct = Server::new(|_| Answer::Reply("200 OK", CERT.to_owned()));
    let address = format!("http://{}", proxy.address);
    let environment = [("HTTP_PROXY", address.as_str()), ("NO_PROXY", "internal.example.com")];
    let url = "http://certs.example.com/cert.pem";
    let output = kubeseal(Path::new("."), &["--fetch-cert", "--cert", url], &environment, b"");
    assert_eq!(told(&output), (0, "through the proxy\n".to_owned(), String::new()));
    assert!(proxy.requests()[0].starts_with("GET http://certs.example.com/cert.pem HTTP/1.1\r\n"));
    let url = format!("http://{}/cert.pem", direct.address);
    let output = kubeseal(Path::new("."), &["--fetch-cert", "--cert", &url], &environment, b"");
    assert_eq!(told(&output), (0, CERT.to_owned(), String::new()));
    assert_eq!(proxy.requests().len(), 1);
}
