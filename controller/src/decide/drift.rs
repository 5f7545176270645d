//! What to do about a Secret that somebody else has changed.

use std::time::Duration;

use sealer_core::Timestamp;

use crate::pass::digest::Digest;

/// What to do about a Secret that somebody else has changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Drift {
    /// Say so, and leave it.
    #[default]
    Report,
    /// Write what was sealed back.
    Heal,
    /// Nothing.
    Ignore,
}

/// So many heals within the window are a fight that nobody wins.
const FIGHT: usize = 3;
/// The window.
const WINDOW: u64 = 600;
/// How long a fight rests before the next try.
const REST: u64 = 3600;

/// What one Secret has been through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// The foreign values that were last told of.
    told: Option<Digest>,
    /// When it was healed the last times, newest last.
    heals: Vec<Timestamp>,
    /// Whether somebody keeps changing it back.
    fight: bool,
}

/// What to do about foreign values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Response {
    /// Leave them, and say so if it has not been said.
    Leave {
        /// Whether to say so.
        tell: bool,
    },
    /// Write what was sealed back.
    Heal,
    /// Leave them for so long.
    Rest {
        /// Until the next try.
        rest: Duration,
        /// Whether to say so.
        tell: bool,
    },
}

/// Decides what to do about foreign values.
pub fn drift(policy: Drift, found: Digest, history: &History, now: Timestamp) -> Response {
    match policy {
        Drift::Ignore => Response::Leave { tell: false },
        Drift::Report => Response::Leave { tell: history.told != Some(found) },
        Drift::Heal => match history.rests(now) {
            Some(rest) => Response::Rest { rest: Duration::from_secs(rest), tell: !history.fight },
            None => Response::Heal,
        },
    }
}

impl History {
    /// After the response to foreign values.
    #[must_use]
    pub fn after(mut self, response: &Response, found: Digest, now: Timestamp) -> Self {
        match response {
            Response::Leave { .. } => self.told = Some(found),
            Response::Rest { .. } => self.fight = true,
            Response::Heal => {
                // Whoever was quiet for twice the rest has given up.
                self.fight &= self.since_newest(now).is_some_and(|since| since < 2 * REST);
                self.heals.push(now);
                if self.heals.len() > FIGHT {
                    self.heals.remove(0);
                }
            }
        }
        self
    }

    /// After the values were found to be right again: the same foreign ones would be news.
    #[must_use]
    pub fn settled(self) -> Self {
        Self { told: None, ..self }
    }

    fn since_newest(&self, now: Timestamp) -> Option<u64> {
        self.heals.last().map(|newest| seconds(*newest, now))
    }

    /// For how long yet it is to be left alone.
    fn rests(&self, now: Timestamp) -> Option<u64> {
        let (newest, since) = (*self.heals.last()?, self.since_newest(now)?);
        let thrice = self.heals.len() == FIGHT && seconds(self.heals[0], newest) <= WINDOW;
        (self.fight || thrice).then(|| REST.saturating_sub(since)).filter(|rest| *rest > 0)
    }
}

fn seconds(from: Timestamp, to: Timestamp) -> u64 {
    to.unix_seconds().saturating_sub(from.unix_seconds())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pass::digest::Digester;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    fn values(word: &str) -> Digest {
        let value = sealer_core::Plaintext::new(word.as_bytes().to_vec());
        Digester::new(&[0; 32]).all(&[("k".to_owned(), value)].into())
    }

    /// The responses to foreign values at these moments.
    fn responses(policy: Drift, changes: &[(u64, &str)]) -> Vec<Response> {
        let mut history = History::default();
        let mut responses = Vec::new();
        for (second, word) in changes {
            let response = drift(policy, values(word), &history, at(*second));
            history = history.after(&response, values(word), at(*second));
            responses.push(response);
        }
        responses
    }

    fn rest(rest: u64, tell: bool) -> Response {
        Response::Rest { rest: Duration::from_secs(rest), tell }
    }

    #[test]
    fn foreign_values_are_told_of_once_and_other_ones_again() {
        let told = responses(Drift::Report, &[(0, "a"), (5, "a"), (9, "b"), (9, "b"), (20, "a")]);
        assert_eq!(told, [true, false, true, false, true].map(|tell| Response::Leave { tell }));
        assert_eq!(responses(Drift::Ignore, &[(0, "a")]), [Response::Leave { tell: false }]);
        let told = History { told: Some(values("a")), ..History::default() };
        let news = drift(Drift::Report, values("a"), &told.settled(), at(9));
        assert_eq!(news, Response::Leave { tell: true }, "it was right in between");
    }

    #[test]
    fn three_heals_within_ten_minutes_are_followed_by_an_hours_rest_that_is_told_once() {
        use Response::Heal;
        let changes = [0, 200, 600, 601, 700, 4199, 4200, 4201, 7800].map(|second| (second, "a"));
        assert_eq!(
            responses(Drift::Heal, &changes),
            [
                Heal,
                Heal,
                Heal,
                rest(3599, true),
                rest(3500, false),
                rest(1, false),
                Heal,
                rest(3599, false),
                Heal
            ]
        );
    }

    #[test]
    fn who_changes_it_now_and_then_is_healed_every_time() {
        let changes = [0, 300, 601, 902, 1203].map(|second| (second, "a"));
        assert!(responses(Drift::Heal, &changes).iter().all(|response| *response == Response::Heal));
    }

    #[test]
    fn a_fight_that_has_ended_is_forgotten() {
        use Response::Heal;
        let changes = [0, 1, 2, 3, 20_000, 20_001, 20_002, 20_003].map(|second| (second, "a"));
        assert_eq!(
            responses(Drift::Heal, &changes),
            [Heal, Heal, Heal, rest(3599, true), Heal, Heal, Heal, rest(3599, true)]
        );
    }
}
