//! When a new sealing key is due, and what its Secret is called.

use std::time::Duration;

use sealer_core::Timestamp;
use sha2::{Digest, Sha256};

/// What a decision about keys needs to know of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyMeta {
    /// The name of the Secret or file that holds it.
    pub name: String,
    /// When it became the key to seal with.
    pub order: Timestamp,
    /// When its certificate is over.
    pub expiry: Timestamp,
    /// The fingerprint of its certificate.
    pub fingerprint: String,
}

/// When keys are followed by others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Schedule {
    /// How long the newest serves; `None` for ever.
    pub period: Option<Duration>,
    /// A newest key from before this moment is followed by another. Once the moment has come: a key that is made
    /// before would be from before as well.
    pub cutoff: Option<Timestamp>,
}

/// Why a key is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotationCause {
    /// There is none.
    First,
    /// Somebody asked for it.
    Asked,
    /// The newest is from before the cut-off.
    Cutoff,
    /// The newest is older than the period.
    Age,
}

impl RotationCause {
    /// The word for it, in logs and in the names of keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Asked => "asked",
            Self::Cutoff => "cutoff",
            Self::Age => "age",
        }
    }
}

/// What to do about the keys now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Make one.
    Generate(RotationCause),
    /// Look again then.
    WaitUntil(Timestamp),
    /// Nothing, until the keys change.
    Idle,
}

/// Decides about the keys, newest first. A key that is made now begins now, so one is made only where that makes it
/// the newest.
pub fn rotation(keys: &[KeyMeta], schedule: Schedule, asked: bool, now: Timestamp) -> Step {
    let Some(newest) = keys.first() else { return Step::Generate(RotationCause::First) };
    let after = |wait: Duration| {
        Timestamp::from_unix_seconds(newest.order.unix_seconds().saturating_add(wait.as_secs().max(1)))
    };
    let causes = [
        asked.then(|| (after(Duration::ZERO), RotationCause::Asked)),
        schedule.cutoff.filter(|cutoff| newest.order < *cutoff).map(|cutoff| (cutoff, RotationCause::Cutoff)),
        schedule.period.map(|period| (after(period), RotationCause::Age)),
    ];
    let due = || causes.into_iter().flatten();
    if let Some((_, cause)) = due().find(|(at, _)| *at <= now) {
        return Step::Generate(cause);
    }
    due().map(|(at, _)| at).min().map_or(Step::Idle, Step::WaitUntil)
}

/// The name of the next key's Secret: the prefix and eight characters of a hash over the newest key and the cause.
///
/// Whoever starts at the same time for the same reason arrives at the same name and meets `AlreadyExists`, so two
/// starters make one key without a lock. `count` goes up only past names that are taken by something unusable.
pub fn key_name(prefix: &str, newest: Option<&KeyMeta>, cause: RotationCause, count: u32) -> String {
    let cause = cause.as_str();
    let newest = newest.map_or("", |key| key.fingerprint.as_str());
    let hash = Sha256::digest(format!("sealing key\n{newest}\n{cause}\n{count}"));
    let suffix: String = hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{prefix}{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(order: u64) -> KeyMeta {
        KeyMeta {
            name: format!("key-{order}"),
            order: at(order),
            expiry: at(order + 1000),
            fingerprint: format!("{order}"),
        }
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    #[test]
    fn the_newest_key_alone_decides() {
        use RotationCause::{Age, Asked, Cutoff, First};
        let (old, new, future) = (key(0), key(50), key(500));
        // The newest key and the one before, period, cut-off, asked, now.
        for (keys, period, cutoff, asked, now, step) in [
            (&[][..], Some(100), None, false, 0, Step::Generate(First)),
            (&[], None, Some(9999), true, 0, Step::Generate(First)),
            (&[&new], None, None, false, 9999, Step::Idle),
            (&[&new, &old], Some(100), None, false, 149, Step::WaitUntil(at(150))),
            (&[&new, &old], Some(100), None, false, 150, Step::Generate(Age)),
            // The clock was set back behind the newest key: nothing is newer than it before then.
            (&[&future], Some(100), None, false, 100, Step::WaitUntil(at(600))),
            (&[&future], None, None, true, 100, Step::WaitUntil(at(501))),
            (&[&future], None, None, true, 501, Step::Generate(Asked)),
            // In the second of the newest key the names would decide between the two.
            (&[&new], Some(100), None, true, 50, Step::WaitUntil(at(51))),
            (&[&new], Some(0), None, false, 50, Step::WaitUntil(at(51))),
            (&[&new], Some(100), None, true, 51, Step::Generate(Asked)),
            (&[&new], Some(100), None, true, 9999, Step::Generate(Asked)),
            (&[&new], None, Some(50), false, 9999, Step::Idle),
            (&[&new], None, Some(51), false, 51, Step::Generate(Cutoff)),
            (&[&new], Some(100), Some(51), false, 9999, Step::Generate(Cutoff)),
            // A cut-off in the future: a key that is made now would be before it.
            (&[&new], None, Some(120), false, 119, Step::WaitUntil(at(120))),
            (&[&new], Some(100), Some(120), false, 119, Step::WaitUntil(at(120))),
            (&[&new], Some(60), Some(120), false, 109, Step::WaitUntil(at(110))),
            (&[&new], Some(60), Some(120), false, 110, Step::Generate(Age)),
        ] {
            let keys: Vec<KeyMeta> = keys.iter().map(|key| (*key).clone()).collect();
            let schedule = Schedule { period: period.map(Duration::from_secs), cutoff: cutoff.map(at) };
            let said = rotation(&keys, schedule, asked, at(now));
            assert_eq!(said, step, "{keys:?} {schedule:?} {asked} {now}");
        }
    }

    #[test]
    fn a_key_that_begins_when_it_is_made_ends_its_cause() {
        for now in 0..300 {
            for (period, cutoff) in [(None, None), (Some(1), None), (Some(100), Some(150)), (None, Some(150))]
            {
                let schedule = Schedule { period: period.map(Duration::from_secs), cutoff: cutoff.map(at) };
                for asked in [false, true] {
                    let keys = [key(now), key(20)];
                    let Step::Generate(_) = rotation(&keys[1..], schedule, asked, at(now)) else { continue };
                    assert!(keys[0].order > keys[1].order, "{now} {schedule:?} {asked}");
                    let next = rotation(&keys, schedule, false, at(now));
                    assert!(!matches!(next, Step::Generate(_)), "{now} {schedule:?} {asked}: {next:?}");
                }
            }
        }
    }

    #[test]
    fn two_starters_arrive_at_one_name_and_another_reason_at_another() {
        let name = |newest, cause, count| key_name("sealed-secrets-key", newest, cause, count);
        let first = name(None, RotationCause::First, 0);
        assert_eq!(first, name(None, RotationCause::First, 0));
        assert_eq!(first.len(), "sealed-secrets-key".len() + 8);
        let (old, new) = (key(1), key(2));
        let others = [
            name(None, RotationCause::First, 1),
            name(Some(&old), RotationCause::Age, 0),
            name(Some(&old), RotationCause::Asked, 0),
            name(Some(&new), RotationCause::Age, 0),
        ];
        assert!(others.iter().all(|other| *other != first));
        assert_ne!(others[1], others[2]);
        assert_ne!(others[1], others[3]);
    }
}
