//! The certificates and keys of one cluster, made anew at every start.

use std::io;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use thiserror::Error;

use crate::private_file;

/// Names and addresses under which clients reach the API server; the last is the first of the Service range.
const SERVER_NAMES: [&str; 6] =
    ["127.0.0.1", "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "10.96.0.1"];

/// Why the certificates could not be made.
#[derive(Debug, Error)]
pub enum CertificateError {
    /// A key or certificate could not be generated.
    #[error("can't generate the cluster's certificates")]
    Generate(#[from] rcgen::Error),
    /// A file could not be written.
    #[error("can't write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

/// The files that the servers read.
pub(crate) struct Certificates {
    pub(crate) ca: PathBuf,
    pub(crate) server: PathBuf,
    pub(crate) server_key: PathBuf,
    /// Signs the tokens of service accounts.
    pub(crate) token_key: PathBuf,
    /// Checks them.
    pub(crate) token_public_key: PathBuf,
}

/// Makes a certificate authority, the API server's certificate and the key that signs service account tokens.
pub(crate) fn create(folder: &Path) -> Result<Certificates, CertificateError> {
    let mut ca = CertificateParams::default();
    ca.distinguished_name.push(DnType::CommonName, "test cluster authority");
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    let ca_key = KeyPair::generate()?;
    let ca_certificate = ca.self_signed(&ca_key)?;
    let authority = Issuer::new(ca, ca_key);

    let mut server = CertificateParams::new(SERVER_NAMES.map(str::to_owned))?;
    server.distinguished_name.push(DnType::CommonName, "kube-apiserver");
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let server_key = KeyPair::generate()?;
    let server_certificate = server.signed_by(&server_key, &authority)?;

    let token_key = KeyPair::generate()?;

    let write = |name: &str, content: String| {
        let path = folder.join(name);
        private_file::write(&path, content)
            .map(|()| path.clone())
            .map_err(|source| CertificateError::Write { path, source })
    };
    Ok(Certificates {
        ca: write("ca.crt", ca_certificate.pem())?,
        server: write("apiserver.crt", server_certificate.pem())?,
        server_key: write("apiserver.key", server_key.serialize_pem())?,
        token_key: write("service-account.key", token_key.serialize_pem())?,
        token_public_key: write("service-account.pub", token_key.public_key_pem())?,
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn keys_are_readable_by_their_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let made = create(folder.path()).unwrap();
        for (path, label) in [
            (&made.ca, "CERTIFICATE"),
            (&made.server, "CERTIFICATE"),
            (&made.server_key, "PRIVATE KEY"),
            (&made.token_key, "PRIVATE KEY"),
            (&made.token_public_key, "PUBLIC KEY"),
        ] {
            let text = std::fs::read_to_string(path).unwrap();
            assert!(text.starts_with(&format!("-----BEGIN {label}-----")));
            assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
