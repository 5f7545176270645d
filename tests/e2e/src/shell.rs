//! A person's shell: commands as they stand in notes and tutorials, word for word.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use sealwright_gitops::git;
use sealwright_test_cluster::Cluster;

use crate::programs;

/// A shell in which `kubectl` and `kubeseal` mean the cluster and our command line, without any flag.
pub struct Shell {
    home: PathBuf,
    kubeconfig: PathBuf,
    path: String,
}

impl Shell {
    /// Keeps what it needs in `folder`, a home folder without settings among it.
    pub fn new(cluster: &Cluster, folder: &Path) -> Self {
        let (home, programs) = (folder.join("home"), folder.join("bin"));
        fs::create_dir_all(&home).unwrap();
        fs::create_dir_all(&programs).unwrap();
        symlink(programs::kubeseal(), programs.join("kubeseal")).unwrap();
        symlink(cluster.kubectl().get_program(), programs.join("kubectl")).unwrap();
        let path = format!("{}:{}", programs.display(), env::var("PATH").unwrap());
        Self { home, kubeconfig: cluster.kubeconfig().to_owned(), path }
    }

    /// Runs a script in a folder and gives its standard output; a command of it that fails is a failure.
    pub fn run(&self, folder: &Path, script: &str) -> String {
        let output = self.try_run(folder, script);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let stdout = text(&output.stdout);
        assert!(
            output.status.success(),
            "{script:?} failed ({}):\n{stdout}{}",
            output.status,
            text(&output.stderr)
        );
        stdout
    }

    /// As [`Shell::run`], where a failure may be what is wanted.
    pub fn try_run(&self, folder: &Path, script: &str) -> Output {
        self.command(script).current_dir(folder).output().unwrap()
    }

    /// The shell with this script, not started yet.
    pub fn command(&self, script: &str) -> Command {
        let mut command = Command::new("bash");
        command.args(["-euo", "pipefail", "-c", script]);
        command.env_clear();
        command.env("PATH", &self.path).env("HOME", &self.home).env("KUBECONFIG", &self.kubeconfig);
        command.envs(git::ENVIRONMENT);
        command
    }
}
