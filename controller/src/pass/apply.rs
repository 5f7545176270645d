//! Carries out what is decided about a Secret, with upstream's permissions alone: GET, create, and PUT with the
//! version that was read.

use k8s_openapi::api::core::v1::Secret;
use kube::api::PostParams;
use kube::core::ObjectMeta;
use kube::{Api, Client};
use sealer_core::PlainSecret;

use crate::api::convert;
use crate::api::{CallError, Fault, call};
use crate::decide::{Plan, SETTLING, Verdict, Write, plan};
use crate::facts::{Cause, Existing, ObjectKey, Outcome, Refusal, SecretVersion, Wait};
use crate::watch::view::Facts;

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

    /// It is as it should be, in this version of it.
    pub fn synced(version: SecretVersion, written: bool) -> Self {
        Self { outcome: Outcome::Synced { written }, verdict: Verdict::Synced(version) }
    }

    /// Never, as long as the Secret is what was seen.
    pub fn refused(why: Refusal, seen: Option<SecretVersion>) -> Self {
        Self { outcome: Outcome::Refused(why), verdict: Verdict::Refused(seen) }
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

/// Reads the Secret. What went wrong is said in the words of a status.
pub async fn read(client: &Client, key: &ObjectKey) -> Result<Option<Existing>, String> {
    let secrets = Secrets { client, key };
    match secrets.read().await {
        Ok(found) => Ok(found.map(|(_, existing)| existing)),
        Err(error) => Err(secrets.failed("read", &error.to_string())),
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
        let mut current = if facts.observed.is_some() { self.read().await? } else { None };
        for round in 0..ROUNDS {
            if current.is_none() && (round > 0 || facts.observed.is_some()) {
                // The watch or the server itself has just shown it: whoever deleted it may be replacing it. If it
                // was ours, the watch is about to say so and brings it back.
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
                Plan::Refuse(why) => return Ok(Judged::refused(why, seen)),
            };
            match written.map_err(|error| (error.fault(), error)) {
                Ok(version) => return Ok(Judged::synced(version, true)),
                Err((Fault::Stale, _)) => current = self.read().await?,
                Err((Fault::Invalid(message), _)) => {
                    return Ok(Judged::refused(Refusal::Invalid { key: self.key.clone(), message }, seen));
                }
                Err((Fault::Transient(message), _)) => {
                    return Ok(Judged::pending(Wait::Api(self.failed("write", &message))));
                }
            }
        }
        Ok(Judged::pending(Wait::Contended))
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
