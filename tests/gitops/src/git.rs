//! Calls of git that mean the same on every machine.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use thiserror::Error;

/// The author of all commits, and nobody's own configuration.
pub const ENVIRONMENT: [(&str, &str); 7] = [
    ("GIT_AUTHOR_NAME", "Sealwright's tests"),
    ("GIT_AUTHOR_EMAIL", "tests@sealwright.test"),
    ("GIT_COMMITTER_NAME", "Sealwright's tests"),
    ("GIT_COMMITTER_EMAIL", "tests@sealwright.test"),
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_TERMINAL_PROMPT", "0"),
];

/// What a git that runs tests, in a hook say, gives to its children; each would lead to another repository.
const INHERITED: [&str; 4] = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"];

/// Why something could not be done with a repository.
#[derive(Debug, Error)]
pub enum GitError {
    /// git could not be run.
    #[error("can't run git in {}; is it installed?", folder.display())]
    Run {
        /// The folder.
        folder: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// git ended with an error.
    #[error("git {call} failed in {}: {output}", folder.display())]
    Failed {
        /// Its arguments.
        call: String,
        /// The folder.
        folder: PathBuf,
        /// What it wrote to its standard error.
        output: String,
    },
}

/// A call of git in this folder, without arguments yet.
pub fn command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(folder).envs(ENVIRONMENT);
    for variable in INHERITED {
        command.env_remove(variable);
    }
    command
}

/// Calls git and gives its standard output, without the end of the last line.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Result<String, GitError> {
    let output = command(folder)
        .args(arguments)
        .output()
        .map_err(|source| GitError::Run { folder: folder.to_owned(), source })?;
    if !output.status.success() {
        return Err(GitError::Failed {
            call: arguments.join(" "),
            folder: folder.to_owned(),
            output: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        });
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}
