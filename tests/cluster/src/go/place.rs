//! Files of a module, beside the programs that are built from it.

use std::fs;
use std::path::Path;

use super::{BuildError, file_error};

/// Copies a file so that it appears whole or not at all. A module's files can't be written to; the copy can.
pub fn place(from: &Path, to: &Path) -> Result<(), BuildError> {
    let content = fs::read(from).map_err(file_error("read", from))?;
    let part = to.with_extension(format!("part-{}", std::process::id()));
    fs::write(&part, content).map_err(file_error("write", &part))?;
    fs::rename(&part, to).map_err(file_error("put in place", &part))
}
