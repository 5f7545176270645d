//! What a run in a cluster is told.

use std::collections::BTreeSet;

use crate::decide::Drift;
use crate::keys::KeyPolicy;

/// What a run in a cluster is told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How keys are made.
    pub policy: KeyPolicy,
    /// Whether statuses are written.
    pub update_status: bool,
    /// Where SealedSecrets are looked for.
    pub namespaces: Namespaces,
    /// Which SealedSecrets count, by their labels; all of them without one.
    pub label_selector: Option<String>,
    /// Whether Secrets are watched, so that a deleted one is made again at once.
    pub recreate: bool,
    /// Whether the Secret of a SealedSecret that is gone is deleted here, and not left to the garbage collector.
    pub old_gc: bool,
    /// What passes are told.
    pub rules: Rules,
}

/// What passes are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// What to do about a Secret that somebody else has changed.
    pub drift: Drift,
    /// After how many failed passes over the same version of an object it is left alone; never without one.
    pub max_retries: Option<u32>,
    /// Whether a whole Secret under one envelope, the form before `encryptedData`, is opened.
    pub accept_deprecated: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self { drift: Drift::default(), max_retries: None, accept_deprecated: true }
    }
}

/// Where SealedSecrets are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Namespaces {
    /// Everywhere.
    All,
    /// In these and in the controller's own.
    Only(BTreeSet<String>),
}

/// How fast the API server may be asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Throttle {
    /// Requests a second over time; a negative number is no limit.
    pub qps: f32,
    /// Requests at once after a rest.
    pub burst: u32,
}
