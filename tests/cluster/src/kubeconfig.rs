//! Kubeconfigs: one cluster, one user, everything inside the file.

use std::io;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::kubectl::{Kubectl, KubectlError, describe};
use crate::private_file;

/// How a cluster is reached.
pub(crate) struct Server {
    pub(crate) url: String,
    /// The certificate authority, PEM.
    pub(crate) ca: Vec<u8>,
}

impl Server {
    /// Reads it from the current context of a kubeconfig.
    pub(crate) fn of(kubectl: &Kubectl) -> Result<Self, KubectlError> {
        let call = ["config", "view", "--raw", "--minify", "--flatten", "--output=json"];
        let text = kubectl.run(&call)?;
        parse(&text).ok_or_else(|| KubectlError::Unknown { call: describe(&call) })
    }

    /// Writes a kubeconfig for a bearer token; readable by its owner alone.
    pub(crate) fn write_kubeconfig(&self, path: &Path, token: &str) -> io::Result<()> {
        // JSON is YAML, so every client reads it.
        let kubeconfig = json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{ "name": "test", "cluster": {
                "server": self.url,
                "certificate-authority-data": BASE64.encode(&self.ca),
            }}],
            "users": [{ "name": "test", "user": { "token": token } }],
            "contexts": [{ "name": "test", "context": { "cluster": "test", "user": "test" } }],
            "current-context": "test",
        });
        private_file::write(path, format!("{kubeconfig:#}\n"))
    }

    /// Host and port, as a Pod finds them in its environment.
    pub(crate) fn host_and_port(&self) -> Option<(&str, &str)> {
        let authority = self.url.strip_prefix("https://")?.split('/').next()?;
        match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => Some((host, port)),
            _ => Some((authority, "443")),
        }
    }
}

fn parse(kubeconfig: &str) -> Option<Server> {
    let value: Value = serde_json::from_str(kubeconfig).ok()?;
    let cluster = value.pointer("/clusters/0/cluster")?;
    Some(Server {
        url: cluster.get("server")?.as_str()?.to_owned(),
        ca: BASE64.decode(cluster.get("certificate-authority-data")?.as_str()?).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(url: &str) -> Server {
        Server { url: url.to_owned(), ca: b"certificate".to_vec() }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kubeconfig");
        at("https://127.0.0.1:6443").write_kubeconfig(&path, "token").unwrap();
        let read = parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!((read.url.as_str(), read.ca.as_slice()), ("https://127.0.0.1:6443", &b"certificate"[..]));
    }

    #[test]
    fn a_server_without_a_port_is_at_443() {
        assert_eq!(at("https://127.0.0.1:6443").host_and_port(), Some(("127.0.0.1", "6443")));
        assert_eq!(at("https://cluster.example/path").host_and_port(), Some(("cluster.example", "443")));
        assert_eq!(at("https://[::1]:6443").host_and_port(), Some(("[::1]", "6443")));
        assert_eq!(at("http://127.0.0.1:8080").host_and_port(), None);
    }
}
