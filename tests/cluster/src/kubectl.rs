//! Calls of kubectl for one cluster.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use thiserror::Error;

/// kubectl, set up for one cluster.
#[derive(Clone, Debug)]
pub struct Kubectl {
    program: PathBuf,
    kubeconfig: PathBuf,
    cache: PathBuf,
}

/// Why a call of kubectl gave no answer.
#[derive(Debug, Error)]
pub enum KubectlError {
    /// kubectl could not be run.
    #[error("can't run {}", program.display())]
    Run {
        /// Its path.
        program: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// kubectl ended with an error.
    #[error("kubectl {call} failed: {output}")]
    Failed {
        /// Its arguments, without the flags.
        call: String,
        /// What it wrote to its standard error.
        output: String,
    },
    /// The answer is not what this call gives.
    #[error("kubectl {call} gave an answer of an unknown form")]
    Unknown {
        /// Its arguments, without the flags.
        call: String,
    },
}

impl Kubectl {
    /// `cache` keeps what kubectl learns of the server: in the home folder it would be that of another
    /// cluster, since ports are used again.
    pub(crate) fn new(program: PathBuf, kubeconfig: PathBuf, cache: PathBuf) -> Self {
        Self { program, kubeconfig, cache }
    }

    /// The same program and cluster as somebody else.
    pub(crate) fn with_kubeconfig(&self, kubeconfig: PathBuf) -> Self {
        Self { kubeconfig, ..self.clone() }
    }

    /// The kubeconfig it uses.
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// A call without arguments yet.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--kubeconfig").arg(&self.kubeconfig).arg("--cache-dir").arg(&self.cache);
        // The person's own preferences would change what the calls mean.
        command.env("KUBECTL_KUBERC", "false").env_remove("KUBECONFIG");
        command
    }

    /// Calls kubectl and returns its standard output.
    pub fn run(&self, arguments: &[&str]) -> Result<String, KubectlError> {
        self.run_with_input(arguments, "")
    }

    /// Applies manifests, YAML or JSON.
    pub fn apply(&self, manifests: &str) -> Result<String, KubectlError> {
        self.run_with_input(&["apply", "--filename=-"], manifests)
    }

    fn run_with_input(&self, arguments: &[&str], input: &str) -> Result<String, KubectlError> {
        let run_error = |source| KubectlError::Run { program: self.program.clone(), source };
        let mut child = self
            .command()
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(run_error)?;
        if let Some(mut stdin) = child.stdin.take() {
            // Who ends without reading has a better error to show than a closed pipe.
            let _ = stdin.write_all(input.as_bytes());
        }
        let output = child.wait_with_output().map_err(run_error)?;
        if !output.status.success() {
            let output = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(KubectlError::Failed { call: describe(arguments), output });
        }
        String::from_utf8(output.stdout).map_err(|_| KubectlError::Unknown { call: describe(arguments) })
    }
}

/// Verb and objects; flags may carry values that belong in no message.
pub(crate) fn describe(arguments: &[&str]) -> String {
    let words: Vec<&str> = arguments.iter().copied().filter(|word| !word.starts_with('-')).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calling(program: &str) -> Kubectl {
        Kubectl::new(program.into(), "/nowhere/kubeconfig".into(), "/nowhere/cache".into())
    }

    #[test]
    fn an_error_names_the_call_without_its_flags() {
        let error =
            calling("false").run(&["create", "secret", "--from-literal=password=hunter2"]).unwrap_err();
        assert_eq!(error.to_string(), "kubectl create secret failed: ");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = calling("/nowhere/kubectl").run(&["version"]).unwrap_err();
        assert_eq!(error.to_string(), "can't run /nowhere/kubectl");
    }

    #[test]
    fn every_call_names_its_cluster() {
        let output = calling("echo").run(&["get", "pods"]).unwrap();
        assert_eq!(output, "--kubeconfig /nowhere/kubeconfig --cache-dir /nowhere/cache get pods\n");
    }
}
