//! Values under keys of somebody's own.

use clap::Args;

use super::CommonArgs;
use crate::sealwright::values::ValueArgs;

/// The values.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sealwright create opaque db -n payments --prompt password --cert prod.pem -o db.yaml
  sealwright create opaque app --from-env-file .env --dialect godotenv --from-file config.json
  pwgen -s 32 1 | tr -d '\\n' | sealwright create opaque api --from-stdin token")]
pub(super) struct OpaqueArgs {
    #[command(flatten)]
    pub(super) common: CommonArgs,
    #[command(flatten)]
    pub(super) values: ValueArgs,
}
