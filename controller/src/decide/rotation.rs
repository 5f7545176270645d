//! When a new sealing key is due, and what its Secret is called.

use std::time::Duration;

use sealer_core::Timestamp;
use sha2::{Digest, Sha256};

/// What a decision about keys needs to know of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyMeta {
    /// When it became the key to seal with.
    pub order: Timestamp,
    /// The fingerprint of its certificate.
    pub fingerprint: String,
}

/// Why a key is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotationCause {
    /// There is none.
    First,
    /// The newest is older than the period.
    Age,
}

impl RotationCause {
    /// The word for it, in logs and in the names of keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
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

/// Decides about the keys, newest first; without a period the newest serves for ever.
pub fn rotation(keys: &[KeyMeta], period: Option<Duration>, now: Timestamp) -> Step {
    let Some(newest) = keys.first() else { return Step::Generate(RotationCause::First) };
    let Some(period) = period else { return Step::Idle };
    let due = Timestamp::from_unix_seconds(newest.order.unix_seconds().saturating_add(period.as_secs()));
    if now < due { Step::WaitUntil(due) } else { Step::Generate(RotationCause::Age) }
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
        KeyMeta { order: Timestamp::from_unix_seconds(order), fingerprint: format!("{order}") }
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    #[test]
    fn the_newest_key_alone_decides() {
        let month = Some(Duration::from_secs(100));
        for (keys, period, now, step) in [
            (&[][..], month, 0, Step::Generate(RotationCause::First)),
            (&[], None, 0, Step::Generate(RotationCause::First)),
            (&[key(50)], None, 9999, Step::Idle),
            (&[key(50), key(0)], month, 149, Step::WaitUntil(at(150))),
            (&[key(50), key(0)], month, 150, Step::Generate(RotationCause::Age)),
            // A key from the future is the newest all the same.
            (&[key(500)], month, 100, Step::WaitUntil(at(600))),
        ] {
            assert_eq!(rotation(keys, period, at(now)), step, "{keys:?} {period:?} {now}");
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
            name(Some(&new), RotationCause::Age, 0),
        ];
        assert!(others.iter().all(|other| *other != first));
        assert_ne!(others[1], others[2]);
    }
}
