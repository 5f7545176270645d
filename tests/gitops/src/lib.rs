//! The road from git into a cluster, for tests: a git server and Flux's two controllers, as plain processes.
//!
//! [`binaries`] builds them from the Go module beside this crate. [`GitServer`] serves repositories over HTTP on
//! loopback, a [`Repository`] is one of them with a work tree, and [`Flux`] applies what is pushed.

#![forbid(unsafe_code)]

pub mod binaries;
mod flux;
pub mod git;
mod repository;
mod server;

pub use binaries::Binaries;
pub use flux::Flux;
pub use git::GitError;
pub use repository::Repository;
pub use server::GitServer;
