//! A Kubernetes node for tests, without containers: it runs the Pods of a control plane as plain processes.
//!
//! What it does and what it leaves out is said in the README beside this crate. Linux only.

#![forbid(unsafe_code)]

pub mod binaries;
mod node;

pub use node::{Image, Node, NodeError};
