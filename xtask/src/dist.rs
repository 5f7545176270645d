//! `cargo xtask dist`: everything that a release publishes, in `target/dist/`, with the hash of each file.

use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::process::{self, root, target};
use crate::{COMMAND_LINE, npm, one_file, page, release};

/// Where it is put, from the repository's folder.
const FOLDER: &str = "target/dist";
/// Each program, and the profile that it is built in.
const PROGRAMS: [(&str, &str); 3] =
    [("sealwright-controller", "release"), ("kubeseal", COMMAND_LINE), ("sealwright", COMMAND_LINE)];
const SUMS: &str = "SHA256SUMS";

/// Builds it all: the page, the page as one file, the npm package and the programs, the controller with the page inside.
pub fn build() -> Result<(), Box<dyn Error>> {
    page::build()?;
    npm::build()?;
    process::run(&mut release("release", ["sealwright-controller"]))?;
    process::run(&mut release(COMMAND_LINE, ["sealwright-cli"]))?;

    let folder = root().join(FOLDER);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let site = folder.join("page");
    fs::create_dir_all(&site)?;
    for entry in fs::read_dir(root().join(page::DIST))? {
        let entry = entry?;
        let place = if entry.file_name() == one_file::NAME { &folder } else { &site };
        fs::copy(entry.path(), place.join(entry.file_name()))?;
    }
    npm::pack(&folder)?;
    for (program, profile) in PROGRAMS {
        fs::copy(target()?.join(profile).join(program), folder.join(program))?;
    }
    fs::write(folder.join(SUMS), sums(&folder)?)?;
    println!("{}: check with `sha256sum -c {SUMS}`", folder.display());
    Ok(())
}

/// A line for each file, as `sha256sum` writes and checks it, in the order of their names.
fn sums(folder: &Path) -> io::Result<String> {
    let mut lines = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        for entry in fs::read_dir(folder.join(&below))? {
            let entry = entry?;
            let name = below.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push(name);
            } else {
                let digest = Sha256::digest(fs::read(entry.path())?);
                let hash: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
                lines.push((name.display().to_string(), hash));
            }
        }
    }
    lines.sort();
    Ok(lines.into_iter().map(|(name, hash)| format!("{hash}  {name}\n")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_its_line_in_a_fixed_order() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("page")).unwrap();
        for name in ["page/b", "z", "a"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(sums(folder.path()).unwrap(), format!("{empty}  a\n{empty}  page/b\n{empty}  z\n"));
    }
}
