//! Keeps the keys as the policy wants them: makes the first, and the next when it is due.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tracing::{error, info, warn};

use crate::clock;
use crate::decide::{KeyMeta, RotationCause, Step, key_name, retry::backoff, rotation};
use crate::keys::{GenerateError, KeyPolicy, RingReceiver, StoredKey};

/// How long a new key may take to arrive in the ring before it is looked for again.
const ARRIVAL: Duration = Duration::from_secs(15);
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

/// Makes one key, or finds that another process has just made it; the answer is its name.
async fn make<S: KeyShelf>(
    shelf: &S,
    policy: &KeyPolicy,
    newest: Option<&KeyMeta>,
    cause: RotationCause,
) -> Result<String, MakeError<S::Error>> {
    for count in 0..NAMES {
        let name = key_name(&policy.prefix, newest, cause, count);
        let (policy, wanted, serial) = (policy.clone(), name.clone(), clock::serial()?);
        let made = move || StoredKey::generate(wanted, &policy, clock::timestamp(), serial);
        let key = tokio::task::spawn_blocking(made).await.map_err(|_| MakeError::Interrupted)??;
        match shelf.put(key).await.map_err(MakeError::Store)? {
            Put::Stored | Put::TakenByUsable => return Ok(name),
            Put::TakenByUnusable => {
                warn!(key = %name, "the name of the new key is taken by an unusable or retired one");
            }
        }
    }
    Err(MakeError::NamesTaken(key_name(&policy.prefix, newest, cause, 0)))
}

/// Keeps the keys as the policy wants them, for ever. The ring has to be complete before.
pub async fn keep(shelf: impl KeyShelf, policy: KeyPolicy, mut ring: RingReceiver) {
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
            Step::Generate(cause) => match make(&shelf, &policy, metas.first(), cause).await {
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

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::convert::Infallible;
    use std::sync::Mutex;

    use super::*;
    use crate::keys::tests::policy;

    /// Gives the answers that it was told to, and remembers the names that it was asked to store.
    struct Told {
        answers: Mutex<VecDeque<Put>>,
        names: Mutex<Vec<String>>,
    }

    impl KeyShelf for Told {
        type Error = Infallible;

        async fn put(&self, key: StoredKey) -> Result<Put, Infallible> {
            assert!(key.pair().is_ok());
            self.names.lock().unwrap().push(key.name);
            Ok(self.answers.lock().unwrap().pop_front().unwrap())
        }
    }

    async fn names(answers: &[Put]) -> (String, Vec<String>) {
        let told = Told { answers: Mutex::new(answers.iter().copied().collect()), names: Mutex::default() };
        let name = make(&told, &policy(), None, RotationCause::First).await.unwrap();
        (name, told.names.into_inner().unwrap())
    }

    #[tokio::test]
    async fn a_second_starter_takes_the_key_that_the_first_one_stored() {
        let (first, _) = names(&[Put::Stored]).await;
        let (second, tried) = names(&[Put::TakenByUsable]).await;
        assert_eq!(second, first);
        assert_eq!(tried, [first]);
    }

    #[tokio::test]
    async fn a_name_that_is_taken_by_an_unusable_key_is_passed() {
        let (name, tried) = names(&[Put::TakenByUnusable, Put::TakenByUnusable, Put::Stored]).await;
        assert_eq!(tried.len(), 3);
        assert_eq!(name, tried[2]);
        assert!(tried[0] != tried[1] && tried[1] != tried[2]);
    }
}
