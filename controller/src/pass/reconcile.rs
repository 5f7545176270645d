//! One pass over one object: read the facts, decide, act, tell, remember.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tracing::{debug, warn};

use crate::clock;
use crate::decide::{Action, Applied, Keys, Look, Record, Triage, Verdict, again, is_synced, retry, triage};
use crate::facts::{Cause, ObjectKey, Outcome, Refusal, SecretVersion, Wait};
use crate::metrics::Failure;
use crate::pass::apply::Judged;
use crate::pass::context::Shared;
use crate::pass::digest::Digest;
use crate::pass::judge::{Judgement, Pass, Say};
use crate::pass::look::look;
use crate::pass::receipt::{Claim, issue, verify};
use crate::pass::report::{Tidings, current};
use crate::watch::queue::Level;
use crate::watch::view::Facts;

/// How long the renewal of a receipt may wait, so that a Secret that others touch often costs few of them.
const RENEWAL: Duration = Duration::from_secs(60);

/// Makes one pass over one object, and says when the next is due.
pub async fn reconcile(shared: &Shared, key: &ObjectKey) -> Action {
    let context = &shared.context;
    let Some(mut facts) = context.view.facts(key) else {
        // Upstream counts the end of an object as well.
        context.metrics.unseal_requested();
        return Action::Done;
    };
    // What can't be read is taken for absent: writing it meets the same trouble, and overwrites nothing.
    if !facts.watched
        && let Ok(observed) = look(&shared.client, key).await
    {
        facts.observed = observed;
    }
    let ring = Arc::clone(&context.ring.borrow());
    let pass = Pass { shared, facts, ring };
    let start = Instant::now();
    let Some(action) = pass.make().await else { return Action::Done };
    context.metrics.unseal_requested();
    context.metrics.reconciled(start.elapsed());
    action
}

impl Pass<'_> {
    /// The pass itself; nothing where there is nothing to do.
    async fn make(&self) -> Option<Action> {
        let receipt = self.trusted();
        let facts = &self.facts;
        let decision = triage(Look {
            sealed: &facts.sealed,
            observed: facts.observed.as_ref(),
            watched: facts.watched,
            vanished: facts.vanished.as_ref(),
            record: facts.record.as_ref(),
            keys: &self.ring.ids,
            receipt: receipt.as_ref(),
            drift: self.shared.context.rules.drift,
        });
        let (judgement, cause) = match decision {
            Triage::Skip => return None,
            Triage::Trust(keys) => return Some(self.trust(keys)),
            Triage::Tell(outcome) => return Some(self.tell_again(outcome).await),
            Triage::Wait(why) => (self.put_off(why), None),
            Triage::Unseal(Cause::Drift) if facts.observed.is_none() && self.is_gone().await => return None,
            Triage::Unseal(cause) => (self.unseal(cause).await, Some(cause)),
            Triage::Compare(applied) => (self.compare(&applied).await, Some(Cause::Drift)),
        };
        Some(self.finish(judgement, cause).await)
    }

    /// Whether the SealedSecret went before its Secret did and its watch has not said so yet. The two watches race,
    /// and a Secret that is made again for an owner that is gone is only collected once more.
    async fn is_gone(&self) -> bool {
        let sealed = &self.facts.sealed;
        match current(&self.shared.client, &sealed.key).await {
            Ok(current) => current.metadata.uid.as_deref() != Some(sealed.uid.as_str()),
            // Anything else is no answer; the pass goes on and meets the same trouble itself.
            Err(error) => error.is_not_found(),
        }
    }

    /// Takes an earlier process's word for it.
    fn trust(&self, keys: Keys) -> Action {
        let facts = &self.facts;
        let Some(observed) = &facts.observed else { return Action::Done };
        let verdict = Verdict::Synced(observed.version.clone());
        let applied = self.applied(&verdict, None, None, &keys);
        self.remember(&Record {
            version: facts.sealed.version(),
            verdict,
            keys,
            applied,
            attempts: 0,
            told: None,
            untold: None,
            history: None,
        });
        Action::Done
    }

    /// Tells what could not be told before, and leaves everything else in peace.
    async fn tell_again(&self, outcome: Outcome) -> Action {
        let Some(record) = self.record() else { return Action::Done };
        let record = Record { untold: None, ..record.clone() };
        self.tell(record, outcome, Action::Done, true).await
    }

    async fn finish(&self, judgement: Judgement, cause: Option<Cause>) -> Action {
        let Judgement { judged, keys, digest, history, say } = judgement;
        let Judged { outcome, verdict } = judged;
        let context = &self.shared.context;
        let attempts = self.attempts();
        let before = self.facts.record.as_ref();
        if let Some(failure) = failure(&outcome) {
            context.metrics.unseal_failed(failure, &self.facts.sealed.key.namespace);
        }
        let mut record = Record {
            version: self.facts.sealed.version(),
            applied: self.applied(&verdict, cause, digest, &keys),
            attempts: if verdict == Verdict::Pending { attempts.saturating_add(1) } else { 0 },
            verdict,
            keys,
            told: before.and_then(|record| record.told.clone()),
            untold: None,
            history,
        };
        let action = retry(&outcome, attempts, context.rules.max_retries, clock::jitter());
        match say {
            Say::Renewal if self.says_synced() => {
                if !context.reporter.keeps_receipts() {
                    self.remember(&record);
                    return action;
                }
                record.untold = Some(Arc::new(outcome));
                self.remember(&record);
                Action::Again(RENEWAL.mul_f64(0.5 + 0.5 * clock::jitter()))
            }
            Say::Outcome | Say::Renewal => self.tell(record, outcome, action, false).await,
            Say::Nothing(why) => {
                debug!(object = %self.facts.sealed.key, "{why}");
                self.remember(&record);
                action
            }
            Say::Left(note, rest) => {
                if let Some(note) = note {
                    let now = clock::now();
                    context.reporter.note(&self.shared.client, &self.facts.sealed, &note, now).await;
                }
                self.tell(record, outcome, rest.map_or(action, Action::Again), false).await
            }
        }
    }

    /// Tells an outcome and remembers it, also where it can't be told.
    async fn tell(&self, mut record: Record, outcome: Outcome, action: Action, retold: bool) -> Action {
        let context = &self.shared.context;
        let sealed = &self.facts.sealed;
        let receipt = self.receipt(&record);
        // Where the status can't be written, only this says what was told before.
        let untold = self.record().and_then(|record| record.untold.as_deref());
        let known = retold || untold == Some(&outcome);
        let tidings = Tidings { outcome: &outcome, receipt: receipt.as_deref(), again: known };
        let action =
            match context.reporter.report(&self.shared.client, &self.facts, tidings, clock::now()).await {
                Ok(told) => {
                    record.told = told.map(Arc::new).or(record.told);
                    if retold {
                        record.attempts = 0;
                    }
                    action
                }
                Err(error) => {
                    context.metrics.unseal_failed(Failure::Status, &sealed.key.namespace);
                    let attempts = self.attempts();
                    if attempts == 0 {
                        warn!(object = %sealed.key, "cannot write the status: {error}");
                    } else {
                        debug!(object = %sealed.key, "cannot write the status yet: {error}");
                    }
                    record.untold = Some(Arc::new(outcome));
                    record.attempts = attempts.saturating_add(1);
                    sooner(action, again(attempts, context.rules.max_retries, clock::jitter()))
                }
            };
        self.remember(&record);
        action
    }

    fn remember(&self, record: &Record) {
        let context = &self.shared.context;
        let sealed = &self.facts.sealed;
        let told = record.told.as_ref().map(|told| &told.status);
        if let Some(status) = told.or(sealed.status.as_ref()) {
            let labels = sealed.content.as_ref().ok().map(|content| &content.metadata.labels);
            let instance = labels.and_then(|labels| labels.get("app.kubernetes.io/instance"));
            let instance = instance.map_or("", String::as_str);
            context.metrics.set_conditions(&sealed.key, instance, &status.conditions);
        }
        context.view.remember(&sealed.key, record.clone());
        // Who announced a change of the keys before this was remembered could not know what it rests on.
        let stale = !record.rests_on(&context.ring.borrow().ids);
        if stale {
            context.queue.push(sealed.key.clone(), Level::Backlog);
        }
    }

    /// The keys of a receipt of an earlier process, if it holds.
    fn trusted(&self) -> Option<Keys> {
        let Facts { sealed, observed, record: None, .. } = &self.facts else { return None };
        if !self.shared.context.reporter.keeps_receipts() {
            return None;
        }
        let receipt = sealed.status.as_ref()?.receipt.as_deref()?;
        verify(receipt, self.claim(&observed.as_ref()?.version), &self.ring.keys).map(Keys::new)
    }

    fn receipt(&self, record: &Record) -> Option<String> {
        let Verdict::Synced(secret) = &record.verdict else { return None };
        issue(self.claim(secret), &self.ring.keys, &record.keys)
    }

    fn claim<'a>(&'a self, secret: &'a SecretVersion) -> Claim<'a> {
        let accept_deprecated = self.shared.context.rules.accept_deprecated;
        Claim { sealed: &self.facts.sealed, secret, accept_deprecated }
    }

    /// Whether the status says already that all is well.
    fn says_synced(&self) -> bool {
        let told = self.facts.record.as_ref().and_then(|record| record.told.as_deref());
        let status = told.map(|told| &told.status).or(self.facts.sealed.status.as_ref());
        is_synced(status, self.facts.sealed.generation)
    }

    /// How many passes over this version of the object were put off. Somebody who has changed it waits for the
    /// outcome: what its earlier versions were put off for does not count.
    fn attempts(&self) -> u32 {
        self.record().map_or(0, |record| record.attempts)
    }

    /// The version for which the Secret was last right. Only a refusal makes it forget: a Secret that is handed over
    /// later is to become what the template says, whole.
    fn applied(
        &self,
        verdict: &Verdict,
        cause: Option<Cause>,
        digest: Option<Digest>,
        keys: &Keys,
    ) -> Option<Applied> {
        let now = |secret: Option<&SecretVersion>, digest| Applied {
            version: self.facts.sealed.version(),
            secret: secret.map(|secret| secret.uid.clone()),
            digest,
            keys: Keys::clone(keys),
        };
        match (verdict, cause) {
            (Verdict::Refused(_), _) => None,
            (Verdict::Synced(secret) | Verdict::Left(secret), _) => Some(now(Some(secret), digest)),
            (_, Some(Cause::Restart)) => Some(now(None, None)),
            (Verdict::Unsealable | Verdict::Pending, _) => {
                self.facts.record.as_ref().and_then(|record| record.applied.clone())
            }
        }
    }
}

/// Where upstream would count a pass that ended so.
fn failure(outcome: &Outcome) -> Option<Failure> {
    match outcome {
        Outcome::Unsealable(_) => Some(Failure::Unseal),
        Outcome::Refused(Refusal::NotOurs { .. }) => Some(Failure::Unmanaged),
        Outcome::Refused(_) | Outcome::Pending(Wait::Api(_) | Wait::Contended) => Some(Failure::Update),
        Outcome::Synced { .. } | Outcome::Pending(_) => None,
    }
}

fn sooner(one: Action, other: Action) -> Action {
    match (one, other) {
        (Action::Again(one), Action::Again(other)) => Action::Again(one.min(other)),
        (Action::Done, action) | (action, Action::Done) => action,
    }
}

#[cfg(test)]
mod tests;
