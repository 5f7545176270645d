//! Where a value comes from.

use std::convert::Infallible;
use std::path::{Path, PathBuf};

use clap::Args;
use sealer_core::Plaintext;

use super::CreateError;
use crate::input::{self, Opened};

/// A text of the command line that may hold a value: mute when printed.
#[derive(Debug, Clone)]
pub(super) struct Argv(pub(super) Plaintext);

/// Takes any text: what clap refuses, it prints.
pub(super) fn argv(text: &str) -> Result<Argv, Infallible> {
    Ok(Argv(Plaintext::new(text.into())))
}

/// Where a password comes from; without any of these, somebody is asked for it.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(super) struct PasswordArgs {
    /// Read the password from standard input, without the line break at its end
    #[arg(long)]
    password_stdin: bool,
    /// Read the password from a file, without the line break at its end
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl PasswordArgs {
    /// The password.
    pub(super) fn password(&self) -> Result<Plaintext, CreateError> {
        match &self.password_file {
            Some(path) => Ok(without_line_break(&input::value(path)?)),
            None if self.password_stdin => Ok(without_line_break(&stdin()?)),
            None => ask("password"),
        }
    }
}

/// All of standard input, to the byte.
pub(super) fn stdin() -> Result<Plaintext, CreateError> {
    Ok(Opened::Stdin { prompt: None }.value()?)
}

/// Asks at the terminal, where nothing of the answer is shown; standard input may be something else.
pub(super) fn ask(what: &str) -> Result<Plaintext, CreateError> {
    match rpassword::prompt_password(format!("{what}: ")) {
        Ok(answer) => Ok(Plaintext::new(answer.into_bytes())),
        Err(error) => Err(CreateError::Prompt { what: what.to_owned(), cause: error.into() }),
    }
}

/// The key that a file's value gets, and the file: `KEY=PATH`, or a path whose last part is the key, as kubectl has it.
pub(super) fn key_and_path(text: &str) -> Result<(String, &Path), CreateError> {
    let (key, path) = match text.split_once('=') {
        Some((key, path)) => (key, Path::new(path)),
        None => {
            (Path::new(text).file_name().and_then(|name| name.to_str()).unwrap_or_default(), Path::new(text))
        }
    };
    let is_path = !path.as_os_str().is_empty() && !path.as_os_str().as_encoded_bytes().contains(&b'=');
    if key.is_empty() || !is_path { Err(CreateError::FromFile) } else { Ok((key.to_owned(), path)) }
}

/// As `docker login --password-stdin` takes a password: editors and `echo` end a file with a line break.
fn without_line_break(value: &Plaintext) -> Plaintext {
    // Exposed to be cut; the copy is wiped as well.
    let bytes = value.expose();
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    Plaintext::new(bytes.strip_suffix(b"\r").unwrap_or(bytes).to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_gives_its_name_unless_another_is_said() {
        for (text, key, path) in [
            ("a/b/tls.crt", "tls.crt", "a/b/tls.crt"),
            (".env-file", ".env-file", ".env-file"),
            ("key=a/b", "key", "a/b"),
        ] {
            assert_eq!(key_and_path(text).unwrap(), (key.to_owned(), Path::new(path)), "{text}");
        }
        for text in ["", "=a", "key=", "a=b=c", "a/.."] {
            assert!(matches!(key_and_path(text), Err(CreateError::FromFile)), "{text}");
        }
    }

    #[test]
    fn a_password_loses_one_line_break() {
        for (text, password) in
            [("p\n", "p"), ("p\r\n", "p"), ("p\n\n", "p\n"), ("p ", "p "), ("", ""), ("\n", "")]
        {
            let cut = without_line_break(&Plaintext::new(text.into()));
            assert!(cut.expose() == password.as_bytes(), "{text:?}");
        }
    }
}
