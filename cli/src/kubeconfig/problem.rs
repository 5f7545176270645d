//! What is wrong with the cluster or the user that were chosen. The texts are client-go's.

use std::path::{Path, PathBuf};

use kube::config::{AuthInfo, Cluster};
use secrecy::ExposeSecret;

use crate::error::OsCause;
use crate::kubeconfig::overrides::is_given;

/// One thing that is wrong. None repeats a credential.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The current context is not in the kubeconfig.
    #[error("context was not found for specified context: {0}")]
    Context(String),
    /// Nothing says anything about a cluster.
    #[error("cluster has no server defined")]
    NoCluster,
    /// A cluster without a server.
    #[error("{}", match .0.as_str() {
        "" => "default cluster has no server defined".to_owned(),
        name => format!("no server found for cluster {name:?}"),
    })]
    NoServer(String),
    /// A proxy that can't be one. Upstream repeats it; it may hold a password.
    #[error("invalid 'proxy-url' for cluster {0:?}: it must be the URL of an http, https or socks5 proxy")]
    Proxy(String),
    /// The authority stands there twice.
    #[error(
        "certificate-authority-data and certificate-authority are both specified for {0}. \
         certificate-authority-data will override."
    )]
    TwoAuthorities(String),
    /// A file that is named can't be read.
    #[error("unable to read {what} {} for {of} due to open {}: {cause}", path.display(), path.display())]
    Unreadable {
        /// What it is for.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// The cluster or the user that names it.
        of: String,
        /// The cause.
        cause: OsCause,
    },
    /// The client's certificate stands there twice.
    #[error("client-cert-data and client-cert are both specified for {0}. client-cert-data will override.")]
    TwoCertificates(String),
    /// The client's key stands there twice.
    #[error("client-key-data and client-key are both specified for {0}; client-key-data will override")]
    TwoKeys(String),
    /// A client's certificate without its key.
    #[error(
        "client-key-data or client-key must be specified for {0} to use the clientCert authentication method."
    )]
    NoKey(String),
    /// Two ways to say who asks.
    #[error(
        "more than one authentication method found for {0}; found [token basicAuth], only one is allowed"
    )]
    TwoMethods(String),
    /// Groups, but of nobody.
    #[error("requesting uid, groups or user-extra for {0} without impersonating a user")]
    NobodyImpersonated(String),
}

type Opens<'a> = &'a dyn Fn(&Path) -> Result<(), OsCause>;

impl Problem {
    /// What is wrong with a cluster.
    pub(crate) fn of_cluster(name: &str, cluster: &Cluster, opens: Opens<'_>) -> Vec<Self> {
        let mut problems = Vec::new();
        if !is_given(&cluster.server) {
            problems.push(Self::NoServer(name.to_owned()));
        }
        if cluster.proxy_url.as_deref().is_some_and(|proxy| !proxy.is_empty() && !is_proxy(proxy)) {
            problems.push(Self::Proxy(name.to_owned()));
        }
        if is_given(&cluster.certificate_authority) && is_given(&cluster.certificate_authority_data) {
            problems.push(Self::TwoAuthorities(name.to_owned()));
        }
        problems.extend(unreadable("certificate-authority", &cluster.certificate_authority, name, opens));
        problems
    }

    /// What is wrong with a user.
    pub(crate) fn of_user(name: &str, user: &AuthInfo, opens: Opens<'_>) -> Vec<Self> {
        let owner = || name.to_owned();
        let mut problems = Vec::new();
        let [certificate, certificate_data] =
            [&user.client_certificate, &user.client_certificate_data].map(is_given);
        let key = is_given(&user.client_key);
        let key_data = user.client_key_data.as_ref().is_some_and(|key| !key.expose_secret().is_empty());
        if certificate || certificate_data {
            if certificate && certificate_data {
                problems.push(Self::TwoCertificates(owner()));
            }
            if key && key_data {
                problems.push(Self::TwoKeys(owner()));
            }
            if !key && !key_data {
                problems.push(Self::NoKey(owner()));
            }
            problems.extend(unreadable("client-cert", &user.client_certificate, name, opens));
            problems.extend(unreadable("client-key", &user.client_key, name, opens));
        }
        let token = user.token.as_ref().is_some_and(|token| !token.expose_secret().is_empty());
        let password = user.password.as_ref().is_some_and(|password| !password.expose_secret().is_empty());
        if token && (is_given(&user.username) || password) {
            problems.push(Self::TwoMethods(owner()));
        }
        let belongs_to_somebody = is_given(&user.impersonate_uid)
            || user.impersonate_groups.as_ref().is_some_and(|groups| !groups.is_empty())
            || user.impersonate_user_extra.as_ref().is_some_and(|extra| !extra.is_empty());
        if belongs_to_somebody && !is_given(&user.impersonate) {
            problems.push(Self::NobodyImpersonated(owner()));
        }
        problems
    }
}

/// All of them in one line, as client-go joins them.
pub(crate) fn joined(problems: &[Problem]) -> String {
    let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
    match texts.as_slice() {
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    }
}

fn unreadable(what: &'static str, path: &Option<String>, of: &str, opens: Opens<'_>) -> Option<Problem> {
    let path = Path::new(path.as_deref().filter(|path| !path.is_empty())?);
    let cause = opens(path).err()?;
    Some(Problem::Unreadable { what, path: path.to_owned(), of: of.to_owned(), cause })
}

fn is_proxy(url: &str) -> bool {
    let scheme = url.split_once("://").map(|(scheme, _)| scheme.to_lowercase());
    scheme.is_some_and(|scheme| matches!(scheme.as_str(), "http" | "https" | "socks5"))
        && url.parse::<http::Uri>().is_ok_and(|uri| uri.host().is_some())
}
