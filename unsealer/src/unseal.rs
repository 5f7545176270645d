//! Opens a whole SealedSecret in one go.

use sealer_core::{PlainSecret, SealedSecret};

use crate::error::UnsealError;
use crate::job::Job;
use crate::keyring::Keyring;

/// Opens every value, or none: the Secret that upstream's `Unseal` would make, without the owner, which only a
/// cluster knows.
///
/// Whoever has several threads, wants to know which keys opened it, or has an object with an identity, takes a
/// [`Job`].
pub fn unseal(sealed: &SealedSecret, ring: &Keyring) -> Result<PlainSecret, UnsealError> {
    let job = Job::new(sealed, true)?;
    job.assemble(job.open_all(ring), ring).map(|opened| opened.secret)
}
