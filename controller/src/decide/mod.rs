//! The decisions: total functions from facts to values. No IO, no clock, no randomness of their own.

pub mod drift;
pub mod event;
pub mod plan;
pub mod retry;
pub mod rotation;
pub mod status;
pub mod triage;

pub use drift::{Drift, History, Response, drift};
pub use event::{Note, event};
pub use plan::{Plan, Write, hindrance, plan};
pub use retry::{Action, again, retry};
pub use rotation::{KeyMeta, RotationCause, Schedule, Step, key_name, rotation};
pub use status::status;
pub use triage::{
    Applied, Keys, Look, Record, SETTLING, Told, Triage, Vanished, Verdict, is_synced, settling, triage,
};
