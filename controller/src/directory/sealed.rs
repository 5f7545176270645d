//! The sealed files of a directory, as the facts that a watch would bring.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use std::{fs, io};

use sealer_core::manifest::{MAX_BYTES, read_sealed_secrets};
use sealer_core::{ManifestError, Policy, SealedSecret, Timestamp};
use sha2::{Digest, Sha256};

use crate::facts::{Malformed, ObjectKey, Sealed};

/// Everything that one look found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The SealedSecrets with the files that hold them.
    pub(super) objects: BTreeMap<ObjectKey, (PathBuf, Sealed)>,
    /// The files that can't be used, and why.
    pub(super) faults: BTreeMap<PathBuf, FileFault>,
}

/// A sealed file can't be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileFault {
    /// It can't be read.
    #[error("cannot read it: {0}")]
    Read(#[from] io::Error),
    /// It is a directory, a device or a pipe.
    #[error("it is not a file")]
    NoFile,
    /// It is longer than anything sensible.
    #[error("it is longer than {} MiB", MAX_BYTES >> 20)]
    TooLong,
    /// It holds no SealedSecret.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// Another file holds the same object.
    #[error("{key} is in {first:?} as well; that one counts")]
    Twice {
        /// The object.
        key: ObjectKey,
        /// The file that counts.
        first: PathBuf,
    },
}

/// Looks at every `.yaml`, `.yml` and `.json` file.
pub(super) fn find(directory: &Path) -> Found {
    let mut found = Found::default();
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) => {
            found.faults.insert(directory.to_owned(), error.into());
            return found;
        }
    };
    let mut paths: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| is_sealed(path)).collect();
    paths.sort_unstable();
    for path in paths {
        match read(&path) {
            Ok((written, objects)) => {
                for object in objects {
                    let sealed = facts(object, written);
                    if let Some((first, _)) = found.objects.get(&sealed.key) {
                        let fault = FileFault::Twice { key: sealed.key, first: first.clone() };
                        found.faults.insert(path.clone(), fault);
                    } else {
                        found.objects.insert(sealed.key.clone(), (path.clone(), sealed));
                    }
                }
            }
            Err(fault) => drop(found.faults.insert(path, fault)),
        }
    }
    found
}

fn is_sealed(path: &Path) -> bool {
    let hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
    let extension = path.extension().and_then(|extension| extension.to_str());
    !hidden && extension.is_some_and(|extension| ["yaml", "yml", "json"].contains(&extension))
}

/// The objects of a file, and when it was written.
fn read(path: &Path) -> Result<(Timestamp, Vec<SealedSecret>), FileFault> {
    let metadata = fs::metadata(path)?;
    // A pipe would never end, and opening one might never begin. A link in somebody's repository can name one.
    if !metadata.is_file() {
        return Err(FileFault::NoFile);
    }
    let written = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let mut text = String::new();
    fs::File::open(path)?.take(MAX_BYTES as u64 + 1).read_to_string(&mut text)?;
    if text.len() > MAX_BYTES {
        return Err(FileFault::TooLong);
    }
    // The controller in the cluster reads what the API server made of a file, and that reads as kubeseal does.
    Ok((Timestamp::from_unix_seconds(written), read_sealed_secrets(&text, Policy::Kubeseal)?))
}

/// What a file says, with a generation that stands for its content: equal content, equal generation.
fn facts(object: SealedSecret, written: Timestamp) -> Sealed {
    let key = ObjectKey { namespace: object.metadata.namespace.clone(), name: object.metadata.name.clone() };
    // Sealed values, labels and the like: nothing in it is secret.
    let digest = Sha256::digest(format!("{object:?}"));
    let first = digest.first_chunk::<8>().copied().unwrap_or_default();
    Sealed {
        uid: key.to_string(),
        created: written,
        resource_version: String::new(),
        generation: i64::from_be_bytes(first) & i64::MAX,
        deleting: false,
        scope: object.scope(),
        content: names_are_safe(&key).map(|()| object),
        status: None,
        key,
    }
}

/// Both names become parts of a path. The API server allows no others, and what is allowed can't leave the directory.
fn names_are_safe(key: &ObjectKey) -> Result<(), Malformed> {
    if !is_label(&key.namespace) {
        return Err(Malformed {
            field: "metadata.namespace",
            expected: "a namespace: 1 to 63 of a-z, 0-9 and -",
        });
    }
    let safe = key.name.len() <= 253 && key.name.split('.').all(is_label);
    if safe {
        Ok(())
    } else {
        Err(Malformed {
            field: "metadata.name",
            expected: "a name: labels of a-z, 0-9 and - with dots between",
        })
    }
}

/// A DNS label (RFC 1123).
fn is_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leaves_the_directory() {
        for (namespace, name, safe) in [
            ("payments", "db", true),
            ("payments", "db.example.com", true),
            ("..", "db", false),
            ("payments", "..", false),
            ("payments", "../../etc/cron.d/x", false),
            ("payments", "/etc/passwd", false),
            ("pay/ments", "db", false),
            ("pay.ments", "db", false),
            ("", "db", false),
            ("payments", "", false),
            ("payments", ".hidden", false),
            ("payments", "db\0", false),
            ("payments", "Db", false),
        ] {
            let key = ObjectKey { namespace: namespace.into(), name: name.into() };
            assert_eq!(names_are_safe(&key).is_ok(), safe, "{namespace:?} {name:?}");
        }
    }

    #[test]
    fn what_is_no_file_is_not_read() {
        let root = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/dev/zero", root.path().join("endless.yaml")).unwrap();
        fs::create_dir(root.path().join("directory.yaml")).unwrap();
        let faults = find(root.path()).faults;
        assert_eq!(faults.len(), 2);
        assert!(faults.values().all(|fault| matches!(fault, FileFault::NoFile)), "{faults:?}");
    }
}
