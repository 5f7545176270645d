//! What the node does with Pods, as kubectl shows it.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod deployments;
mod ending;
mod starting;
mod streams;
mod support;
