//! Wiring, and nothing else.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use sealwright_controller::args::{Args, with_environment};
use sealwright_controller::cluster::{self, Connection};
use sealwright_controller::http::{self, ASSETS, Api, Page, Server};
use sealwright_controller::keys::{self, Ring};
use sealwright_controller::metrics::Metrics;
use sealwright_controller::opener::Opener;
use sealwright_controller::ready::Readiness;
use sealwright_controller::signals::Signals;
use sealwright_controller::{descriptors, directory, memory, stop, telemetry};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Notify, watch};
use tracing::{error, info, warn};

/// Threads that wait for the network and do what is quick. Values are opened on threads of their own, and on a large
/// machine every further one would cost memory and bring nothing.
const THREADS: usize = 4;
/// How long requests may take to end once everything else has.
const DRAIN: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let (arguments, ignored) = with_environment(std::env::args_os(), |name| std::env::var_os(name));
    let args = Args::read(arguments).unwrap_or_else(|error| error.exit());
    if args.version {
        println!("controller version: v{}", env!("CARGO_PKG_VERSION"));
        return ExitCode::SUCCESS;
    }
    telemetry::start(&args.log);
    for name in ignored {
        warn!("{name} has a value that its flag does not take; the flag keeps its default");
    }
    if !args.ignored.is_empty() {
        warn!(
            words = args.ignored.join(" "),
            "words that are neither a flag nor its value are ignored; a truth value follows its flag after ="
        );
    }
    if let Err(why) = memory::keep_private() {
        warn!("cannot switch core dumps off: {why}");
    }
    if let Err(why) = descriptors::allow_all() {
        warn!("cannot raise the limit of open files: {why}");
    }
    let ended = runtime().map_err(Into::into).and_then(|runtime| runtime.block_on(run(args)));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            error!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn runtime() -> std::io::Result<Runtime> {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    Builder::new_multi_thread().worker_threads(cores.min(THREADS)).enable_all().build()
}

async fn run(args: Args) -> Result<(), Box<dyn std::error::Error>> {
    let signals = Signals::take_over()?;
    let (stopper, stop) = stop::channel();
    let renew = Arc::new(Notify::new());
    tokio::spawn(signals.obey(stopper, Arc::clone(&renew)));
    let (ring, keys) = watch::channel(Arc::new(Ring::default()));
    let api = Server::listen("api", "--listen-addr", &args.serving.listen_addr).await?;
    let counters =
        Server::listen("metrics", "--listen-metrics-addr", &args.serving.listen_metrics_addr).await?;
    let page = Server::listen("page", "--page-listen-addr", &args.serving.page_listen_addr).await?;
    info!("page on {}", page.url()?);
    let site =
        Arc::new(Page::new(ASSETS, args.serving.cluster_name.clone(), args.serving.page_folder.clone()));
    let version = concat!("v", env!("CARGO_PKG_VERSION"));
    let metrics = Arc::new(Metrics::new(version, args.serving.metrics_omit_secret_labels));
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let opener = Arc::new(Opener::new(cores, args.rules.rules().accept_deprecated, Arc::clone(&metrics)));
    tokio::spawn(keys::show(ring.subscribe(), Arc::clone(&metrics)));
    let readiness: Arc<Readiness> = Arc::default();
    let limits = args.serving.limits();
    let answers = Api {
        ring: keys.clone(),
        opener: Arc::clone(&opener),
        readiness: Arc::clone(&readiness),
        metrics: Arc::clone(&metrics),
    };
    // They answer until the work has ended, so that the last probes and requests of a rollout are answered too.
    let (last, until) = stop::channel();
    let servers = [
        tokio::spawn(api.serve(http::api(answers, &limits), limits, until.clone())),
        tokio::spawn(counters.serve(http::metrics(Arc::clone(&metrics)), limits, until.clone())),
        tokio::spawn(page.serve(http::page(site, keys), limits, until)),
    ];
    let policy = args.keys.policy();
    match &args.place.directory {
        Some(root) => directory::run(root, policy, ring, renew, &readiness, stop).await?,
        None => {
            let connection =
                Connection::find(args.place.kubeconfig.as_deref(), args.place.throttle()).await?;
            let settings = cluster::Settings {
                policy,
                update_status: args.rules.update_status,
                namespaces: args.place.namespaces(),
                label_selector: args.place.selector(),
                recreate: !args.rules.skip_recreate,
                old_gc: args.rules.old_gc_behavior,
                rules: args.rules.rules(),
            };
            let parts = cluster::Parts { ring, renew, opener, readiness, metrics };
            cluster::run(connection, settings, parts, stop).await?;
        }
    }
    last.stop();
    for server in servers {
        // A client that holds its connection does not hold up the end.
        drop(tokio::time::timeout(DRAIN, server).await);
    }
    Ok(())
}
