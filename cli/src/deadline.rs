//! Runs what talks to the network, for a limited time.

use std::future::Future;
use std::time::Duration;

use crate::error::OsCause;

/// The work did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum DeadlineError {
    /// The time is over.
    #[error("no answer within {0:?}")]
    Elapsed(Duration),
    /// There are no threads or no events to be had from the system.
    #[error("cannot start: {0}")]
    Start(OsCause),
}

impl DeadlineError {
    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Elapsed(_) => Some("give it more time with --request-timeout, e.g. 2m".to_owned()),
            Self::Start(_) => None,
        }
    }
}

/// Runs the work; a runtime exists only as long as this. Whatever still hangs at the end, such as the lookup of a
/// name, is left behind.
pub fn run<T>(limit: Option<Duration>, work: impl Future<Output = T>) -> Result<T, DeadlineError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| DeadlineError::Start(error.into()))?;
    let outcome = runtime.block_on(async {
        match limit {
            None => Ok(work.await),
            Some(limit) => {
                tokio::time::timeout(limit, work).await.map_err(|_elapsed| DeadlineError::Elapsed(limit))
            }
        }
    });
    runtime.shutdown_background();
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_never_ends_is_ended() {
        let limit = Duration::from_millis(1);
        let outcome = run(Some(limit), std::future::pending::<()>());
        assert_eq!(outcome.unwrap_err().to_string(), "no answer within 1ms");
    }

    #[test]
    fn work_that_ends_gives_its_value() {
        assert_eq!(run(None, async { 1 }).unwrap(), 1);
        assert_eq!(run(Some(Duration::from_secs(60)), async { 2 }).unwrap(), 2);
    }
}
