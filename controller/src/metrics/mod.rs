//! What Prometheus is told. Names and labels that upstream has are upstream's, so that dashboards go on; what
//! upstream has not is under `sealwright_`.

mod live;
mod process;
mod text;

use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};

pub use live::{KeyTimes, Waiting};
pub use text::CONTENT_TYPE;

use crate::crd::Condition;
use crate::facts::ObjectKey;
use live::Live;

/// Go's default buckets, which upstream's histogram has.
const SECONDS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// For what takes less than a request.
const SHORT_SECONDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0];

/// Everything that is counted. No value of a Secret is ever in it.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    unseal_requests: Counter,
    unseal_errors: Family<ErrorLabels, Counter>,
    http_requests: Family<RequestLabels, Counter>,
    http_seconds: Family<PathLabels, Histogram>,
    reconcile_seconds: Histogram,
    decrypt_trials: Counter,
    pool_wait_seconds: Histogram,
    drift: Family<NamespaceLabel, Counter>,
    heals: Family<NamespaceLabel, Counter>,
    live: Arc<Live>,
}

/// Where a pass failed: upstream's `reason`. Its `fetch` has no place here: a pass finds its object in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// It does not open.
    Unseal,
    /// There is a Secret that is not ours.
    Unmanaged,
    /// The Secret can't be written.
    Update,
    /// The status can't be written.
    Status,
}

impl Failure {
    fn code(self) -> &'static str {
        match self {
            Self::Unseal => "unseal",
            Self::Unmanaged => "unmanaged",
            Self::Update => "update",
            Self::Status => "status",
        }
    }
}

// All labels are in the order in which upstream's answer shows them: by name.

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ErrorLabels {
    namespace: String,
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    code: u16,
    method: &'static str,
    path: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PathLabels {
    method: &'static str,
    path: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct NamespaceLabel {
    namespace: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Revision {
    revision: &'static str,
}

impl Metrics {
    /// Nothing counted yet. `omit_secret_labels` leaves the inventory of objects, `condition_info`, out.
    pub fn new(version: &'static str, omit_secret_labels: bool) -> Self {
        let mut registry = Registry::default();
        let build: Family<Revision, Gauge> = Family::default();
        build.get_or_create(&Revision { revision: version }).set(1);
        add(
            &mut registry,
            "sealed_secrets_controller_build_info",
            "Always 1; the revision is its label",
            build,
        );
        let live = Arc::new(Live::new(omit_secret_labels));
        registry.register_collector(Box::new(Arc::clone(&live)));
        registry.register_collector(Box::new(process::Process));
        Self {
            unseal_requests: add(
                &mut registry,
                "sealed_secrets_controller_unseal_requests",
                "Passes over SealedSecrets",
                Counter::default(),
            ),
            unseal_errors: add(
                &mut registry,
                "sealed_secrets_controller_unseal_errors",
                "Passes that failed, by reason and namespace",
                Family::default(),
            ),
            http_requests: add(
                &mut registry,
                "sealed_secrets_controller_http_requests",
                "HTTP requests answered",
                Family::default(),
            ),
            http_seconds: add(
                &mut registry,
                "sealed_secrets_controller_http_request_duration_seconds",
                "How long HTTP requests took",
                Family::new_with_constructor(|| Histogram::new(SECONDS)),
            ),
            reconcile_seconds: add(
                &mut registry,
                "sealwright_reconcile_duration_seconds",
                "How long passes over SealedSecrets took",
                Histogram::new(SHORT_SECONDS),
            ),
            decrypt_trials: add(
                &mut registry,
                "sealwright_decrypt_trials",
                "RSA decryptions tried, one for each item and key",
                Counter::default(),
            ),
            pool_wait_seconds: add(
                &mut registry,
                "sealwright_decrypt_wait_seconds",
                "How long work waited for a place among the RSA decryptions",
                Histogram::new(SHORT_SECONDS),
            ),
            drift: add(
                &mut registry,
                "sealwright_drift",
                "Secrets found to differ from what their SealedSecret says",
                Family::default(),
            ),
            heals: add(
                &mut registry,
                "sealwright_heals",
                "Secrets that were put right after they had drifted",
                Family::default(),
            ),
            live,
            registry,
        }
    }

    /// All of it in Prometheus's text format, of type [`CONTENT_TYPE`].
    pub fn text(&self) -> String {
        text::encode(&self.registry)
    }

    /// Counts a pass over an object.
    pub fn unseal_requested(&self) {
        self.unseal_requests.inc();
    }

    /// Counts a pass that failed.
    pub fn unseal_failed(&self, why: Failure, namespace: &str) {
        self.unseal_errors
            .get_or_create(&ErrorLabels { namespace: namespace.to_owned(), reason: why.code() })
            .inc();
    }

    /// Shows an object's conditions instead of those it had before. `instance` is its label
    /// `app.kubernetes.io/instance`, or nothing.
    pub fn set_conditions(&self, object: &ObjectKey, instance: &str, conditions: &[Condition]) {
        self.live.set_conditions(object, instance, conditions);
    }

    /// Shows an object's conditions no longer, because it is gone.
    pub fn forget_object(&self, object: &ObjectKey) {
        self.live.forget_object(object);
    }

    /// Shows these keys instead of those before.
    pub fn set_keys(&self, keys: Vec<KeyTimes>) {
        self.live.set_keys(keys);
    }

    /// Shows a queue, which is asked at each scrape. Only the first one counts.
    pub fn show_queue(&self, queue: impl Fn() -> Waiting + Send + Sync + 'static) {
        self.live.show_queue(Box::new(queue));
    }

    /// Counts an answered HTTP request. `path` is one of the paths served, never what the client asked for.
    pub fn http_answered(&self, path: &'static str, method: &Method, code: StatusCode, took: Duration) {
        let method = method_label(method);
        self.http_requests.get_or_create(&RequestLabels { code: code.as_u16(), method, path }).inc();
        self.http_seconds.get_or_create(&PathLabels { method, path }).observe(took.as_secs_f64());
    }

    /// Counts the time of one pass.
    pub fn reconciled(&self, took: Duration) {
        self.reconcile_seconds.observe(took.as_secs_f64());
    }

    /// Counts RSA decryptions.
    pub fn decrypt_tried(&self, trials: u64) {
        self.decrypt_trials.inc_by(trials);
    }

    /// Counts the time that work waited for a place among the RSA decryptions.
    pub fn decrypt_waited(&self, wait: Duration) {
        self.pool_wait_seconds.observe(wait.as_secs_f64());
    }

    /// Counts a Secret found to differ from its SealedSecret.
    pub fn drifted(&self, namespace: &str) {
        self.drift.get_or_create(&NamespaceLabel { namespace: namespace.to_owned() }).inc();
    }

    /// Counts a drifted Secret that was put right.
    pub fn healed(&self, namespace: &str) {
        self.heals.get_or_create(&NamespaceLabel { namespace: namespace.to_owned() }).inc();
    }
}

fn add<M: Metric + Clone>(registry: &mut Registry, name: &str, help: &str, metric: M) -> M {
    registry.register(name, help, metric.clone());
    metric
}

/// The method in small letters as upstream writes it. A client may invent methods, but no series.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "get",
        Method::HEAD => "head",
        Method::POST => "post",
        Method::PUT => "put",
        Method::DELETE => "delete",
        Method::CONNECT => "connect",
        Method::OPTIONS => "options",
        Method::TRACE => "trace",
        Method::PATCH => "patch",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests;
