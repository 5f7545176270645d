//! Running in a cluster: what is started, in which order, and how it ends.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use kube::client::ClientBuilder;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tracing::{error, info, warn};

use crate::api::CallError;
use crate::clock;
use crate::collect::collect;
use crate::context::{Context, Shared};
use crate::decide::{Action, retry::backoff};
use crate::facts::ObjectKey;
use crate::first_lists::FirstLists;
use crate::keys::{Ring, RingReceiver};
use crate::keystore::KeyStore;
use crate::metrics::Metrics;
use crate::mirror::Reach;
use crate::opener::Opener;
use crate::queue::{Level, Queue};
use crate::reconcile::reconcile;
use crate::report::Reporter;
use crate::rotate;
pub use crate::settings::{Namespaces, Rules, Settings, Throttle};
use crate::stop::Stop;
use crate::throttle::Pace;
use crate::view::View;
use crate::watch as watches;

/// Passes under way at once. Most of a pass is waiting for the API server; RSA has its own, smaller bound.
const WORKERS: usize = 16;
/// How long running passes may take to end once it is time to stop.
const DRAIN: Duration = Duration::from_secs(20);
/// A connection that is silent for so long while an answer is due is dead. Longer than any watch lasts: a quiet one
/// is no dead one.
const SILENCE: Duration = Duration::from_secs(watches::WATCH_SECONDS as u64 + 25);
/// Where a Pod finds the namespace of its account.
const NAMESPACE_FILE: &str = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";
/// The namespace where nothing names one.
const DEFAULT_NAMESPACE: &str = "kube-system";
/// The waits after a pass that ended in a panic.
const PANIC_RETRY: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(300));

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

/// A part of the controller ended by itself. Nothing works without it, and a fresh start is the best there is.
#[derive(Debug, thiserror::Error)]
#[error("a watch ended unexpectedly; this is a bug")]
pub struct Ended;

/// A way to the cluster, and the namespace that holds the keys.
pub struct Connection {
    client: Client,
    namespace: String,
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

/// Runs until `stop`; a new key is made when `renew` is told.
pub async fn run(
    connection: Connection,
    settings: Settings,
    ring: watch::Sender<Arc<Ring>>,
    opener: Arc<Opener>,
    metrics: Arc<Metrics>,
    renew: Arc<Notify>,
    stop: Stop,
) -> Result<(), Ended> {
    let Connection { client, namespace } = connection;
    info!(%namespace, "keys are Secrets of this namespace");
    let context = Arc::new(Context {
        view: if settings.old_gc { View::with_gone() } else { View::default() },
        queue: Queue::new(),
        ring: ring.subscribe(),
        opener,
        reporter: Reporter { update_status: settings.update_status, said_no_status: AtomicBool::new(false) },
        rules: settings.rules,
        metrics,
    });
    let shared = Shared { context: Arc::clone(&context), client: client.clone() };
    let mut background = JoinSet::new();
    let mut workers = JoinSet::new();
    let running = async {
        let store = KeyStore { client, namespace, policy: settings.policy.clone() };
        start(&shared, store, &settings, ring, renew, &mut background, &mut workers).await;
        // None of them returns on its own; one that does has panicked.
        background.join_next().await;
    };
    let ended = tokio::select! {
        () = stop.wait() => Ok(()),
        () = running => Err(Ended),
    };
    context.queue.close();
    let drained = tokio::time::timeout(DRAIN, async { while workers.join_next().await.is_some() {} }).await;
    if drained.is_err() {
        warn!("some passes did not end within {} s and are cut off", DRAIN.as_secs());
    }
    ended
}

/// Starts every watch at once. Passes wait for all of them: a pass must find what it asks for.
async fn start(
    shared: &Shared,
    store: KeyStore,
    settings: &Settings,
    ring: watch::Sender<Arc<Ring>>,
    renew: Arc<Notify>,
    background: &mut JoinSet<()>,
    workers: &mut JoinSet<()>,
) {
    let mut secrets_known = FirstLists::new();
    let mut sealed_known = FirstLists::new();
    for reach in reaches(&settings.namespaces, &store.namespace) {
        if settings.recreate {
            background.spawn(watches::secrets(shared.clone(), reach.clone(), secrets_known.expect()));
        }
        let selector = settings.label_selector.clone();
        background.spawn(watches::sealed(shared.clone(), reach, selector, sealed_known.expect()));
    }
    let mut receiver = ring.subscribe();
    let keys_synced = Arc::new(Notify::new());
    background.spawn(store.clone().follow(ring, Arc::clone(&keys_synced)));
    keys_synced.notified().await;
    let policy = store.policy.clone();
    background.spawn(rotate::keep(store, policy, receiver.clone(), renew));
    // Without a key every object would be declared unopenable, only to be judged again a moment later.
    if receiver.wait_for(|ring| !ring.keys.is_empty()).await.is_err() {
        return;
    }
    background.spawn(follow_keys(shared.clone(), receiver));
    match &settings.namespaces {
        Namespaces::All => tokio::join!(secrets_known.all(), sealed_known.all()),
        // One namespace that can't be watched must not hold up the others; its Secrets are read one by one.
        Namespaces::Only(_) => tokio::join!(secrets_known.most(), sealed_known.most()),
    };
    info!(count = shared.context.view.sealed_count(), "the SealedSecrets are known");
    tokio::spawn(say_caught_up(shared.clone()));
    for _ in 0..WORKERS {
        workers.spawn(work(shared.clone()));
    }
    info!("ready: watching SealedSecrets");
}

/// Where to watch.
fn reaches(namespaces: &Namespaces, own: &str) -> Vec<Reach> {
    match namespaces {
        Namespaces::All => vec![Reach::Everywhere],
        Namespaces::Only(others) => {
            let mut all = others.clone();
            all.insert(own.to_owned());
            all.into_iter().map(Reach::Namespace).collect()
        }
    }
}

/// Says once when everything that was there at the start has had its pass.
async fn say_caught_up(shared: Shared) {
    shared.context.queue.quiet().await;
    info!("caught up: every SealedSecret was looked at");
}

/// Asks for passes when the keys change.
async fn follow_keys(shared: Shared, mut ring: RingReceiver) {
    while ring.changed().await.is_ok() {
        let ids = ring.borrow_and_update().ids.clone();
        shared.context.view.keys_changed(&ids, &shared.context.queue);
    }
}

/// Takes objects from the queue until it is closed. A pass that panics costs its object a retry and nobody else
/// anything.
async fn work(shared: Shared) {
    let queue = &shared.context.queue;
    while let Some(key) = queue.next().await {
        let action = match tokio::spawn(pass(shared.clone(), key.clone())).await {
            Ok(action) => action,
            Err(_) => {
                error!(object = %key, "the pass over this object broke off; this is a bug");
                Action::Again(backoff(PANIC_RETRY.0, PANIC_RETRY.1, 0, clock::jitter()))
            }
        };
        if let Action::Again(wait) = action {
            queue.push_after(key.clone(), Level::Backlog, wait);
        }
        queue.done(&key);
    }
}

async fn pass(shared: Shared, key: ObjectKey) -> Action {
    let left = collect(&shared, &key).await;
    let action = reconcile(&shared, &key).await;
    left.unwrap_or(action)
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
            let mut events = std::pin::pin!(watcher(secrets, watches::config()));
            while events.try_next().await.is_ok() {}
        };
        let ended = tokio::time::timeout(2 * SILENCE, list).await;
        assert!(ended.is_ok(), "the watch would wait for ever");
        silent.abort();
    }
}
