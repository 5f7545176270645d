//! What a pass may touch.

use std::sync::Arc;

use kube::Client;

use crate::cluster::settings::Rules;
use crate::facts::ObjectKey;
use crate::keys::RingReceiver;
use crate::metrics::Metrics;
use crate::opener::Opener;
use crate::pass::digest::Digester;
use crate::pass::report::Reporter;
use crate::ready::Readiness;
use crate::watch::queue::Queue;
use crate::watch::view::View;

/// What a pass may touch. Shared by all of them.
#[derive(Debug)]
pub struct Context {
    /// What is known of the cluster.
    pub view: View,
    /// The objects that need a pass.
    pub queue: Queue<ObjectKey>,
    /// The keys.
    pub ring: RingReceiver,
    /// Where values are opened.
    pub opener: Arc<Opener>,
    /// What the values of Secrets are compared by.
    pub digester: Digester,
    /// Where outcomes are told.
    pub reporter: Reporter,
    /// What passes are told.
    pub rules: Rules,
    /// How far the controller has come.
    pub readiness: Arc<Readiness>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
}

/// A context and the way to the API server.
#[derive(Clone)]
pub struct Shared {
    /// The context.
    pub context: Arc<Context>,
    /// The way to the API server.
    pub client: Client,
}
