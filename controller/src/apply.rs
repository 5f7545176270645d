//! Carries out what is decided about a Secret, with upstream's permissions alone: GET, create, and PUT with the
//! version that was read.

use k8s_openapi::api::core::v1::Secret;
use kube::api::PostParams;
use kube::core::ObjectMeta;
use kube::{Api, Client};
use sealer_core::PlainSecret;

use crate::api::{CallError, Fault, call};
use crate::convert;
use crate::decide::{Plan, SETTLING, Verdict, Write, plan};
use crate::facts::{
    Cause, Existing, MANAGED_ANNOTATION, ObjectKey, Outcome, Refusal, SecretVersion, Wait, controller,
    is_sealed_secret, says,
};
use crate::view::Facts;

/// How often a pass plans anew when others write the same Secret.
const ROUNDS: usize = 5;

/// How a pass over one object ended, and what that rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// How it ended.
    pub outcome: Outcome,
    /// What it rests on.
    pub verdict: Verdict,
}

impl Judged {
    /// Not now.
    pub fn pending(why: Wait) -> Self {
        Self { outcome: Outcome::Pending(why), verdict: Verdict::Pending }
    }

    fn synced(version: SecretVersion, written: bool) -> Self {
        Self { outcome: Outcome::Synced { written }, verdict: Verdict::Synced(version) }
    }
}

/// Makes the Secret what the SealedSecret says, as far as the plan allows.
pub async fn apply(client: &Client, desired: &PlainSecret, facts: &Facts, cause: Cause) -> Judged {
    let secrets = Secrets { client, key: &facts.sealed.key };
    match secrets.settle(desired, facts, cause).await {
        Ok(judged) => judged,
        Err(error) => Judged::pending(Wait::Api(secrets.failed("read", &error.to_string()))),
    }
}

/// The one Secret that a pass is about.
struct Secrets<'a> {
    client: &'a Client,
    key: &'a ObjectKey,
}

impl Secrets<'_> {
    async fn settle(&self, desired: &PlainSecret, facts: &Facts, cause: Cause) -> Result<Judged, CallError> {
        let owner = facts.sealed.owner();
        let mut comes_back = facts.observed.as_ref().is_none_or(|secret| secret.owned || secret.managed);
        let mut current = if facts.observed.is_some() { self.read().await? } else { None };
        for _ in 0..ROUNDS {
            if current.is_none() && !comes_back {
                // It vanished under our hands, before the watch could tell: its name rests as if it had told.
                return Ok(Judged::pending(Wait::Settling { rest: SETTLING }));
            }
            let existing = current.as_ref().map(|(_, existing)| existing);
            let seen = existing.map(|existing| existing.version.clone());
            let written = match plan(desired, existing, &owner, cause) {
                Plan::Create(write) => self.create(write).await,
                Plan::Replace(write) | Plan::Patch(write) => {
                    let metadata = current.as_ref().map(|(metadata, _)| metadata.clone()).unwrap_or_default();
                    self.replace(metadata, write).await
                }
                Plan::Keep => {
                    let seen = seen.expect("only what was read is kept");
                    return Ok(Judged::synced(seen, false));
                }
                Plan::Wait(why) => return Ok(Judged::pending(why)),
                Plan::Refuse(why) => {
                    return Ok(Judged { outcome: Outcome::Refused(why), verdict: Verdict::Refused(seen) });
                }
            };
            match written.map_err(|error| (error.fault(), error)) {
                Ok(version) => return Ok(Judged::synced(version, true)),
                Err((Fault::Stale, _)) => {
                    // Of a Secret that came and went between two calls nobody knows whose it was.
                    let before = existing.is_some_and(|existing| self.comes_back(existing));
                    current = self.read().await?;
                    comes_back = current.as_ref().map_or(before, |(_, existing)| self.comes_back(existing));
                }
                Err((Fault::Invalid(message), _)) => {
                    let why = Refusal::Invalid { key: self.key.clone(), message };
                    return Ok(Judged { outcome: Outcome::Refused(why), verdict: Verdict::Refused(seen) });
                }
                Err((Fault::Transient(message), _)) => {
                    return Ok(Judged::pending(Wait::Api(self.failed("write", &message))));
                }
            }
        }
        Ok(Judged::pending(Wait::Contended))
    }

    fn comes_back(&self, existing: &Existing) -> bool {
        says(&existing.annotations, MANAGED_ANNOTATION)
            || controller(&existing.owners).is_some_and(|owner| is_sealed_secret(owner, &self.key.name))
    }

    fn failed(&self, verb: &str, why: &str) -> String {
        format!("cannot {verb} Secret {}: {why}", self.key)
    }

    fn api(&self) -> Api<Secret> {
        Api::namespaced(self.client.clone(), &self.key.namespace)
    }

    async fn read(&self) -> Result<Option<(ObjectMeta, Existing)>, CallError> {
        match call(self.api().get(&self.key.name)).await {
            Ok(secret) => Ok(Some(convert::existing(secret))),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn create(&self, write: Write) -> Result<SecretVersion, CallError> {
        let metadata = ObjectMeta {
            name: Some(self.key.name.clone()),
            namespace: Some(self.key.namespace.clone()),
            ..ObjectMeta::default()
        };
        let secret = convert::secret(metadata, write);
        let answer = call(self.api().create(&PostParams::default(), &secret)).await;
        convert::wipe(secret);
        answer.map(written)
    }

    /// The metadata carries the version that was read, so the server refuses if anybody wrote since.
    async fn replace(&self, metadata: ObjectMeta, write: Write) -> Result<SecretVersion, CallError> {
        let secret = convert::secret(metadata, write);
        let answer = call(self.api().replace(&self.key.name, &PostParams::default(), &secret)).await;
        convert::wipe(secret);
        answer.map(written)
    }
}

fn written(answer: Secret) -> SecretVersion {
    let version = convert::version(&answer.metadata);
    convert::wipe(answer);
    version
}

#[cfg(test)]
mod tests;
