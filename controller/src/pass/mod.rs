//! One pass over one object, from the facts to the Secret, the status and the event.
//!
//! `reconcile` is the pass. It lets `decide` say what is due, `judge` finds out what the object and its Secret hold,
//! `apply` writes the Secret, `report` tells of it, and a `receipt` in the status spares the next start the work.

pub mod apply;
pub mod collect;
pub mod context;
pub mod digest;
pub mod judge;
pub mod look;
pub mod receipt;
pub mod reconcile;
pub mod report;
