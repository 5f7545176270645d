//! What a pass finds out about its object: it opens it and sees to the Secret, or only looks whether the Secret still
//! holds what it should.

use std::sync::Arc;
use std::time::Duration;

use sealer_core::SealedSecret;
use tracing::info;
use unsealer::{Opened, SealingKeyPair};

use crate::clock;
use crate::decide::event::{drifted, fought_over};
use crate::decide::{
    Applied, History, Keys, Note, Plan, Record, Response, SETTLING, Verdict, drift, hindrance, settling,
};
use crate::facts::{Cause, Existing, Outcome, PATCH_ANNOTATION, Unsealable, Wait, says};
use crate::keys::Ring;
use crate::pass::apply::{Judged, apply, read};
use crate::pass::context::Shared;
use crate::pass::digest::Digest;
use crate::watch::view::Facts;

/// One pass over one object.
pub struct Pass<'a> {
    /// What it may touch.
    pub shared: &'a Shared,
    /// What is known at its start.
    pub facts: Facts,
    /// The keys at its start.
    pub ring: Arc<Ring>,
}

/// What a pass has found out.
pub struct Judgement {
    /// How it ended.
    pub judged: Judged,
    /// The keys that this rests on.
    pub keys: Keys,
    /// What the Secret is to hold, where that is known.
    pub digest: Option<Digest>,
    /// What others did to the Secret.
    pub history: Option<Arc<History>>,
    /// What to say of it.
    pub say: Say,
}

/// What to say of a judgement.
pub enum Say {
    /// How it ended.
    Outcome,
    /// Nothing new, but for a receipt that need not be renewed at once.
    Renewal,
    /// Nothing but this in the log: what was said before may still be so.
    Nothing(String),
    /// How it ended, perhaps with an event, and when to come again.
    Left(Option<Note>, Option<Duration>),
}

impl Pass<'_> {
    /// Opens the object and makes its Secret so.
    pub async fn unseal(&self, cause: Cause) -> Judgement {
        match self.open().await {
            Err(why) => self.closed(why),
            Ok(opened) => self.write(opened, cause).await,
        }
    }

    /// Reads the Secret, which was right and has changed. As long as its values are the right ones, nothing is
    /// opened; what happens if they are not is a matter of policy.
    pub async fn compare(&self, applied: &Applied) -> Judgement {
        let key = &self.facts.sealed.key;
        let existing = match read(&self.shared.client, key).await {
            // What was right before the failure may still be.
            Err(why) => {
                let say = Say::Nothing(why.clone());
                return self.judgement(Judged::pending(Wait::Api(why)), say);
            }
            // The watch is about to say so.
            Ok(None) => return self.put_off(Wait::Settling { rest: SETTLING }),
            Ok(Some(existing)) => existing,
        };
        match hindrance(&existing, &self.facts.sealed.owner()) {
            Some(Plan::Wait(why)) => return self.put_off(why),
            Some(Plan::Refuse(why)) => {
                return self.judgement(Judged::refused(why, Some(existing.version)), Say::Outcome);
            }
            Some(_) | None => {}
        }
        if let Some((right, found)) = self.remembered(applied, &existing) {
            if right == found {
                return self.unchanged(existing, right, &applied.keys);
            }
            return self.differs(existing, right, found, &applied.keys, None).await;
        }
        let opened = match self.open().await {
            Err(why) => return self.closed(why),
            Ok(opened) => opened,
        };
        let digester = &self.shared.context.digester;
        let keys = Keys::new(opened.keys.clone());
        let right = digester.all(&opened.secret.data);
        let shared = says(&existing.annotations, PATCH_ANNOTATION);
        let found = digester.some(&existing.data, |name| !shared || opened.secret.data.contains_key(name));
        if right == found {
            return self.unchanged(existing, right, &keys);
        }
        self.differs(existing, right, found, &keys, Some(opened)).await
    }

    /// What the Secret is to hold and what it holds, if that can be told without opening anything.
    fn remembered(&self, applied: &Applied, existing: &Existing) -> Option<(Digest, Digest)> {
        let right = applied.digest.filter(|_| applied.keys.is_subset(&self.ring.ids))?;
        let digester = &self.shared.context.digester;
        if !says(&existing.annotations, PATCH_ANNOTATION) {
            return Some((right, digester.all(&existing.data)));
        }
        let content = self.facts.sealed.content.as_ref().ok()?;
        let SealedSecret { encrypted_data, deprecated_data: None, template, .. } = content else {
            // Only the open form says which keys are its own.
            return None;
        };
        let own = |name: &str| encrypted_data.contains_key(name) || template.data.contains_key(name);
        Some((right, digester.some(&existing.data, own)))
    }

    fn unchanged(&self, existing: Existing, right: Digest, keys: &Keys) -> Judgement {
        let history = self.history().map(|history| Arc::new(History::clone(&history).settled()));
        Judgement {
            keys: Keys::clone(keys),
            digest: Some(right),
            history,
            ..self.judgement(Judged::synced(existing.version, false), Say::Renewal)
        }
    }

    /// The Secret holds foreign values.
    async fn differs(
        &self,
        existing: Existing,
        right: Digest,
        found: Digest,
        keys: &Keys,
        opened: Option<Opened>,
    ) -> Judgement {
        let context = &self.shared.context;
        let sealed = &self.facts.sealed;
        let now = clock::timestamp();
        let history = self.history().map(|history| History::clone(&history)).unwrap_or_default();
        let response = drift(context.rules.drift, found, &history, now);
        let history = Some(Arc::new(history.after(&response, found, now)));
        let (note, rest) = match response {
            Response::Heal => {
                context.metrics.drifted(&sealed.key.namespace);
                let opened = match opened {
                    Some(opened) => Ok(opened),
                    None => self.open().await,
                };
                let judgement = match opened {
                    Err(why) => self.closed(why),
                    Ok(opened) => self.write(opened, Cause::Drift).await,
                };
                if judgement.judged.outcome != (Outcome::Synced { written: true }) {
                    // What was not healed is no round of a fight.
                    return judgement;
                }
                context.metrics.healed(&sealed.key.namespace);
                info!(object = %sealed.key, "the values of the Secret were changed and are restored");
                return Judgement { history, ..judgement };
            }
            Response::Leave { tell } => (tell.then(drifted), None),
            Response::Rest { rest, tell } => (tell.then(fought_over), Some(rest)),
        };
        if note.is_some() {
            context.metrics.drifted(&sealed.key.namespace);
        }
        let outcome = Outcome::Synced { written: false };
        let judged = Judged { outcome, verdict: Verdict::Left(existing.version) };
        Judgement {
            keys: Keys::clone(keys),
            digest: Some(right),
            history,
            ..self.judgement(judged, Say::Left(note, rest))
        }
    }

    async fn open(&self) -> Result<Opened, Unsealable> {
        let sealed = Arc::clone(&self.facts.sealed);
        let applied = self.facts.record.as_ref().and_then(|record| record.applied.as_ref());
        let before = applied.filter(|applied| applied.secret.is_some()).map(|applied| &applied.keys);
        // The newest is the next to be tried anyway.
        let newest = self.ring.keys.newest().map(SealingKeyPair::fingerprint);
        let older = before.and_then(|keys| keys.iter().find(|key| Some(key.as_str()) != newest));
        let hint = older.map(|key| key.as_str().into());
        self.shared.context.opener.open(sealed, Arc::clone(&self.ring), hint).await
    }

    async fn write(&self, opened: Opened, cause: Cause) -> Judgement {
        let mut facts = self.facts.clone();
        if facts.watched {
            // Opening took a while: what the watch of Secrets has shown meanwhile counts.
            self.shared.context.view.refresh(&mut facts);
        }
        let judged = match settling(facts.observed.as_ref(), facts.vanished.as_ref()) {
            Some(why) => Judged::pending(why),
            None => apply(&self.shared.client, &opened.secret, &facts, cause).await,
        };
        Judgement {
            digest: Some(self.shared.context.digester.all(&opened.secret.data)),
            keys: Keys::new(opened.keys),
            ..self.judgement(judged, Say::Outcome)
        }
    }

    /// Not now.
    pub fn put_off(&self, why: Wait) -> Judgement {
        self.judgement(Judged::pending(why), Say::Outcome)
    }

    fn closed(&self, why: Unsealable) -> Judgement {
        let judged = Judged { outcome: Outcome::Unsealable(why), verdict: Verdict::Unsealable };
        self.judgement(judged, Say::Outcome)
    }

    fn judgement(&self, judged: Judged, say: Say) -> Judgement {
        let keys = Keys::clone(&self.ring.ids);
        Judgement { judged, keys, digest: None, history: self.history(), say }
    }

    fn history(&self) -> Option<Arc<History>> {
        self.record().and_then(|record| record.history.clone())
    }

    /// What this process remembers of the object as it is.
    pub fn record(&self) -> Option<&Record> {
        let version = self.facts.sealed.version();
        self.facts.record.as_ref().filter(|record| record.version == version)
    }
}
