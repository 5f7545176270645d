//! One SealedSecret from the body of a request, at the pace that the limits allow.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use http_body_util::LengthLimitError;
use sealer_core::{Policy, SealedSecret, manifest};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::limits::{Limits, Turns};
use super::refusal::Refusal;

/// The longest body: an object that etcd takes, with room for how it may be written.
pub(super) const MAX: usize = 3 << 20;
/// How long a body may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// How many bodies are held at once.
const BODIES: usize = 8;

/// Where requests that cost RSA operations come through.
#[derive(Debug)]
pub(super) struct Gate {
    turns: Turns,
    bodies: Arc<Semaphore>,
    /// Reading a hostile text may cost memory, so one is read after the other.
    reading: Semaphore,
    patience: Duration,
}

/// A request that came through.
#[derive(Debug)]
pub(super) struct Admitted {
    pub(super) sealed: SealedSecret,
    /// Held until the answer is known.
    pub(super) held: OwnedSemaphorePermit,
}

impl Gate {
    pub(super) fn new(limits: &Limits) -> Self {
        let patience =
            if limits.read_timeout.is_zero() { PATIENCE } else { limits.read_timeout.min(PATIENCE) };
        Self {
            turns: Turns::new(limits),
            bodies: Arc::new(Semaphore::new(BODIES)),
            reading: Semaphore::new(1),
            patience,
        }
    }

    /// The SealedSecret, when it is this request's turn.
    pub(super) async fn admit(&self, body: Body) -> Result<Admitted, Refusal> {
        self.turns.take().await.map_err(Refusal::Turn)?;
        let held = Arc::clone(&self.bodies).try_acquire_owned().map_err(|_| Refusal::Busy)?;
        let bytes = tokio::time::timeout(self.patience, whole(body)).await.map_err(|_| Refusal::Slow)??;
        let _turn = self.reading.acquire().await.expect("the semaphore is never closed");
        let read = tokio::task::spawn_blocking(move || read(&bytes)).await;
        let sealed = read.expect("reading never panics")?;
        Ok(Admitted { sealed, held })
    }
}

async fn whole(body: Body) -> Result<Bytes, Refusal> {
    to_bytes(body, MAX).await.map_err(|error| {
        let too_long = error.source().is_some_and(<dyn std::error::Error>::is::<LengthLimitError>);
        if too_long { Refusal::TooLong } else { Refusal::Broken }
    })
}

/// Reads exactly one, as tolerantly as upstream: what it takes, scripts may send.
fn read(bytes: &[u8]) -> Result<SealedSecret, Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|_| Refusal::NotText)?;
    let mut found = manifest::read_sealed_secrets(text, Policy::Kubeseal)?.into_iter();
    match (found.next(), found.next()) {
        (Some(sealed), None) => Ok(sealed),
        (None, _) => Err(sealer_core::ManifestError::NoSealedSecrets.into()),
        (Some(_), Some(_)) => Err(Refusal::Several),
    }
}
