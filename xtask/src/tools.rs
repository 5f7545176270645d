//! Brings the programs that build and test the page: from the caches of their own package managers, into a
//! folder of this project's. A program that is already on PATH in the right version is used as it is.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sealwright_test_cluster::{NoCacheDirectory, cache_dir};

use crate::process::{self, ProcessError, root};

/// The bundler. 0.22 needs a newer compiler than the one pinned here.
const TRUNK: Tool = Tool { package: "trunk", binary: "trunk", version: "0.21.14" };
/// Writes the glue; exactly the version of the crate in `Cargo.lock`.
const WASM_BINDGEN: Tool = Tool { package: "wasm-bindgen-cli", binary: "wasm-bindgen", version: "0.2.130" };
/// What the page is compiled for.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";
/// Playwright's and binaryen's folder.
const NPM_FOLDER: &str = "tests/browser";
const CHROMIUM: [&str; 2] = ["chromium", "chromium-browser"];
/// What the database's stand-in for an image calls: server, the maker of its folder, client.
const MARIADB: [&str; 3] = ["mariadbd", "mariadb-install-db", "mariadb"];

struct Tool {
    package: &'static str,
    binary: &'static str,
    version: &'static str,
}

/// A tool is missing and could not be brought.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// A package could not be installed.
    #[error("cannot install {what}; {hint}")]
    Install {
        /// What.
        what: String,
        /// What to do by hand.
        hint: String,
        /// Why.
        source: ProcessError,
    },
    /// Something that this can't install.
    #[error("{what} is missing; {hint}")]
    Missing {
        /// What.
        what: &'static str,
        /// What to do by hand.
        hint: &'static str,
    },
    /// There is no folder for tools.
    #[error(transparent)]
    NoCache(#[from] NoCacheDirectory),
    /// The folder of Node packages can't be read or written.
    #[error("cannot use {}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// What building the page needs: the wasm target, the standard library's source, Trunk, wasm-bindgen and wasm-opt. Gives the folders that
/// have to stand first in PATH.
pub fn ensure_page_tools() -> Result<Vec<PathBuf>, ToolError> {
    ensure_wasm_target()?;
    ensure_library_source()?;
    let mut folders = Vec::new();
    for tool in [&WASM_BINDGEN, &TRUNK] {
        folders.extend(tool.ensure()?);
    }
    ensure_npm()?;
    folders.push(npm_folder().join("node_modules/.bin"));
    Ok(folders)
}

/// A PATH with these folders in front.
pub fn search_path(folders: &[PathBuf]) -> OsString {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = folders.iter().cloned().chain(env::split_paths(&path));
    env::join_paths(folders).expect("folders of a PATH, and those of this project, hold no colon")
}

/// The Node packages that test the page, in `tests/browser/node_modules`, as their lock file says.
pub fn ensure_npm() -> Result<(), ToolError> {
    let folder = npm_folder();
    let (lock, modules) = (folder.join("package-lock.json"), folder.join("node_modules"));
    let stamp = modules.join(".installed-lock");
    let failed = |source| ToolError::Folder { path: folder.clone(), source };
    let wanted = fs::read(&lock).map_err(failed)?;
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    if version_line("node", "--version").is_none() {
        return Err(ToolError::Missing {
            what: "Node",
            hint: "install Node 20 or newer (`apt-get install nodejs npm`)",
        });
    }
    say("installing the Node packages of tests/browser");
    let mut command = Command::new("npm");
    command.current_dir(&folder).args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]);
    install(&mut command, "the Node packages of tests/browser", "run `npm ci` in tests/browser to see more")?;
    fs::write(&stamp, wanted).map_err(failed)
}

/// A Chromium: `SEALWRIGHT_CHROMIUM`, the one on PATH, or Debian's package.
pub fn ensure_browser() -> Result<PathBuf, ToolError> {
    if let Some(chosen) = env::var_os("SEALWRIGHT_CHROMIUM") {
        return Ok(chosen.into());
    }
    let find = || CHROMIUM.iter().find_map(|name| on_path(name));
    if let Some(found) = find() {
        return Ok(found);
    }
    let hint = "run `apt-get install chromium` as root, or name a Chromium in SEALWRIGHT_CHROMIUM";
    install_packages("Chromium", &["chromium", "fonts-dejavu-core"], hint)?;
    find().ok_or(ToolError::Missing { what: "Chromium", hint })
}

/// MariaDB's server and client, from PATH or as Debian's packages; these start no service.
pub fn ensure_database() -> Result<(), ToolError> {
    let is_there = || MARIADB.iter().all(|name| on_path(name).is_some() || installed_for_root(name));
    if is_there() {
        return Ok(());
    }
    let hint = "run `apt-get install mariadb-server-core mariadb-client-core` as root, or install MariaDB's \
                server and client by hand (no server needs to run)";
    install_packages("MariaDB", &["mariadb-server-core", "mariadb-client-core"], hint)?;
    if is_there() { Ok(()) } else { Err(ToolError::Missing { what: "MariaDB", hint }) }
}

/// Installs Debian's packages, and of what they depend on only what they can't do without.
fn install_packages(what: &'static str, packages: &[&str], hint: &'static str) -> Result<(), ToolError> {
    if on_path("apt-get").is_none() {
        return Err(ToolError::Missing { what, hint });
    }
    say(&format!("installing {what} from the distribution's packages"));
    let install_step = [&["install", "-y", "--no-install-recommends"], packages].concat();
    for arguments in [&["update"][..], &install_step] {
        let mut command = Command::new(if is_root() { "apt-get" } else { "sudo" });
        if !is_root() {
            command.args(["-n", "apt-get"]);
        }
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null());
        install(&mut command, what, hint)?;
    }
    Ok(())
}

fn ensure_wasm_target() -> Result<(), ToolError> {
    let hint = "install the Rust target wasm32-unknown-unknown for the toolchain of rust-toolchain.toml";
    let libraries = Command::new("rustc")
        .current_dir(root())
        .args(["--print", "target-libdir", "--target", WASM_TARGET])
        .stderr(Stdio::null())
        .output();
    let is_there =
        libraries.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir());
    if is_there {
        return Ok(());
    }
    if on_path("rustup").is_none() {
        return Err(ToolError::Missing { what: "the Rust target wasm32-unknown-unknown", hint });
    }
    say("installing the Rust target wasm32-unknown-unknown");
    let mut command = Command::new("rustup");
    install(command.current_dir(root()).args(["target", "add", WASM_TARGET]), WASM_TARGET, hint)
}

/// The page is compiled with a standard library of its own (`page::built_small`).
fn ensure_library_source() -> Result<(), ToolError> {
    let hint = "install the component rust-src for the toolchain of rust-toolchain.toml";
    let mut rustc = Command::new("rustc");
    let sysroot = process::output(rustc.current_dir(root()).args(["--print", "sysroot"]));
    let is_there = sysroot.is_ok_and(|sysroot| {
        let sysroot = String::from_utf8_lossy(&sysroot).trim().to_owned();
        Path::new(&sysroot).join("lib/rustlib/src/rust/library/Cargo.lock").is_file()
    });
    if is_there {
        return Ok(());
    }
    if on_path("rustup").is_none() {
        return Err(ToolError::Missing { what: "the source of Rust's standard library", hint });
    }
    say("installing the source of Rust's standard library");
    let mut command = Command::new("rustup");
    install(command.current_dir(root()).args(["component", "add", "rust-src"]), "rust-src", hint)
}

impl Tool {
    /// The folder that has to be in PATH for it; none where PATH has it already.
    fn ensure(&self) -> Result<Option<PathBuf>, ToolError> {
        if self.is_right(Path::new(self.binary)) {
            return Ok(None);
        }
        let home = cache_dir()?.join("tools").join(format!("{}-{}", self.package, self.version));
        let folder = home.join("bin");
        if self.is_right(&folder.join(self.binary)) {
            return Ok(Some(folder));
        }
        say(&format!("installing {} {} (some minutes, once)", self.package, self.version));
        // With the versions that its authors tested; where the registry lacks one of those, with newer ones.
        let locked = process::run(&mut self.install_command(&home, true));
        if locked.is_err() {
            say(&format!("installing {} {} again, without its lock file", self.package, self.version));
            let hint = format!("run `cargo install {}@{}` to see more", self.package, self.version);
            install(&mut self.install_command(&home, false), self.package, &hint)?;
        }
        Ok(Some(folder))
    }

    /// Without optimising: it runs for seconds, and building it well would take a quarter of an hour.
    fn install_command(&self, home: &Path, locked: bool) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        let package = format!("{}@{}", self.package, self.version);
        command
            .current_dir(root())
            .args(["install", "--quiet", &package, "--bin", self.binary, "--root"])
            .arg(home);
        if locked {
            command.arg("--locked");
        }
        command
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env_remove("RUSTFLAGS");
        command
    }

    fn is_right(&self, program: &Path) -> bool {
        version_line(program, "--version")
            .is_some_and(|line| line.split_whitespace().any(|word| word == self.version))
    }
}

/// Progress goes to standard error: standard output belongs to what was asked for.
fn say(text: &str) {
    eprintln!("    {text}");
}

fn npm_folder() -> PathBuf {
    root().join(NPM_FOLDER)
}

fn install(command: &mut Command, what: &str, hint: &str) -> Result<(), ToolError> {
    process::run(command).map_err(|source| ToolError::Install {
        what: what.to_owned(),
        hint: hint.to_owned(),
        source,
    })
}

fn version_line(program: impl AsRef<std::ffi::OsStr>, flag: &str) -> Option<String> {
    let output = Command::new(program).arg(flag).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn on_path(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Servers lie where only root's PATH leads.
fn installed_for_root(name: &str) -> bool {
    Path::new("/usr/sbin").join(name).is_file()
}

fn is_root() -> bool {
    version_line("id", "-u").is_some_and(|id| id.trim() == "0")
}
