//! `sealwright unset`: takes keys out of a SealedSecret.

use clap::Args;
use sealer_core::merge::Changes;

use super::{FileArgs, templates};
use crate::sealwright::verdict::{Failure, Verdict};

/// Where, and which keys.
#[derive(Debug, Args)]
#[command(after_help = "\
The lines of the keys go; comments above them stay. No certificate and no cluster is needed.

Examples:
  sealwright unset apps/db.yaml old-password
  sealwright unset apps/all.yaml --name db user password --dry-run")]
pub struct UnsetArgs {
    #[command(flatten)]
    file: FileArgs,
    /// The keys to take out
    #[arg(value_name = "KEY", required = true)]
    keys: Vec<String>,
}

/// Takes the keys out.
pub fn run(args: &UnsetArgs) -> Result<Verdict, Failure> {
    let before = args.file.read()?;
    let sealed = args.file.sealed(&before)?;
    let target = args.file.target(&sealed)?;
    let changes = Changes { removed: args.keys.clone(), ..Changes::default() };
    let after = args.file.edited(&target, &changes)?;
    args.file.finish(&before, &after)?;
    templates::warn(target.sealed(), &args.keys.iter().map(String::as_str).collect::<Vec<_>>());
    Ok(Verdict::Yes)
}
