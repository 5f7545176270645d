//! What godotenv and docker read in `.env` files. The files are written by hand.

use std::fs;

use sealwright_interop::OracleError;
use sealwright_interop::vectors::{DotenvCase, DotenvResult};

use crate::{Makers, Result};

pub(crate) fn all(makers: &mut Makers) -> Result<()> {
    const RESULTS: &str = "dotenv/results.json";
    let mut cases: Vec<DotenvCase> = match makers.folder.has(RESULTS) {
        true => serde_json::from_slice(&makers.folder.read(RESULTS)?)?,
        false => Vec::new(),
    };
    let recorded = cases.len();
    for entry in fs::read_dir(makers.folder.root().join("dotenv"))? {
        let file = entry?.file_name().into_string().map_err(|_| "a file's name is not UTF-8")?;
        if file.ends_with(".env") && cases.iter().all(|case| case.file != file) {
            let text = makers.folder.read(&format!("dotenv/{file}"))?;
            let godotenv = record(makers, "godotenv", &text)?;
            let docker = record(makers, "docker", &text)?;
            cases.push(DotenvCase { file, godotenv, docker });
        }
    }
    if cases.len() > recorded {
        eprintln!("dotenv: {} of {} recorded", cases.len() - recorded, cases.len());
        cases.sort_by(|one, other| one.file.cmp(&other.file));
        makers.folder.replace_lines(RESULTS, &cases)?;
    }
    Ok(())
}

fn record(makers: &mut Makers, dialect: &str, text: &[u8]) -> Result<DotenvResult> {
    match makers.oracle.dotenv(dialect, text) {
        Ok(values) => Ok(DotenvResult::Values(values)),
        Err(OracleError::Refused(words)) => Ok(DotenvResult::Error(words)),
        Err(error) => Err(error.into()),
    }
}
