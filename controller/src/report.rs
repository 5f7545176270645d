//! Tells the world how a pass ended: the status of the SealedSecret, and an event where there is news.

use std::sync::atomic::{AtomicBool, Ordering};

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
use crate::decide::{Note, event, status};
use crate::facts::{ObjectKey, Outcome, Sealed};
use crate::view::Facts;

/// The component that events name, as upstream's do.
const COMPONENT: &str = "sealed-secrets";
/// How often a status write is tried against newer versions of the object.
const ROUNDS: usize = 3;
/// The most that an event's message may hold.
const MESSAGE_LIMIT: usize = 1024;

/// Writes statuses and events.
#[derive(Debug)]
pub struct Reporter {
    /// Whether statuses are written at all.
    pub update_status: bool,
    /// Whether it has been said that the resource definition has no status.
    pub said_no_status: AtomicBool,
}

/// SealedSecrets, untyped: a bad one must not stop the others from being read.
pub fn sealed_secrets() -> ApiResource {
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
    /// Reports an outcome; the answer is the status as it stands now. An event that can't be written is only
    /// logged: it is news, not state.
    pub async fn report(
        &self,
        client: &Client,
        facts: &Facts,
        outcome: &Outcome,
        now: jiff::Timestamp,
    ) -> Result<Option<Status>, CallError> {
        let sealed = &facts.sealed;
        let old =
            facts.record.as_ref().and_then(|record| record.status.clone()).or_else(|| sealed.status.clone());
        let seconds = u64::try_from(now.as_second()).unwrap_or_default();
        let moment = sealer_core::Timestamp::from_unix_seconds(seconds);
        let new = status(old.as_ref(), outcome, sealed.generation, moment);
        // Without statuses a start can't know what was told before: it tells only what it does.
        let untold =
            !self.update_status && facts.record.is_none() && *outcome == Outcome::Synced { written: false };
        let note = if untold { None } else { event(old.as_ref(), new.as_ref(), outcome) };
        if let Some(new) = new.as_ref().filter(|_| self.update_status) {
            self.write_status(client, sealed, new).await?;
        }
        if let Some(note) = note {
            log(&sealed.key, &note);
            let written = write_event(client, &subject(sealed), &note, now).await;
            if let Err(error) = written {
                warn!(object = %sealed.key, reason = note.reason, "cannot write the event: {error}");
            }
        }
        Ok(new.or(old))
    }

    /// PUT on the status alone; the server keeps the rest of the object.
    async fn write_status(&self, client: &Client, sealed: &Sealed, new: &Status) -> Result<(), CallError> {
        let api: Api<DynamicObject> =
            Api::namespaced_with(client.clone(), &sealed.key.namespace, &sealed_secrets());
        let name = sealed.key.name.as_str();
        let mut object = DynamicObject::new(name, &sealed_secrets()).within(&sealed.key.namespace);
        object.metadata.uid = Some(sealed.uid.clone());
        object.metadata.resource_version = Some(sealed.resource_version.clone());
        object.data = json!({ "status": new });
        for round in 1..=ROUNDS {
            match call(api.replace_status(name, &PostParams::default(), &object)).await {
                Ok(_) => return Ok(()),
                Err(error) if round < ROUNDS && (error.is_conflict() || error.is_not_found()) => {
                    let current = match current(client, &sealed.key).await {
                        Ok(current) => current,
                        Err(gone) if gone.is_not_found() => return Ok(()),
                        Err(other) => return Err(other),
                    };
                    let same = current.metadata.uid.as_deref() == Some(sealed.uid.as_str())
                        && current.metadata.generation == Some(sealed.generation);
                    if !same {
                        // The watch brings the newer one, and its pass reports on it.
                        return Ok(());
                    }
                    if error.is_not_found() {
                        if !self.said_no_status.swap(true, Ordering::Relaxed) {
                            warn!("the resource definition has no status subresource: apply the current one");
                        }
                        return Ok(());
                    }
                    object.metadata.resource_version = current.metadata.resource_version;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
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
