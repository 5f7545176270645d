//! How much may be asked for.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// What a client may take of the servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many requests to verify and rotate are answered in a second, over time. With 0, none is.
    pub rate: u32,
    /// How many more may come at once after a rest.
    pub burst: u32,
    /// How long a connection may bring requests.
    pub read_timeout: Duration,
    /// How long an answer may take after that.
    pub write_timeout: Duration,
}

/// How long a request waits for its turn at most. Through the API server's proxy all clients share one address, and
/// a script that checks ten files is no attack.
pub(super) const TURN: Duration = Duration::from_secs(5);

/// One queue for all requests that cost RSA operations. No header, path or address of a client has a say in it.
///
/// The generic cell rate algorithm: `next` is when the next request would be due if all came evenly.
#[derive(Debug)]
pub(super) struct Turns {
    interval: Option<Duration>,
    /// How far ahead of its time a request may be.
    ahead: Duration,
    next: Mutex<Option<Instant>>,
}

/// There is no turn soon enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full {
    /// After how long there would be one.
    pub(super) retry: Duration,
}

impl Turns {
    pub(super) fn new(limits: &Limits) -> Self {
        let interval = (limits.rate > 0).then(|| Duration::from_secs(1) / limits.rate);
        let ahead = interval.unwrap_or_default().saturating_mul(limits.burst);
        Self { interval, ahead, next: Mutex::new(None) }
    }

    /// Waits for a turn, if there is one soon enough. Those who wait are never more than the rate lets through in
    /// that time.
    pub(super) async fn take(&self) -> Result<(), Full> {
        let wait = self.reserve(Instant::now())?;
        tokio::time::sleep(wait).await;
        Ok(())
    }

    /// Takes the next turn and says how long it is until then; refuses without taking one.
    fn reserve(&self, now: Instant) -> Result<Duration, Full> {
        let Some(interval) = self.interval else { return Err(Full { retry: TURN }) };
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let due = next.map_or(now, |next| next.max(now));
        let wait = due.saturating_duration_since(now).saturating_sub(self.ahead);
        if wait > TURN {
            return Err(Full { retry: wait });
        }
        *next = Some(due + interval);
        Ok(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(rate: u32, burst: u32) -> Turns {
        let timeout = Duration::from_secs(1);
        Turns::new(&Limits { rate, burst, read_timeout: timeout, write_timeout: timeout })
    }

    #[test]
    fn after_a_burst_turns_come_evenly_until_the_wait_is_too_long() {
        let turns = turns(2, 2);
        let now = Instant::now();
        let millis: Vec<Option<u128>> =
            (0..15).map(|_| turns.reserve(now).ok().map(|wait| wait.as_millis())).collect();
        let expected: Vec<Option<u128>> = [0, 0, 0]
            .into_iter()
            .chain((1..=10).map(|number| number * 500))
            .map(Some)
            .chain([None, None])
            .collect();
        assert_eq!(millis, expected);
        assert_eq!(turns.reserve(now), Err(Full { retry: Duration::from_millis(5500) }));
        let later = now + Duration::from_millis(500);
        assert_eq!(turns.reserve(later), Ok(TURN), "one turn has passed");
        assert!(turns.reserve(later).is_err(), "and only one");
        let rested = now + Duration::from_secs(60);
        assert_eq!((0..4).filter(|_| turns.reserve(rested) == Ok(Duration::ZERO)).count(), 3);
    }

    #[test]
    fn extreme_numbers_are_no_way_around() {
        assert!(turns(0, 5).reserve(Instant::now()).is_err());
        let single = turns(1, 0);
        let now = Instant::now();
        assert_eq!(single.reserve(now), Ok(Duration::ZERO));
        assert_eq!(single.reserve(now), Ok(Duration::from_secs(1)));
        let wide = turns(u32::MAX, u32::MAX);
        assert!((0..100).all(|_| wide.reserve(now) == Ok(Duration::ZERO)));
    }
}
