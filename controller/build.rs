//! Embeds the built page: every file of `dist/` becomes a row of a table in the binary.
//!
//! `SEALWRIGHT_PAGE` names another directory than `../dist`. Without the directory the table is empty and the
//! server says how to build the page. A page that appears for the first time is noticed when this variable, this
//! file or the clean build says so: watching a path that does not exist would rebuild the crate every time.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=SEALWRIGHT_PAGE");
    let dist = env::var_os("SEALWRIGHT_PAGE").map_or_else(|| PathBuf::from("../dist"), PathBuf::from);
    let mut files = Vec::new();
    if dist.is_dir() {
        println!("cargo::rerun-if-changed={}", dist.display());
        collect(&dist.canonicalize()?, "", &mut files)?;
    }
    files.sort();
    let mut table = String::from("&[\n");
    for (name, path) in files.iter().filter(|(name, _)| !is_variant(name)) {
        let variant = |suffix: &str| match files.iter().find(|(other, _)| *other == format!("{name}{suffix}"))
        {
            Some((_, path)) => format!("Some(include_bytes!({path:?}))"),
            None => "None".to_owned(),
        };
        let (br, gzip) = (variant(".br"), variant(".gz"));
        writeln!(
            table,
            "    Asset {{ name: {name:?}, plain: include_bytes!({path:?}), br: {br}, gzip: {gzip} }},"
        )
        .expect("writing to a string does not fail");
    }
    table.push_str("]\n");
    let out =
        env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| io::Error::other("OUT_DIR is not set"))?;
    fs::write(out.join("page.rs"), table)
}

/// A compressed form of the file beside it.
fn is_variant(name: &str) -> bool {
    name.ends_with(".br") || name.ends_with(".gz")
}

fn collect(directory: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        // A name that is no text could not be asked for.
        let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else { continue };
        let name = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push((name, entry.path()));
        }
    }
    Ok(())
}
