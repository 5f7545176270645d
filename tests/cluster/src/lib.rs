//! A real Kubernetes control plane for tests, without containers.
//!
//! etcd, the API server, its controllers and kubectl are built from Go modules (`go.mod` beside this crate)
//! and run as plain processes on loopback ports. Pods are not run here: [`in_pod`] lets a process believe
//! that it is in one, and [`service`] leads the API server's service proxy to a process. Linux only.

#![forbid(unsafe_code)]

pub mod binaries;
mod cache;
mod certificates;
mod cluster;
pub mod detached;
pub mod go;
pub mod in_pod;
pub mod installation;
mod kubeconfig;
mod kubectl;
pub mod namespace;
pub mod netns;
mod pidfd;
pub mod ports;
mod private_file;
mod process;
mod servers;
pub mod service;
mod start;

pub use binaries::Binaries;
pub use cache::{NoCacheDirectory, cache_dir};
pub use certificates::CertificateError;
pub use cluster::{Cluster, KUBECONFIG_VARIABLE};
pub use kubectl::{Kubectl, KubectlError};
pub use process::{Process, ProcessError};
pub use servers::Controllers;
pub use start::{StartError, until_ready};
