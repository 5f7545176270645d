//! Keeps the keys as the policy wants them: makes the first, and the next when it is due.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tracing::{error, info};

use crate::clock;
use crate::decide::{KeyMeta, RotationCause, Step, retry::backoff, rotation};
use crate::keys::{KeyPolicy, RingReceiver};

/// How long a new key may take to arrive in the ring before it is looked for again.
const ARRIVAL: Duration = Duration::from_secs(15);
/// The longest sleep before the clock is read again: it may be set meanwhile.
const NAP: Duration = Duration::from_secs(3600);
/// The first and the longest wait after a key could not be made.
const RETRY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// Makes keys where they are stored.
pub trait KeyMaker {
    /// Why a key could not be made.
    type Error: std::error::Error + Send;

    /// Makes one key, or finds that another process has just made it; the answer is its name.
    fn make(
        &self,
        policy: &KeyPolicy,
        newest: Option<&KeyMeta>,
        cause: RotationCause,
    ) -> impl Future<Output = Result<String, Self::Error>> + Send;
}

/// Keeps the keys as the policy wants them, for ever. The ring has to be complete before.
pub async fn keep(maker: impl KeyMaker, policy: KeyPolicy, mut ring: RingReceiver) {
    let mut failures = 0;
    loop {
        let metas = Arc::clone(&ring.borrow_and_update()).metas();
        let now = clock::timestamp();
        match rotation(&metas, policy.renew, now) {
            Step::Idle => {
                if ring.changed().await.is_err() {
                    return;
                }
            }
            Step::WaitUntil(due) => {
                let left = Duration::from_secs(due.unix_seconds().saturating_sub(now.unix_seconds()));
                // A change of the ring and the end of the nap are the same to the next round.
                drop(tokio::time::timeout(left.min(NAP), ring.changed()).await);
            }
            Step::Generate(cause) => match maker.make(&policy, metas.first(), cause).await {
                Ok(name) => {
                    failures = 0;
                    info!(key = %name, cause = cause.as_str(), "a new sealing key");
                    drop(tokio::time::timeout(ARRIVAL, ring.changed()).await);
                }
                Err(why) => {
                    let wait = backoff(RETRY.0, RETRY.1, failures, clock::jitter());
                    failures = failures.saturating_add(1);
                    error!("{why}; trying again in {} s", wait.as_secs_f32().ceil());
                    tokio::time::sleep(wait).await;
                }
            },
        }
    }
}
