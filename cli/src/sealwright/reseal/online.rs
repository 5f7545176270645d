//! Has the controller open and seal.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use futures_util::StreamExt as _;
use futures_util::stream;
use indicatif::ProgressBar;
use sealer_core::emit;
use sealer_core::merge::Target;

use super::ResealArgs;
use super::file::{self, At, Fault, Mode, Renewed, Resealed};
use crate::cluster::{self, ClusterError};
use crate::deadline;
use crate::kubeconfig::Surroundings;
use crate::proxy::{Ask, Proxy};
use crate::rotation;
use crate::sealwright::verdict::Failure;

/// How many files are with the controller at once. It has few cores for them and lets the rest wait.
const AT_ONCE: usize = 8;

/// Reseals the files, several at once.
pub(super) fn reseal(
    args: &ResealArgs,
    files: &[PathBuf],
    mode: Mode,
    progress: &ProgressBar,
    surroundings: &Surroundings,
) -> Result<Vec<Resealed>, Failure> {
    let controller = args.cluster.controller(!progress.is_hidden());
    let work = async {
        let proxy = cluster::open(&controller, surroundings).await?;
        let way = &Way { proxy, is_given_up: Cell::new(false) };
        let files = files.iter().map(|path| async move {
            let resealed = one_file(path, way, mode).await;
            progress.inc(1);
            resealed
        });
        Ok::<_, ClusterError>(stream::iter(files).buffered(AT_ONCE).collect().await)
    };
    Ok(deadline::run(work).map_err(|error| ClusterError::Runtime(error.into()))??)
}

/// The way to the controller.
struct Way<'a> {
    proxy: Proxy<'a>,
    /// Whether it turned out to lead nowhere, which is said once and not for every file.
    is_given_up: Cell<bool>,
}

async fn one_file(path: &Path, way: &Way<'_>, mode: Mode) -> Resealed {
    let resealed = async {
        let Some(text) = file::read(path, mode)? else { return Ok(None) };
        let Some(sealed) = file::sealed(&text)? else { return Ok(None) };
        let mut all = Vec::new();
        for target in sealed.all() {
            all.push(renewed(&target, way).await);
        }
        Ok::<_, Fault>(Some(file::finish(path, &text, &sealed, all, mode)))
    };
    match resealed.await {
        Ok(resealed) => resealed.unwrap_or_else(|| Resealed::untouched(path, Vec::new())),
        Err(fault) => Resealed::untouched(path, vec![fault]),
    }
}

async fn renewed(target: &Target<'_, '_>, way: &Way<'_>) -> Result<Renewed, Fault> {
    target.check()?;
    if way.is_given_up.get() {
        return Err(Fault::GivenUp);
    }
    let sealed = target.sealed();
    let answer = match way.proxy.call(Ask::Rotate(&emit::to_json(sealed))).await {
        Ok(answer) => answer,
        Err(source) if source.is_lasting() && way.is_given_up.replace(true) => return Err(Fault::GivenUp),
        Err(source) => return Err(Fault::Call { at: At::of(target), source }),
    };
    let renewed = match rotation::renewed(sealed, &answer) {
        Ok(renewed) => renewed,
        Err(source) => return Err(Fault::Answer { at: At::of(target), source }),
    };
    match rotation::changes(sealed, &renewed) {
        Some(changes) => Ok(Renewed { changes, current: 0 }),
        None => Err(Fault::Rendered { at: At::of(target) }),
    }
}
