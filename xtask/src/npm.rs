//! Builds the npm package into `target/npm/package/`: the wasm and its glue beside the files of `sealer-wasm/npm/`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::page;
use crate::process::{self, ProcessError, cargo, root};
use crate::tools::{self, ToolError};

/// Where the package is built, from the repository's folder.
pub const PACKAGE: &str = "target/npm/package";
const SOURCE: &str = "sealer-wasm/npm";
const WASM: &str = "sealer_bg.wasm";
/// Beside the code, which is built.
const FILES: [&str; 6] = ["README.md", "api.js", "index.d.ts", "index.js", "node.js", "package.json"];
/// The features that index.html names for the page's wasm too.
const WASM_OPT: [&str; 7] = [
    "-Os",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// The package could not be built.
#[derive(Debug, thiserror::Error)]
pub enum NpmError {
    /// A tool is missing.
    #[error("cannot build the npm package")]
    Tools(#[from] ToolError),
    /// A tool failed; it said why.
    #[error("cannot build the npm package")]
    Process(#[from] ProcessError),
    /// A file can't be read or written.
    #[error("cannot write {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The package and the workspace disagree.
    #[error("{SOURCE}/package.json has another version than the workspace, {}", env!("CARGO_PKG_VERSION"))]
    Version,
    /// A path of this machine is in something that everybody gets.
    #[error("the wasm holds a path of this machine; the package is not published like this")]
    LocalPath,
}

/// Builds the package.
pub fn build() -> Result<(), NpmError> {
    let path = tools::search_path(&tools::ensure_page_tools()?);
    let source = root().join(SOURCE);
    let manifest = source.join("package.json");
    let text = fs::read_to_string(&manifest).map_err(|source| NpmError::File { path: manifest, source })?;
    if !text.contains(concat!("\"version\": \"", env!("CARGO_PKG_VERSION"), "\"")) {
        return Err(NpmError::Version);
    }

    let mut compile = cargo([
        "build",
        "--locked",
        "--profile",
        "wasm",
        "--target",
        tools::WASM_TARGET,
        "-p",
        "sealer-wasm",
    ]);
    process::run(page::built_small(&mut compile))?;

    let package = root().join(PACKAGE);
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| NpmError::File { path, source }
    };
    if package.exists() {
        fs::remove_dir_all(&package).map_err(failed(&package))?;
    }
    let compiled =
        process::target().map_err(failed(&package))?.join("wasm32-unknown-unknown/wasm/sealer_wasm.wasm");
    process::run(
        Command::new("wasm-bindgen")
            .env("PATH", &path)
            .args(["--target", "web", "--no-typescript", "--out-name", "sealer", "--out-dir"])
            .args([&package, &compiled]),
    )?;
    let wasm = package.join(WASM);
    process::run(Command::new("wasm-opt").env("PATH", &path).args(WASM_OPT).arg(&wasm).arg("-o").arg(&wasm))?;
    let bytes = fs::read(&wasm).map_err(failed(&wasm))?;
    if page::contains(&bytes, root().as_os_str().as_encoded_bytes()) {
        return Err(NpmError::LocalPath);
    }
    for name in FILES {
        let target = package.join(name);
        fs::copy(source.join(name), &target).map_err(failed(&target))?;
    }
    let licence = package.join("LICENSE");
    fs::copy(root().join("LICENSE"), &licence).map_err(failed(&licence))?;
    Ok(())
}

/// The package as npm publishes it, beside its folder.
pub fn pack(folder: &Path) -> Result<(), ProcessError> {
    let mut command = Command::new("npm");
    command.current_dir(root().join(PACKAGE)).args(["pack", "--silent", "--pack-destination"]).arg(folder);
    process::output(&mut command).map(drop)
}
