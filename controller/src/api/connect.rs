//! The way to the cluster.

use std::fs;
use std::path::Path;
use std::time::Duration;

use kube::client::ClientBuilder;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};

use crate::api::CallError;
use crate::api::throttle::Pace;
use crate::cluster::settings::Throttle;
use crate::watch;

/// A connection that is silent for so long while an answer is due is dead. Longer than any watch lasts: a quiet one
/// is no dead one.
const SILENCE: Duration = Duration::from_secs(watch::WATCH_SECONDS as u64 + 25);
/// Where a Pod finds the namespace of its account.
const NAMESPACE_FILE: &str = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";
/// The namespace where nothing names one.
const DEFAULT_NAMESPACE: &str = "kube-system";

/// The cluster can't be reached because the way is not known.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The kubeconfig can't be used.
    #[error(
        "cannot use the kubeconfig: {0}; name another with --kubeconfig, or run without a cluster with --directory"
    )]
    Kubeconfig(#[from] kube::config::KubeconfigError),
    /// The client can't be made from it.
    #[error("cannot connect to the cluster: {0}")]
    Client(#[from] CallError),
}

/// A way to the cluster, and the namespace that holds the keys.
pub struct Connection {
    pub(crate) client: Client,
    pub(crate) namespace: String,
}

impl Connection {
    /// Finds the cluster: the kubeconfig that is named, else `KUBECONFIG`, else the Pod's account, else the usual file.
    pub async fn find(kubeconfig: Option<&Path>, throttle: Option<Throttle>) -> Result<Self, ConnectError> {
        let in_pod = kubeconfig.is_none() && std::env::var_os("KUBECONFIG").is_none();
        let (mut config, context_namespace) = match Config::incluster_env() {
            Ok(config) if in_pod => (config, None),
            _ => {
                let file = kubeconfig.map_or_else(Kubeconfig::read, Kubeconfig::read_from)?;
                let namespace = context_namespace(&file);
                (Config::from_custom_kubeconfig(file, &KubeConfigOptions::default()).await?, namespace)
            }
        };
        tune(&mut config);
        let namespace = std::env::var("POD_NAMESPACE")
            .ok()
            .or_else(|| fs::read_to_string(NAMESPACE_FILE).ok())
            .map(|namespace| namespace.trim().to_owned())
            .filter(|namespace| !namespace.is_empty())
            .or(context_namespace)
            .unwrap_or_else(|| DEFAULT_NAMESPACE.to_owned());
        Ok(Self { client: client(config, throttle)?, namespace })
    }
}

fn client(config: Config, throttle: Option<Throttle>) -> Result<Client, CallError> {
    let builder = ClientBuilder::try_from(config)?;
    Ok(match throttle.and_then(Pace::new) {
        Some(pace) => builder.with_layer(&pace).build(),
        None => builder.build(),
    })
}

fn tune(config: &mut Config) {
    // Retries are decided in one place, `decide::retry`; the client's own would hide up to 1,000 s.
    config.default_retry = false;
    // The lists of the watches are calls that nothing else limits.
    config.read_timeout = Some(SILENCE);
    // Else a connection's idle time before a request would count as well.
    config.reset_reader_on_write = true;
}

fn context_namespace(file: &Kubeconfig) -> Option<String> {
    let current = file.current_context.as_deref()?;
    let named = file.contexts.iter().find(|context| context.name == current)?;
    named.context.as_ref()?.namespace.clone()
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt as _;
    use k8s_openapi::api::core::v1::Secret;
    use kube::Api;
    use kube::runtime::watcher;

    use super::*;

    // The clock jumps to the next timer whenever everybody waits.
    #[tokio::test(start_paused = true)]
    async fn a_list_that_is_never_answered_ends() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let silent = tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok(connection) = listener.accept().await {
                held.push(connection);
            }
        });
        let mut config = Config::new(url.parse().unwrap());
        tune(&mut config);
        let secrets: Api<Secret> = Api::all(Client::try_from(config).unwrap());
        let list = async {
            let mut events = std::pin::pin!(watcher(secrets, crate::watch::config()));
            while events.try_next().await.is_ok() {}
        };
        let ended = tokio::time::timeout(2 * SILENCE, list).await;
        assert!(ended.is_ok(), "the watch would wait for ever");
        silent.abort();
    }
}
