//! Opens values on all cores, and on no more threads than there are cores, so that the probes and the certificate
//! never wait behind RSA.
//!
//! An object takes one turn for each item: its items are opened side by side, and an object with thousands of them
//! stands in line again and again like everybody else.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use getrandom::SysRng;
use sealer_core::{SealError, SealedSecret};
use tokio::time::Instant;
use unsealer::{Job, Opened, Opening, ResealError, Resealing, UnsealError};

use self::turns::{Turn, Turns, Who};
use crate::facts::{Sealed, Unsealable};
use crate::keys::Ring;
use crate::metrics::Metrics;

mod turns;

/// How many values are sealed again in one turn: that takes about as long as opening one.
const SEALS: usize = 16;

/// Where values are opened.
#[derive(Debug)]
pub struct Opener {
    turns: Arc<Turns>,
    /// How many items of one object are under way at once.
    abreast: usize,
    accept_deprecated: bool,
    metrics: Arc<Metrics>,
}

/// Why a SealedSecret is not sealed again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RotateError {
    /// It does not open, or must not be sealed again as it is.
    #[error(transparent)]
    Reseal(#[from] ResealError),
    /// There is no key to seal with.
    #[error("there is no usable sealing key")]
    NoKey,
    /// Sealing failed.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl From<UnsealError> for RotateError {
    fn from(error: UnsealError) -> Self {
        Self::Reseal(error.into())
    }
}

impl Opener {
    /// Keeps so many cores busy. `accept_deprecated` says whether `spec.data` is opened at all.
    pub fn new(cores: usize, accept_deprecated: bool, metrics: Arc<Metrics>) -> Self {
        Self { turns: Turns::new(cores), abreast: cores.max(1), accept_deprecated, metrics }
    }

    /// Opens an object, or says why it does not open and what the likely cause is. Begins with the key that `hint`
    /// names by its fingerprint.
    pub async fn open(
        &self,
        sealed: Arc<Sealed>,
        ring: Arc<Ring>,
        hint: Option<Arc<str>>,
    ) -> Result<Opened, Unsealable> {
        let content = sealed.content.as_ref().map_err(Clone::clone)?;
        let job = Job::new(content, self.accept_deprecated)?.identified(sealed.identity());
        let openings = self.open_abreast(&sealed, &ring, job.len(), hint).await;
        let opened = if job.renders() {
            self.render(&sealed, &ring, openings).await
        } else {
            job.assemble(openings, &ring.keys)
        };
        match opened {
            Ok(opened) => Ok(opened),
            Err(error) => Err(self.diagnose(&sealed, &ring, error).await.into()),
        }
    }

    /// Opens all items, as many at once as there are cores.
    async fn open_abreast(
        &self,
        sealed: &Arc<Sealed>,
        ring: &Arc<Ring>,
        items: usize,
        last: Option<Arc<str>>,
    ) -> Vec<Opening> {
        let next = AtomicUsize::new(0);
        let lane = async || {
            let mut hint = last.clone();
            let mut openings = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= items {
                    return openings;
                }
                let (sealed, ring, first) = (Arc::clone(sealed), Arc::clone(ring), hint.clone());
                let accept = self.accept_deprecated;
                let opening = self.in_turn(Who::Pass, move || {
                    let job = readable(&sealed, accept);
                    job.open(index, &ring.keys, first.as_deref())
                });
                let opening = self.counted(opening.await);
                hint = opening.key.as_deref().map(Into::into).or(hint);
                openings.push(opening);
            }
        };
        let lanes = join_all((0..self.abreast.min(items)).map(|_| lane())).await;
        lanes.into_iter().flatten().collect()
    }

    /// Templates may take a second, which is more than a thread of the runtime has.
    async fn render(
        &self,
        sealed: &Arc<Sealed>,
        ring: &Arc<Ring>,
        openings: Vec<Opening>,
    ) -> Result<Opened, UnsealError> {
        let (sealed, ring, accept) = (Arc::clone(sealed), Arc::clone(ring), self.accept_deprecated);
        let rendering = self.in_turn(Who::Pass, move || {
            readable(&sealed, accept).identified(sealed.identity()).assemble(openings, &ring.keys)
        });
        rendering.await
    }

    async fn diagnose(&self, sealed: &Arc<Sealed>, ring: &Arc<Ring>, error: UnsealError) -> UnsealError {
        let (sealed, ring, accept) = (Arc::clone(sealed), Arc::clone(ring), self.accept_deprecated);
        let diagnosis =
            self.in_turn(Who::Pass, move || readable(&sealed, accept).diagnose(error, &ring.keys));
        let (error, trials) = diagnosis.await;
        self.metrics.decrypt_tried(trials.into());
        error
    }

    /// Whether a SealedSecret from outside opens here. Renders nothing, names no cause, and gives way to passes.
    pub async fn verify(&self, sealed: SealedSecret, ring: Arc<Ring>) -> Result<(), UnsealError> {
        let sealed = Arc::new(sealed);
        let openings = self.open_outside(&sealed, &ring).await?;
        Job::new(&sealed, self.accept_deprecated)?.verify(openings)
    }

    /// Seals a SealedSecret from outside again with the newest key, under the scope that opened it. Renders nothing,
    /// names no cause, and gives way to passes.
    pub async fn rotate(&self, sealed: SealedSecret, ring: Arc<Ring>) -> Result<SealedSecret, RotateError> {
        let sealed = Arc::new(sealed);
        let openings = self.open_outside(&sealed, &ring).await?;
        let mut resealing = Job::new(&sealed, self.accept_deprecated)?.reseal(openings)?;
        loop {
            resealing = match resealing.finish() {
                Ok(sealed) => return Ok(sealed),
                Err(unfinished) => self.seal_some(unfinished, &ring).await?,
            };
        }
    }

    async fn seal_some(
        &self,
        mut resealing: Box<Resealing>,
        ring: &Arc<Ring>,
    ) -> Result<Resealing, RotateError> {
        let ring = Arc::clone(ring);
        let sealing = self.in_turn(Who::Outside, move || {
            let newest = ring.keys.newest().ok_or(RotateError::NoKey)?;
            for _ in 0..SEALS {
                resealing.seal_next(newest.certificate.key(), &mut SysRng)?;
            }
            Ok(*resealing)
        });
        sealing.await
    }

    /// Opens item after item, and ends with the first that does not open: the others would change nothing.
    async fn open_outside(
        &self,
        sealed: &Arc<SealedSecret>,
        ring: &Arc<Ring>,
    ) -> Result<Vec<Opening>, UnsealError> {
        let job = Job::new(sealed, self.accept_deprecated)?;
        let mut openings: Vec<Opening> = Vec::new();
        for index in 0..job.len() {
            let hint = openings.last().and_then(|last| last.key.clone());
            let (sealed, ring, accept) = (Arc::clone(sealed), Arc::clone(ring), self.accept_deprecated);
            let opening = self.in_turn(Who::Outside, move || {
                let job = Job::new(&sealed, accept)?;
                Ok::<_, UnsealError>(job.open(index, &ring.keys, hint.as_deref()))
            });
            let opening = self.counted(opening.await?);
            if let Some(error) = job.refusal(&opening) {
                return Err(error);
            }
            openings.push(opening);
        }
        Ok(openings)
    }

    fn counted(&self, opening: Opening) -> Opening {
        self.metrics.decrypt_tried(opening.trials.into());
        opening
    }

    /// Does the work on another thread, when it is its turn. The turn lasts until the work ends, also when nobody
    /// waits for it any more.
    async fn in_turn<T: Send + 'static>(&self, who: Who, work: impl FnOnce() -> T + Send + 'static) -> T {
        let asked = Instant::now();
        let turn: Turn = self.turns.take(who).await;
        self.metrics.decrypt_waited(asked.elapsed());
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(turn);
            result
        });
        match done.await.map_err(tokio::task::JoinError::try_into_panic) {
            Ok(result) => result,
            // Whoever runs the pass or the request catches it, so that one object can't end the others.
            Err(Ok(panic)) => std::panic::resume_unwind(panic),
            // The runtime is going down, and this task with it.
            Err(Err(_)) => std::future::pending().await,
        }
    }
}

/// The job of an object that was found to be readable before.
fn readable(sealed: &Sealed, accept_deprecated: bool) -> Job<'_> {
    let content = sealed.content.as_ref().expect("the shape was found to be right");
    Job::new(content, accept_deprecated).expect("the job could be made before")
}

#[cfg(test)]
mod tests;
