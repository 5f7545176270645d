//! Tells the world how a pass ended: the status of the SealedSecret, and an event where there is news.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use k8s_openapi::api::core::v1::{Event, EventSource, ObjectReference};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff;
use kube::api::PostParams;
use kube::core::{ApiResource, DynamicObject, ObjectMeta};
use kube::{Api, Client};
use sealer_core::resource;
use serde_json::json;
use tracing::{info, warn};

use crate::api::{CallError, call};
use crate::crd::{GROUP, PLURAL, Status, VERSION};
use crate::decide::{Note, Told, event, status};
use crate::facts::{ObjectKey, Outcome, Sealed};
use crate::watch::view::Facts;

/// The component that events name, as upstream's do.
const COMPONENT: &str = "sealed-secrets";
/// How often a status write is tried against newer versions of the object.
const ROUNDS: usize = 3;
/// The most that an event's message may hold.
const MESSAGE_LIMIT: usize = 1024;

/// Writes statuses and events.
#[derive(Debug)]
pub struct Reporter {
    update_status: bool,
    said_no_status: AtomicBool,
    receipts: AtomicU8,
}

/// Nothing is known yet of what becomes of a receipt.
const UNKNOWN: u8 = 0;
/// The API server keeps receipts.
const KEPT: u8 = 1;
/// The resource definition does not know them, so that the API server drops them.
const PRUNED: u8 = 2;

/// What is to be told.
#[derive(Debug, Clone, Copy)]
pub struct Tidings<'a> {
    /// How the pass ended.
    pub outcome: &'a Outcome,
    /// What the next start may trust.
    pub receipt: Option<&'a str>,
    /// Whether all of it was told before, but for the status.
    pub again: bool,
}

/// SealedSecrets, untyped: a status is written beside whatever spec there is.
pub(crate) fn sealed_secrets() -> ApiResource {
    ApiResource {
        group: GROUP.to_owned(),
        version: VERSION.to_owned(),
        api_version: resource::API_VERSION.to_owned(),
        kind: resource::KIND.to_owned(),
        plural: PLURAL.to_owned(),
    }
}

/// A SealedSecret as it is right now.
pub async fn current(client: &Client, key: &ObjectKey) -> Result<DynamicObject, CallError> {
    let api: Api<DynamicObject> = Api::namespaced_with(client.clone(), &key.namespace, &sealed_secrets());
    call(api.get(&key.name)).await
}

impl Reporter {
    /// One that writes statuses, or only events.
    pub fn new(update_status: bool) -> Self {
        Self { update_status, said_no_status: AtomicBool::new(false), receipts: AtomicU8::new(UNKNOWN) }
    }

    /// Whether a receipt has a chance to be there at the next start.
    pub fn keeps_receipts(&self) -> bool {
        self.update_status && self.receipts.load(Ordering::Relaxed) != PRUNED
    }

    /// Reports an outcome; the answer is the status where it had to change. An event that can't be written is only
    /// logged: it is news, not state.
    pub async fn report(
        &self,
        client: &Client,
        facts: &Facts,
        tidings: Tidings<'_>,
        now: jiff::Timestamp,
    ) -> Result<Option<Told>, CallError> {
        let Tidings { outcome, receipt, again } = tidings;
        let sealed = &facts.sealed;
        let told = facts.record.as_ref().and_then(|record| record.told.as_deref());
        let old = told.map(|told| &told.status).or(sealed.status.as_ref());
        let seconds = u64::try_from(now.as_second()).unwrap_or_default();
        let moment = sealer_core::Timestamp::from_unix_seconds(seconds);
        let receipt = receipt.filter(|_| self.keeps_receipts());
        let new = status(old, outcome, receipt, sealed.generation, moment);
        let written = match &new {
            Some(new) if self.update_status => {
                let version = told.and_then(|told| told.resource_version.as_deref());
                let version = version.unwrap_or(&sealed.resource_version);
                let renewal =
                    old.is_some_and(|old| Status { receipt: new.receipt.clone(), ..old.clone() } == *new);
                self.update(client, sealed, version, new, renewal).await
            }
            // Kept in mind, so that nothing is told twice.
            Some(new) => Ok(Some(Told { resource_version: None, status: new.clone() })),
            None => Ok(None),
        };
        // Without statuses a start can't know what was told before: it tells only what it does.
        let untold =
            !self.update_status && facts.record.is_none() && *outcome == Outcome::Synced { written: false };
        let note = if untold || again { None } else { event(old, new.as_ref(), outcome) };
        if let Some(note) = note {
            self.note(client, sealed, &note, now).await;
        }
        written
    }

    /// Records an event, and logs it.
    pub async fn note(&self, client: &Client, sealed: &Sealed, note: &Note, now: jiff::Timestamp) {
        log(&sealed.key, note);
        if let Err(error) = write_event(client, &subject(sealed), note, now).await {
            warn!(object = %sealed.key, reason = note.reason, "cannot write the event: {error}");
        }
    }

    /// Writes the status. A renewal has nothing new but the receipt: it is only tried until it is known that the
    /// receipt will be kept.
    async fn update(
        &self,
        client: &Client,
        sealed: &Sealed,
        version: &str,
        new: &Status,
        renewal: bool,
    ) -> Result<Option<Told>, CallError> {
        if renewal && self.receipts.load(Ordering::Relaxed) == UNKNOWN {
            let tried = write_status(client, sealed, version, new, true).await?;
            self.learn(new, tried);
        }
        if renewal && !self.keeps_receipts() {
            return Ok(None);
        }
        let written = write_status(client, sealed, version, new, false).await?;
        Ok(self.learn(new, written))
    }

    /// Learns from the answer to a write what the resource definition knows.
    fn learn(&self, new: &Status, written: Written) -> Option<Told> {
        match written {
            Written::Kept(told) => {
                if new.receipt.is_some() {
                    let state = if told.status.receipt == new.receipt { KEPT } else { PRUNED };
                    if self.receipts.swap(state, Ordering::Relaxed) != state && state == PRUNED {
                        warn!(
                            "the resource definition knows no receipts, so each start opens every object again: \
                             apply the current one"
                        );
                    }
                }
                Some(told)
            }
            Written::NoStatus => {
                if !self.said_no_status.swap(true, Ordering::Relaxed) {
                    warn!("the resource definition has no status subresource: apply the current one");
                }
                Some(Told { resource_version: None, status: new.clone() })
            }
            Written::Overtaken => None,
        }
    }
}

/// What became of a status write.
enum Written {
    /// The API server keeps this.
    Kept(Told),
    /// There is no status to be written.
    NoStatus,
    /// The object is gone, or is another by now: the watch brings that one, and its pass reports on it.
    Overtaken,
}

/// PUT on the status alone; the server keeps the rest of the object.
async fn write_status(
    client: &Client,
    sealed: &Sealed,
    version: &str,
    new: &Status,
    dry_run: bool,
) -> Result<Written, CallError> {
    let api: Api<DynamicObject> =
        Api::namespaced_with(client.clone(), &sealed.key.namespace, &sealed_secrets());
    let name = sealed.key.name.as_str();
    let mut object = DynamicObject::new(name, &sealed_secrets()).within(&sealed.key.namespace);
    object.metadata.uid = Some(sealed.uid.clone());
    object.metadata.resource_version = Some(version.to_owned());
    object.data = json!({ "status": new });
    let how = PostParams { dry_run, ..PostParams::default() };
    let mut round = 1;
    loop {
        match call(api.replace_status(name, &how, &object)).await {
            Ok(answer) => return Ok(Written::Kept(kept(answer))),
            Err(error) if round < ROUNDS && (error.is_conflict() || error.is_not_found()) => {
                let current = match current(client, &sealed.key).await {
                    Ok(current) => current,
                    Err(gone) if gone.is_not_found() => return Ok(Written::Overtaken),
                    Err(other) => return Err(other),
                };
                let same = current.metadata.uid.as_deref() == Some(sealed.uid.as_str())
                    && current.metadata.generation == Some(sealed.generation);
                if !same {
                    return Ok(Written::Overtaken);
                }
                if error.is_not_found() {
                    return Ok(Written::NoStatus);
                }
                object.metadata.resource_version = current.metadata.resource_version;
            }
            Err(error) => return Err(error),
        }
        round += 1;
    }
}

fn kept(mut answer: DynamicObject) -> Told {
    let status = answer.data.get_mut("status").map(serde_json::Value::take).unwrap_or_default();
    Told {
        resource_version: answer.metadata.resource_version,
        status: serde_json::from_value(status).unwrap_or_default(),
    }
}

fn log(key: &ObjectKey, note: &Note) {
    if note.warning {
        warn!(object = %key, reason = note.reason, "{}", note.message);
    } else {
        info!(object = %key, reason = note.reason, "{}", note.message);
    }
}

fn subject(sealed: &Sealed) -> ObjectReference {
    ObjectReference {
        api_version: Some(resource::API_VERSION.to_owned()),
        kind: Some(resource::KIND.to_owned()),
        namespace: Some(sealed.key.namespace.clone()),
        name: Some(sealed.key.name.clone()),
        uid: Some(sealed.uid.clone()),
        resource_version: Some(sealed.resource_version.clone()),
        field_path: None,
    }
}

/// Writes a core/v1 event: kube's own recorder would need rights that upstream's role does not give.
pub async fn write_event(
    client: &Client,
    subject: &ObjectReference,
    note: &Note,
    now: jiff::Timestamp,
) -> Result<(), CallError> {
    let namespace = subject.namespace.clone().unwrap_or_default();
    let api: Api<Event> = Api::namespaced(client.clone(), &namespace);
    call(api.create(&PostParams::default(), &event_object(subject, note, now))).await.map(drop)
}

fn event_object(subject: &ObjectReference, note: &Note, now: jiff::Timestamp) -> Event {
    // An object's name may be as long as an event's, which has a suffix too.
    let stem: String = subject.name.iter().flat_map(|name| name.chars()).take(230).collect();
    let stem = stem.trim_end_matches(['.', '-']);
    Event {
        metadata: ObjectMeta {
            name: Some(format!("{stem}.{:x}", now.as_nanosecond())),
            namespace: subject.namespace.clone(),
            ..ObjectMeta::default()
        },
        involved_object: subject.clone(),
        type_: Some(if note.warning { "Warning" } else { "Normal" }.to_owned()),
        reason: Some(note.reason.to_owned()),
        message: Some(note.message.chars().take(MESSAGE_LIMIT).collect()),
        count: Some(1),
        first_timestamp: Some(Time(now)),
        last_timestamp: Some(Time(now)),
        source: Some(EventSource { component: Some(COMPONENT.to_owned()), host: None }),
        reporting_component: Some(COMPONENT.to_owned()),
        ..Event::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_names_component_object_and_reason_and_fits_the_limits() {
        let subject = ObjectReference {
            name: Some(format!("{}.-{}", "n".repeat(228), "n".repeat(23))),
            namespace: Some("payments".into()),
            ..ObjectReference::default()
        };
        let note = Note { warning: true, reason: "ErrUnsealFailed", message: "é".repeat(3000) };
        let event = event_object(&subject, &note, jiff::Timestamp::from_second(1_700_000_000).unwrap());
        assert_eq!(event.source.unwrap().component.as_deref(), Some("sealed-secrets"));
        assert_eq!(
            (event.type_.as_deref(), event.reason.as_deref()),
            (Some("Warning"), Some("ErrUnsealFailed"))
        );
        assert_eq!(event.message.unwrap().chars().count(), MESSAGE_LIMIT);
        let name = event.metadata.name.unwrap();
        assert!(name.len() <= 253 && name.starts_with(&format!("{}.1", "n".repeat(228))), "{name}");
        assert_eq!(event.metadata.namespace, event.involved_object.namespace);
    }
}
