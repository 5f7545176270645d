//! Upstream's sealed-secrets v0.36.6 as a peer for tests.
//!
//! [`binaries`] builds its kubeseal and its controller, and an oracle over its packages, from the Go module beside
//! this crate; [`Kubeseal`] and [`Oracle`] drive them, and [`suite`] runs upstream's own tests. [`vectors`] reads
//! what real kubeseal sealed, which needs no Go. [`yaml_texts`] are what YAML's readers differ on.

#![forbid(unsafe_code)]

mod base64_text;
pub mod binaries;
mod kubeseal;
pub mod oracle;
pub mod suite;
pub mod vectors;
pub mod yaml_texts;

pub use binaries::Binaries;
pub use kubeseal::{Kubeseal, Run, RunError};
pub use oracle::{Oracle, OracleError};
pub use vectors::Vectors;
