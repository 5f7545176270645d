//! `sealwright rename-key`: gives a key of a SealedSecret another name.

use clap::Args;
use sealer_core::merge::Changes;
use sealer_core::secret::is_data_key;

use super::{FileArgs, templates};
use crate::sealwright::verdict::{Failure, Verdict};

/// Where, and which key.
#[derive(Debug, Args)]
#[command(after_help = "\
The value stays as it is: no scope binds the name of a key. No certificate and no cluster is needed.

Example:
  sealwright rename-key apps/db.yaml password DB_PASSWORD")]
pub struct RenameKeyArgs {
    #[command(flatten)]
    file: FileArgs,
    /// The key as it is called now
    old: String,
    /// The name that it gets; no key may have it already
    #[arg(value_parser = key)]
    new: String,
}

/// Renames the key.
pub fn run(args: &RenameKeyArgs) -> Result<Verdict, Failure> {
    let before = args.file.read()?;
    let sealed = args.file.sealed(&before)?;
    let target = args.file.target(&sealed)?;
    let renamed = [(args.old.clone(), args.new.clone())].into();
    let after = args.file.edited(&target, &Changes { renamed, ..Changes::default() })?;
    args.file.finish(&before, &after)?;
    if args.old != args.new {
        templates::warn(target.sealed(), &[&args.old]);
    }
    Ok(Verdict::Yes)
}

fn key(text: &str) -> Result<String, &'static str> {
    match is_data_key(text) {
        true => Ok(text.to_owned()),
        false => Err(
            "a key may have 1 to 253 letters, digits, `-`, `_` and `.`, and is neither `.` nor begins with `..`",
        ),
    }
}
