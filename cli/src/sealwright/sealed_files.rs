//! Reads the SealedSecrets of files, for commands that look at whole objects.

use std::path::{Path, PathBuf};

use sealer_core::{ManifestError, SealedSecret, manifest, resource};

use crate::input::{self, Input, InputError};
use crate::sealwright::paths::{self, PathsError, shown};
use crate::sealwright::verdict::Advice;

/// The SealedSecrets of one file, in its order.
#[derive(Debug)]
pub struct SealedFile {
    /// How the file is shown.
    pub path: String,
    /// At least one.
    pub sealed: Vec<SealedSecret>,
}

/// The SealedSecrets can't be read.
#[derive(Debug, thiserror::Error)]
pub enum SealedFilesError {
    /// The files can't be listed.
    #[error(transparent)]
    Paths(#[from] PathsError),
    /// A file can't be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A file is not UTF-8.
    #[error("{path}: not UTF-8")]
    Encoding {
        /// The file.
        path: String,
    },
    /// A file is not what it should be.
    #[error("{path}: {cause}")]
    Manifest {
        /// The file.
        path: String,
        /// Why.
        cause: ManifestError,
    },
    /// A file that is named has none.
    #[error("no SealedSecret in {path}")]
    NoneInFile {
        /// The file.
        path: String,
    },
    /// Directories without any.
    #[error("no SealedSecret in the files under {}", paths.join(", "))]
    None {
        /// The directories.
        paths: Vec<String>,
    },
}

impl Advice for SealedFilesError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Paths(error) => error.hint(),
            Self::Input(error) => error.hint(),
            Self::Encoding { .. } => Some("save it as UTF-8".to_owned()),
            Self::Manifest { path, .. } => {
                Some(format!("see all that is wrong with it: sealwright lint {path}"))
            }
            Self::NoneInFile { .. } | Self::None { .. } => None,
        }
    }
}

/// Reads all files; `-` is standard input. In a directory, files about something else are passed over, a file that is
/// named has to have a SealedSecret.
pub fn read(paths: &[PathBuf]) -> Result<Vec<SealedFile>, SealedFilesError> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            for file in paths::manifests(std::slice::from_ref(path))? {
                files.extend(one(&file, true)?);
            }
        } else {
            files.extend(one(path, false)?);
        }
    }
    if files.is_empty() {
        return Err(SealedFilesError::None { paths: paths.iter().map(|path| shown(path)).collect() });
    }
    Ok(files)
}

fn one(file: &Path, found: bool) -> Result<Option<SealedFile>, SealedFilesError> {
    let path = shown(file);
    let bytes = if file == Path::new("-") {
        input::open(&Input::Stdin { prompt: None })?.value()?
    } else {
        input::value(file)?
    };
    // Exposed to the reader, whose errors repeat nothing.
    let Ok(text) = std::str::from_utf8(bytes.expose()) else {
        return if found { Ok(None) } else { Err(SealedFilesError::Encoding { path }) };
    };
    if found && !text.contains(resource::KIND) {
        return Ok(None);
    }
    match manifest::find_sealed_secrets(text) {
        Ok(sealed) => Ok(Some(SealedFile { path, sealed })),
        Err(ManifestError::NoSealedSecrets) if found => Ok(None),
        Err(ManifestError::NoSealedSecrets) => Err(SealedFilesError::NoneInFile { path }),
        Err(cause) => Err(SealedFilesError::Manifest { path, cause }),
    }
}

/// What a SealedSecret is called: `namespace/name`, without control characters.
pub fn name(sealed: &SealedSecret) -> String {
    let metadata = &sealed.metadata;
    let name = match (metadata.namespace.as_str(), metadata.name.as_str()) {
        (_, "") => "a SealedSecret without a name".to_owned(),
        ("", name) => name.to_owned(),
        (namespace, name) => format!("{namespace}/{name}"),
    };
    name.replace(char::is_control, " ")
}
