//! Reads what is to be sealed or opened.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sealer_core::Plaintext;
use zeroize::Zeroizing;

use crate::error::{FileError, OsCause, say};

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
    /// Bytes that are no text. The text is upstream's for anything that it can't read.
    #[error("no secrets found. Ensure the input is valid and UTF-8 encoded")]
    Encoding,
}

impl InputError {
    /// What to do next, or the cause.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::File { cause } => Some(cause.to_string()),
            Self::Encoding => Some("the input is neither UTF-8 nor UTF-16; save it as UTF-8".to_owned()),
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

    /// All of it, wiped in the end.
    pub fn bytes(self) -> Result<Zeroizing<Vec<u8>>, InputError> {
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
    let file = file.and_then(|file| {
        // A pipe that is open for writing too would be read for ever.
        if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("not a regular file")) }
    });
    let file =
        file.map_err(|error| FileError { step: "open", path: path.to_owned(), cause: error.into() })?;
    rest_of_file(file, path)
}

/// Whether a file still holds what was read from it: no editor or other process was faster.
pub fn is_unchanged(path: &Path, before: &[u8]) -> Result<bool, FileError> {
    Ok(*file(path)? == before)
}

/// The bytes as text, if they are one, in UTF-8 or in UTF-16, which programs of Windows write; wiped in the end either
/// way.
pub fn text(bytes: Zeroizing<Vec<u8>>) -> Option<Zeroizing<String>> {
    match Utf16::of(&bytes) {
        Some(encoding) => encoding.text(&bytes),
        None => utf8(bytes),
    }
}

/// The bytes as text, if they are one in UTF-8; wiped in the end either way.
pub fn utf8(mut bytes: Zeroizing<Vec<u8>>) -> Option<Zeroizing<String>> {
    if Utf16::of(&bytes).is_some() {
        return None;
    }
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Some(Zeroizing::new(text)),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            None
        }
    }
}

/// One of the two orders of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Utf16 {
    Little,
    Big,
}

impl Utf16 {
    /// The order that a mark tells or, without one, two characters of ASCII: no manifest in UTF-8 holds a NUL.
    fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xFF, 0xFE, ..] | [1..=255, 0, 1..=255, 0, ..] => Some(Self::Little),
            [0xFE, 0xFF, ..] | [0, 1..=255, 0, 1..=255, ..] => Some(Self::Big),
            _ => None,
        }
    }

    fn text(self, bytes: &[u8]) -> Option<Zeroizing<String>> {
        let (pairs, []) = bytes.as_chunks::<2>() else { return None };
        let units = pairs.iter().map(|pair| match self {
            Self::Little => u16::from_le_bytes(*pair),
            Self::Big => u16::from_be_bytes(*pair),
        });
        // Of the right size at once, so that no smaller buffer is left behind.
        let mut text = Zeroizing::new(String::with_capacity(pairs.len() * 3));
        for character in char::decode_utf16(units) {
            text.push(character.ok()?);
        }
        Some(text)
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
        say(&format!("{prompt}\n"));
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

    fn encoded(text: &str, mark: bool, bytes_of: fn(u16) -> [u8; 2]) -> Zeroizing<Vec<u8>> {
        let mark = if mark { "\u{FEFF}" } else { "" };
        Zeroizing::new(mark.encode_utf16().chain(text.encode_utf16()).flat_map(bytes_of).collect())
    }

    #[test]
    fn utf_16_is_understood_in_both_orders_with_and_without_a_mark() {
        let text_of = "kind: Secret # пароль 🔑\n";
        for bytes_of in [u16::to_le_bytes, u16::to_be_bytes] {
            for mark in [true, false] {
                let read = text(encoded(text_of, mark, bytes_of)).unwrap();
                assert_eq!(read.trim_start_matches('\u{FEFF}'), text_of);
                assert_eq!(read.starts_with('\u{FEFF}'), mark);
            }
        }
    }

    #[test]
    fn what_is_no_text_is_none() {
        for bytes in
            [&b"\xFF"[..], b"\xFF\xFEa", b"\xFF\xFE\x00\xD8a\x00", b"a\x00b\x00c", b"\x00a\x00b\xDC\x00"]
        {
            assert_eq!(text(Zeroizing::new(bytes.to_vec())), None, "{bytes:?}");
        }
        assert_eq!(**text(Zeroizing::new(b"a\x00\x00\x00".to_vec())).unwrap(), *"a\0\0\0");
        assert_eq!(utf8(encoded("ab", true, u16::to_le_bytes)), None);
    }

    #[test]
    fn everything_is_read_whatever_its_length() {
        for length in [0, 1, (1 << 16) - 1, 1 << 16, (1 << 16) + 1, 300_000] {
            let bytes: Vec<u8> = (0..length).map(|n: usize| (n % 251) as u8).collect();
            assert!(*read_wiped(bytes.as_slice()).unwrap() == bytes, "{length}");
        }
    }

    #[test]
    fn a_file_that_somebody_else_writes_meanwhile_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sealed.yaml");
        std::fs::write(&path, "one").unwrap();
        assert!(is_unchanged(&path, b"one").unwrap());
        std::fs::write(&path, "two").unwrap();
        assert!(!is_unchanged(&path, b"one").unwrap());
        std::fs::remove_file(&path).unwrap();
        assert!(is_unchanged(&path, b"one").unwrap_err().cause.is_not_found());
    }
}
