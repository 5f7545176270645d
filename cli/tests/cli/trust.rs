//! Whom a server is taken for, and who asks it, where the command line says so.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

use crate::cluster::in_front_of;
use crate::support::{Answer, Server, kubeseal, told};

/// The only name that the server bears; it is reached by another.
const NAME: &str = "kubernetes.internal";
const SEALED: &[u8] =
    b"{kind: SealedSecret, metadata: {name: a, namespace: b}, spec: {encryptedData: {k: AgA=}}}";

fn identity(name: &str) -> CertifiedKey<KeyPair> {
    generate_simple_self_signed([name.to_owned()]).unwrap()
}

/// A cluster whose controller opens everything, in a folder with `ca.crt`, by which it is known. If it wants to know its
/// clients, `me.crt` and `me.key` are there as well.
fn cluster(folder: &Path, knows_clients: bool) -> Server {
    let server = identity(NAME);
    fs::write(folder.join("ca.crt"), server.cert.pem()).unwrap();
    let config = ServerConfig::builder_with_provider(rustls::crypto::aws_lc_rs::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap();
    let config = if knows_clients {
        let me = identity("me");
        fs::write(folder.join("me.crt"), me.cert.pem()).unwrap();
        fs::write(folder.join("me.key"), me.signing_key.serialize_pem()).unwrap();
        let mut known = RootCertStore::empty();
        known.add(me.cert.der().clone()).unwrap();
        let provider = rustls::crypto::aws_lc_rs::default_provider().into();
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(known), provider);
        config.with_client_cert_verifier(verifier.build().unwrap())
    } else {
        config.with_no_client_auth()
    };
    let key = PrivatePkcs8KeyDer::from(server.signing_key.serialize_der());
    let config = config.with_single_cert(vec![server.cert.der().clone()], key.into()).unwrap();
    Server::secure(config, in_front_of(|_, _| Answer::Reply("200 OK", String::new())))
}

fn validated(folder: &Path, server: &Server, args: &[&str]) -> (i32, String, String) {
    let address = format!("https://{}", server.address);
    let args = [&["--validate", "--server", &address, "--token", "hunter2"], args].concat();
    told(&kubeseal(folder, &args, &[], SEALED))
}

#[test]
fn a_server_is_known_by_its_authority_and_its_name_and_gets_the_token_only_then() {
    for (args, is_trusted) in [
        (&[][..], false),
        (&["--certificate-authority", "ca.crt"], false),
        (&["--certificate-authority", "ca.crt", "--tls-server-name", "other.internal"], false),
        (&["--certificate-authority", "ca.crt", "--tls-server-name", NAME], true),
        (&["--insecure-skip-tls-verify"], true),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let server = cluster(folder.path(), false);
        let (code, stdout, stderr) = validated(folder.path(), &server, args);
        assert_eq!((code == 0, stdout.as_str()), (is_trusted, ""), "{args:?}: {stderr}");
        assert!(!stderr.contains("hunter2"), "{stderr}");
        let requests = server.requests();
        assert_eq!(requests.len(), if is_trusted { 2 } else { 0 }, "{args:?}");
        for request in requests {
            assert!(request.to_lowercase().contains("\r\nauthorization: bearer hunter2\r\n"), "{request}");
        }
    }
}

#[test]
fn a_client_is_known_by_its_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let server = cluster(folder.path(), true);
    let known = ["--certificate-authority", "ca.crt", "--tls-server-name", NAME];
    let me = ["--client-certificate", "me.crt", "--client-key", "me.key"];
    assert_eq!(validated(folder.path(), &server, &known).0, 1);
    assert_eq!(server.requests().len(), 0);
    let output = validated(folder.path(), &server, &[&known[..], &me].concat());
    assert_eq!(output, (0, String::new(), String::new()));
    assert_eq!(server.requests().len(), 2);
}
