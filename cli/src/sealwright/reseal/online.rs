//! Has the controller open and seal.

use std::collections::BTreeMap;
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
use crate::sealwright::verdict::{Advice, Failure};

/// How many files are with the controller at once. It has few cores for them and lets the rest wait.
const AT_ONCE: usize = 8;

/// The controller can't be asked, so there is no use in going on.
#[derive(Debug, thiserror::Error)]
#[error("{}: {fault}", path.display())]
pub(super) struct GivenUp {
    path: PathBuf,
    fault: Fault,
}

impl Advice for GivenUp {
    fn hint(&self) -> Option<String> {
        self.fault.hint()
    }
}

/// Reseals the files, several at once, up to where it has to give up.
pub(super) fn reseal(
    args: &ResealArgs,
    files: &[PathBuf],
    mode: Mode,
    progress: &ProgressBar,
    surroundings: &Surroundings,
) -> Result<(Vec<Resealed>, Option<GivenUp>), Failure> {
    let controller = args.cluster.controller(!progress.is_hidden());
    let work = async {
        let proxy = &cluster::open(&controller, surroundings).await?;
        let files = files.iter().enumerate().map(|(at, path)| async move {
            let resealed = one_file(path, proxy, mode).await;
            resealed.map(|resealed| (at, resealed)).map_err(|fault| GivenUp { path: path.clone(), fault })
        });
        // Each is told of as soon as it is done: whoever is still on the way when this ends has written nothing.
        let mut running = stream::iter(files).buffer_unordered(AT_ONCE);
        let (mut done, mut end) = (BTreeMap::new(), None);
        while let (None, Some(resealed)) = (&end, running.next().await) {
            progress.inc(1);
            match resealed {
                Ok((at, resealed)) => {
                    done.insert(at, resealed);
                }
                Err(given_up) => end = Some(given_up),
            }
        }
        // Told in the order in which they were named, as where the keys are at hand.
        Ok::<_, ClusterError>((done.into_values().collect(), end))
    };
    Ok(deadline::run(work).map_err(|error| ClusterError::Runtime(error.into()))??)
}

/// What came of the file, or why no file can be done.
async fn one_file(path: &Path, proxy: &Proxy<'_>, mode: Mode) -> Result<Resealed, Fault> {
    let resealed = async {
        let Some(text) = file::read(path, mode)? else { return Ok(None) };
        let Some(sealed) = file::sealed(&text)? else { return Ok(None) };
        let mut all = Vec::new();
        for target in sealed.all() {
            match renewed(&target, proxy).await {
                Err(fault) if fault.is_lasting() => return Err(fault),
                renewed => all.push(renewed),
            }
        }
        Ok(Some(file::finish(path, &text, &sealed, all, mode)))
    };
    match resealed.await {
        Ok(resealed) => Ok(resealed.unwrap_or_else(|| Resealed::untouched(path, Vec::new()))),
        Err(fault) if fault.is_lasting() => Err(fault),
        Err(fault) => Ok(Resealed::untouched(path, vec![fault])),
    }
}

async fn renewed(target: &Target<'_, '_>, proxy: &Proxy<'_>) -> Result<Renewed, Fault> {
    target.check()?;
    let sealed = target.sealed();
    let answer = match proxy.call(Ask::Rotate(&emit::to_json(sealed))).await {
        Ok(answer) => answer,
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
