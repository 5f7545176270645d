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

fn rules() -> PathBuf {
    root().join("docs/lint.md")
}

/// The page about the checks, with the table of rules as the code has it.
fn rules_from_code() -> Result<Vec<u8>, Box<dyn Error>> {
    const MARKS: [&str; 2] = ["<!-- begin rules -->\n", "<!-- end rules -->"];
    let page = fs::read_to_string(rules())?;
    let (before, rest) = page.split_once(MARKS[0]).ok_or("docs/lint.md has no place for the rules")?;
    let (_, after) = rest.split_once(MARKS[1]).ok_or("the rules in docs/lint.md have no end")?;
    let table = output(&mut cargo(["run", "--quiet", "-p", "sealer-core", "--example", "rules"]))?;
    Ok([before.as_bytes(), MARKS[0].as_bytes(), &table, MARKS[1].as_bytes(), after.as_bytes()].concat())
}

/// A file and what the code makes of it.
struct Generated {
    path: PathBuf,
    content: Vec<u8>,
}

fn files() -> Result<[Generated; 2], Box<dyn Error>> {
    Ok([
        Generated { path: crd(), content: crd_from_code()? },
        Generated { path: rules(), content: rules_from_code()? },
    ])
}

/// Writes every generated file.
pub fn generate() -> Result<(), Box<dyn Error>> {
    for Generated { path, content } in files()? {
        fs::write(&path, content)?;
        println!("wrote {}", path.display());
    }
    Ok(())
}

/// Whether the committed files are what the code makes.
pub fn check() -> Result<bool, Box<dyn Error>> {
    let mut same = true;
    for Generated { path, content } in files()? {
        if fs::read(&path)? != content {
            eprintln!("error: {} has drifted; run `cargo xtask gen`", path.display());
            same = false;
        }
    }
    Ok(same)
}
