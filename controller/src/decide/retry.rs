//! When to look at an object again without being told to.

use std::time::Duration;

use crate::facts::{Outcome, Wait};

/// What the queue does with an object after a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Nothing: the next change brings it back.
    Done,
    /// Another pass after so long.
    Again(Duration),
}

/// The first wait after the API server failed.
const API_BASE: Duration = Duration::from_millis(500);
/// The longest wait after the API server failed.
const API_CAP: Duration = Duration::from_secs(300);
/// The first wait for something that a watch announces as well.
const ANNOUNCED_BASE: Duration = Duration::from_secs(1);
/// The longest of these waits.
const ANNOUNCED_CAP: Duration = Duration::from_secs(60);

/// Decides when to look again; `attempts` counts the passes that ended pending before this one, `jitter` is
/// between 0 and 1. There is no last attempt unless `max` says so, and then only for what failed.
///
/// What does not open waits for a change of the object or of the keys, and what is refused waits for a change of
/// the Secret: the watches bring both back, so that nothing is tried in vain.
pub fn retry(outcome: &Outcome, attempts: u32, max: Option<u32>, jitter: f64) -> Action {
    match outcome {
        Outcome::Synced { .. } | Outcome::Unsealable(_) | Outcome::Refused(_) => Action::Done,
        Outcome::Pending(Wait::Settling { rest }) => Action::Again(*rest),
        Outcome::Pending(Wait::Deletion | Wait::OldOwner) => {
            Action::Again(backoff(ANNOUNCED_BASE, ANNOUNCED_CAP, attempts, jitter))
        }
        Outcome::Pending(Wait::Contended | Wait::Api(_)) => again(attempts, max, jitter),
    }
}

/// When to try again what has failed so many times before.
pub fn again(attempts: u32, max: Option<u32>, jitter: f64) -> Action {
    if max.is_some_and(|max| attempts >= max) {
        return Action::Done;
    }
    Action::Again(backoff(API_BASE, API_CAP, attempts, jitter))
}

/// Doubles with each attempt up to the cap, and takes between half and all of that.
pub fn backoff(base: Duration, cap: Duration, attempts: u32, jitter: f64) -> Duration {
    let full = base.saturating_mul(1 << attempts.min(20)).min(cap);
    full.mul_f64(0.5 + 0.5 * jitter.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Malformed, ObjectKey, Refusal, Unsealable};

    #[test]
    fn settled_outcomes_wait_for_a_change() {
        let key = ObjectKey { namespace: "a".into(), name: "b".into() };
        let malformed = Malformed { field: "spec", expected: "a map" };
        for outcome in [
            Outcome::Synced { written: true },
            Outcome::Unsealable(Unsealable::Malformed(malformed)),
            Outcome::Refused(Refusal::NotOurs { name: "b".into() }),
            Outcome::Refused(Refusal::Immutable { key }),
        ] {
            assert_eq!(retry(&outcome, 0, None, 1.0), Action::Done, "{outcome:?}");
        }
    }

    #[test]
    fn a_failing_api_server_is_asked_for_ever_less_often_up_to_a_cap() {
        let outcome = Outcome::Pending(Wait::Api("503".into()));
        let waits: Vec<Duration> = [0, 1, 2, 9, 10, u32::MAX]
            .map(|attempts| match retry(&outcome, attempts, None, 1.0) {
                Action::Again(wait) => wait,
                Action::Done => panic!("gave up after {attempts}"),
            })
            .into();
        assert_eq!(waits, [500, 1000, 2000, 256_000, 300_000, 300_000].map(Duration::from_millis));
    }

    #[test]
    fn a_last_attempt_that_is_asked_for_ends_what_fails_and_not_what_is_waited_for() {
        let failed = Outcome::Pending(Wait::Api("503".into()));
        for (attempts, max, ends) in [(0, 0, true), (0, 5, false), (4, 5, false), (5, 5, true), (6, 5, true)]
        {
            assert_eq!(retry(&failed, attempts, Some(max), 1.0) == Action::Done, ends, "{attempts} of {max}");
        }
        for waited in [Wait::Deletion, Wait::OldOwner] {
            assert_ne!(retry(&Outcome::Pending(waited), 9, Some(5), 1.0), Action::Done);
        }
    }

    #[test]
    fn jitter_takes_at_most_half_and_stays_within_its_bounds() {
        let wait = |jitter| backoff(Duration::from_secs(8), Duration::from_secs(60), 0, jitter);
        assert_eq!(wait(0.0), Duration::from_secs(4));
        assert_eq!(wait(0.5), Duration::from_secs(6));
        assert_eq!(wait(-3.0), wait(0.0));
        assert_eq!(wait(7.0), Duration::from_secs(8));
    }

    #[test]
    fn a_moment_is_waited_out_exactly() {
        let rest = Duration::from_millis(321);
        assert_eq!(retry(&Outcome::Pending(Wait::Settling { rest }), 7, Some(0), 0.0), Action::Again(rest));
    }
}
