//! Opens values on a bounded pool, so that the probes and the certificate never wait behind RSA.

use std::sync::Arc;

use sealer_core::PlainSecret;
use tokio::sync::Semaphore;
use unsealer::unseal;

use crate::facts::{Sealed, Unsealable};
use crate::keys::Ring;

/// The pool: as many objects at once as there are cores.
#[derive(Debug)]
pub struct Opener {
    slots: Semaphore,
}

impl Opener {
    /// A pool of so many slots.
    pub fn new(slots: usize) -> Self {
        Self { slots: Semaphore::new(slots.max(1)) }
    }

    /// Opens an object, when it is its turn.
    pub async fn open(&self, sealed: Arc<Sealed>, ring: Arc<Ring>) -> Result<PlainSecret, Unsealable> {
        let _slot = self.slots.acquire().await.expect("the pool is never closed");
        let opened = tokio::task::spawn_blocking(move || {
            let content = sealed.content.as_ref().map_err(Clone::clone)?;
            Ok(unseal(content, &ring.keys)?)
        });
        match opened.await {
            Ok(result) => result,
            // Whoever runs the pass catches it, so that one object can't end the others.
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        }
    }
}
