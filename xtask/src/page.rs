//! Builds the page into `dist/`: Trunk builds, then hashes and names are put in, the one file is made of the same parts,
//! and every other file is compressed.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256, Sha384};

use crate::one_file::{self, Parts};
use crate::packing;
use crate::process::{self, ProcessError, cargo, root};
use crate::tools::{self, ToolError};

/// Where the page is built.
pub const DIST: &str = "dist";
/// Where it is made.
const WORKSHOP: &str = "target/page";
/// Sorts the functions by their names, which are dropped, and leaves the rest as it is.
const PACK: [&str; 2] = ["--reorder-functions-by-name", "--optimize-stack-ir"];

/// The page could not be built.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// A tool is missing.
    #[error("cannot build the page")]
    Tools(#[from] ToolError),
    /// Trunk failed; it said why.
    #[error("cannot build the page with Trunk")]
    Trunk(#[from] ProcessError),
    /// A file can't be read or written.
    #[error("cannot finish {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What Trunk wrote is no wasm.
    #[error("cannot read the wasm")]
    Wasm(#[from] wasmparser::BinaryReaderError),
    /// What Trunk wrote is not what this expects.
    #[error("{file} is not as expected: {why}; has Trunk.toml or index.html changed?")]
    Unexpected {
        /// The file.
        file: &'static str,
        /// What is wrong.
        why: &'static str,
    },
    /// A path of this machine is in something that everybody gets.
    #[error("{file} holds a path of this machine; the page is not published like this")]
    LocalPath {
        /// The file.
        file: String,
    },
}

/// Builds the page.
pub fn build() -> Result<(), PageError> {
    let folders = tools::ensure_page_tools()?;
    let workshop = root().join(WORKSHOP);
    fs::create_dir_all(&workshop).map_err(failed(&workshop))?;
    // One build at a time; the lock goes with the file.
    let lock = workshop.join("lock");
    let turn = File::create(&lock).map_err(failed(&lock))?;
    turn.lock().map_err(failed(&lock))?;

    let made = workshop.join("dist");
    trunk(&folders, &made)?;
    pack(&folders, &made)?;
    let code = seal_names(&made)?;
    write_one_file(&made, &code)?;
    compress(&made)?;
    // Nobody meets a half-made page: it takes the old one's place when it is finished.
    let (dist, old) = (root().join(DIST), workshop.join("old"));
    if old.exists() {
        fs::remove_dir_all(&old).map_err(failed(&old))?;
    }
    if dist.exists() {
        fs::rename(&dist, &old).map_err(failed(&dist))?;
    }
    fs::rename(&made, &dist).map_err(failed(&dist))
}

fn trunk(folders: &[PathBuf], target: &Path) -> Result<(), PageError> {
    let path = tools::search_path(folders);
    let mut command = Command::new("trunk");
    // Trunk reads NO_COLOR as `true` or `false` and stops at the usual `1`.
    command
        .current_dir(root())
        .args(["build", "--log", "warn", "--dist"])
        .arg(target)
        .env("PATH", path)
        .env_remove("NO_COLOR");
    // Trunk's cargo works offline, and a part of the standard library may not be here yet.
    process::run(built_small(&mut cargo(["fetch", "--quiet", "--locked", "--target", tools::WASM_TARGET])))?;
    Ok(process::run(built_small(&mut command))?)
}

/// Puts the code's two files into a form that compresses better; Trunk's names of them hold hashes, so that they get others.
fn pack(folders: &[PathBuf], dist: &Path) -> Result<(), PageError> {
    let index = dist.join("index.html");
    let mut html = read_text(&index)?;
    let (old_glue, old_wasm) = (attribute(&html, "data-glue=\"")?, attribute(&html, "data-wasm=\"")?);
    let (glue, wasm) = (dist.join(&old_glue), dist.join(&old_wasm));

    fs::write(&wasm, packing::with_places(&read(&wasm)?)?).map_err(failed(&wasm))?;
    process::run(Command::new("wasm-opt").env("PATH", tools::search_path(folders)).args(PACK).args([
        &wasm,
        Path::new("-o"),
        &wasm,
    ]))?;
    let (new_glue, new_wasm) = packing::number_imports(&read_text(&glue)?, &read(&wasm)?);
    for (old, path, bytes, ending) in
        [(old_glue, glue, new_glue.as_bytes(), ".js"), (old_wasm, wasm, &new_wasm, "_bg.wasm")]
    {
        let new = format!("web-ui-{}{ending}", short_hash(bytes));
        html = html.replace(&old, &new);
        fs::remove_file(&path).map_err(failed(&path))?;
        let path = dist.join(new);
        fs::write(&path, bytes).map_err(failed(&path))?;
    }
    fs::write(&index, html).map_err(failed(&index))
}

/// Has cargo build for browsers: the standard library with the rest and for size, a panic as a bare trap, and AES and SHA-256
/// as loops (docs/DESIGN.md). Some of it is unstable, which the pinned compiler makes harmless.
pub fn built_small(command: &mut Command) -> &mut Command {
    const SMALL: [&str; 5] = [
        "-Zunstable-options",
        "-Cpanic=immediate-abort",
        "-Zlocation-detail=none",
        "--cfg=aes_backend_soft=\"compact\"",
        "--cfg=sha2_backend_soft=\"compact\"",
    ];
    let flags: Vec<_> = remapped().into_iter().chain(SMALL.map(str::to_owned)).collect();
    command
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
        .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size")
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
}

/// Compiler flags by which no path of this machine gets into what is published. Of two that match a path the later
/// one counts; the folder of a registry is named after its address, which is this machine's affair too.
pub fn remapped() -> Vec<String> {
    let home = |variable: &str, fallback: &str| {
        let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        std::env::var_os(variable).map_or_else(|| home.join(fallback), PathBuf::from)
    };
    let cargo = home("CARGO_HOME", ".cargo");
    let sources = cargo.join("registry/src");
    let mut registries: Vec<_> =
        fs::read_dir(sources).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    registries.sort();
    let folders = [(root(), "sealwright"), (home("RUSTUP_HOME", ".rustup"), "rustup"), (cargo, "cargo")];
    let folders = folders.into_iter().chain(registries.into_iter().map(|folder| (folder, "crates")));
    folders.map(|(from, to)| format!("--remap-path-prefix={}=/{to}", from.display())).collect()
}

/// The names of the code's two files, and of what was built.
struct Code {
    glue: String,
    wasm: String,
    build: String,
}

/// Puts the hashes of all parts into the page. The order matters: what is named in a file is hashed before it.
fn seal_names(dist: &Path) -> Result<Code, PageError> {
    let index = dist.join("index.html");
    let mut html = read_text(&index)?;
    let glue = attribute(&html, "data-glue=\"")?;
    let wasm = attribute(&html, "data-wasm=\"")?;
    let glue_hash = integrity(&dist.join(&glue))?;
    let wasm_hash = integrity(&dist.join(&wasm))?;

    let plain = dist.join("boot.js");
    let boot_hash = integrity(&plain)?;
    let boot = format!("boot-{}.js", short_hash(&read(&plain)?));
    fs::rename(&plain, dist.join(&boot)).map_err(|source| PageError::File { path: plain, source })?;

    let build = short_hash(&read(&dist.join(&wasm))?);
    for (from, to) in [
        (one_file::HTML.to_owned(), one_file::html_tag(&build, "")),
        (format!("href=\"./{glue}\" integrity=\"\""), format!("href=\"./{glue}\" integrity=\"{glue_hash}\"")),
        ("data-wasm-integrity=\"\"".to_owned(), format!("data-wasm-integrity=\"{wasm_hash}\"")),
        (
            "src=\"./boot.js\" integrity=\"\"".to_owned(),
            format!("src=\"./{boot}\" integrity=\"{boot_hash}\""),
        ),
    ] {
        if html.matches(&from).count() != 1 {
            return Err(PageError::Unexpected { file: "index.html", why: "a place for a hash is missing" });
        }
        html = html.replace(&from, &to);
    }
    if html.contains("data-trunk") || html.contains("integrity=\"\"") {
        return Err(PageError::Unexpected { file: "index.html", why: "something was left unfinished" });
    }
    fs::write(&index, html).map_err(failed(&index))?;
    Ok(Code { glue, wasm, build })
}

fn write_one_file(dist: &Path, code: &Code) -> Result<(), PageError> {
    let source = |path: &str| read_text(&root().join(path));
    let html = one_file::assemble(&Parts {
        index: &source("index.html")?,
        look: &source("web-ui/assets/look.css")?,
        icon: &source("web-ui/assets/favicon.svg")?,
        glue: &read_text(&dist.join(&code.glue))?,
        boot: &source("web-ui/assets/one-file.js")?,
        wasm: &gzip(&read(&dist.join(&code.wasm))?),
        build: &code.build,
    });
    let html = html.map_err(|(file, why)| PageError::Unexpected { file, why })?;
    let path = dist.join(one_file::NAME);
    fs::write(&path, html).map_err(failed(&path))
}

/// The value of the first attribute that starts like this, without its `./`.
fn attribute(html: &str, start: &str) -> Result<String, PageError> {
    let value = html.split_once(start).and_then(|(_, rest)| rest.split_once('"')).map(|(value, _)| value);
    value
        .map(|value| value.trim_start_matches("./").to_owned())
        .ok_or(PageError::Unexpected { file: "index.html", why: "the names of the parts are missing" })
}

/// Writes `.gz` and `.br` beside every file that shrinks; not beside the one file, which is changed when it is served and
/// holds what is compressed already.
fn compress(dist: &Path) -> Result<(), PageError> {
    let here = root();
    let names: Vec<_> = fs::read_dir(dist).and_then(Iterator::collect).map_err(failed(dist))?;
    for path in names.iter().map(fs::DirEntry::path) {
        let bytes = read(&path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if contains(&bytes, here.as_os_str().as_encoded_bytes()) {
            return Err(PageError::LocalPath { file: name });
        }
        if name == one_file::NAME {
            continue;
        }
        for (ending, compressed) in [("gz", gzip(&bytes)), ("br", brotli(&bytes))] {
            if compressed.len() < bytes.len() {
                let target = dist.join(format!("{name}.{ending}"));
                fs::write(&target, compressed).map_err(failed(&target))?;
            }
        }
    }
    Ok(())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    // Without a name or a time in its header: the same bytes give the same file.
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes).and_then(|()| writer.finish()).expect("a Vec takes every byte")
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut compressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters).expect("a Vec takes every byte");
    compressed
}

fn integrity(path: &Path) -> Result<String, PageError> {
    Ok(format!("sha384-{}", BASE64_STANDARD.encode(Sha384::digest(read(path)?))))
}

fn short_hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Whether these bytes hold that part.
pub fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// The error about this file.
fn failed(path: &Path) -> impl FnOnce(io::Error) -> PageError {
    let path = path.to_owned();
    move |source| PageError::File { path, source }
}

fn read(path: &Path) -> Result<Vec<u8>, PageError> {
    fs::read(path).map_err(failed(path))
}

fn read_text(path: &Path) -> Result<String, PageError> {
    fs::read_to_string(path).map_err(failed(path))
}
