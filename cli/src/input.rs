//! Reads what is to be sealed or opened.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sealer_core::Plaintext;
use zeroize::Zeroizing;

use crate::command::Input;
use crate::error::OsCause;

/// The input can't be read.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The file of `--secret-file`. The text is upstream's, which hides the cause.
    #[error("Could not read file specified with --secret-file")]
    File {
        /// The file.
        path: PathBuf,
        /// The cause; it is the hint.
        cause: OsCause,
    },
    /// Standard input.
    #[error("cannot read standard input: {0}")]
    Stdin(OsCause),
    /// The file of `--from-file`.
    #[error("open {}: {cause}", path.display())]
    Value {
        /// The file.
        path: PathBuf,
        /// The cause.
        cause: OsCause,
    },
    /// Bytes that are no UTF-8. The text is upstream's for anything that it can't read.
    #[error("no secrets found. Ensure the input is valid and UTF-8 encoded")]
    Encoding,
}

impl InputError {
    /// What to do next, or the cause.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::File { path, cause } => Some(format!("open {}: {cause}", path.display())),
            Self::Encoding => Some("the input is not UTF-8; save it as UTF-8".to_owned()),
            Self::Stdin(_) | Self::Value { .. } => None,
        }
    }
}

/// An input that is there, but not read yet.
#[derive(Debug)]
pub enum Opened {
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
        Input::File(path) => match File::open(path) {
            Ok(file) => Ok(Opened::File(path.clone(), file)),
            Err(error) => Err(InputError::File { path: path.clone(), cause: error.into() }),
        },
    }
}

impl Opened {
    /// The whole text.
    pub fn read(self) -> Result<Zeroizing<String>, InputError> {
        let mut bytes = match self {
            Self::Stdin { prompt } => stdin(prompt)?,
            Self::File(path, file) => {
                read_wiped(file).map_err(|error| InputError::File { path, cause: error.into() })?
            }
        };
        String::from_utf8(std::mem::take(&mut *bytes)).map(Zeroizing::new).map_err(|error| {
            drop(Zeroizing::new(error.into_bytes()));
            InputError::Encoding
        })
    }
}

/// One value: the whole file, or all of standard input. Not a byte is added or trimmed.
pub fn value(path: Option<&Path>, prompt: Option<&'static str>) -> Result<Plaintext, InputError> {
    let mut bytes = match path {
        None => stdin(prompt)?,
        Some(path) => File::open(path)
            .and_then(read_wiped)
            .map_err(|error| InputError::Value { path: path.to_owned(), cause: error.into() })?,
    };
    Ok(Plaintext::new(std::mem::take(&mut *bytes)))
}

fn stdin(prompt: Option<&'static str>) -> Result<Zeroizing<Vec<u8>>, InputError> {
    if let Some(prompt) = prompt {
        eprintln!("{prompt}");
    }
    read_wiped(io::stdin().lock()).map_err(|error| InputError::Stdin(error.into()))
}

/// Reads everything; the buffers that become too small on the way are wiped.
pub fn read_wiped(mut from: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
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
