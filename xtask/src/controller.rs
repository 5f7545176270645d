//! Our controller as a process.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use sealwright_test_cluster::{Cluster, installation};

#[derive(Debug, thiserror::Error)]
#[error("the controller ended before it served; it said:\n{0}")]
struct NotServing(String);

/// The controller that lies beside this program, in cargo's folder for the profile.
fn program() -> std::io::Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name("sealwright-controller"))
}

/// A running controller; ended when dropped.
pub struct Controller {
    child: Child,
    /// The address of its page.
    pub page: String,
}

impl Controller {
    /// Without a cluster: it watches the folder.
    pub fn in_directory(folder: &Path) -> Result<Self, Box<dyn Error>> {
        Self::watching(&program()?, folder)
    }

    /// As [`Self::in_directory`], with a program that was built otherwise.
    pub fn watching(program: &Path, folder: &Path) -> Result<Self, Box<dyn Error>> {
        let mut command = Command::new(program);
        command.arg("--directory").arg(folder);
        Self::start(command)
    }

    /// With exactly the rights that the manifests give it.
    pub fn in_cluster(cluster: &Cluster) -> Result<Self, Box<dyn Error>> {
        Self::start(installation::controller(cluster, program()?)?)
    }

    /// On free ports of loopback.
    fn start(mut command: Command) -> Result<Self, Box<dyn Error>> {
        for flag in ["--listen-addr", "--listen-metrics-addr", "--page-listen-addr"] {
            command.args([flag, "127.0.0.1:0"]);
        }
        command.arg("--log-info-stdout=false");
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stderr.take().expect("standard error is piped")).lines();
        let mut said = String::new();
        let mut page = None;
        for line in lines.by_ref().map_while(Result::ok) {
            said.push_str(&line);
            said.push('\n');
            if let Some((_, address)) = line.split_once("page on ") {
                page = address.split(['"', ' ']).next().map(str::to_owned);
            }
            if page.is_some() && line.contains("ready") {
                break;
            }
        }
        // What it says later is for a person; a pipe that nobody reads would stop it.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| eprintln!("{line}")));
        let controller = Self { child, page: page.unwrap_or_default() };
        if controller.page.is_empty() { Err(NotServing(said).into()) } else { Ok(controller) }
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until somebody ends it.
    pub fn wait(&mut self) -> Result<(), Box<dyn Error>> {
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Controller {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
