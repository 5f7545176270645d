//! Whether an object needs a look at all.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use crate::crd::Status;
use crate::decide::drift::{Drift, History};
use crate::facts::{Cause, Observed, Outcome, Sealed, SecretVersion, Version, Wait};
use crate::pass::digest::Digest;

/// How long a foreign Secret's name is left alone after its deletion: its owner may be replacing it.
pub const SETTLING: Duration = Duration::from_secs(1);

/// What to do about an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Triage {
    /// Nothing has changed since it was judged.
    Skip,
    /// An earlier process has judged it, and nothing has changed since: remember that.
    Trust(Keys),
    /// The verdict stands and was not told yet.
    Tell(Outcome),
    /// Not now.
    Wait(Wait),
    /// Its Secret was right and has changed: look whether the values have.
    Compare(Applied),
    /// Open it.
    Unseal(Cause),
}

/// Fingerprints of keys; most objects share one set.
pub type Keys = Arc<BTreeSet<String>>;

/// What this process remembers of an object: enough to know its own echo when it hears it.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// What was judged.
    pub version: Version,
    /// How it ended.
    pub verdict: Verdict,
    /// The keys that the verdict rests on: those that opened it, or all of which none did.
    pub keys: Keys,
    /// The last version for which the Secret was as it should be.
    pub applied: Option<Applied>,
    /// How many passes in a row have been put off.
    pub attempts: u32,
    /// The status as this process left it, as long as the watch has not brought it.
    pub told: Option<Arc<Told>>,
    /// An outcome that could not be told, or a receipt that is to be renewed.
    pub untold: Option<Arc<Outcome>>,
    /// What others did to the Secret.
    pub history: Option<Arc<History>>,
}

/// A version for which the Secret was as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The version.
    pub version: Version,
    /// The UID of the Secret; none where only an earlier process has seen it.
    pub secret: Option<String>,
    /// What the Secret is to hold, where that is known.
    pub digest: Option<Digest>,
    /// The keys that opened it.
    pub keys: Keys,
}

/// A status as this process left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The version of the object that holds it; none where statuses are not written.
    pub resource_version: Option<String>,
    /// What it says.
    pub status: Status,
}

impl Told {
    /// Whether that version of the object holds this status or a later one. Versions are numbers that grow; others
    /// than numbers tell nothing unless they are equal.
    pub fn is_in(&self, resource_version: &str) -> bool {
        let Some(own) = &self.resource_version else { return false };
        match (own.parse::<u128>(), resource_version.parse::<u128>()) {
            (Ok(own), Ok(seen)) => own <= seen,
            _ => own == resource_version,
        }
    }
}

/// How an object's last pass ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The Secret was so, in this version of it.
    Synced(SecretVersion),
    /// The Secret had foreign values, in this version of it, and they are left there.
    Left(SecretVersion),
    /// It did not open.
    Unsealable,
    /// The Secret, in this version of it, must not be written.
    Refused(Option<SecretVersion>),
    /// It was put off.
    Pending,
}

/// A Secret that has vanished, and how long ago.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vanished {
    /// The Secret, as it was last seen.
    pub last: Observed,
    /// The time since.
    pub age: Duration,
}

/// What there is to see of an object.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// The SealedSecret.
    pub sealed: &'a Sealed,
    /// Its Secret.
    pub observed: Option<&'a Observed>,
    /// Whether Secrets are watched, so that none seen means that there is none.
    pub watched: bool,
    /// The Secret that was there a moment ago.
    pub vanished: Option<&'a Vanished>,
    /// What this process remembers.
    pub record: Option<&'a Record>,
    /// The keys that there are.
    pub keys: &'a BTreeSet<String>,
    /// The keys of a receipt that holds for the Secret as it is.
    pub receipt: Option<&'a Keys>,
    /// What to do about changes by others.
    pub drift: Drift,
}

/// Decides whether to open an object.
///
/// A verdict stands while what it rests on stands: the object, the Secret, and of the keys as many as it needs.
/// A lost key makes what opened before doubtful, a new key what did not.
pub fn triage(look: Look<'_>) -> Triage {
    let Look { sealed, observed, .. } = look;
    if sealed.deleting {
        return Triage::Skip;
    }
    let version = sealed.version();
    if let Some(record) = look.record
        && record.version == version
        && stands(record, look)
    {
        return match &record.untold {
            Some(outcome) => Triage::Tell(Outcome::clone(outcome)),
            None => Triage::Skip,
        };
    }
    if let Some(wait) = settling(observed, look.vanished) {
        return Triage::Wait(wait);
    }
    let Some(record) = look.record else {
        return match look.receipt {
            Some(keys) if was_synced(sealed) => Triage::Trust(Keys::clone(keys)),
            _ if was_synced(sealed) => Triage::Unseal(Cause::Restart),
            _ => Triage::Unseal(Cause::Changed),
        };
    };
    let Some(applied) = record.applied.as_ref().filter(|applied| applied.version == version) else {
        return Triage::Unseal(Cause::Changed);
    };
    match (&applied.secret, observed) {
        (None, _) => Triage::Unseal(Cause::Restart),
        (Some(_), None) => Triage::Unseal(Cause::Drift),
        (Some(uid), Some(seen)) if *uid == seen.version.uid => Triage::Compare(applied.clone()),
        // Another Secret of the name: if it hands itself over, then whole.
        (Some(_), Some(_)) => Triage::Unseal(Cause::Changed),
    }
}

/// Whether the name of the Secret has to rest.
pub fn settling(observed: Option<&Observed>, vanished: Option<&Vanished>) -> Option<Wait> {
    let vanished = vanished.filter(|vanished| observed.is_none() && !vanished.last.comes_back())?;
    let rest = SETTLING.checked_sub(vanished.age).filter(|rest| !rest.is_zero())?;
    Some(Wait::Settling { rest })
}

fn stands(record: &Record, look: Look<'_>) -> bool {
    let seen = look.observed.map(|secret| &secret.version);
    match &record.verdict {
        // Left for a while only: whoever comes back looks whether it is over.
        Verdict::Left(_) if look.drift == Drift::Heal => false,
        Verdict::Synced(secret) | Verdict::Left(secret) => {
            let same = match seen {
                Some(seen) if look.drift == Drift::Ignore => seen.uid == secret.uid,
                Some(seen) => seen == secret,
                None => !look.watched,
            };
            same && record.rests_on(look.keys)
        }
        Verdict::Refused(secret) => seen == secret.as_ref() || (seen.is_none() && !look.watched),
        Verdict::Unsealable => record.rests_on(look.keys),
        Verdict::Pending => false,
    }
}

impl Record {
    /// The watch has brought that version of the object: from now on it says what the status is.
    pub fn hear(&mut self, resource_version: &str) {
        self.told = self.told.take().filter(|told| !told.is_in(resource_version));
    }

    /// Shares the sets of keys with those that rest on the same ones.
    pub fn share(&mut self, sets: &mut HashSet<Keys>) {
        let mut shared = |own: &mut Keys| match sets.get(own) {
            Some(known) => own.clone_from(known),
            None => {
                // New sets come with new keys, which is when old ones go.
                sets.retain(|set| Keys::strong_count(set) > 1);
                sets.insert(Keys::clone(own));
            }
        };
        shared(&mut self.keys);
        if let Some(applied) = &mut self.applied {
            shared(&mut applied.keys);
        }
    }

    /// Whether the verdict is not touched by a change to these keys.
    pub fn rests_on(&self, keys: &BTreeSet<String>) -> bool {
        match self.verdict {
            Verdict::Synced(_) | Verdict::Left(_) => self.keys.is_subset(keys),
            Verdict::Unsealable => keys.is_subset(&self.keys),
            Verdict::Refused(_) | Verdict::Pending => true,
        }
    }
}

/// Whether another process, perhaps another implementation, has applied this generation.
fn was_synced(sealed: &Sealed) -> bool {
    is_synced(sealed.status.as_ref(), sealed.generation)
}

/// Whether a status says that this generation is applied.
pub fn is_synced(status: Option<&Status>, generation: i64) -> bool {
    status.is_some_and(|status| {
        status.observed_generation == Some(generation)
            && status.synced().is_some_and(|condition| condition.status == "True")
    })
}

#[cfg(test)]
mod tests;
