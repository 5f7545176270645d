//! Whether an object needs a look at all.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::crd::Status;
use crate::facts::{Cause, Observed, Sealed, SecretVersion, Version, Wait};

/// How long a foreign Secret's name is left alone after its deletion: its owner may be replacing it.
pub const SETTLING: Duration = Duration::from_secs(1);

/// What to do about an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Triage {
    /// Nothing has changed since it was judged.
    Skip,
    /// Not now.
    Wait(Wait),
    /// Open it.
    Unseal(Cause),
}

/// What this process remembers of an object: enough to know its own echo when it hears it.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// What was judged.
    pub version: Version,
    /// How it ended.
    pub verdict: Verdict,
    /// The fingerprints of the keys that there were.
    pub keys: BTreeSet<String>,
    /// The last version for which the Secret was as it should be.
    pub applied: Option<Version>,
    /// How many passes in a row have been put off.
    pub attempts: u32,
    /// The status as this process left it: newer than what the watch has brought.
    pub status: Option<Status>,
}

/// How an object's last pass ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The Secret was so, in this version of it.
    Synced(SecretVersion),
    /// It did not open.
    Unsealable,
    /// The Secret, in this version of it, must not be written.
    Refused(Option<SecretVersion>),
    /// It was put off, or its end could not be reported.
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

/// Decides whether to open an object.
///
/// A verdict stands while what it rests on stands: the object, the Secret, and of the keys as many as it needs.
/// A lost key makes what opened before doubtful, a new key what did not.
pub fn triage(
    sealed: &Sealed,
    observed: Option<&Observed>,
    vanished: Option<&Vanished>,
    record: Option<&Record>,
    keys: &BTreeSet<String>,
) -> Triage {
    if sealed.deleting {
        return Triage::Skip;
    }
    let version = sealed.version();
    if let Some(record) = record
        && record.version == version
        && stands(record, observed, keys)
    {
        return Triage::Skip;
    }
    if observed.is_none()
        && let Some(vanished) = vanished
        && !vanished.last.comes_back()
        && let Some(rest) = SETTLING.checked_sub(vanished.age).filter(|rest| !rest.is_zero())
    {
        return Triage::Wait(Wait::Settling { rest });
    }
    Triage::Unseal(match record {
        Some(record) if record.applied.as_ref() == Some(&version) => Cause::Drift,
        None if was_synced(sealed) => Cause::Restart,
        Some(_) | None => Cause::Changed,
    })
}

fn stands(record: &Record, observed: Option<&Observed>, keys: &BTreeSet<String>) -> bool {
    let seen = observed.map(|secret| &secret.version);
    match &record.verdict {
        Verdict::Synced(secret) => seen == Some(secret) && record.keys.is_subset(keys),
        Verdict::Unsealable => keys.is_subset(&record.keys),
        Verdict::Refused(secret) => seen == secret.as_ref(),
        Verdict::Pending => false,
    }
}

/// Whether another process, perhaps another implementation, has applied this generation.
fn was_synced(sealed: &Sealed) -> bool {
    sealed.status.as_ref().is_some_and(|status| {
        status.observed_generation == Some(sealed.generation)
            && status.synced().is_some_and(|condition| condition.status == "True")
    })
}

#[cfg(test)]
mod tests {
    use sealer_core::{Scope, SealedSecret};

    use super::*;
    use crate::crd::Condition;
    use crate::facts::ObjectKey;

    fn sealed() -> Sealed {
        Sealed {
            key: ObjectKey { namespace: "payments".into(), name: "db".into() },
            uid: "u1".into(),
            resource_version: "5".into(),
            generation: 2,
            deleting: false,
            scope: Scope::Strict,
            content: Ok(SealedSecret::default()),
            status: None,
        }
    }

    fn secret(resource_version: &str) -> Observed {
        Observed {
            version: SecretVersion { uid: "s1".into(), resource_version: resource_version.into() },
            owned: true,
            managed: false,
        }
    }

    fn keys(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn record(verdict: Verdict) -> Record {
        let applied = matches!(verdict, Verdict::Synced(_)).then(|| sealed().version());
        Record {
            version: sealed().version(),
            verdict,
            keys: keys(&["k1"]),
            applied,
            attempts: 0,
            status: None,
        }
    }

    fn synced() -> Record {
        record(Verdict::Synced(secret("7").version))
    }

    fn with_status(generation: i64, status: &str) -> Sealed {
        let condition = Condition { type_: "Synced".into(), status: status.into(), ..Condition::default() };
        let status = Status {
            conditions: vec![condition],
            observed_generation: Some(generation),
            ..Status::default()
        };
        Sealed { status: Some(status), ..sealed() }
    }

    #[test]
    fn what_was_synced_is_skipped_while_object_secret_and_keys_stand() {
        let judge = |sealed: &Sealed, observed: Option<&Observed>, ring: &[&str]| {
            triage(sealed, observed, None, Some(&synced()), &keys(ring))
        };
        let (same, drift) = (Triage::Skip, Triage::Unseal(Cause::Drift));
        assert_eq!(judge(&sealed(), Some(&secret("7")), &["k1"]), same, "own echo");
        assert_eq!(judge(&sealed(), Some(&secret("7")), &["k1", "k2"]), same, "a key more");
        assert_eq!(judge(&sealed(), Some(&secret("7")), &["k2"]), drift, "a key lost");
        assert_eq!(judge(&sealed(), Some(&secret("8")), &["k1"]), drift, "the Secret changed");
        assert_eq!(judge(&sealed(), None, &["k1"]), drift, "the Secret vanished");
        let newer = Sealed { generation: 3, ..sealed() };
        assert_eq!(judge(&newer, Some(&secret("7")), &["k1"]), Triage::Unseal(Cause::Changed), "new spec");
        let wider = Sealed { scope: Scope::ClusterWide, ..sealed() };
        assert_eq!(judge(&wider, Some(&secret("7")), &["k1"]), Triage::Unseal(Cause::Changed), "new scope");
        let another = Sealed { uid: "u2".into(), ..sealed() };
        assert_eq!(judge(&another, Some(&secret("7")), &["k1"]), Triage::Unseal(Cause::Changed), "made anew");
        let rewritten = with_status(1, "False");
        assert_eq!(judge(&rewritten, Some(&secret("7")), &["k1"]), same, "a status write, whoever's");
    }

    #[test]
    fn what_did_not_open_waits_for_a_new_key() {
        let judge =
            |ring: &[&str]| triage(&sealed(), None, None, Some(&record(Verdict::Unsealable)), &keys(ring));
        assert_eq!(judge(&["k1"]), Triage::Skip);
        assert_eq!(judge(&[]), Triage::Skip);
        assert_eq!(judge(&["k1", "k2"]), Triage::Unseal(Cause::Changed));
    }

    #[test]
    fn what_was_refused_waits_for_the_secret_to_change() {
        let refused = record(Verdict::Refused(Some(secret("7").version)));
        let judge =
            |observed: Option<&Observed>| triage(&sealed(), observed, None, Some(&refused), &keys(&["k1"]));
        assert_eq!(judge(Some(&secret("7"))), Triage::Skip);
        assert_eq!(judge(Some(&secret("8"))), Triage::Unseal(Cause::Changed));
        assert_eq!(judge(None), Triage::Unseal(Cause::Changed));
    }

    #[test]
    fn what_was_put_off_is_looked_at_again() {
        let pending = record(Verdict::Pending);
        assert_eq!(
            triage(&sealed(), None, None, Some(&pending), &keys(&["k1"])),
            Triage::Unseal(Cause::Changed)
        );
    }

    #[test]
    fn a_start_compares_what_its_status_says_is_applied() {
        for (sealed, cause) in [
            (with_status(2, "True"), Cause::Restart),
            (with_status(2, "False"), Cause::Changed),
            (with_status(1, "True"), Cause::Changed),
            (sealed(), Cause::Changed),
        ] {
            assert_eq!(
                triage(&sealed, Some(&secret("7")), None, None, &keys(&["k1"])),
                Triage::Unseal(cause)
            );
        }
    }

    #[test]
    fn an_object_on_its_way_out_is_left_alone() {
        let going = Sealed { deleting: true, ..sealed() };
        assert_eq!(triage(&going, None, None, None, &keys(&["k1"])), Triage::Skip);
    }

    #[test]
    fn the_name_of_a_vanished_foreign_secret_rests_for_a_second_and_an_owned_one_comes_back_at_once() {
        let foreign = Observed { owned: false, ..secret("7") };
        let judge = |last: &Observed, age: u64, observed: Option<&Observed>| {
            let vanished = Vanished { last: last.clone(), age: Duration::from_millis(age) };
            triage(&sealed(), observed, Some(&vanished), None, &keys(&["k1"]))
        };
        let open = Triage::Unseal(Cause::Changed);
        assert_eq!(
            judge(&foreign, 300, None),
            Triage::Wait(Wait::Settling { rest: Duration::from_millis(700) })
        );
        assert_eq!(judge(&foreign, 1000, None), open);
        assert_eq!(judge(&foreign, 5000, None), open);
        assert_eq!(judge(&foreign, 300, Some(&foreign)), open, "somebody has made it again");
        assert_eq!(judge(&secret("7"), 0, None), open);
        assert_eq!(judge(&Observed { managed: true, ..foreign.clone() }, 0, None), open);
    }
}
