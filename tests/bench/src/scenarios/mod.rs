//! What is done to a controller, and what is read off while it happens.

mod crowd;
mod http;
mod idle;
mod road;
mod sync;

use std::fmt;
use std::time::{Duration, Instant};

use clap::ValueEnum;

use crate::Failure;
use crate::controller::{Programs, Who};
use crate::figures::{Figure, Phase, Quantity};
use crate::sealed::Key;
use crate::world::World;

/// The figures of one run.
pub type Figures = Vec<(Figure, f64)>;

/// One run on a fresh control plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Scenario {
    /// 1,000 objects with three items: cold sync, then restart.
    #[value(name = "sync-1000")]
    Sync1000,
    /// 5,000 objects with one item: cold sync, restart, restart beside foreign Secrets.
    #[value(name = "sync-5000")]
    Sync5000,
    /// One new object at a time.
    Idle,
    /// 1,000 objects created at once.
    Burst,
    /// New objects during a cold sync.
    Newcomers,
    /// The controllers' own requests.
    Http,
    /// From `git push` over Flux to the Secret.
    Road,
    /// A cold sync with the controllers' own limits.
    Defaults,
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_possible_value().as_ref().map_or("hidden", |value| value.get_name()))
    }
}

/// What all scenarios share.
pub struct Bench {
    programs: Programs,
    key: Key,
    /// Sizes are divided by it.
    divisor: usize,
}

impl Bench {
    /// Makes the key.
    pub fn new(programs: Programs, divisor: usize) -> Result<Self, Failure> {
        Ok(Self { programs, key: Key::generate()?, divisor })
    }

    /// Runs one scenario; later runs leave out what is measured once.
    pub async fn run(&mut self, scenario: Scenario, who: Who, first: bool) -> Result<Figures, Failure> {
        match scenario {
            Scenario::Sync1000 => sync::sync(self, who, &sync::SMALLER, first).await,
            Scenario::Sync5000 => sync::sync(self, who, &sync::LARGER, first).await,
            Scenario::Idle => idle::idle(self, who).await,
            Scenario::Burst => crowd::burst(self, who).await,
            Scenario::Newcomers => crowd::newcomers(self, who).await,
            Scenario::Http => http::http(self, who).await,
            Scenario::Road => road::road(self, who).await,
            Scenario::Defaults => sync::defaults(self, who).await,
        }
    }

    async fn world(&self) -> Result<World<'_>, Failure> {
        World::start(&self.programs, &self.key).await
    }

    /// The number of objects or requests, smaller where the tool is only tried.
    fn size(&self, full: usize) -> usize {
        (full / self.divisor).max(3)
    }
}

fn figure(phase: Phase, quantity: Quantity, value: f64) -> (Figure, f64) {
    (Figure { phase, quantity }, value)
}

fn seconds(from: Instant, to: Instant) -> f64 {
    to.saturating_duration_since(from).as_secs_f64()
}

/// Median and p99 in milliseconds.
fn spread(phase: Phase, mut times: Vec<Duration>) -> Figures {
    times.sort();
    let at = |part: f64| {
        // The smallest time that this part of all times does not exceed.
        let position = (times.len() as f64 * part).ceil() as usize;
        times.get(position.saturating_sub(1)).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
    };
    vec![figure(phase, Quantity::Median, at(0.5)), figure(phase, Quantity::P99, at(0.99))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_time_that_was_measured() {
        let times = |count: u64| (1..=count).rev().map(Duration::from_millis).collect();
        let values = |count| spread(Phase::Burst, times(count)).iter().map(|(_, v)| *v).collect::<Vec<_>>();
        assert_eq!(values(1), [1.0, 1.0]);
        assert_eq!(values(100), [50.0, 99.0]);
        assert_eq!(values(1000), [500.0, 990.0]);
    }
}
