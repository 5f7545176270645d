//! What the status of a SealedSecret says.
//!
//! `Synced` stands first: the columns of the resource definition read index 0. `Ready`, `Stalled` and
//! `Reconciling` say the same in the words that `kubectl wait` and kstatus understand.

use sealer_core::Timestamp;

use crate::crd::{Condition, Status};
use crate::facts::{Outcome, Refusal, Unsealable, Wait};

/// The condition that upstream defined.
pub const SYNCED: &str = "Synced";
const READY: &str = "Ready";
const STALLED: &str = "Stalled";
const RECONCILING: &str = "Reconciling";

/// Decides the new status; `None` where the old one says it already.
///
/// Only what needs a person is `False`: deployment tools end their waiting at `False`. A new receipt beside the same
/// conditions leaves their times as they are: nothing has happened. Without a new one the old one stands only as
/// long as the conditions do.
pub fn status(
    old: Option<&Status>,
    outcome: &Outcome,
    receipt: Option<&str>,
    generation: i64,
    now: Timestamp,
) -> Option<Status> {
    if keeps(old, outcome, generation) {
        return None;
    }
    let said = said(outcome);
    let conditions: Vec<Condition> =
        conditions(&said).into_iter().map(|condition| dated(condition, old, now)).collect();
    let receipt = receipt.map(str::to_owned);
    let same = old.filter(|old| {
        old.observed_generation == Some(generation)
            && old.conditions.len() == conditions.len()
            && old.conditions.iter().zip(&conditions).all(|(old, new)| says_the_same(old, new))
    });
    match same {
        Some(old) if receipt.is_none() || old.receipt == receipt => None,
        Some(old) => Some(Status { receipt, ..old.clone() }),
        None => Some(Status { conditions, observed_generation: Some(generation), receipt }),
    }
}

/// Waiting for a moment, or for others to stop writing, is no news about a generation that has been judged.
fn keeps(old: Option<&Status>, outcome: &Outcome, generation: i64) -> bool {
    matches!(outcome, Outcome::Pending(Wait::Settling { .. } | Wait::Contended))
        && old.is_some_and(|old| old.observed_generation == Some(generation) && old.synced().is_some())
}

/// One outcome in the words of a condition.
struct Said {
    synced: &'static str,
    reason: &'static str,
    message: Option<String>,
}

fn said(outcome: &Outcome) -> Said {
    match outcome {
        Outcome::Synced { .. } => Said { synced: "True", reason: "Unsealed", message: None },
        Outcome::Unsealable(why) => {
            Said { synced: "False", reason: unsealable_reason(why), message: Some(why.to_string()) }
        }
        Outcome::Refused(why) => {
            Said { synced: "False", reason: refusal_reason(why), message: Some(refusal(why)) }
        }
        Outcome::Pending(why) => {
            Said { synced: "Unknown", reason: wait_reason(why), message: Some(why.to_string()) }
        }
    }
}

fn unsealable_reason(why: &Unsealable) -> &'static str {
    match why {
        Unsealable::Malformed(_) => "Malformed",
        Unsealable::Unseal(_) => "ErrUnsealFailed",
    }
}

fn refusal_reason(why: &Refusal) -> &'static str {
    match why {
        Refusal::NotOurs { .. } => "NotManaged",
        Refusal::Immutable { .. } => "Immutable",
        Refusal::TypeDiffers { .. } => "TypeDiffers",
        Refusal::Invalid { .. } => "Invalid",
    }
}

/// Upstream's status says `failed update:` before the one refusal whose event does not name the update.
fn refusal(why: &Refusal) -> String {
    match why {
        Refusal::NotOurs { .. } => format!("failed update: {why}"),
        Refusal::Immutable { .. } | Refusal::TypeDiffers { .. } | Refusal::Invalid { .. } => why.to_string(),
    }
}

fn wait_reason(why: &Wait) -> &'static str {
    match why {
        Wait::Deletion => "AwaitingDeletion",
        Wait::OldOwner => "AwaitingGarbageCollection",
        Wait::Settling { .. } => "Settling",
        Wait::Contended => "Contended",
        Wait::Api(_) => "ErrUpdateFailed",
    }
}

fn conditions(said: &Said) -> Vec<Condition> {
    let condition = |type_: &str, status: &str| Condition {
        type_: type_.to_owned(),
        status: status.to_owned(),
        reason: Some(said.reason.to_owned()),
        message: said.message.clone(),
        ..Condition::default()
    };
    // A message may name many values: the third condition points at it instead of repeating it.
    let third = |type_: &str| Condition {
        message: said.message.as_ref().map(|_| format!("see the condition {SYNCED}")),
        ..condition(type_, "True")
    };
    let mut conditions = vec![condition(SYNCED, said.synced), condition(READY, said.synced)];
    match said.synced {
        "False" => conditions.push(third(STALLED)),
        "Unknown" => conditions.push(third(RECONCILING)),
        _ => {}
    }
    conditions
}

/// `lastUpdateTime` moves with each write, `lastTransitionTime` only when the status flips.
fn dated(mut new: Condition, old: Option<&Status>, now: Timestamp) -> Condition {
    let now = now.to_string();
    let before = old.and_then(|old| old.conditions.iter().find(|condition| condition.type_ == new.type_));
    new.last_transition_time = before
        .filter(|before| before.status == new.status)
        .and_then(|before| before.last_transition_time.clone())
        .or_else(|| Some(now.clone()));
    new.last_update_time = Some(now);
    new
}

/// Equal but for the times. An empty text and none are one: Go writes the one, we the other.
fn says_the_same(a: &Condition, b: &Condition) -> bool {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    a.type_ == b.type_
        && a.status == b.status
        && text(&a.reason) == text(&b.reason)
        && text(&a.message) == text(&b.message)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use unsealer::UnsealError;

    use super::*;
    use crate::facts::{Malformed, ObjectKey};

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    fn key() -> ObjectKey {
        ObjectKey { namespace: "payments".into(), name: "db".into() }
    }

    const SYNC: Outcome = Outcome::Synced { written: true };

    fn not_ours() -> Outcome {
        Outcome::Refused(Refusal::NotOurs { name: "db".into() })
    }

    fn lines(status: &Status) -> Vec<(String, String)> {
        status.conditions.iter().map(|one| (one.type_.clone(), one.status.clone())).collect()
    }

    fn pair(type_: &str, status: &str) -> (String, String) {
        (type_.to_owned(), status.to_owned())
    }

    #[test]
    fn synced_stands_first_and_every_reader_gets_its_words() {
        let api = || Outcome::Pending(Wait::Api("503".into()));
        for (outcome, synced, extra) in [
            (SYNC, "True", None),
            (
                Outcome::Unsealable(UnsealError::Deprecated { cause: None }.into()),
                "False",
                Some(pair("Stalled", "True")),
            ),
            (not_ours(), "False", Some(pair("Stalled", "True"))),
            (Outcome::Refused(Refusal::Immutable { key: key() }), "False", Some(pair("Stalled", "True"))),
            (api(), "Unknown", Some(pair("Reconciling", "True"))),
            (Outcome::Pending(Wait::OldOwner), "Unknown", Some(pair("Reconciling", "True"))),
        ] {
            let status = status(None, &outcome, None, 3, at(10)).unwrap();
            let mut expected = vec![pair("Synced", synced), pair("Ready", synced)];
            expected.extend(extra);
            assert_eq!(lines(&status), expected, "{outcome:?}");
            assert_eq!(status.observed_generation, Some(3));
        }
    }

    #[test]
    fn the_texts_are_upstreams() {
        let message =
            |outcome: &Outcome| status(None, outcome, None, 1, at(1)).unwrap().conditions[0].message.clone();
        assert_eq!(message(&SYNC), None);
        assert_eq!(
            message(&not_ours()).unwrap(),
            "failed update: Resource \"db\" already exists and is not managed by SealedSecret"
        );
        assert!(
            message(&Outcome::Refused(Refusal::Immutable { key: key() }))
                .unwrap()
                .contains("the target Secret is immutable")
        );
        let malformed = Malformed { field: "spec.encryptedData", expected: "a map of strings" };
        assert_eq!(
            message(&Outcome::Unsealable(malformed.into())).unwrap(),
            "spec.encryptedData is not a map of strings"
        );
    }

    #[test]
    fn a_status_that_says_it_already_is_not_written_again() {
        for outcome in [SYNC, not_ours(), Outcome::Pending(Wait::Deletion)] {
            let first = status(None, &outcome, None, 1, at(1)).unwrap();
            assert_eq!(status(Some(&first), &outcome, None, 1, at(2)), None);
        }
    }

    #[test]
    fn a_first_status_has_equal_times_and_a_new_generation_moves_only_the_update() {
        let first = status(None, &SYNC, None, 1, at(1)).unwrap();
        let synced = &first.conditions[0];
        assert_eq!(synced.last_update_time, synced.last_transition_time);
        let second = status(Some(&first), &SYNC, None, 2, at(5)).unwrap();
        assert_eq!(second.observed_generation, Some(2));
        let synced = &second.conditions[0];
        assert_eq!(synced.last_update_time.as_deref(), Some("1970-01-01T00:00:05Z"));
        assert_eq!(synced.last_transition_time.as_deref(), Some("1970-01-01T00:00:01Z"));
    }

    #[test]
    fn a_flip_moves_the_transition_and_takes_its_extra_condition_along() {
        let failed = status(None, &not_ours(), None, 1, at(1)).unwrap();
        let healed = status(Some(&failed), &SYNC, None, 1, at(9)).unwrap();
        assert_eq!(lines(&healed), [pair("Synced", "True"), pair("Ready", "True")]);
        assert_eq!(healed.conditions[0].last_transition_time.as_deref(), Some("1970-01-01T00:00:09Z"));
    }

    #[test]
    fn a_changed_message_is_written_though_nothing_flips() {
        let first = status(None, &not_ours(), None, 1, at(1)).unwrap();
        let second =
            status(Some(&first), &Outcome::Refused(Refusal::Immutable { key: key() }), None, 1, at(2))
                .unwrap();
        assert_eq!(second.conditions[0].last_transition_time.as_deref(), Some("1970-01-01T00:00:01Z"));
    }

    #[test]
    fn upstreams_own_status_is_completed_once_and_keeps_its_transition() {
        let theirs = Condition {
            type_: "Synced".into(),
            status: "True".into(),
            message: Some(String::new()),
            last_transition_time: Some("2020-01-01T00:00:00Z".into()),
            ..Condition::default()
        };
        let theirs = Status { conditions: vec![theirs], observed_generation: Some(1), receipt: None };
        let ours = status(Some(&theirs), &Outcome::Synced { written: false }, None, 1, at(1)).unwrap();
        assert_eq!(ours.conditions[0].last_transition_time.as_deref(), Some("2020-01-01T00:00:00Z"));
        assert_eq!(status(Some(&ours), &Outcome::Synced { written: false }, None, 1, at(2)), None);
    }

    #[test]
    fn a_new_receipt_beside_the_same_conditions_moves_no_time() {
        let first = status(None, &SYNC, Some("r1"), 1, at(1)).unwrap();
        assert_eq!(status(Some(&first), &SYNC, Some("r1"), 1, at(2)), None);
        assert_eq!(status(Some(&first), &SYNC, None, 1, at(2)), None, "there may be none to be had");
        let renewed = status(Some(&first), &SYNC, Some("r2"), 1, at(2)).unwrap();
        assert_eq!(renewed, Status { receipt: Some("r2".into()), ..first.clone() });
        let next = status(Some(&renewed), &SYNC, Some("r3"), 2, at(3)).unwrap();
        assert_eq!(next.receipt.as_deref(), Some("r3"));
        let refused = status(Some(&renewed), &not_ours(), None, 1, at(3)).unwrap();
        assert_eq!(refused.receipt, None);
    }

    #[test]
    fn a_long_message_stands_in_two_conditions_at_most() {
        let status = status(None, &Outcome::Pending(Wait::Api("503".into())), None, 1, at(1)).unwrap();
        let messages: Vec<&str> =
            status.conditions.iter().filter_map(|condition| condition.message.as_deref()).collect();
        assert_eq!(messages, ["503", "503", "see the condition Synced"]);
    }

    #[test]
    fn a_moments_wait_keeps_the_verdict_of_the_same_generation_only() {
        let settling = Outcome::Pending(Wait::Settling { rest: Duration::from_secs(1) });
        let judged = status(None, &not_ours(), None, 1, at(1)).unwrap();
        assert_eq!(status(Some(&judged), &settling, None, 1, at(2)), None);
        assert_eq!(status(Some(&judged), &settling, None, 2, at(2)).unwrap().conditions[0].status, "Unknown");
    }
}
