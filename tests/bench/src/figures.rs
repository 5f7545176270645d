//! What is measured, in which unit, and what is aimed at.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What happens while something is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Phase {
    /// Many objects with three items each, none of which has its Secret.
    Cold1000,
    /// The same without any flag.
    ColdDefaults,
    /// Five times as many objects with one item.
    Cold5000,
    /// Started again over the objects of [`Self::Cold1000`].
    Restart1000,
    /// Started again over the objects of [`Self::Cold5000`].
    Restart5000,
    /// As [`Self::Restart5000`], beside as many Secrets of other people.
    RestartForeign,
    /// One object with one item while nothing else happens.
    IdleOne,
    /// One object with three items while nothing else happens.
    IdleThree,
    /// Many objects at once.
    Burst,
    /// A few objects while a cold sync runs.
    Newcomers,
    /// Requests for the certificate.
    Certificate,
    /// Requests to try an object.
    Verify,
    /// From a push to a repository that Flux looks at.
    Road,
    /// The part of [`Self::Road`] that is the controller's.
    RoadEnd,
}

/// What is counted or timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Quantity {
    /// From the start of the process to the end of the phase, in seconds.
    Wall,
    /// User and system time of the process, in seconds.
    Cpu,
    /// Requests that change something, all together.
    Writes,
    /// The same, for each object.
    WritesEach,
    /// Secrets that were read one by one.
    Reads,
    /// Private-key operations, as the controller counts them.
    Decryptions,
    /// The most memory that was resident, in MiB.
    Peak,
    /// The middle of the times, in milliseconds.
    Median,
    /// What 99 of 100 times don't exceed, in milliseconds.
    P99,
    /// CPU time for one request, in milliseconds.
    CpuEach,
}

/// One cell of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Figure {
    /// What happens.
    pub phase: Phase,
    /// What is measured of it.
    pub quantity: Quantity,
}

/// What is aimed at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    /// At most this part of upstream's.
    OfUpstream(f64),
    /// At most so much.
    AtMost(f64),
    /// Nothing: it is there to be looked at.
    None,
}

/// Everything that the table shows, in its order.
pub const FIGURES: [(Phase, Quantity, Target); 41] = {
    use Phase::*;
    use Quantity::*;
    [
        (Cold1000, Wall, Target::OfUpstream(0.45)),
        (Cold1000, Cpu, Target::OfUpstream(0.90)),
        (Cold1000, WritesEach, Target::AtMost(3.0)),
        (Cold1000, Decryptions, Target::None),
        (Cold1000, Peak, Target::AtMost(25.0)),
        (ColdDefaults, Wall, Target::OfUpstream(1.0 / 40.0)),
        (Cold5000, Wall, Target::OfUpstream(0.45)),
        (Cold5000, Cpu, Target::None),
        (Cold5000, WritesEach, Target::AtMost(3.0)),
        (Cold5000, Decryptions, Target::None),
        (Cold5000, Peak, Target::AtMost(45.0)),
        (Restart1000, Wall, Target::AtMost(1.0)),
        (Restart1000, Cpu, Target::AtMost(0.5)),
        (Restart1000, Writes, Target::AtMost(0.0)),
        (Restart1000, Reads, Target::None),
        (Restart1000, Decryptions, Target::AtMost(0.0)),
        (Restart1000, Peak, Target::AtMost(25.0)),
        (Restart5000, Wall, Target::AtMost(2.0)),
        (Restart5000, Cpu, Target::AtMost(2.0)),
        (Restart5000, Writes, Target::AtMost(0.0)),
        (Restart5000, Reads, Target::None),
        (Restart5000, Decryptions, Target::AtMost(0.0)),
        (Restart5000, Peak, Target::AtMost(45.0)),
        (RestartForeign, Wall, Target::None),
        (RestartForeign, Cpu, Target::None),
        (RestartForeign, Writes, Target::AtMost(0.0)),
        (RestartForeign, Peak, Target::AtMost(50.0)),
        (IdleOne, Median, Target::AtMost(11.0)),
        (IdleOne, P99, Target::None),
        (IdleThree, Median, Target::AtMost(18.0)),
        (IdleThree, P99, Target::None),
        (Burst, Median, Target::AtMost(4_000.0)),
        (Burst, P99, Target::AtMost(8_000.0)),
        (Newcomers, Median, Target::None),
        (Newcomers, P99, Target::AtMost(1_000.0)),
        (Certificate, CpuEach, Target::AtMost(0.02)),
        (Verify, CpuEach, Target::AtMost(5.6)),
        (Road, Median, Target::AtMost(2_300.0)),
        (Road, P99, Target::None),
        (RoadEnd, Median, Target::OfUpstream(1.0)),
        (RoadEnd, P99, Target::None),
    ]
};

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.phase, self.quantity)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cold1000 => "cold sync, 1,000 objects × 3 items",
            Self::ColdDefaults => "cold sync with each one's defaults, 1,000 × 3",
            Self::Cold5000 => "cold sync, 5,000 × 1",
            Self::Restart1000 => "restart with 1,000 × 3 synced",
            Self::Restart5000 => "restart with 5,000 × 1 synced",
            Self::RestartForeign => "restart with 5,000 × 1 synced and 5,000 foreign Secrets of 8 KiB",
            Self::IdleOne => "one new object to its Secret, idle, 1 item",
            Self::IdleThree => "one new object to its Secret, idle, 3 items",
            Self::Burst => "1,000 objects × 1 created at once, each to its Secret",
            Self::Newcomers => "50 new objects during a cold sync of 5,000, each to its Secret",
            Self::Certificate => "a request of `/v1/cert.pem`",
            Self::Verify => "a request of `/v1/verify`",
            Self::Road => "`git push` to the Secret, Flux looking every 2 s",
            Self::RoadEnd => "the same, from the SealedSecret in the cluster",
        })
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wall => "wall time",
            Self::Cpu | Self::CpuEach => "CPU time",
            Self::Writes => "writes",
            Self::Reads => "single reads of Secrets",
            Self::WritesEach => "writes for each object",
            Self::Decryptions => "RSA operations",
            Self::Peak => "peak memory",
            Self::Median => "median",
            Self::P99 => "p99",
        })
    }
}
