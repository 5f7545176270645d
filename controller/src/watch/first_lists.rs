//! When the first lists of the watches are complete.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

/// How long those that are ready wait for a namespace that does not answer.
const GRACE: Duration = Duration::from_secs(5);

/// The first lists of several watches.
#[derive(Debug)]
pub struct FirstLists {
    tally: watch::Sender<Tally>,
    expected: usize,
}

#[derive(Debug, Default)]
struct Tally {
    known: usize,
    failing: usize,
}

/// Where one of the watches stands.
#[derive(Debug)]
pub struct FirstList {
    tally: watch::Sender<Tally>,
    state: State,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    Open,
    Failing,
    Known,
}

impl FirstLists {
    /// None of none yet.
    pub fn new() -> Self {
        Self { tally: watch::Sender::default(), expected: 0 }
    }

    /// One watch more.
    pub fn expect(&mut self) -> FirstList {
        self.expected += 1;
        FirstList { tally: self.tally.clone(), state: State::Open }
    }

    /// Waits until every first list is known.
    pub async fn all(&self) {
        self.wait(|tally| tally.known >= self.expected).await;
    }

    /// Waits until one is known, and a moment for the others: not for those that fail, and not for ever.
    pub async fn most(&self) {
        self.wait(|tally| tally.known >= self.expected.min(1)).await;
        let rest = self.wait(|tally| tally.known + tally.failing >= self.expected);
        // The moment is over; whoever comes later is served then.
        drop(timeout(GRACE, rest).await);
    }

    async fn wait(&self, until: impl FnMut(&Tally) -> bool) {
        // The sender is our own, so the channel is never closed.
        drop(self.tally.subscribe().wait_for(until).await);
    }
}

impl Default for FirstLists {
    fn default() -> Self {
        Self::new()
    }
}

impl FirstList {
    /// The list is complete.
    pub fn known(&mut self) {
        self.tell(State::Known);
    }

    /// An attempt has failed.
    pub fn failed(&mut self) {
        self.tell(State::Failing);
    }

    fn tell(&mut self, state: State) {
        if self.state == State::Known || self.state == state {
            return;
        }
        self.tally.send_modify(|tally| {
            tally.failing -= usize::from(self.state == State::Failing);
            tally.failing += usize::from(state == State::Failing);
            tally.known += usize::from(state == State::Known);
        });
        self.state = state;
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use tokio::time::Instant;

    use super::*;

    #[tokio::test]
    async fn all_means_all_whatever_fails_on_the_way() {
        let mut lists = FirstLists::new();
        let (mut a, mut b) = (lists.expect(), lists.expect());
        assert!(lists.all().now_or_never().is_none());
        a.known();
        a.known();
        b.failed();
        assert!(lists.all().now_or_never().is_none());
        b.known();
        lists.all().await;
    }

    #[tokio::test(start_paused = true)]
    async fn most_does_not_wait_for_what_fails_and_not_long_for_what_is_silent() {
        let mut lists = FirstLists::new();
        let (mut a, mut b, mut c) = (lists.expect(), lists.expect(), lists.expect());
        b.failed();
        b.failed();
        assert!(lists.most().now_or_never().is_none(), "nothing is known");
        a.known();
        let start = Instant::now();
        lists.most().await;
        assert_eq!(start.elapsed(), GRACE, "one is silent");
        c.failed();
        lists.most().await;
        assert_eq!(start.elapsed(), GRACE, "all have answered");
    }
}
