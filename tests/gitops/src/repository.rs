//! A repository that people commit to.

use std::path::{Path, PathBuf};

use crate::git::{self, GitError};

/// The branch that is pushed.
pub(crate) const BRANCH: &str = "main";

/// A bare repository that a [`crate::GitServer`] serves, and somebody's work tree of it.
#[derive(Debug)]
pub struct Repository {
    url: String,
    work_tree: PathBuf,
}

impl Repository {
    /// Makes the repository `bare`, which is served at `url`, and clones it over HTTP.
    pub(crate) fn create(bare: &Path, url: String, work_tree: PathBuf) -> Result<Self, GitError> {
        let parent = bare.parent().unwrap_or(bare);
        let branch = format!("--initial-branch={BRANCH}");
        git::run(parent, &["init", "--quiet", "--bare", &branch, &bare.to_string_lossy()])?;
        git::run(parent, &["clone", "--quiet", &url, &work_tree.to_string_lossy()])?;
        Ok(Self { url, work_tree })
    }

    /// Where it is served.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The folder whose files are committed.
    pub fn work_tree(&self) -> &Path {
        &self.work_tree
    }

    /// Commits the work tree as it is and pushes it to the branch `main`; the commit's name.
    ///
    /// A work tree without a change is an error of git's.
    pub fn commit_and_push(&self, message: &str) -> Result<String, GitError> {
        git::run(&self.work_tree, &["add", "--all"])?;
        git::run(&self.work_tree, &["commit", "--quiet", "--message", message])?;
        let commit = git::run(&self.work_tree, &["rev-parse", "HEAD"])?;
        // Last, so that whoever takes the time takes that of the push.
        git::run(&self.work_tree, &["push", "--quiet", "origin", &format!("HEAD:{BRANCH}")])?;
        Ok(commit)
    }
}
