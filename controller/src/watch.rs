//! The watches: they keep the view current and ask for passes. Each runs for ever; what fails is tried again.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{Stream, TryStreamExt as _};
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::core::{DynamicObject, ObjectMeta, PartialObjectMeta};
use kube::runtime::WatchStreamExt as _;
use kube::runtime::watcher::{self, Config, Event};
use tokio::sync::Notify;
use tracing::{info, warn};

use crate::api::CallError;
use crate::context::Shared;
use crate::report::sealed_secrets;

/// A watch ends after so many seconds and goes on with the next: a connection that was cut silently is noticed
/// that soon, not after the default five minutes.
pub const WATCH_SECONDS: u32 = 50;
/// Objects in one page of a list: a Secret can be a mebibyte even without its values.
const PAGE: u32 = 50;

/// How everything is watched.
pub fn config() -> Config {
    Config::default().timeout(WATCH_SECONDS).page_size(PAGE)
}

/// Hands every event of a watch to `take`, for ever.
pub async fn follow<K>(
    events: impl Stream<Item = watcher::Result<Event<K>>>,
    what: &'static str,
    mut take: impl FnMut(Event<K>),
) {
    let mut events = pin!(events.default_backoff());
    loop {
        match events.try_next().await {
            Ok(Some(event)) => take(event),
            // The stream never ends by itself; should it, a pause keeps this from spinning.
            Ok(None) => tokio::time::sleep(Duration::from_secs(1)).await,
            Err(error) => warn!(what, "the watch failed and is started again: {}", call_error(error)),
        }
    }
}

/// Watches the metadata of all Secrets; `synced` is told when the first list is complete.
pub async fn secrets(shared: Shared, synced: Arc<Notify>) {
    let api: Api<PartialObjectMeta<Secret>> = Api::all(shared.client.clone());
    follow(kube::runtime::watcher(api, config()), "Secrets", |event| {
        let done = matches!(event, Event::InitDone);
        let context = &shared.context;
        context.view.take_secret(only_metadata(event), &context.queue);
        if done {
            synced.notify_one();
        }
    })
    .await;
}

/// Watches all SealedSecrets; `synced` is told when the first list is complete.
pub async fn sealed(shared: Shared, synced: Arc<Notify>) {
    let api: Api<DynamicObject> = Api::all_with(shared.client.clone(), &sealed_secrets());
    follow(kube::runtime::watcher(api, config()), "SealedSecrets", |event| {
        let done = matches!(event, Event::InitDone);
        let context = &shared.context;
        context.view.take_sealed(event, &context.queue);
        if done {
            info!(count = context.view.sealed_count(), "the SealedSecrets are known");
            synced.notify_one();
        }
    })
    .await;
}

fn only_metadata(event: Event<PartialObjectMeta<Secret>>) -> Event<ObjectMeta> {
    match event {
        Event::Apply(object) => Event::Apply(object.metadata),
        Event::Delete(object) => Event::Delete(object.metadata),
        Event::Init => Event::Init,
        Event::InitApply(object) => Event::InitApply(object.metadata),
        Event::InitDone => Event::InitDone,
    }
}

/// In the words of a call, which quote no object.
fn call_error(error: watcher::Error) -> CallError {
    match error {
        watcher::Error::InitialListFailed(error)
        | watcher::Error::WatchStartFailed(error)
        | watcher::Error::WatchFailed(error) => CallError::from(error),
        watcher::Error::WatchError(status) => CallError::Refused(status),
        watcher::Error::NoResourceVersion => CallError::Unreadable,
    }
}
