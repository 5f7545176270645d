//! The road from git into a cluster, for tests: a git server and Flux's two controllers, as plain processes.
//!
//! [`binaries`] builds them from the Go module beside this crate. [`GitServer`] serves repositories over HTTP on
//! loopback, a [`Repository`] is one of them with a work tree, and [`Flux`] applies what is pushed.

#![forbid(unsafe_code)]

mod argo;
pub mod binaries;
mod flux;
pub mod git;
mod judges;
mod repository;
mod server;
mod verdicts;

pub use argo::Argo;
pub use binaries::Binaries;
pub use flux::{Flux, following};
pub use git::GitError;
pub use judges::Judges;
pub use repository::Repository;
pub use server::GitServer;
pub use verdicts::{Said, Verdict, VerdictError, Verdicts};
