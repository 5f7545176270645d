//! Builds the programs of a Go module into the cache, once.

mod fetch;
mod place;
mod skip;
mod sources;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};
use thiserror::Error;

pub use self::fetch::{module_folder, pinned_module_folder};
pub use self::place::place;
pub use self::skip::{built_or_skipped, skipped};
pub use self::sources::hash_of_sources;
use crate::cache::{NoCacheDirectory, cache_dir};

/// A Go module whose `go.mod` and `go.sum` say exactly what is built.
pub struct Module<'a> {
    /// The folder that holds `go.mod` and `go.sum`.
    pub directory: &'a Path,
    /// What the folder in the cache is called; a hash of the module is appended.
    pub name: &'a str,
    /// What to build.
    pub programs: &'a [Program<'a>],
}

/// One program of a [`Module`].
pub struct Program<'a> {
    /// The file's name in the cache.
    pub name: &'a str,
    /// The Go package.
    pub package: &'a str,
    /// Given to the linker beside `-s -w`; it usually sets the version.
    pub ldflags: &'a str,
    /// What of the package is built.
    pub what: What<'a>,
}

/// What of a Go package is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What<'a> {
    /// Its `main` function.
    Command,
    /// Its tests, as a program.
    Tests {
        /// The build tags that they stand under, with commas between them.
        tags: &'a str,
    },
}

impl What<'_> {
    /// The words after `go`.
    fn arguments(&self) -> Vec<&str> {
        match self {
            Self::Command => vec!["build"],
            Self::Tests { tags } => vec!["test", "-c", "-tags", tags],
        }
    }
}

/// Why the programs could not be built.
#[derive(Debug, Error)]
pub enum BuildError {
    /// Go is not installed; tests that meet this are skipped.
    #[error("can't build {program}: Go is not installed; install Go 1.26 or newer")]
    GoMissing {
        /// The first program that is not in the cache.
        program: String,
    },
    /// The Go compiler ended with an error.
    #[error("can't build {program} from {package}: go build says: {output}")]
    Failed {
        /// The program's name.
        program: String,
        /// Its Go package.
        package: String,
        /// What Go wrote to its standard error.
        output: String,
    },
    /// A module's files could not be fetched.
    #[error("can't fetch {module}: go mod download says: {output}")]
    Fetch {
        /// The module.
        module: String,
        /// What Go wrote.
        output: String,
    },
    /// A module's files are not those that we know.
    #[error("{module} has the hash {found}, and {expected} is expected; don't use it")]
    Sum {
        /// The module.
        module: String,
        /// The hash that we know.
        expected: String,
        /// The hash that Go found.
        found: String,
    },
    /// A file or folder could not be used.
    #[error("can't {verb} {}", path.display())]
    File {
        /// What was tried.
        verb: &'static str,
        /// On which path.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// There is no place for a cache.
    #[error(transparent)]
    NoCache(#[from] NoCacheDirectory),
}

/// Builds what is missing and returns the folder that holds all programs of the module.
///
/// Programs appear whole or not at all, and two callers never build the same program at once.
pub fn ensure(module: &Module<'_>, progress: &mut dyn FnMut(&str)) -> Result<PathBuf, BuildError> {
    let folder = cache_dir()?.join(format!("{}-{}", module.name, fingerprint(module)?));
    if missing(module, &folder).next().is_none() {
        return Ok(folder);
    }
    fs::create_dir_all(&folder).map_err(file_error("create", &folder))?;
    let lock_path = folder.join(".lock");
    let lock = File::create(&lock_path).map_err(file_error("create", &lock_path))?;
    lock.lock().map_err(file_error("lock", &lock_path))?;
    for program in missing(module, &folder) {
        require_go(program)?;
        progress(&format!("building {} (minutes the first time)", program.name));
        build(module.directory, program, &folder)?;
    }
    Ok(folder)
}

fn missing<'a>(module: &'a Module<'_>, folder: &Path) -> impl Iterator<Item = &'a Program<'a>> {
    module.programs.iter().filter(move |program| !folder.join(program.name).is_file())
}

/// Names everything that decides what is built, so that a changed module never finds an old program.
fn fingerprint(module: &Module<'_>) -> Result<String, BuildError> {
    let mut hash = Sha256::new();
    for name in ["go.mod", "go.sum"] {
        let path = module.directory.join(name);
        hash.update(fs::read(&path).map_err(file_error("read", &path))?);
    }
    for program in module.programs {
        for part in [program.name, program.package, program.ldflags] {
            hash.update(part);
            hash.update([0]);
        }
        if let What::Tests { tags } = program.what {
            hash.update(tags);
            hash.update([1]);
        }
    }
    Ok(hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect())
}

/// Asked before anything is said to be built.
fn require_go(program: &Program<'_>) -> Result<(), BuildError> {
    match Command::new("go").arg("version").output() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(BuildError::GoMissing { program: program.name.to_owned() })
        }
        // Whatever else is wrong with it, the build says better.
        _ => Ok(()),
    }
}

fn build(directory: &Path, program: &Program<'_>, folder: &Path) -> Result<(), BuildError> {
    let part = folder.join(format!(".{}.part", program.name));
    let output = Command::new("go")
        .current_dir(directory)
        .env("CGO_ENABLED", "0")
        .env("GOWORK", "off")
        .args(program.what.arguments())
        .args(["-mod=readonly", "-trimpath", "-ldflags"])
        .arg(format!("-s -w {}", program.ldflags))
        .arg("-o")
        .arg(&part)
        .arg(program.package)
        .output()
        .map_err(file_error("run", Path::new("go")))?;
    if !output.status.success() {
        return Err(BuildError::Failed {
            program: program.name.to_owned(),
            package: program.package.to_owned(),
            output: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        });
    }
    fs::rename(&part, folder.join(program.name)).map_err(file_error("put in place", &part))
}

fn file_error<'a>(verb: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> BuildError + 'a {
    move |source| BuildError::File { verb, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(go_mod: &str, ldflags: &str) -> String {
        built(go_mod, ldflags, What::Command)
    }

    fn built(go_mod: &str, ldflags: &str, what: What<'_>) -> String {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("go.mod"), go_mod).unwrap();
        fs::write(directory.path().join("go.sum"), "").unwrap();
        let programs = [Program { name: "tool", package: "example.org/tool", ldflags, what }];
        fingerprint(&Module { directory: directory.path(), name: "test", programs: &programs }).unwrap()
    }

    #[test]
    fn another_requirement_or_version_is_another_folder() {
        let first = of("module a", "-X main.VERSION=1");
        assert_eq!(first.len(), 12);
        assert_eq!(first, of("module a", "-X main.VERSION=1"));
        assert_ne!(first, of("module b", "-X main.VERSION=1"));
        assert_ne!(first, of("module a", "-X main.VERSION=2"));
        let tests = built("module a", "-X main.VERSION=1", What::Tests { tags: "slow" });
        assert_ne!(first, tests);
        assert_ne!(tests, built("module a", "-X main.VERSION=1", What::Tests { tags: "fast" }));
    }

    #[test]
    fn a_package_that_go_refuses_is_named_with_its_reason() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("go.mod"), "module a\n\ngo 1.21\n").unwrap();
        let program = Program { name: "tool", package: "./missing", ldflags: "", what: What::Command };
        match build(directory.path(), &program, directory.path()) {
            Err(BuildError::Failed { package, output, .. }) => {
                assert_eq!(package, "./missing");
                assert!(output.contains("missing"), "{output}");
            }
            // Without Go there is nobody to refuse it.
            Err(BuildError::File { source, .. }) => assert_eq!(source.kind(), io::ErrorKind::NotFound),
            other => panic!("{other:?}"),
        }
        assert!(!directory.path().join("tool").exists());
    }
}
