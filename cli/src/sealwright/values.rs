//! Where values come from: files, lines, standard input, somebody at the terminal.

use std::convert::Infallible;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use sealer_core::Plaintext;
use sealer_core::builders::{self, Built, OpaqueError};
use sealer_core::dotenv::{self, Dialect, DotenvError, UndecidedError};
use sealer_core::secret::is_data_key;

use crate::error::OsCause;
use crate::input::{self, InputError, Opened};
use crate::sealwright::verdict::Advice;

/// Values under keys of somebody's own.
#[derive(Debug, Args)]
#[command(next_help_heading = "Values")]
pub struct ValueArgs {
    /// A file as a value, under its name or KEY; the files of a folder, each under its name; repeatable
    #[arg(long, value_name = "[KEY=]PATH")]
    from_file: Vec<String>,
    /// A file of KEY=value lines; `$` is a character like any other; repeatable
    #[arg(long, value_name = "PATH")]
    from_env_file: Vec<PathBuf>,
    /// How these lines are read; has to be said where it makes a difference
    #[arg(long, value_enum, requires = "from_env_file")]
    dialect: Option<DialectWord>,
    /// Standard input as the value of KEY, to the byte
    #[arg(long, value_name = "KEY")]
    from_stdin: Option<String>,
    /// Ask for the value of KEY at the terminal, unseen; repeatable
    #[arg(long, value_name = "KEY")]
    prompt: Vec<String>,
    /// A value on the command line, where every program of this machine and the shell's history can see it; repeatable
    #[arg(long, value_name = "KEY=VALUE", value_parser = argv)]
    insecure_argv: Vec<Argv>,
}

/// Who the lines were written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DialectWord {
    /// Everything behind `=` is the value, as `docker run --env-file` reads it
    Docker,
    /// Quotes, escapes, comments and `export`, as most programs read a .env
    Godotenv,
}

/// A text of the command line that may hold a value: mute when printed.
#[derive(Debug, Clone)]
struct Argv(Plaintext);

/// Takes any text: what clap refuses, it prints.
fn argv(text: &str) -> Result<Argv, Infallible> {
    Ok(Argv(Plaintext::new(text.into())))
}

/// The values can't be had. No text of it holds a byte of one.
#[derive(Debug, thiserror::Error)]
pub enum ValuesError {
    /// A file or standard input can't be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A folder can't be read.
    #[error("cannot list {}: {cause}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The cause.
        cause: OsCause,
    },
    /// `--from-file` names no file.
    #[error("--from-file takes PATH, or KEY=PATH")]
    FromFile,
    /// `--insecure-argv` names no key.
    #[error("--insecure-argv takes KEY=VALUE")]
    Argv,
    /// Lines that can't be read.
    #[error("cannot read {}", path.display())]
    Lines {
        /// The file.
        path: PathBuf,
        /// Why.
        source: DotenvError,
    },
    /// Lines that mean one thing to one program and another to the next.
    #[error("cannot read {}", path.display())]
    Undecided {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: UndecidedError,
    },
    /// A file that is no text.
    #[error("{} is not UTF-8", path.display())]
    Encoding {
        /// The file.
        path: PathBuf,
    },
    /// Nobody can be asked.
    #[error("cannot ask for {what}: {cause}")]
    Prompt {
        /// What is asked for.
        what: String,
        /// The cause.
        cause: OsCause,
    },
    /// There is nothing to seal.
    #[error("there are no values to seal")]
    NoValues,
    /// One key, and several files for it.
    #[error("one KEY takes one --from-file PATH")]
    SeveralFiles,
    /// A key that Kubernetes does not take, or one with two values.
    #[error(transparent)]
    Opaque(#[from] OpaqueError),
}

impl Advice for ValuesError {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Input(error) => return error.hint(),
            Self::Undecided { source: UndecidedError::Differs { .. }, .. } => {
                "--dialect godotenv takes quotes and comments away, --dialect docker keeps everything behind `=`"
            }
            Self::Undecided { source: UndecidedError::Unclear(_), .. } => {
                "if everything behind `=` belongs to the value, say --dialect docker"
            }
            Self::Prompt { .. } => "without a terminal, give it in a file or on standard input; see --help",
            Self::NoValues => "give them with --from-file, --from-env-file, --from-stdin or --prompt",
            Self::Opaque(OpaqueError::Key) => "give a file another key with --from-file KEY=PATH",
            Self::Folder { .. }
            | Self::FromFile
            | Self::SeveralFiles
            | Self::Argv
            | Self::Lines { .. }
            | Self::Encoding { .. }
            | Self::Opaque(OpaqueError::Duplicate { .. }) => return None,
        };
        Some(hint.to_owned())
    }
}

impl ValueArgs {
    /// Reads all values, and says what is odd about them.
    pub fn read(&self) -> Result<Built, ValuesError> {
        let mut values: Vec<(String, Plaintext)> = Vec::new();
        for text in &self.from_file {
            let (key, path) = key_and_path(text)?;
            if path.is_dir() && !text.contains('=') {
                values.extend(files_of(path)?);
            } else {
                values.push((key, input::value(path)?));
            }
        }
        for path in &self.from_env_file {
            values.extend(lines(path, self.dialect)?);
        }
        for Argv(text) in &self.insecure_argv {
            values.push(key_and_value(text)?);
        }
        if let Some(key) = &self.from_stdin {
            values.push((key.clone(), stdin()?));
        }
        for key in &self.prompt {
            values.push((key.clone(), ask(key)?));
        }
        if values.is_empty() {
            return Err(ValuesError::NoValues);
        }
        Ok(builders::opaque(values)?)
    }

    /// Reads the value of one key: from the file that is named, else from standard input; where somebody would have
    /// to type it, they are asked, unseen.
    pub fn read_one(&self, key: &str, stdin_is_terminal: bool) -> Result<Built, ValuesError> {
        let value = match self.from_file.as_slice() {
            [] if stdin_is_terminal => ask(key)?,
            [] => stdin()?,
            [path] => input::value(Path::new(path))?,
            _ => return Err(ValuesError::SeveralFiles),
        };
        Ok(builders::opaque(vec![(key.to_owned(), value)])?)
    }
}

/// The files of a folder whose names can be keys, as kubectl takes them: no folders, no links.
fn files_of(folder: &Path) -> Result<Vec<(String, Plaintext)>, ValuesError> {
    let failed = |error: io::Error| ValuesError::Folder { path: folder.to_owned(), cause: error.into() };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().into_string().ok().filter(|name| is_data_key(name));
        if let (Some(name), true) = (name, entry.file_type().map_err(failed)?.is_file()) {
            files.push((name, input::value(&entry.path())?));
        }
    }
    Ok(files)
}

fn lines(path: &Path, dialect: Option<DialectWord>) -> Result<Vec<(String, Plaintext)>, ValuesError> {
    let bytes = input::file(path).map_err(InputError::Value)?;
    let text = input::text(bytes).ok_or_else(|| ValuesError::Encoding { path: path.to_owned() })?;
    let read = |dialect| {
        dotenv::parse(&text, dialect).map_err(|source| ValuesError::Lines { path: path.to_owned(), source })
    };
    let entries = match dialect {
        Some(DialectWord::Docker) => read(Dialect::Docker)?,
        Some(DialectWord::Godotenv) => read(Dialect::Godotenv)?,
        None => dotenv::parse_undecided(&text)
            .map_err(|source| ValuesError::Undecided { path: path.to_owned(), source })?,
    };
    Ok(entries.into_iter().map(|entry| (entry.key, entry.value)).collect())
}

fn key_and_value(text: &Plaintext) -> Result<(String, Plaintext), ValuesError> {
    // Exposed to be taken apart; the value's copy is wiped.
    let bytes = text.expose();
    let equals = bytes.iter().position(|byte| *byte == b'=').ok_or(ValuesError::Argv)?;
    let key = str::from_utf8(&bytes[..equals]).map_err(|_| ValuesError::Argv)?;
    Ok((key.to_owned(), Plaintext::new(bytes[equals + 1..].to_vec())))
}

/// All of standard input, to the byte.
pub fn stdin() -> Result<Plaintext, ValuesError> {
    Ok(Opened::Stdin { prompt: None }.value()?)
}

/// Asks at the terminal, where nothing of the answer is shown; standard input may be something else.
pub fn ask(what: &str) -> Result<Plaintext, ValuesError> {
    match rpassword::prompt_password(format!("{what}: ")) {
        Ok(answer) => Ok(Plaintext::new(answer.into_bytes())),
        Err(error) => Err(ValuesError::Prompt { what: what.to_owned(), cause: error.into() }),
    }
}

/// The key that a file's value gets, and the file: `KEY=PATH`, or a path whose last part is the key, as kubectl has it.
fn key_and_path(text: &str) -> Result<(String, &Path), ValuesError> {
    let (key, path) = match text.split_once('=') {
        Some((key, path)) => (key, Path::new(path)),
        None => {
            (Path::new(text).file_name().and_then(|name| name.to_str()).unwrap_or_default(), Path::new(text))
        }
    };
    let is_path = !path.as_os_str().is_empty() && !path.as_os_str().as_encoded_bytes().contains(&b'=');
    if key.is_empty() || !is_path { Err(ValuesError::FromFile) } else { Ok((key.to_owned(), path)) }
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
            assert!(matches!(key_and_path(text), Err(ValuesError::FromFile)), "{text}");
        }
    }
}
