//! What godotenv and docker read in `KEY=value` files.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Bytes;

/// One file and what the two read in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DotenvCase {
    /// The file in `dotenv/`.
    pub file: String,
    /// What godotenv reads.
    pub godotenv: DotenvResult,
    /// What `docker run --env-file` reads.
    pub docker: DotenvResult,
}

/// The values by their keys, or that there are none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DotenvResult {
    /// The values, in base64.
    Values(BTreeMap<String, Bytes>),
    /// It is refused, in these words.
    Error(String),
}
