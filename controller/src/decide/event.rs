//! Which event an outcome deserves.

use crate::crd::Status;
use crate::facts::{Outcome, Wait};

/// An event to record. The reasons and texts are upstream's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Whether it is bad news.
    pub warning: bool,
    /// The reason, for machines.
    pub reason: &'static str,
    /// The text, for people.
    pub message: String,
}

/// Decides the event; none where nothing is new since the old status, so that a restart is silent.
pub fn event(old: Option<&Status>, new: Option<&Status>, outcome: &Outcome) -> Option<Note> {
    let news = new.is_some_and(|new| {
        let said = |status: &Status| {
            let synced =
                status.synced().map(|one| (one.status.clone(), one.message.clone().unwrap_or_default()));
            (status.observed_generation, synced)
        };
        old.is_none_or(|old| said(old) != said(new))
    });
    match outcome {
        Outcome::Synced { written } => (*written || news).then(|| Note {
            warning: false,
            reason: "Unsealed",
            message: "SealedSecret unsealed successfully".to_owned(),
        }),
        Outcome::Unsealable(why) => news.then(|| Note {
            warning: true,
            reason: "ErrUnsealFailed",
            message: format!("Failed to unseal: {why}"),
        }),
        Outcome::Refused(why) => news.then(|| update_failed(why.to_string())),
        Outcome::Pending(Wait::Api(why)) => news.then(|| update_failed(why.clone())),
        Outcome::Pending(Wait::Deletion | Wait::OldOwner | Wait::Settling { .. } | Wait::Contended) => None,
    }
}

/// The event about foreign values that are left in the Secret.
pub fn drifted() -> Note {
    Note {
        warning: true,
        reason: "SecretDrifted",
        message: "The values of the Secret were changed and are no longer those that were sealed; they stay \
                  until the SealedSecret changes or the controller starts again (--drift=heal restores them at once)"
            .to_owned(),
    }
}

/// The event about foreign values that come back however often they are healed.
pub fn fought_over() -> Note {
    Note {
        warning: true,
        reason: "SecretDrifted",
        message: "The values of the Secret were restored three times within ten minutes and changed again; \
                  somebody else writes them too. The next try is in an hour"
            .to_owned(),
    }
}

fn update_failed(message: String) -> Note {
    Note { warning: true, reason: "ErrUpdateFailed", message }
}

#[cfg(test)]
mod tests {
    use sealer_core::Timestamp;
    use unsealer::UnsealError;

    use super::*;
    use crate::decide::status;
    use crate::facts::{Refusal, Unsealable};

    fn after(old: Option<&Status>, outcome: &Outcome, generation: i64) -> (Option<Note>, Option<Status>) {
        let new = status(old, outcome, None, generation, Timestamp::from_unix_seconds(1));
        (event(old, new.as_ref(), outcome), new)
    }

    #[test]
    fn success_is_told_when_it_is_news() {
        let (note, first) = after(None, &Outcome::Synced { written: true }, 1);
        let note = note.unwrap();
        assert_eq!((note.warning, note.reason), (false, "Unsealed"));
        assert_eq!(note.message, "SealedSecret unsealed successfully");
        assert_eq!(after(first.as_ref(), &Outcome::Synced { written: false }, 1).0, None, "a restart");
        assert!(
            after(first.as_ref(), &Outcome::Synced { written: false }, 2).0.is_some(),
            "a new generation"
        );
        assert!(
            after(first.as_ref(), &Outcome::Synced { written: true }, 1).0.is_some(),
            "the Secret came back"
        );
    }

    #[test]
    fn failure_is_told_once_in_upstreams_words() {
        for (outcome, reason, message) in [
            (
                Outcome::Unsealable(Unsealable::Unseal(UnsealError::Deprecated { cause: None })),
                "ErrUnsealFailed",
                "Failed to unseal: no key could decrypt secret",
            ),
            (
                Outcome::Refused(Refusal::NotOurs { name: "db".into() }),
                "ErrUpdateFailed",
                "Resource \"db\" already exists and is not managed by SealedSecret",
            ),
            (Outcome::Pending(Wait::Api("no".into())), "ErrUpdateFailed", "no"),
        ] {
            let (note, first) = after(None, &outcome, 1);
            assert_eq!(note, Some(Note { warning: true, reason, message: message.into() }));
            assert_eq!(after(first.as_ref(), &outcome, 1).0, None);
        }
    }

    #[test]
    fn waiting_is_no_event() {
        for wait in [Wait::Deletion, Wait::OldOwner, Wait::Contended] {
            assert_eq!(after(None, &Outcome::Pending(wait), 1).0, None);
        }
    }
}
