//! Values under keys of somebody's own.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use sealer_core::Plaintext;
use sealer_core::builders::{self, Built};
use sealer_core::dotenv::{self, Dialect};
use sealer_core::secret::is_data_key;

use super::source::{self, Argv};
use super::{CommonArgs, CreateError};
use crate::input;

/// Where the values come from.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sealwright create opaque db -n payments --prompt password --cert prod.pem -o db.yaml
  sealwright create opaque app --from-env-file .env --dialect godotenv --from-file config.json
  pwgen -s 32 1 | tr -d '\\n' | sealwright create opaque api --from-stdin token")]
pub(super) struct OpaqueArgs {
    #[command(flatten)]
    pub(super) common: CommonArgs,
    /// A file as a value, under its name or KEY; the files of a folder, each under its name; repeatable
    #[arg(long, value_name = "[KEY=]PATH", help_heading = "Values")]
    from_file: Vec<String>,
    /// A file of KEY=value lines; `$` is a character like any other; repeatable
    #[arg(long, value_name = "PATH", help_heading = "Values")]
    from_env_file: Vec<PathBuf>,
    /// How these lines are read; has to be said where it makes a difference
    #[arg(long, value_enum, requires = "from_env_file", help_heading = "Values")]
    dialect: Option<DialectWord>,
    /// Standard input as the value of KEY, to the byte
    #[arg(long, value_name = "KEY", help_heading = "Values")]
    from_stdin: Option<String>,
    /// Ask for the value of KEY at the terminal, unseen; repeatable
    #[arg(long, value_name = "KEY", help_heading = "Values")]
    prompt: Vec<String>,
    /// A value on the command line, where every program of this machine and the shell's history can see it; repeatable
    #[arg(long, value_name = "KEY=VALUE", value_parser = source::argv, help_heading = "Values")]
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

impl OpaqueArgs {
    /// Reads all values.
    pub(super) fn build(&self) -> Result<Built, CreateError> {
        let mut values: Vec<(String, Plaintext)> = Vec::new();
        for text in &self.from_file {
            let (key, path) = source::key_and_path(text)?;
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
            values.push((key.clone(), source::stdin()?));
        }
        for key in &self.prompt {
            values.push((key.clone(), source::ask(key)?));
        }
        if values.is_empty() {
            return Err(CreateError::NoValues);
        }
        builders::opaque(values).map_err(CreateError::Opaque)
    }
}

/// The files of a folder whose names can be keys, as kubectl takes them: no folders, no links.
fn files_of(folder: &Path) -> Result<Vec<(String, Plaintext)>, CreateError> {
    let failed = |error: std::io::Error| CreateError::Folder { path: folder.to_owned(), cause: error.into() };
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

fn lines(path: &Path, dialect: Option<DialectWord>) -> Result<Vec<(String, Plaintext)>, CreateError> {
    let bytes = input::file(path).map_err(input::InputError::Value)?;
    let text = input::text(bytes).ok_or_else(|| CreateError::Encoding { path: path.to_owned() })?;
    let read = |dialect| {
        dotenv::parse(&text, dialect).map_err(|source| CreateError::Lines { path: path.to_owned(), source })
    };
    let entries = match dialect {
        Some(DialectWord::Docker) => read(Dialect::Docker)?,
        Some(DialectWord::Godotenv) => read(Dialect::Godotenv)?,
        None => dotenv::parse_undecided(&text)
            .map_err(|source| CreateError::Undecided { path: path.to_owned(), source })?,
    };
    Ok(entries.into_iter().map(|entry| (entry.key, entry.value)).collect())
}

fn key_and_value(text: &Plaintext) -> Result<(String, Plaintext), CreateError> {
    // Exposed to be taken apart; the value's copy is wiped.
    let bytes = text.expose();
    let equals = bytes.iter().position(|byte| *byte == b'=').ok_or(CreateError::Argv)?;
    let key = str::from_utf8(&bytes[..equals]).map_err(|_| CreateError::Argv)?;
    Ok((key.to_owned(), Plaintext::new(bytes[equals + 1..].to_vec())))
}
