//! `cargo xtask gen`: the files that are made from code, committed so that reviewers see them change.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use crate::process::{cargo, output, root};

fn crd() -> PathBuf {
    root().join("deploy/crd/sealedsecrets.yaml")
}

/// The controller prints its own CRD, so that manifests can't drift from types.
fn crd_from_code() -> Result<Vec<u8>, Box<dyn Error>> {
    Ok(output(&mut cargo(["run", "--quiet", "-p", "sealwright-controller", "--example", "crd"]))?)
}

/// Writes every generated file.
pub fn generate() -> Result<(), Box<dyn Error>> {
    fs::write(crd(), crd_from_code()?)?;
    println!("wrote {}", crd().display());
    Ok(())
}

/// Whether the committed files are what the code makes.
pub fn check() -> Result<bool, Box<dyn Error>> {
    let same = fs::read(crd())? == crd_from_code()?;
    if !same {
        eprintln!("error: {} has drifted; run `cargo xtask gen`", crd().display());
    }
    Ok(same)
}
