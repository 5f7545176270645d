//! The way kubeseal takes to the controller: through the API server.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddrV4, TcpListener};
use std::thread;

use sealwright_test_cluster::{Cluster, binaries, netns, service};

/// Answers every request with the path it was asked for.
fn respond(listener: &TcpListener) -> io::Result<()> {
    for stream in listener.incoming() {
        let mut stream = stream?;
        let mut lines = BufReader::new(stream.try_clone()?).lines();
        let request = lines.next().transpose()?.unwrap_or_default();
        let path = request.split(' ').nth(1).unwrap_or_default();
        lines.find(|line| line.as_ref().is_ok_and(String::is_empty));
        let length = path.len();
        write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{path}")?;
    }
    Ok(())
}

/// A Service as manifests bring it: with a selector, and a target port that is a name.
const WITH_SELECTOR: &str = r#"{
    "apiVersion": "v1", "kind": "Service",
    "metadata": { "name": "from-manifests", "namespace": "kube-system" },
    "spec": {
        "selector": { "app": "sealwright" },
        "ports": [
            { "name": "metrics", "port": 8081, "targetPort": "metrics" },
            { "name": "http", "port": 8080, "targetPort": "http" }
        ]
    }
}"#;

#[test]
fn the_service_proxy_reaches_a_process_on_a_namespace_address() {
    // Outside first: inside there is no way to the modules.
    let Some(binaries) = binaries::ensure_or_skip().unwrap() else { return };
    netns::run_test_inside("the_service_proxy_reaches_a_process_on_a_namespace_address", || {
        let folder = tempfile::tempdir().unwrap();
        let cluster = Cluster::start(&binaries, folder.path()).unwrap();
        let listener = TcpListener::bind((netns::ADDRESS, 8080)).unwrap();
        thread::spawn(move || respond(&listener));
        let ask = |service: &str| {
            let path =
                format!("/api/v1/namespaces/kube-system/services/http:{service}:http/proxy/v1/cert.pem");
            cluster.run(&["get", "--raw", &path])
        };
        let address = SocketAddrV4::new(netns::ADDRESS, 8080);

        service::expose(&cluster, "kube-system", "sealed-secrets-controller", address).unwrap();
        assert_eq!(ask("sealed-secrets-controller").unwrap(), "/v1/cert.pem");

        cluster.apply(WITH_SELECTOR).unwrap();
        assert!(ask("from-manifests").is_err());
        service::expose(&cluster, "kube-system", "from-manifests", address).unwrap();
        assert_eq!(ask("from-manifests").unwrap(), "/v1/cert.pem");
        let selector = [
            "get",
            "service",
            "from-manifests",
            "--namespace=kube-system",
            "--output=jsonpath={.spec.selector.app}",
        ];
        assert_eq!(cluster.run(&selector).unwrap(), "sealwright");
        // A second time changes nothing.
        service::expose(&cluster, "kube-system", "from-manifests", address).unwrap();
    })
    .unwrap();
}
