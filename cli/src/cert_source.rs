//! Where the certificate comes from, and its bytes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sealer_core::{CertError, SealingCert, cert};

use crate::cluster::Controller;
use crate::cluster::{self, ClusterError};
use crate::error::FileError;
use crate::input;
use crate::kubeconfig::Surroundings;
use crate::web::{self, WebError};

/// Where the certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertSource {
    /// The running controller.
    Cluster(Controller),
    /// A file.
    File(PathBuf),
    /// A `file:` URI.
    FileUri {
        /// The whole URI, for messages.
        uri: String,
        /// Its path.
        path: PathBuf,
    },
    /// Another URL.
    Url {
        /// The URL.
        url: String,
        /// How long fetching it may take.
        timeout: Option<Duration>,
    },
}

/// The certificate can't be had.
#[derive(Debug, thiserror::Error)]
pub enum CertSourceError {
    /// From the cluster.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// From a file.
    #[error(transparent)]
    File(#[from] FileError),
    /// From the file of a URI. The text is upstream's, which speaks of it as a web server would.
    #[error("cannot fetch {uri:?}: {}", if cause.cause.is_not_found() { "404 Not Found" } else { "500 Internal Server Error" })]
    FileUri {
        /// The URI.
        uri: String,
        /// The cause; it is the hint.
        cause: FileError,
    },
    /// From the web.
    #[error(transparent)]
    Web(#[from] WebError),
    /// The bytes are no text, so they are no PEM either. The text is upstream's.
    #[error("data does not contain any valid RSA or ECDSA certificates")]
    Encoding,
    /// The text is no certificate that can be sealed with.
    #[error(transparent)]
    Certificate(#[from] CertError),
}

impl CertSourceError {
    /// What to do next, or the cause.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Cluster(error) => error.hint(),
            Self::FileUri { cause, .. } => Some(cause.to_string()),
            Self::Web(error) => error.hint(),
            Self::File(_) | Self::Encoding | Self::Certificate(_) => None,
        }
    }
}

impl CertSource {
    /// Takes the text of `--cert` apart as upstream does: without a scheme, or with one of a single letter (a drive
    /// of Windows), it is a file; without any text, the controller is asked.
    pub fn new(text: &str, timeout: Option<Duration>, controller: impl FnOnce() -> Controller) -> Self {
        if text.is_empty() {
            return Self::Cluster(controller());
        }
        match scheme(text) {
            Some((name, rest)) if name.eq_ignore_ascii_case("file") => {
                Self::FileUri { uri: text.to_owned(), path: percent_decoded(uri_path(rest)).into() }
            }
            Some((name, _)) if name.len() > 1 => Self::Url { url: text.to_owned(), timeout },
            Some(_) | None => Self::File(text.into()),
        }
    }

    /// The certificate; whether it may still be sealed with is another question.
    pub fn certificate(&self, surroundings: &Surroundings) -> Result<SealingCert, CertSourceError> {
        let pem = String::from_utf8(self.load(surroundings)?).map_err(|_| CertSourceError::Encoding)?;
        Ok(cert::parse(&pem)?)
    }

    /// The bytes of the certificate, as they are.
    pub fn load(&self, surroundings: &Surroundings) -> Result<Vec<u8>, CertSourceError> {
        match self {
            Self::Cluster(controller) => Ok(cluster::fetch_cert(controller, surroundings)?),
            Self::File(path) => Ok(content(path)?),
            Self::FileUri { uri, path } => {
                content(path).map_err(|cause| CertSourceError::FileUri { uri: uri.clone(), cause })
            }
            Self::Url { url, timeout } => Ok(web::fetch(url, *timeout)?),
        }
    }
}

fn content(path: &Path) -> Result<Vec<u8>, FileError> {
    // A certificate is public; what is wiped here is only in case that it is a private key by mistake.
    let mut bytes = input::file(path)?;
    Ok(std::mem::take(&mut *bytes))
}

/// The scheme and what follows its colon (RFC 3986, section 3.1).
fn scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let starts = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    let goes_on = scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    (starts && goes_on).then_some((scheme, rest))
}

/// The path behind a host, which has no say; without one, all of it.
fn uri_path(rest: &str) -> &str {
    let path = rest.strip_prefix("//").map_or(rest, |from_host| match from_host.find('/') {
        Some(start) => &from_host[start..],
        None => "/",
    });
    path.split(['?', '#']).next().unwrap_or(path)
}

/// `%20` and the like; what is no such code stays as it is.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = match (first, after) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)).map(|(high, low)| high * 16 + low),
            _ => None,
        };
        bytes.push(code.unwrap_or(first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use crate::kubeconfig::KubeconfigChoice;

    use super::*;

    fn controller() -> Controller {
        Controller {
            kubeconfig: KubeconfigChoice::default(),
            namespace: "kube-system".into(),
            name: "sealed-secrets-controller".into(),
            timeout: None,
            tells_waiting: false,
        }
    }

    #[test]
    fn the_text_of_the_flag_says_where_the_certificate_is() {
        let file = |path: &str| CertSource::File(path.into());
        let url = |url: &str| CertSource::Url { url: url.into(), timeout: None };
        let uri = |uri: &str, path: &str| CertSource::FileUri { uri: uri.into(), path: path.into() };
        for (text, source) in [
            ("", CertSource::Cluster(controller())),
            ("cert.pem", file("cert.pem")),
            ("/?/no/such", file("/?/no/such")),
            ("./a:b", file("./a:b")),
            ("C:\\cert.pem", file("C:\\cert.pem")),
            (":odd", file(":odd")),
            ("1a:b", file("1a:b")),
            ("https://example.com/cert.pem", url("https://example.com/cert.pem")),
            ("ftp://example.com/cert.pem", url("ftp://example.com/cert.pem")),
            ("file:///etc/my%20cert.pem", uri("file:///etc/my%20cert.pem", "/etc/my cert.pem")),
            ("FILE:///a?b", uri("FILE:///a?b", "/a")),
            ("file://localhost/a%zz", uri("file://localhost/a%zz", "/a%zz")),
            ("file:/a", uri("file:/a", "/a")),
        ] {
            assert_eq!(CertSource::new(text, None, controller), source, "{text}");
        }
    }
}
