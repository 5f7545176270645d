//! The controller: watches SealedSecrets, decides, applies, reports; serves the certificate and the sealing page.
//!
//! ```text
//! watch ──► queue ──► pass: facts ──► decide ──► opener ──► decide ──► Secret, status, event
//! keys  ──► ring  ──► opener, http
//! ```
//!
//! `decide` is pure; everything around it only carries facts in and decisions out. `cluster` joins the parts for a
//! cluster, `directory` does the same work over files.

#![forbid(unsafe_code)]

// What is known about the objects, and what follows from it.
pub mod crd;
pub mod decide;
pub mod facts;

// From a change in the cluster to the Secret.
pub mod api;
pub mod cluster;
pub mod keys;
pub mod opener;
pub mod pass;
pub mod watch;

// The same without a cluster, and the YAML that it and the resource definition are written in.
pub mod directory;
pub mod yaml;

// What others see of it.
pub mod http;
pub mod metrics;
pub mod ready;
pub mod telemetry;

// The process.
pub mod args;
pub mod clock;
pub mod descriptors;
pub mod memory;
pub mod signals;
pub mod stop;
