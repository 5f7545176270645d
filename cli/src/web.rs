//! Fetches a certificate from a web server.

use std::time::Duration;

use reqwest::{Client, StatusCode, Url};

use crate::cluster::deepest;
use crate::deadline::{self, Elapsed};
use crate::error::OsCause;

/// The URL could not be fetched. A password in it is not shown.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// The server answered with something else than 200. The text is upstream's.
    #[error("cannot fetch {url:?}: {status}")]
    Status {
        /// The URL.
        url: String,
        /// The answer.
        status: StatusCode,
    },
    /// Neither http nor https. The text is upstream's.
    #[error("Get {url:?}: unsupported protocol scheme {scheme:?}")]
    Scheme {
        /// The URL.
        url: String,
        /// Its scheme.
        scheme: String,
    },
    /// No URL.
    #[error("cannot fetch the certificate: the URL of --cert is malformed: {0}")]
    Malformed(String),
    /// The server did not answer, or can't be trusted.
    #[error("cannot fetch {url:?}: {cause}")]
    Failed {
        /// The URL.
        url: String,
        /// The innermost cause.
        cause: String,
    },
    /// Not in time.
    #[error("cannot fetch {url:?}: {elapsed}")]
    Late {
        /// The URL.
        url: String,
        /// How long was waited.
        elapsed: Elapsed,
    },
    /// The system gives no events to wait for.
    #[error("cannot wait for the network: {0}")]
    Runtime(OsCause),
}

impl WebError {
    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Scheme { .. } => Some("--cert takes a file, a file:// URI or an http(s):// URL".to_owned()),
            Self::Late { elapsed, .. } => Some(elapsed.hint()),
            Self::Failed { .. } | Self::Malformed(_) | Self::Runtime(_) | Self::Status { .. } => None,
        }
    }
}

/// The body of a URL. Redirects are followed, and the proxies of the environment used, except for this machine
/// itself, as Go's programs do.
pub fn fetch(text: &str, limit: Option<Duration>) -> Result<Vec<u8>, WebError> {
    if !has_host(text) {
        return Err(WebError::Malformed("empty host".to_owned()));
    }
    let url = Url::parse(text).map_err(|error| WebError::Malformed(error.to_string()))?;
    let shown = without_password(&url);
    if !matches!(url.scheme(), "http" | "https") {
        return Err(WebError::Scheme { url: shown, scheme: url.scheme().to_owned() });
    }
    let local = is_this_machine(url.host_str().unwrap_or_default());
    let work = async {
        let mut client = Client::builder();
        if local {
            client = client.no_proxy();
        }
        let answer = client.build()?.get(url).send().await?;
        let status = answer.status();
        Ok::<_, reqwest::Error>((status, answer.bytes().await?))
    };
    match deadline::run(deadline::within(limit, work)) {
        Err(error) => Err(WebError::Runtime(error.into())),
        Ok(Err(elapsed)) => Err(WebError::Late { url: shown, elapsed }),
        Ok(Ok(Err(error))) => Err(WebError::Failed { url: shown, cause: deepest(&error.without_url()) }),
        Ok(Ok(Ok((StatusCode::OK, body)))) => Ok(body.into()),
        Ok(Ok(Ok((status, _body)))) => Err(WebError::Status { url: shown, status }),
    }
}

/// Browsers take the `cert.pem` of `http:///cert.pem` for a host, and so does the parser; nobody else does.
fn has_host(text: &str) -> bool {
    let is_web = |scheme: &str| scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    match text.split_once(':') {
        Some((scheme, rest)) if is_web(scheme) => rest
            .strip_prefix("//")
            .is_some_and(|authority| !authority.is_empty() && !authority.starts_with(['/', '\\', '?', '#'])),
        _ => true,
    }
}

/// Whether a host, as it stands in a URL, is this machine itself.
pub(crate) fn is_this_machine(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn without_password(url: &Url) -> String {
    let mut url = url.clone();
    if url.password().is_some() {
        // A URL that had a password can have this one.
        let _ = url.set_password(Some("xxxxx"));
    }
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        let url = Url::parse("https://me:hunter2@example.com/cert.pem").unwrap();
        assert_eq!(without_password(&url), "https://me:xxxxx@example.com/cert.pem");
        let error = fetch("ftp://me:hunter2@example.com/", None).unwrap_err();
        assert!(!error.to_string().contains("hunter2") && !format!("{error:?}").contains("hunter2"));
    }

    #[test]
    fn a_path_is_not_taken_for_a_host() {
        for text in [
            "http:///cert.pem",
            "HTTPS:///cert.pem",
            "http:/cert.pem",
            "http:cert.pem",
            "http:",
            "http://",
            "http://?a",
        ] {
            let error = fetch(text, None).unwrap_err();
            assert!(matches!(error, WebError::Malformed(_)), "{text}: {error}");
        }
        assert!(has_host("http://example.com") && has_host("ftp:///x"));
    }

    #[test]
    fn this_machine_is_reached_without_a_proxy() {
        for (url, local) in [
            ("http://localhost/", true),
            ("http://127.0.0.1:8080/", true),
            ("http://127.1.2.3/", true),
            ("http://[::1]:8080/", true),
            ("http://localhost.example.com/", false),
            ("https://10.0.0.1/", false),
        ] {
            let parsed = Url::parse(url).unwrap();
            assert_eq!(is_this_machine(parsed.host_str().unwrap()), local, "{url}");
        }
    }
}
