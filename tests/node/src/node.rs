//! The running node.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use sealwright_test_cluster::netns;
use sealwright_test_cluster::{Cluster, Process, ProcessError, StartError, until_ready};
use thiserror::Error;

use crate::binaries::{self, BuildError};

/// The Node object's name.
const NAME: &str = "node";

/// What a container image stands for.
#[derive(Clone, Debug)]
pub struct Image<'a> {
    /// The image as manifests name it, without tag and digest.
    pub name: &'a str,
    /// The program that takes the place of its entry point, and of the first word of a container's `command`.
    pub program: PathBuf,
}

/// Why the node did not start.
#[derive(Debug, Error)]
pub enum NodeError {
    /// The program could not be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The program could not be run.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// An image has no program.
    #[error("image {image}: {} is no file; build it first", program.display())]
    NoProgram {
        /// The image.
        image: String,
        /// Where its program should be.
        program: PathBuf,
    },
    /// The folder for the files of the Pods could not be made.
    #[error("can't create {}", path.display())]
    Folder {
        /// Its path.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// It ended, or did not say that it is ready.
    #[error(transparent)]
    Start(#[from] StartError),
}

/// A running node; it and all of its containers are ended when this value is dropped or this program ends.
pub struct Node {
    process: Process,
}

impl Node {
    /// Starts the only node of a cluster and waits until it takes Pods; all files of its Pods are in `folder`.
    ///
    /// Cluster, node and caller have to be inside one namespace of [`netns`], whose address is that of every Pod.
    /// The cluster needs the controllers of Deployments and Services, if those are to be used.
    pub fn start(cluster: &Cluster, images: &[Image<'_>], folder: &Path) -> Result<Self, NodeError> {
        // Building has no network here: whoever made the namespace built the program before.
        let program = binaries::ensure(&mut |line| eprintln!("{line}"))?;
        std::fs::create_dir_all(folder)
            .map_err(|source| NodeError::Folder { path: folder.to_owned(), source })?;
        let mut command = Command::new(program);
        command.arg(flag("kubeconfig", cluster.kubeconfig())).arg(flag("folder", folder));
        command.arg(format!("--name={NAME}")).arg(format!("--address={}", netns::ADDRESS));
        for Image { name, program } in images {
            if !program.is_file() {
                return Err(NodeError::NoProgram { image: (*name).to_owned(), program: program.clone() });
            }
            command.arg(format!("--image={name}={}", program.display()));
        }
        let mut process = Process::spawn("node", &command, &folder.join("node.log"))?;
        let condition = "--output=jsonpath={.status.conditions[?(@.type==\"Ready\")].status}";
        until_ready(&mut process, || {
            cluster.run(&["get", "node", NAME, condition]).is_ok_and(|status| status == "True")
        })?;
        Ok(Self { process })
    }

    /// Its process number.
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }
}

fn flag(name: &str, path: &Path) -> String {
    format!("--{name}={}", path.display())
}
