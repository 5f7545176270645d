//! The controller: watches SealedSecrets, decides, applies, reports; serves the certificate and the sealing page.
//!
//! `decide` is pure; everything around it only carries facts in and decisions out.

#![forbid(unsafe_code)]

pub mod api;
pub mod apply;
pub mod args;
pub mod clock;
pub mod cluster;
pub mod collect;
pub mod complaint;
pub mod connect;
pub mod context;
pub mod convert;
pub mod crd;
pub mod decide;
pub mod descriptors;
pub mod digest;
pub mod directory;
pub mod duration;
pub mod facts;
#[cfg(test)]
mod fake_api;
pub mod first_lists;
pub mod http;
pub mod judge;
pub mod keys;
pub mod keystore;
pub mod keywatch;
pub mod look;
pub mod memory;
pub mod metrics;
pub mod mirror;
pub mod opener;
pub mod packed;
pub mod queue;
pub mod ready;
pub mod receipt;
pub mod reconcile;
pub mod report;
pub mod rotate;
pub mod seen;
pub mod settings;
pub mod signals;
pub mod stop;
pub mod telemetry;
pub mod throttle;
pub mod view;
pub mod watch;
pub mod yaml;
