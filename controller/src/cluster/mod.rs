//! Running in a cluster: what is started, in which order, and how it ends.

pub mod settings;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tracing::{error, info, warn};

pub use crate::api::connect::Connection;
use crate::clock;
pub use crate::cluster::settings::{Namespaces, Rules, Settings, Throttle};
use crate::decide::{Action, retry::backoff};
use crate::facts::ObjectKey;
use crate::keys::rotate;
use crate::keys::store::KeyStore;
use crate::keys::{Ring, RingReceiver};
use crate::metrics::{Metrics, Waiting};
use crate::opener::Opener;
use crate::pass::collect::collect;
use crate::pass::context::{Context, Shared};
use crate::pass::digest::Digester;
use crate::pass::reconcile::reconcile;
use crate::pass::report::Reporter;
use crate::ready::{Phase, Readiness};
use crate::stop::Stop;
use crate::watch as watches;
use crate::watch::first_lists::FirstLists;
use crate::watch::mirror::Reach;
use crate::watch::queue::{Level, Queue};
use crate::watch::view::View;

/// Passes under way at once. Most of a pass is waiting for the API server; RSA has its own, smaller bound.
const WORKERS: usize = 16;
/// How long running passes may take to end once it is time to stop.
const DRAIN: Duration = Duration::from_secs(20);
/// The waits after a pass that ended in a panic.
const PANIC_RETRY: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(300));

/// A part of the controller ended by itself. Nothing works without it, and a fresh start is the best there is.
#[derive(Debug, thiserror::Error)]
#[error("a watch ended unexpectedly; this is a bug")]
pub struct Ended;

/// What the work on the cluster shares with the rest of the controller.
pub struct Parts {
    /// Where the keys are told.
    pub ring: watch::Sender<Arc<Ring>>,
    /// Says that a new key is wished for.
    pub renew: Arc<Notify>,
    /// Where values are opened.
    pub opener: Arc<Opener>,
    /// How far the controller has come.
    pub readiness: Arc<Readiness>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
}

/// Runs until `stop`.
pub async fn run(connection: Connection, settings: Settings, parts: Parts, stop: Stop) -> Result<(), Ended> {
    let Connection { client, namespace } = connection;
    let Parts { ring, renew, opener, readiness, metrics } = parts;
    info!(%namespace, "keys are Secrets of this namespace");
    let context = Arc::new(Context {
        view: if settings.old_gc { View::with_gone() } else { View::default() },
        queue: Queue::new(),
        ring: ring.subscribe(),
        opener,
        // Without randomness there would be no connection by now.
        digester: Digester::new(&clock::secret().expect("the system has randomness")),
        reporter: Reporter::new(settings.update_status),
        rules: settings.rules,
        readiness,
        metrics,
    });
    let scraped = Arc::downgrade(&context);
    context
        .metrics
        .show_queue(move || scraped.upgrade().map(|context| waiting(&context)).unwrap_or_default());
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
    context.readiness.reach(Phase::Stopping);
    context.queue.close();
    let drained = tokio::time::timeout(DRAIN, async { while workers.join_next().await.is_some() {} }).await;
    if drained.is_err() {
        warn!("some passes did not end within {} s and are cut off", DRAIN.as_secs());
    }
    ended
}

fn waiting(context: &Context) -> Waiting {
    let (count, oldest) = context.queue.waiting();
    Waiting { count, oldest }
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
    shared.context.readiness.reach(Phase::Objects);
    match &settings.namespaces {
        Namespaces::All => tokio::join!(secrets_known.all(), sealed_known.all()),
        // One namespace that can't be watched must not hold up the others; its Secrets are read one by one.
        Namespaces::Only(_) => tokio::join!(secrets_known.most(), sealed_known.most()),
    };
    info!(count = shared.context.view.sealed_count(), "the SealedSecrets are known");
    for _ in 0..WORKERS {
        workers.spawn(work(shared.clone()));
    }
    shared.context.readiness.reach(Phase::Ready);
    // Said first, however few objects there are.
    info!("ready: watching SealedSecrets");
    tokio::spawn(say_caught_up(shared.clone()));
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
    if !shared.context.view.has(&key) {
        shared.context.metrics.forget_object(&key);
    }
    left.unwrap_or(action)
}
