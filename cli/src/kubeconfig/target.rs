//! The cluster and the user that are meant, as client-go chooses and checks them.

use std::path::Path;

use http::{HeaderValue, Uri};
use kube::config::{AuthInfo, Cluster, Context, Kubeconfig, NamedAuthInfo, NamedCluster, NamedContext};
use secrecy::ExposeSecret;

use crate::error::OsCause;
use crate::kubeconfig::KubeconfigError;
use crate::kubeconfig::overrides::{Overrides, given, is_given, with_cluster, with_user};
use crate::kubeconfig::problem::Problem;
use crate::web::is_this_machine;

/// Who is asked, and who asks. It holds credentials, and does not show itself.
pub struct Target {
    /// The cluster; it has a server.
    pub cluster: Cluster,
    /// The user.
    pub user: AuthInfo,
    /// The namespace of the context.
    pub namespace: Option<String>,
}

impl Target {
    /// The same as a kubeconfig with nothing else in it, and nothing that must not be sent there.
    pub fn into_kubeconfig(self) -> Result<Kubeconfig, KubeconfigError> {
        let name = || "chosen".to_owned();
        let mut cluster = self.cluster;
        let server = with_scheme(cluster.server.as_deref().unwrap_or_default())?;
        let is_secure = is_https(&server);
        let has_authority =
            [&cluster.certificate_authority, &cluster.certificate_authority_data].into_iter().any(is_given);
        if is_secure && has_authority && cluster.insecure_skip_tls_verify == Some(true) {
            return Err(KubeconfigError::AuthorityWithoutUse);
        }
        if !is_secure {
            cluster.certificate_authority = None;
            cluster.certificate_authority_data = None;
        }
        let user = sent_to(&server, is_given(&cluster.proxy_url), self.user);
        check_headers(&user)?;
        cluster.server = Some(server);
        let context =
            Context { cluster: name(), user: Some(name()), namespace: self.namespace, ..Context::default() };
        Ok(Kubeconfig {
            clusters: vec![NamedCluster { name: name(), cluster: Some(cluster), ..NamedCluster::default() }],
            auth_infos: vec![NamedAuthInfo {
                name: name(),
                auth_info: Some(user),
                ..NamedAuthInfo::default()
            }],
            contexts: vec![NamedContext { name: name(), context: Some(context), ..NamedContext::default() }],
            current_context: Some(name()),
            ..Kubeconfig::default()
        })
    }
}

/// The cluster and the user that the context and the overrides name, with the overrides in place; `None` where nothing
/// says where a cluster is. `opens` says whether a file can be read.
pub fn target(
    config: &Kubeconfig,
    context: Option<&str>,
    overrides: &Overrides,
    opens: impl Fn(&Path) -> Result<(), OsCause>,
) -> Result<Option<Target>, KubeconfigError> {
    let current = config.current_context.as_deref().filter(|name| !name.is_empty());
    let name = context.or(current);
    let found = config.contexts.iter().find(|entry| Some(entry.name.as_str()) == name);
    let chosen: Context = found.and_then(|entry| entry.context.clone()).unwrap_or_default();

    let user_name = given(&overrides.user).or(chosen.user.as_deref()).unwrap_or_default();
    let user = config.auth_infos.iter().find(|entry| entry.name == user_name);
    if user.is_none() && !overrides.user.is_empty() {
        return Err(KubeconfigError::User(overrides.user.clone()));
    }
    if let (None, Some(context)) = (found, context) {
        return Err(KubeconfigError::Context(context.to_owned()));
    }
    let cluster_name = given(&overrides.cluster).unwrap_or(&chosen.cluster);
    let cluster = config.clusters.iter().find(|entry| entry.name == cluster_name);
    if cluster.is_none() && !overrides.cluster.is_empty() {
        return Err(KubeconfigError::Cluster(overrides.cluster.clone()));
    }

    let mut problems = Vec::new();
    if let (None, Some(current)) = (found, name) {
        problems.push(Problem::Context(current.to_owned()));
    }
    let user = with_user(user.and_then(|entry| entry.auth_info.clone()).unwrap_or_default(), overrides);
    problems.extend(Problem::of_user(user_name, &user, &opens));
    let is_known = cluster.is_some() || overrides.name_a_cluster();
    let cluster =
        with_cluster(cluster.and_then(|entry| entry.cluster.clone()).unwrap_or_default(), overrides);
    if is_known || !cluster_name.is_empty() {
        problems.extend(Problem::of_cluster(cluster_name, &cluster, &opens));
    } else if problems.is_empty() {
        return Ok(None);
    } else {
        problems.push(Problem::NoCluster);
    }
    if !problems.is_empty() {
        return Err(KubeconfigError::Invalid(problems));
    }
    let namespace = chosen.namespace.filter(|namespace| !namespace.is_empty());
    Ok(Some(Target { cluster, user, namespace }))
}

/// Notices what can't stand in a header: the client would end the program at such a token.
fn check_headers(user: &AuthInfo) -> Result<(), KubeconfigError> {
    let is_header = |text: &str| HeaderValue::from_str(text).is_ok();
    if user.token.as_ref().is_some_and(|token| !is_header(token.expose_secret())) {
        return Err(KubeconfigError::Unsendable("token"));
    }
    let names = [&user.impersonate, &user.impersonate_uid].into_iter().flatten();
    let mut names = names.chain(user.impersonate_groups.iter().flatten());
    if names.all(|name| is_header(name)) {
        Ok(())
    } else {
        Err(KubeconfigError::Unsendable("user, UID or group to act as"))
    }
}

/// What of a user may go to a server. Credentials do not leave this machine in the clear; client-go sends none without
/// TLS at all.
fn sent_to(server: &str, by_proxy: bool, mut user: AuthInfo) -> AuthInfo {
    let has_certificate = [&user.client_certificate, &user.client_certificate_data].into_iter().any(is_given);
    if !is_https(server) || !has_certificate {
        // A key without its certificate is of no use.
        user.client_certificate = None;
        user.client_certificate_data = None;
        user.client_key = None;
        user.client_key_data = None;
    }
    if is_given(&user.username) {
        user.password.get_or_insert_default();
    } else {
        // Nobody's password.
        user.password = None;
    }
    let uri = server.parse::<Uri>().ok();
    let host = uri.as_ref().and_then(Uri::host).unwrap_or_default();
    if is_https(server) || !by_proxy && is_this_machine(host) {
        return user;
    }
    AuthInfo {
        impersonate: user.impersonate,
        impersonate_uid: user.impersonate_uid,
        impersonate_groups: user.impersonate_groups,
        impersonate_user_extra: user.impersonate_user_extra,
        ..AuthInfo::default()
    }
}

/// A host and port alone are reached without TLS, as client-go has it.
fn with_scheme(server: &str) -> Result<String, KubeconfigError> {
    if server.contains("://") {
        return Ok(server.to_owned());
    }
    match server.split_once('/') {
        Some((_, path)) if !path.is_empty() => Err(KubeconfigError::Server),
        _ => Ok(format!("http://{server}")),
    }
}

fn is_https(server: &str) -> bool {
    server.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "\
        {clusters: [{name: c, cluster: {server: 'https://c.example', tls-server-name: known,\n\
         certificate-authority-data: aGk=}}],\n\
         contexts: [{name: x, context: {cluster: c, user: u, namespace: payments}}], current-context: x,\n\
         users: [{name: u, user: {as: jane, as-groups: [g], exec: {command: log-in, apiVersion: v1}}},\n\
         {name: p, user: {username: n, password: hunter2}}]}";

    fn with(overrides: &Overrides) -> Result<Target, String> {
        let config = Kubeconfig::from_yaml(CONFIG).unwrap();
        match target(&config, None, overrides, |_| Ok(())) {
            Ok(target) => Ok(target.unwrap()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn without_overrides_it_is_all_the_contexts() {
        let target = with(&Overrides::default()).unwrap();
        assert_eq!(target.cluster.server.as_deref(), Some("https://c.example"));
        assert_eq!(target.cluster.tls_server_name.as_deref(), Some("known"));
        assert_eq!(target.user.exec.unwrap().command.as_deref(), Some("log-in"));
        assert_eq!(target.namespace.as_deref(), Some("payments"));
    }

    #[test]
    fn another_server_is_not_called_as_the_contexts() {
        let there = Overrides { server: "https://there.example".into(), ..Overrides::default() };
        let cluster = with(&there).unwrap().cluster;
        assert_eq!(cluster.server.as_deref(), Some("https://there.example"));
        assert_eq!(cluster.tls_server_name, None);
        let named = Overrides { tls_server_name: "other".into(), ..there };
        assert_eq!(with(&named).unwrap().cluster.tls_server_name.as_deref(), Some("other"));
    }

    #[test]
    fn a_server_is_checked_as_the_last_word_says() {
        let insecure = Overrides { insecure_skip_tls_verify: true, ..Overrides::default() };
        let cluster = with(&insecure).unwrap().cluster;
        assert_eq!(
            (cluster.insecure_skip_tls_verify, cluster.certificate_authority_data),
            (Some(true), None)
        );
        let authority = Overrides { certificate_authority: "ca.crt".into(), ..Overrides::default() };
        let cluster = with(&authority).unwrap().cluster;
        assert_eq!(cluster.certificate_authority.as_deref(), Some("ca.crt"));
        assert_eq!(cluster.certificate_authority_data, None);
        let both = Overrides { certificate_authority: "ca.crt".into(), ..insecure };
        let refused = with(&both).unwrap().into_kubeconfig().err().unwrap();
        assert!(matches!(refused, KubeconfigError::AuthorityWithoutUse));
    }

    #[test]
    fn a_token_takes_the_place_of_a_plugin_and_stands_beside_no_password() {
        let token = Overrides { token: "t".into(), ..Overrides::default() };
        let user = with(&token).unwrap().user;
        assert!(user.exec.is_none());
        assert_eq!(user.token.unwrap().expose_secret(), "t");
        let beside = Overrides { user: "p".into(), ..token };
        assert_eq!(
            with(&beside).err().unwrap(),
            "invalid configuration: more than one authentication method found for p; found [token basicAuth], \
             only one is allowed"
        );
    }

    #[test]
    fn groups_take_the_place_of_the_kubeconfigs_and_need_a_user() {
        let groups = Overrides { impersonate_groups: vec!["h".into()], ..Overrides::default() };
        let user = with(&groups).unwrap().user;
        assert_eq!(
            (user.impersonate.as_deref(), user.impersonate_groups),
            (Some("jane"), Some(vec!["h".into()]))
        );
        let of_nobody = Overrides { user: "p".into(), ..groups };
        assert!(with(&of_nobody).err().unwrap().ends_with("for p without impersonating a user"));
    }

    #[test]
    fn credentials_do_not_leave_this_machine_in_the_clear() {
        for (server, proxy, keeps) in [
            ("https://there.example", "", true),
            ("HTTPS://there.example", "", true),
            ("http://there.example", "", false),
            ("there.example:8080", "", false),
            ("http://10.0.0.1:8080", "", false),
            ("http://localhost.there.example", "", false),
            ("http://127.0.0.1@there.example", "", false),
            ("http://localhost:8080", "", true),
            ("127.0.0.1:8080", "", true),
            ("http://[::1]:8080", "", true),
            ("http://[::1]:8080", "http://proxy.example", false),
            ("https://there.example", "http://proxy.example", true),
        ] {
            let overrides = Overrides {
                server: server.into(),
                proxy_url: proxy.into(),
                user: "p".into(),
                impersonate: "jane".into(),
                ..Overrides::default()
            };
            let sent = with(&overrides).unwrap().into_kubeconfig().unwrap();
            let user = sent.auth_infos[0].auth_info.as_ref().unwrap();
            assert_eq!((user.password.is_some(), user.username.is_some()), (keeps, keeps), "{server}");
            assert_eq!(user.impersonate.as_deref(), Some("jane"), "{server}");
        }
    }

    #[test]
    fn a_broken_proxy_is_not_repeated() {
        for (proxy, is_one) in [
            ("http://127.0.0.1:1", true),
            ("socks5://me:hunter2@there.example:1", true),
            ("ftp://me:hunter2@there.example", false),
            ("me:hunter2@there.example", false),
            ("http://", false),
        ] {
            let overrides = Overrides { proxy_url: proxy.into(), ..Overrides::default() };
            match with(&overrides) {
                Ok(target) => {
                    assert_eq!((is_one, target.cluster.proxy_url.as_deref()), (true, Some(proxy)));
                }
                Err(error) => assert!(
                    !is_one && error.contains("'proxy-url' for cluster \"c\"") && !error.contains("hunter2"),
                    "{error}"
                ),
            }
        }
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let config = Kubeconfig::from_yaml("{current-context: gone}").unwrap();
        let overrides = Overrides {
            impersonate_uid: "1".into(),
            certificate_authority: "none.crt".into(),
            client_certificate: "none.crt".into(),
            ..Overrides::default()
        };
        let opens = |_: &Path| Err(std::io::Error::from_raw_os_error(2).into());
        let error = target(&config, None, &overrides, opens).err().unwrap();
        assert_eq!(
            error.to_string(),
            "invalid configuration: [context was not found for specified context: gone, \
             client-key-data or client-key must be specified for  to use the clientCert authentication method., \
             unable to read client-cert none.crt for  due to open none.crt: no such file or directory, \
             requesting uid, groups or user-extra for  without impersonating a user, \
             default cluster has no server defined, \
             unable to read certificate-authority none.crt for  due to open none.crt: no such file or directory]"
        );
    }
}
