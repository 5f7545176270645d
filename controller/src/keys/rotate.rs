//! Keeps the keys as the policy wants them: makes the first, and the next when it is due.

use std::future::Future;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use sealer_core::Timestamp;
use tokio::sync::{Notify, watch};
use tracing::{debug, error, info, warn};
use unsealer::SealingKeyPair;

use crate::clock;
use crate::decide::{KeyMeta, RotationCause, Schedule, Step, key_name, retry::backoff, rotation};
use crate::keys::{GenerateError, KeyPolicy, RingReceiver, StoredKey};

/// How long a new key may take to arrive in the ring before it is looked for: at first, and at most.
const ARRIVAL: (Duration, Duration) = (Duration::from_secs(15), Duration::from_secs(600));
/// How far ahead of this machine's clock a key may begin without a word.
const SKEW: Duration = Duration::from_secs(300);
/// The longest sleep before the clock is read again: it may be set meanwhile.
const NAP: Duration = Duration::from_secs(3600);
/// The first and the longest wait after a key could not be made.
const RETRY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// How many taken names are passed before a new key is given up.
const NAMES: u32 = 100;

/// A place where keys are stored under names.
pub trait KeyShelf: Sync {
    /// Why a key could not be stored.
    type Error: std::error::Error + Send;

    /// Stores a key under its name, if the name is free.
    fn put(&self, key: StoredKey) -> impl Future<Output = Result<Put, Self::Error>> + Send;
}

/// What became of a key that was to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is there.
    Stored,
    /// There is a key in use of that name: another process made it just now.
    TakenByUsable,
    /// The name is taken by something that can't be used, or not any more.
    TakenByUnusable,
}

/// A new key could not be made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError<E: std::error::Error> {
    /// There is nothing to store.
    #[error(transparent)]
    Generate(#[from] GenerateError),
    /// The work was cut short.
    #[error("the generation of a key was interrupted")]
    Interrupted,
    /// Every name is taken by something that is no usable key.
    #[error("cannot create a sealing key: {NAMES} names like {0} are taken by unusable keys; remove them")]
    NamesTaken(String),
    /// The system has no randomness.
    #[error("cannot draw a serial number: {0}")]
    Random(#[from] getrandom::Error),
    /// It could not be stored.
    #[error("{0}")]
    Store(#[source] E),
}

/// A new key and why it is made, until it is the newest.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Made {
    name: String,
    count: u32,
    cause: RotationCause,
    /// The key that it follows, by its fingerprint.
    follows: Option<String>,
}

/// Makes one key that begins now, or finds that another process has just made it.
async fn make<S: KeyShelf>(
    shelf: &S,
    policy: &KeyPolicy,
    newest: Option<&KeyMeta>,
    cause: RotationCause,
    now: Timestamp,
    counts: Range<u32>,
) -> Result<Made, MakeError<S::Error>> {
    for count in counts.clone() {
        let name = key_name(&policy.prefix, newest, cause, count);
        let (policy, wanted, serial) = (policy.clone(), name.clone(), clock::serial()?);
        let made = move || StoredKey::generate(wanted, &policy, now, serial);
        let key = tokio::task::spawn_blocking(made).await.map_err(|_| MakeError::Interrupted)??;
        match shelf.put(key).await.map_err(MakeError::Store)? {
            Put::Stored | Put::TakenByUsable => {
                let follows = newest.map(|key| key.fingerprint.clone());
                return Ok(Made { name, count, cause, follows });
            }
            Put::TakenByUnusable => {}
        }
    }
    Err(MakeError::NamesTaken(key_name(&policy.prefix, newest, cause, counts.start)))
}

/// Keeps the keys as the policy wants them, for ever, and makes one when `renew` is told. The ring has to be complete
/// before.
pub async fn keep(shelf: impl KeyShelf, policy: KeyPolicy, mut ring: RingReceiver, renew: Arc<Notify>) {
    let mut schedule = Schedule { period: policy.renew, cutoff: policy.cutoff };
    let mut asked = false;
    let mut failures = 0;
    let mut said_ahead = None;
    loop {
        asked |= renew.notified().now_or_never().is_some();
        let metas = Arc::clone(&ring.borrow_and_update()).metas();
        let newest = metas.first();
        let now = clock::timestamp();
        if let Some(newest) = newest
            && newest.order.unix_seconds() > now.unix_seconds() + SKEW.as_secs()
            && said_ahead.as_ref() != Some(&newest.fingerprint)
        {
            let begins = newest.order;
            warn!(key = %newest.name, %begins, "the newest key begins in the future; no other follows it before");
            said_ahead = Some(newest.fingerprint.clone());
        }
        let wait = match rotation(&metas, schedule, asked, now) {
            Step::Idle => NAP,
            Step::WaitUntil(due) => {
                Duration::from_secs(due.unix_seconds().saturating_sub(now.unix_seconds())).min(NAP)
            }
            Step::Generate(cause) => match make(&shelf, &policy, newest, cause, now, 0..NAMES).await {
                Ok(made) => {
                    if made.count > 0 {
                        warn!(passed = made.count, "names of new keys are taken by unusable or retired ones");
                    }
                    info!(key = %made.name, cause = cause.as_str(), "a new sealing key");
                    failures = 0;
                    if arrive(&shelf, &policy, newest, &made, &mut ring).await.is_err() {
                        return;
                    }
                    asked = false;
                    if cause == RotationCause::Cutoff {
                        // Once is enough, whatever the clock that ordered the new key says.
                        schedule.cutoff = None;
                    }
                    continue;
                }
                Err(why) => {
                    let wait = backoff(RETRY.0, RETRY.1, failures, clock::jitter());
                    failures = failures.saturating_add(1);
                    error!("{why}; trying again in {} s", wait.as_secs_f32().ceil());
                    tokio::time::sleep(wait).await;
                    continue;
                }
            },
        };
        tokio::select! {
            changed = ring.changed() => if changed.is_err() { return },
            () = renew.notified() => asked = true,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Returns when another key is the newest: as a rule the one that was made, at once.
///
/// A key that does not become the newest would be made again and again: its Secret is changed on the way, or the
/// API server's clock, by which keys may be ordered, is behind. So for one cause and one newest key there is one
/// name, and only where that has become free is a key made once more.
async fn arrive<S: KeyShelf>(
    shelf: &S,
    policy: &KeyPolicy,
    newest: Option<&KeyMeta>,
    made: &Made,
    ring: &mut RingReceiver,
) -> Result<(), watch::error::RecvError> {
    let mut attempt = 0;
    loop {
        let wait = backoff(ARRIVAL.0, ARRIVAL.1, attempt, 1.0);
        let follows = made.follows.as_deref();
        let another = ring.wait_for(|ring| ring.keys.newest().map(SealingKeyPair::fingerprint) != follows);
        match tokio::time::timeout(wait, another).await {
            Ok(arrived) => return arrived.map(drop),
            Err(_) if attempt == 0 => {
                warn!(key = %made.name, "the new key does not become the newest; looking after it ever less often");
            }
            Err(_) => {}
        }
        attempt = attempt.saturating_add(1);
        let counts = made.count..made.count + 1;
        if let Err(why) = make(shelf, policy, newest, made.cause, clock::timestamp(), counts).await {
            debug!("{why}");
        }
    }
}

#[cfg(test)]
mod tests;
