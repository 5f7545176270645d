//! Where a password comes from.

use std::path::PathBuf;

use clap::Args;
use sealer_core::Plaintext;

use super::CreateError;
use crate::input;
use crate::sealwright::values;

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
            None if self.password_stdin => Ok(without_line_break(&values::stdin()?)),
            None => Ok(values::ask("password")?),
        }
    }
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
    fn a_password_loses_one_line_break() {
        for (text, password) in
            [("p\n", "p"), ("p\r\n", "p"), ("p\n\n", "p\n"), ("p ", "p "), ("", ""), ("\n", "")]
        {
            let cut = without_line_break(&Plaintext::new(text.into()));
            assert!(cut.expose() == password.as_bytes(), "{text:?}");
        }
    }
}
