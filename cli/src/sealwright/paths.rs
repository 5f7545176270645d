//! Finds the manifests of a repository.

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use ignore::types::TypesBuilder;

use crate::sealwright::verdict::Advice;

/// The files under the paths can't be listed.
#[derive(Debug, thiserror::Error)]
pub enum PathsError {
    /// A path, or something below it, can't be read.
    #[error("cannot list files: {0}")]
    Walk(#[from] ignore::Error),
}

impl Advice for PathsError {
    fn hint(&self) -> Option<String> {
        None
    }
}

/// The files that are named, and the YAML and JSON files in the directories that are named, in a fixed order.
///
/// Directories are walked as git sees them: what `.gitignore` leaves out and hidden directories are not entered, links
/// are not followed. No file comes twice.
pub fn manifests(paths: &[PathBuf]) -> Result<Vec<PathBuf>, PathsError> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            in_directory(path, &mut found)?;
        } else {
            found.push(path.clone());
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|path| seen.insert(path.clone()));
    Ok(found)
}

/// How a path is shown: with `/`, without a `./` that nobody wrote, and without control characters.
pub fn shown(path: &Path) -> String {
    let path = path.strip_prefix(".").ok().filter(|rest| *rest != Path::new("")).unwrap_or(path);
    path.to_string_lossy().chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn in_directory(directory: &Path, found: &mut Vec<PathBuf>) -> Result<(), PathsError> {
    let mut types = TypesBuilder::new();
    for pattern in ["*.yaml", "*.yml", "*.json"] {
        types.add("manifest", pattern)?;
    }
    let types = types.select("manifest").build()?;
    let walk = WalkBuilder::new(directory)
        .types(types)
        .require_git(false)
        .sort_by_file_name(std::ffi::OsStr::cmp)
        .build();
    for entry in walk {
        let entry = entry?;
        if entry.file_type().is_some_and(|kind| kind.is_file()) {
            found.push(entry.into_path());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn paths_are_shown_as_one_line() {
        for (path, line) in [
            (".", "."),
            ("./apps/db.yaml", "apps/db.yaml"),
            ("../a", "../a"),
            ("/a", "/a"),
            ("a\nb", "a\u{fffd}b"),
        ] {
            assert_eq!(shown(Path::new(path)), line);
        }
    }

    #[test]
    fn directories_are_walked_as_git_sees_them_and_named_files_are_taken_as_they_are() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        fs::create_dir_all(at("apps/.hidden")).unwrap();
        for file in [
            "apps/b.yaml",
            "apps/a.yml",
            "apps/c.json",
            "apps/notes.txt",
            "apps/.hidden/d.yaml",
            "apps/out.yaml",
        ] {
            fs::write(at(file), "").unwrap();
        }
        fs::write(at("apps/.gitignore"), "out.yaml\n").unwrap();
        let found = manifests(&[at("apps/notes.txt"), at("apps"), at("apps/b.yaml")]).unwrap();
        let names: Vec<_> =
            found.iter().map(|path| path.strip_prefix(place.path()).unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["apps/notes.txt", "apps/a.yml", "apps/b.yaml", "apps/c.json"]);
    }
}
