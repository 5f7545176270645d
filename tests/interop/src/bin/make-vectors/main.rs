//! Makes `vectors/` with real kubeseal and, where kubeseal can't, with upstream's library.
//!
//! Run once. A file that exists is kept as it is, so committed vectors never change to please a test: this fills in
//! what was added since, and writes the index again. Of the templates and the `.env` files, it keeps every result.

#![forbid(unsafe_code)]

mod dotenv;
mod expected;
mod folder;
mod formats;
mod invocations;
mod keys;
mod runs;
mod sealed;
mod shapes;
mod templates;
mod yaml;

use std::error::Error;
use std::path::Path;

use sealwright_interop::vectors::Index;
use sealwright_interop::{Kubeseal, Oracle, binaries};

use folder::Folder;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What makes vectors.
struct Makers {
    kubeseal: Kubeseal,
    oracle: Oracle,
    folder: Folder,
}

fn main() -> Result<()> {
    let built = binaries::ensure(&mut |line| eprintln!("{line}"))?;
    let mut makers = Makers {
        kubeseal: Kubeseal::at(built.kubeseal),
        oracle: Oracle::start(&built.oracle)?,
        folder: Folder::at(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors")),
    };
    let keys = keys::sealing(&mut makers)?;
    let odd = keys::odd(&mut makers)?;
    let index = Index {
        upstream: makers.oracle.version()?,
        keys,
        odd,
        sealed: sealed::objects(&mut makers)?,
        raw: sealed::raw(&mut makers)?,
        shapes: shapes::all(&mut makers)?,
    };
    yaml::reading(&mut makers)?;
    yaml::writing(&mut makers)?;
    invocations::all(&makers)?;
    runs::all(&makers)?;
    templates::all(&mut makers)?;
    dotenv::all(&mut makers)?;
    makers.folder.replace_json("manifest.json", &index)
}
