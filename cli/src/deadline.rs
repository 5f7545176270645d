//! Runs what talks to the network, for a limited time.

use std::future::Future;
use std::io;
use std::time::Duration;

/// The time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no answer within {0:?}")]
pub struct Elapsed(pub Duration);

impl Elapsed {
    /// What to do next.
    pub fn hint(self) -> String {
        "give it more time with --request-timeout, e.g. 2m".to_owned()
    }
}

/// Runs the work; a runtime exists only as long as this. Whatever still hangs at the end, such as the lookup of a
/// name, is left behind.
pub fn run<T>(work: impl Future<Output = T>) -> io::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome = runtime.block_on(work);
    runtime.shutdown_background();
    Ok(outcome)
}

/// The work, unless it takes too long; without a limit it may take for ever.
pub async fn within<T>(limit: Option<Duration>, work: impl Future<Output = T>) -> Result<T, Elapsed> {
    match limit {
        None => Ok(work.await),
        Some(limit) => tokio::time::timeout(limit, work).await.map_err(|_| Elapsed(limit)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_never_ends_is_ended() {
        let limit = Duration::from_millis(1);
        let outcome = run(within(Some(limit), std::future::pending::<()>())).unwrap();
        assert_eq!(outcome, Err(Elapsed(limit)));
        assert_eq!(Elapsed(limit).to_string(), "no answer within 1ms");
    }

    #[test]
    fn work_that_ends_gives_its_value() {
        assert_eq!(run(within(None, async { 1 })).unwrap(), Ok(1));
        assert_eq!(run(within(Some(Duration::from_secs(60)), async { 2 })).unwrap(), Ok(2));
    }
}
