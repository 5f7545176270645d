//! One pass over one object: read the facts, decide, act, tell, remember.

use std::sync::Arc;

use tracing::warn;

use crate::apply::{Judged, apply};
use crate::clock;
use crate::context::Shared;
use crate::crd::Status;
use crate::decide::{Action, Record, Triage, Verdict, retry, triage};
use crate::facts::{Cause, ObjectKey, Outcome, Version, Wait};
use crate::keys::Ring;
use crate::look::look;
use crate::queue::Level;
use crate::report::current;
use crate::view::Facts;

/// Makes one pass over one object, and says when the next is due.
pub async fn reconcile(shared: &Shared, key: &ObjectKey) -> Action {
    let context = &shared.context;
    let Some(mut facts) = context.view.facts(key) else { return Action::Done };
    // What can't be read is taken for absent: writing it meets the same trouble, and overwrites nothing.
    if !facts.watched
        && let Ok(observed) = look(&shared.client, key).await
    {
        facts.observed = observed;
    }
    let ring = Arc::clone(&context.ring.borrow());
    let sight = (facts.observed.as_ref(), facts.vanished.as_ref(), facts.record.as_ref());
    let (judged, cause) = match triage(&facts.sealed, sight.0, sight.1, sight.2, &ring.ids) {
        Triage::Skip => return Action::Done,
        Triage::Unseal(Cause::Drift) if facts.observed.is_none() && is_gone(shared, &facts).await => {
            return Action::Done;
        }
        Triage::Wait(why) => (Judged::pending(why), None),
        Triage::Unseal(cause) => (judge(shared, &facts, &ring, cause).await, Some(cause)),
    };
    let attempts = attempts(&facts);
    let (outcome, verdict, status) =
        match context.reporter.report(&shared.client, &facts, &judged.outcome, clock::now()).await {
            Ok(status) => (judged.outcome, judged.verdict, status),
            Err(error) => {
                warn!(object = %key, "cannot write the status: {error}");
                let untold = Outcome::Pending(Wait::Api(error.to_string()));
                (untold, Verdict::Pending, facts.record.as_ref().and_then(|record| record.status.clone()))
            }
        };
    let action = retry(&outcome, attempts, clock::jitter());
    context.view.remember(key, record(&facts, &ring, &outcome, verdict, cause, status));
    if context.ring.borrow().ids != ring.ids {
        // Who announced the change could not know yet what this pass rests on.
        context.queue.push(key.clone(), Level::Backlog);
    }
    action
}

/// Whether the SealedSecret went before its Secret did and its watch has not said so yet. The two watches race, and
/// a Secret that is made again for an owner that is gone is only collected once more.
async fn is_gone(shared: &Shared, facts: &Facts) -> bool {
    match current(&shared.client, &facts.sealed.key).await {
        Ok(current) => current.metadata.uid.as_deref() != Some(facts.sealed.uid.as_str()),
        // Anything else is no answer; the pass goes on and meets the same trouble itself.
        Err(error) => error.is_not_found(),
    }
}

async fn judge(shared: &Shared, facts: &Facts, ring: &Arc<Ring>, cause: Cause) -> Judged {
    match shared.context.opener.open(Arc::clone(&facts.sealed), Arc::clone(ring)).await {
        Ok(opened) => apply(&shared.client, &opened.secret, facts, cause).await,
        Err(why) => Judged { outcome: Outcome::Unsealable(why), verdict: Verdict::Unsealable },
    }
}

/// How many passes over this version of the object were put off. Somebody who has changed it waits for the outcome:
/// what its earlier versions were put off for does not count.
fn attempts(facts: &Facts) -> u32 {
    let same = facts.record.as_ref().filter(|record| record.version == facts.sealed.version());
    same.map_or(0, |record| record.attempts)
}

fn record(
    facts: &Facts,
    ring: &Ring,
    outcome: &Outcome,
    verdict: Verdict,
    cause: Option<Cause>,
    status: Option<Status>,
) -> Record {
    let version = facts.sealed.version();
    let attempts = match verdict {
        Verdict::Pending => attempts(facts).saturating_add(1),
        Verdict::Synced(_) | Verdict::Unsealable | Verdict::Refused(_) => 0,
    };
    let applied = applied(outcome, cause, &version, facts.record.as_ref());
    Record { version, verdict, keys: ring.ids.clone(), applied, attempts, status }
}

/// The version that the Secret last matched. Only a refusal makes it forget: a Secret that is handed over later is
/// to become what the template says, whole.
fn applied(
    outcome: &Outcome,
    cause: Option<Cause>,
    version: &Version,
    before: Option<&Record>,
) -> Option<Version> {
    match (outcome, cause) {
        (Outcome::Refused(_), _) => None,
        (Outcome::Synced { .. }, _) | (_, Some(Cause::Restart)) => Some(version.clone()),
        (Outcome::Unsealable(_) | Outcome::Pending(_), _) => before.and_then(|record| record.applied.clone()),
    }
}

#[cfg(test)]
mod tests;
