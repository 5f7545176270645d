//! A backup under a passphrase: the format of the tool age (age-encryption.org/v1), which opens it as well.

use std::io;
use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use age::{DecryptError, EncryptError, scrypt};
use clap::Args;
use zeroize::Zeroizing;

use crate::error::{FileError, OsCause};
use crate::input;
use crate::sealwright::verdict::Advice;

/// Where the passphrase comes from. Never from the command line, which others can read.
#[derive(Debug, Args)]
pub struct PassphraseArgs {
    /// Encrypt with a passphrase, which is asked for
    #[arg(long, conflicts_with = "passphrase_file")]
    pub passphrase: bool,
    /// Encrypt with the passphrase in the first line of this file
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
}

/// There is no passphrase, or it is not the one.
#[derive(Debug, thiserror::Error)]
pub(super) enum PassphraseError {
    /// Nobody can be asked.
    #[error("cannot ask for a passphrase: {0}")]
    Terminal(OsCause),
    /// The file can't be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is empty, or the file is no text.
    #[error("the passphrase is empty")]
    Empty,
    /// Two different ones.
    #[error("the two passphrases differ")]
    Differ,
    /// It could not be encrypted.
    #[error("cannot encrypt the backup")]
    Encrypt(#[from] EncryptError),
    /// Another passphrase, or one of age's keys.
    #[error("the backup does not open with this passphrase")]
    Wrong,
    /// It is damaged.
    #[error("the backup is encrypted by age, and is damaged or of another kind")]
    Damaged,
}

impl Advice for PassphraseError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Terminal(_) => Some("write it to a file, and give that with --passphrase-file".to_owned()),
            Self::Wrong | Self::Damaged => Some(
                "where it was encrypted for a key of age's: age -d -i KEY FILE | sealwright keys restore -"
                    .to_owned(),
            ),
            Self::File(_) | Self::Empty | Self::Differ | Self::Encrypt(_) => None,
        }
    }
}

impl PassphraseArgs {
    /// The passphrase of a new backup, if it shall have one. A slip in it would lose the keys: it is asked for twice.
    pub(super) fn twice(&self) -> Result<Option<SecretString>, PassphraseError> {
        if !self.passphrase {
            return self.passphrase_file.as_deref().map(in_file).transpose();
        }
        let first = ask("Passphrase for the backup: ")?;
        if first != ask("The same again: ")? {
            return Err(PassphraseError::Differ);
        }
        given(&first).map(Some)
    }
}

/// The passphrase of a backup that is there.
pub(super) fn once(file: Option<&Path>) -> Result<SecretString, PassphraseError> {
    match file {
        Some(path) => in_file(path),
        None => given(&ask("Passphrase of the backup: ")?),
    }
}

fn in_file(path: &Path) -> Result<SecretString, PassphraseError> {
    let text = input::text(input::file(path)?).ok_or(PassphraseError::Empty)?;
    given(text.lines().next().unwrap_or_default())
}

fn given(passphrase: &str) -> Result<SecretString, PassphraseError> {
    if passphrase.is_empty() { Err(PassphraseError::Empty) } else { Ok(SecretString::from(passphrase)) }
}

fn ask(prompt: &str) -> Result<Zeroizing<String>, PassphraseError> {
    let said = rpassword::prompt_password(prompt);
    said.map(Zeroizing::new).map_err(|error: io::Error| PassphraseError::Terminal(error.into()))
}

/// Whether age has encrypted it, as bytes or as text.
pub(super) fn is_encrypted(bytes: &[u8]) -> bool {
    bytes.starts_with(b"age-encryption.org/") || bytes.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----")
}

/// The backup under a passphrase.
pub(super) fn encrypted(plain: &[u8], passphrase: SecretString) -> Result<Vec<u8>, PassphraseError> {
    Ok(age::encrypt(&scrypt::Recipient::new(passphrase), plain)?)
}

/// The backup again.
pub(super) fn decrypted(
    bytes: &[u8],
    passphrase: SecretString,
) -> Result<Zeroizing<Vec<u8>>, PassphraseError> {
    match age::decrypt(&scrypt::Identity::new(passphrase), bytes) {
        Ok(plain) => Ok(Zeroizing::new(plain)),
        Err(
            DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed | DecryptError::NoMatchingKeys,
        ) => Err(PassphraseError::Wrong),
        Err(_) => Err(PassphraseError::Damaged),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_opens_with_its_passphrase_and_with_no_other() {
        let secret = |text: &str| SecretString::from(text);
        let mut sealed = encrypted(b"hunter2", secret("correct horse")).unwrap();
        assert!(is_encrypted(&sealed) && !sealed.windows(7).any(|window| window == b"hunter2"));
        assert_eq!(*decrypted(&sealed, secret("correct horse")).unwrap(), b"hunter2");
        assert!(matches!(decrypted(&sealed, secret("wrong")), Err(PassphraseError::Wrong)));
        *sealed.last_mut().unwrap() ^= 1;
        assert!(matches!(decrypted(&sealed, secret("correct horse")), Err(PassphraseError::Damaged)));
        assert!(!is_encrypted(b"apiVersion: v1\n"));
    }

    #[test]
    fn the_first_line_of_the_file_is_the_passphrase() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("passphrase");
        std::fs::write(&path, "correct horse\nanother\n").unwrap();
        let sealed = encrypted(b"hunter2", in_file(&path).unwrap()).unwrap();
        assert!(decrypted(&sealed, SecretString::from("correct horse")).is_ok());
        std::fs::write(&path, "\n").unwrap();
        assert!(matches!(in_file(&path), Err(PassphraseError::Empty)));
    }
}
