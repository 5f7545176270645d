//! What the command line puts in the place of the kubeconfig's, by the rules of client-go.

use std::fmt;

use kube::Config;
use kube::config::{AuthInfo, Cluster};
use secrecy::{ExposeSecret, SecretString};

/// What is said about the cluster and the user besides the kubeconfig. An empty text says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Overrides {
    /// `--cluster`: another cluster of the kubeconfig than the context's.
    pub cluster: String,
    /// `--user`: another user of the kubeconfig than the context's.
    pub user: String,
    /// `--server`
    pub server: String,
    /// `--certificate-authority`
    pub certificate_authority: String,
    /// `--insecure-skip-tls-verify`
    pub insecure_skip_tls_verify: bool,
    /// `--tls-server-name`
    pub tls_server_name: String,
    /// `--proxy-url`, which may hold a password.
    pub proxy_url: Credential,
    /// `--disable-compression`
    pub disable_compression: bool,
    /// `--client-certificate`
    pub client_certificate: String,
    /// `--client-key`, a file.
    pub client_key: String,
    /// `--token`
    pub token: Credential,
    /// `--username`
    pub username: String,
    /// `--password`
    pub password: Credential,
    /// `--as`
    pub impersonate: String,
    /// `--as-uid`
    pub impersonate_uid: String,
    /// `--as-group`
    pub impersonate_groups: Vec<String>,
}

/// A text that shows itself to nobody, and is wiped in the end.
#[derive(Clone, Default)]
pub struct Credential(SecretString);

impl From<&str> for Credential {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl PartialEq for Credential {
    fn eq(&self, other: &Self) -> bool {
        self.0.expose_secret() == other.0.expose_secret()
    }
}

impl Eq for Credential {}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential")
    }
}

impl Credential {
    pub(crate) fn given(&self) -> Option<&SecretString> {
        Some(&self.0).filter(|text| !text.expose_secret().is_empty())
    }
}

impl Overrides {
    /// Puts what counts inside a cluster into the configuration of a Pod there: as long as nothing names another
    /// cluster, this is the token alone.
    pub fn apply_in_cluster(&self, config: &mut Config) {
        if let Some(token) = self.token.given() {
            config.auth_info.token = Some(token.clone());
            config.auth_info.token_file = None;
        }
    }

    /// Whether anything is said about the cluster itself.
    pub(crate) fn name_a_cluster(&self) -> bool {
        self.insecure_skip_tls_verify
            || self.disable_compression
            || self.proxy_url.given().is_some()
            || [&self.server, &self.certificate_authority, &self.tls_server_name]
                .iter()
                .any(|text| !text.is_empty())
    }
}

pub(crate) fn with_cluster(mut cluster: Cluster, overrides: &Overrides) -> Cluster {
    replace(&mut cluster.server, &overrides.server);
    // One of the two says how the server is known, and the other must not contradict.
    if overrides.insecure_skip_tls_verify || !overrides.certificate_authority.is_empty() {
        cluster.insecure_skip_tls_verify = Some(overrides.insecure_skip_tls_verify);
        cluster.certificate_authority = owned(&overrides.certificate_authority);
        cluster.certificate_authority_data = None;
    }
    // Another server is not called as the one of the kubeconfig.
    if !overrides.tls_server_name.is_empty() || !overrides.server.is_empty() {
        cluster.tls_server_name = owned(&overrides.tls_server_name);
    }
    if let Some(proxy) = overrides.proxy_url.given() {
        cluster.proxy_url = Some(proxy.expose_secret().to_owned());
    }
    if overrides.disable_compression {
        cluster.disable_compression = Some(true);
    }
    cluster
}

pub(crate) fn with_user(mut user: AuthInfo, overrides: &Overrides) -> AuthInfo {
    if let Some(token) = overrides.token.given() {
        user.token = Some(token.clone());
        // Nobody is asked for another token where there is one.
        user.token_file = None;
        user.auth_provider = None;
        user.exec = None;
    }
    replace(&mut user.username, &overrides.username);
    if let Some(password) = overrides.password.given() {
        user.password = Some(password.clone());
    }
    if !overrides.client_certificate.is_empty() {
        user.client_certificate = owned(&overrides.client_certificate);
        user.client_certificate_data = None;
    }
    if !overrides.client_key.is_empty() {
        user.client_key = owned(&overrides.client_key);
        user.client_key_data = None;
    }
    replace(&mut user.impersonate, &overrides.impersonate);
    replace(&mut user.impersonate_uid, &overrides.impersonate_uid);
    if !overrides.impersonate_groups.is_empty() {
        user.impersonate_groups = Some(overrides.impersonate_groups.clone());
    }
    user
}

pub(crate) fn is_given(text: &Option<String>) -> bool {
    text.as_ref().is_some_and(|text| !text.is_empty())
}

pub(crate) fn given(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn owned(text: &str) -> Option<String> {
    given(text).map(str::to_owned)
}

fn replace(place: &mut Option<String>, text: &str) {
    if !text.is_empty() {
        *place = Some(text.to_owned());
    }
}
