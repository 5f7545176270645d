//! Our programs, as cargo built them.

use std::path::{Path, PathBuf};

/// The controller.
pub fn controller() -> PathBuf {
    built("sealwright-controller")
}

/// The command line that stands in for upstream's.
pub fn kubeseal() -> PathBuf {
    built("kubeseal")
}

/// The command line for what kubeseal can't do.
pub fn sealwright() -> PathBuf {
    built("sealwright")
}

/// The folder of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Cargo does not build other packages' programs for a test, so they have to be there.
fn built(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a running program has a path");
    // target/debug/deps/test-… → target/debug
    let folder = test.ancestors().nth(2).expect("a test lies in target/PROFILE/deps");
    let program = folder.join(name);
    assert!(
        program.is_file(),
        "{} is missing; `cargo build -p sealwright-controller -p sealwright-cli` makes it, or run `cargo xtask test`",
        program.display()
    );
    program
}
