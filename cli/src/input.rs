//! Reads what is to be sealed or opened.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sealer_core::Plaintext;
use zeroize::Zeroizing;

use crate::error::{FileError, OsCause};

/// Where a text is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Standard input, after this has been said to somebody at a terminal.
    Stdin {
        /// Upstream's hint.
        prompt: Option<&'static str>,
    },
    /// A file.
    File(PathBuf),
}

/// The input can't be read.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The file of `--secret-file`. The text is upstream's, which hides the cause.
    #[error("Could not read file specified with --secret-file")]
    File {
        /// The cause; it is the hint.
        cause: FileError,
    },
    /// Standard input.
    #[error("cannot read standard input: {0}")]
    Stdin(OsCause),
    /// The file of `--from-file`.
    #[error(transparent)]
    Value(FileError),
    /// Bytes that are no UTF-8. The text is upstream's for anything that it can't read.
    #[error("no secrets found. Ensure the input is valid and UTF-8 encoded")]
    Encoding,
}

impl InputError {
    /// What to do next, or the cause.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::File { cause } => Some(cause.to_string()),
            Self::Encoding => Some("the input is not UTF-8; save it as UTF-8".to_owned()),
            Self::Stdin(_) | Self::Value(_) => None,
        }
    }
}

/// An input that is there, but perhaps not read yet.
#[derive(Debug)]
pub enum Opened {
    /// All of standard input.
    Read(Zeroizing<Vec<u8>>),
    /// Standard input.
    Stdin {
        /// Said before reading.
        prompt: Option<&'static str>,
    },
    /// A file.
    File(PathBuf, File),
}

/// Opens the input, so that a missing file is noticed before anything else is done.
pub fn open(input: &Input) -> Result<Opened, InputError> {
    match input {
        Input::Stdin { prompt } => Ok(Opened::Stdin { prompt: *prompt }),
        Input::File(path) => match open_file(path) {
            Ok(file) => Ok(Opened::File(path.clone(), file)),
            Err(cause) => Err(InputError::File { cause }),
        },
    }
}

/// Notices an input that is missing though nobody reads it, as upstream does: it is the wrong command, or a slip.
pub fn present(path: Option<&Path>) -> Result<(), InputError> {
    match path.map(open_file) {
        None | Some(Ok(_)) => Ok(()),
        Some(Err(cause)) => Err(InputError::File { cause }),
    }
}

impl Opened {
    /// Reads standard input now, unless somebody is to type it.
    ///
    /// A credential plugin of the kubeconfig inherits standard input to talk to somebody; what is to be sealed is
    /// taken out of its reach with this.
    pub fn secured(self) -> Result<Self, InputError> {
        match self {
            Self::Stdin { prompt: None } => Ok(Self::Read(stdin(None)?)),
            other => Ok(other),
        }
    }

    /// The whole text.
    pub fn text(self) -> Result<Zeroizing<String>, InputError> {
        text(self.bytes()?).ok_or(InputError::Encoding)
    }

    /// All of it as one value: not a byte is added or trimmed.
    pub fn value(self) -> Result<Plaintext, InputError> {
        Ok(Plaintext::new(std::mem::take(&mut *self.bytes()?)))
    }

    fn bytes(self) -> Result<Zeroizing<Vec<u8>>, InputError> {
        match self {
            Self::Read(bytes) => Ok(bytes),
            Self::Stdin { prompt } => stdin(prompt),
            Self::File(path, file) => rest_of_file(file, &path).map_err(|cause| InputError::File { cause }),
        }
    }
}

/// The content of a file as one value.
pub fn value(path: &Path) -> Result<Plaintext, InputError> {
    let mut bytes = file(path).map_err(InputError::Value)?;
    Ok(Plaintext::new(std::mem::take(&mut *bytes)))
}

/// The content of a file, wiped in the end.
pub fn file(path: &Path) -> Result<Zeroizing<Vec<u8>>, FileError> {
    rest_of_file(open_file(path)?, path)
}

/// The content of a file that is to be written later: one that can't be written is noticed now.
pub fn file_to_change(path: &Path) -> Result<Zeroizing<Vec<u8>>, FileError> {
    let file = File::options().read(true).write(true).open(path);
    let file =
        file.map_err(|error| FileError { step: "open", path: path.to_owned(), cause: error.into() })?;
    rest_of_file(file, path)
}

/// The bytes as text, if they are one; wiped in the end either way.
pub fn text(mut bytes: Zeroizing<Vec<u8>>) -> Option<Zeroizing<String>> {
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Some(Zeroizing::new(text)),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            None
        }
    }
}

fn open_file(path: &Path) -> Result<File, FileError> {
    File::open(path).map_err(|error| FileError { step: "open", path: path.to_owned(), cause: error.into() })
}

fn rest_of_file(file: File, path: &Path) -> Result<Zeroizing<Vec<u8>>, FileError> {
    read_wiped(file).map_err(|error| FileError { step: "read", path: path.to_owned(), cause: error.into() })
}

fn stdin(prompt: Option<&'static str>) -> Result<Zeroizing<Vec<u8>>, InputError> {
    if let Some(prompt) = prompt {
        eprintln!("{prompt}");
    }
    read_wiped(io::stdin().lock()).map_err(|error| InputError::Stdin(error.into()))
}

/// Reads everything; the buffers that become too small on the way are wiped.
fn read_wiped(mut from: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut buffer = Zeroizing::new(Vec::with_capacity(1 << 16));
    loop {
        let room = buffer.capacity() - buffer.len();
        if from.by_ref().take(room as u64).read_to_end(&mut buffer)? < room {
            return Ok(buffer);
        }
        let mut larger = Zeroizing::new(Vec::with_capacity(buffer.capacity() * 2));
        larger.extend_from_slice(&buffer);
        buffer = larger;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_read_whatever_its_length() {
        for length in [0, 1, (1 << 16) - 1, 1 << 16, (1 << 16) + 1, 300_000] {
            let bytes: Vec<u8> = (0..length).map(|n: usize| (n % 251) as u8).collect();
            assert!(*read_wiped(bytes.as_slice()).unwrap() == bytes, "{length}");
        }
    }
}
