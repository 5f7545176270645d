//! The watches: they keep the view current and ask for passes. Each runs for ever; what fails is tried again.

pub mod complaint;
pub mod first_lists;
pub mod mirror;
pub mod packed;
pub mod queue;
pub mod seen;
pub mod view;

use std::pin::pin;
use std::time::Duration;

use futures_util::{Stream, TryStreamExt as _};
use kube::Api;
use kube::runtime::WatchStreamExt as _;
use kube::runtime::watcher::{self, Config, Event, watcher};
use tokio::time::{Instant, timeout_at};
use tracing::{info, warn};

use crate::api::CallError;
use crate::pass::context::Shared;
use crate::watch::complaint::Complaint;
use crate::watch::first_lists::FirstList;
use crate::watch::mirror::Reach;
use crate::watch::seen::{SeenSealed, SeenSecret};

/// A watch ends after so many seconds and goes on with the next: a connection that was cut silently is noticed
/// that soon, not after the default five minutes.
pub const WATCH_SECONDS: u32 = 50;
/// Objects in one page of a list. A SealedSecret can be a mebibyte, though few come near it.
const PAGE: u32 = 100;
/// The same where only metadata is asked for.
const METADATA_PAGE: u32 = 500;
/// After so long everything is listed anew. A server whose storage was set back to an earlier state may leave events
/// out, and no error tells.
const RELIST: Duration = Duration::from_secs(3600);
/// A watch that so often in a row can't go on where it stood begins anew.
const STARTS: u32 = 5;

/// How everything is watched.
pub fn config() -> Config {
    Config::default().timeout(WATCH_SECONDS).page_size(PAGE)
}

/// Hands every event of a watch and every failure to `take`, for ever.
pub async fn follow<K, S>(
    what: &str,
    mut watch: impl FnMut() -> S,
    mut take: impl FnMut(Result<Event<K>, &CallError>),
) where
    S: Stream<Item = watcher::Result<Event<K>>>,
{
    let mut complaint = Complaint::default();
    loop {
        let relist = Instant::now() + RELIST;
        let mut failed_starts = 0;
        let mut events = pin!(watch().default_backoff());
        while failed_starts < STARTS {
            match timeout_at(relist, events.try_next()).await {
                Ok(Ok(Some(event))) => {
                    // A list that is only asked for has not been given.
                    if !matches!(event, Event::Init) {
                        failed_starts = 0;
                        if complaint.is_over() {
                            info!("watching {what} again");
                        }
                    }
                    take(Ok(event));
                }
                Ok(Err(error)) => {
                    failed_starts += u32::from(matches!(error, watcher::Error::WatchStartFailed(_)));
                    let error = call_error(error);
                    let words = error.to_string();
                    if complaint.is_news(&words, Instant::now()) {
                        warn!("cannot watch {what} and go on trying: {words}{}", advice(&error));
                    }
                    take(Err(&error));
                }
                // The stream never ends by itself; should it, a pause keeps this from spinning.
                Ok(Ok(None)) => {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    break;
                }
                Err(_) => break,
            }
        }
    }
}

/// The next step, where the error alone does not show it.
fn advice(error: &CallError) -> &'static str {
    match error {
        CallError::Refused(status) if status.code == 403 => {
            "; the controller's account needs the rights to list and watch them"
        }
        // The answer to a list of something that the server has never heard of.
        CallError::Refused(status) if status.code == 404 => {
            "; the cluster has no such resource: apply its definition, deploy/crd/sealedsecrets.yaml"
        }
        _ => "",
    }
}

/// Watches the metadata of Secrets.
pub async fn secrets(shared: Shared, reach: Reach, mut first: FirstList) {
    let client = shared.client.clone();
    let api: Api<SeenSecret> = match &reach {
        Reach::Everywhere => Api::all(client),
        Reach::Namespace(namespace) => Api::namespaced(client, namespace),
    };
    let watch = || watcher(api.clone(), config().page_size(METADATA_PAGE));
    follow(&name("Secrets", &reach), watch, |seen| {
        let Ok(event) = seen else { return first.failed() };
        let done = matches!(event, Event::InitDone);
        shared.context.view.take_secret(&reach, event, &shared.context.queue);
        if done {
            first.known();
        }
    })
    .await;
}

/// Watches the SealedSecrets that the selector picks; all of them without one.
pub async fn sealed(shared: Shared, reach: Reach, selector: Option<String>, mut first: FirstList) {
    let client = shared.client.clone();
    let api: Api<SeenSealed> = match &reach {
        Reach::Everywhere => Api::all(client),
        Reach::Namespace(namespace) => Api::namespaced(client, namespace),
    };
    let config = Config { label_selector: selector, ..config() };
    follow(
        &name("SealedSecrets", &reach),
        || watcher(api.clone(), config.clone()),
        |seen| {
            let Ok(event) = seen else { return first.failed() };
            let done = matches!(event, Event::InitDone);
            shared.context.view.take_sealed(&reach, event, &shared.context.queue);
            if done {
                first.known();
            }
        },
    )
    .await;
}

fn name(kind: &str, reach: &Reach) -> String {
    match reach {
        Reach::Everywhere => kind.to_owned(),
        Reach::Namespace(namespace) => format!("{kind} in namespace {namespace}"),
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

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;
    use futures_util::stream::{BoxStream, iter, pending};
    use kube::core::Status;

    use super::*;

    fn refused(code: u16) -> Box<Status> {
        Box::new(Status { code, message: "no".into(), ..Status::default() })
    }

    /// Follows watches that each show these events and then stay silent, until so many have begun; what was taken,
    /// failures as nothing.
    async fn taken(
        events: impl Fn(usize) -> Vec<watcher::Result<Event<u32>>> + Send + 'static,
        begun: usize,
    ) -> Vec<Option<Event<u32>>> {
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        let mut count = 0;
        let watch = move || -> BoxStream<'static, _> {
            count += 1;
            iter(events(count)).chain(pending()).boxed()
        };
        let take = move |seen: Result<Event<u32>, &CallError>| sender.send(seen.ok()).unwrap();
        let following = tokio::spawn(async move { follow("things", watch, take).await });
        let mut seen = Vec::new();
        let mut inits = 0;
        while inits < begun {
            let event = receiver.recv().await.unwrap();
            inits += usize::from(matches!(event, Some(Event::Init)));
            seen.push(event);
        }
        following.abort();
        seen
    }

    #[tokio::test(start_paused = true)]
    async fn everything_is_listed_anew_from_time_to_time() {
        let start = Instant::now();
        taken(|_| vec![Ok(Event::Init), Ok(Event::InitDone)], 3).await;
        assert_eq!(start.elapsed(), 2 * RELIST);
    }

    #[tokio::test(start_paused = true)]
    async fn a_watch_that_can_not_go_on_begins_anew_and_one_that_fails_now_and_then_does_not() {
        let failed = || Err(watcher::Error::WatchStartFailed(kube::Error::Api(refused(504))));
        let start = Instant::now();
        let seen = taken(
            move |count| {
                let mut events = vec![Ok(Event::Init), Ok(Event::InitDone)];
                events.extend((1..STARTS).map(|_| failed()));
                events.push(Ok(Event::Apply(1)));
                events.extend((1..STARTS).map(|_| failed()));
                if count == 1 {
                    events.push(failed());
                }
                events
            },
            2,
        )
        .await;
        assert!(start.elapsed() < RELIST);
        assert_eq!(seen.iter().filter(|event| event.is_none()).count(), 2 * STARTS as usize - 1);
    }

    #[tokio::test(start_paused = true)]
    async fn what_fails_is_not_tried_in_a_hot_loop() {
        let start = Instant::now();
        let failing = || Err(watcher::Error::InitialListFailed(kube::Error::Api(refused(403))));
        let seen = taken(
            move |_| {
                let mut events: Vec<_> = (0..10).map(|_| failing()).collect();
                events.push(Ok(Event::Init));
                events
            },
            1,
        )
        .await;
        assert_eq!(seen.len(), 11);
        assert!(start.elapsed() > Duration::from_secs(60), "{:?}", start.elapsed());
    }

    #[test]
    fn what_is_missing_is_named_with_the_next_step() {
        for (code, said) in [(403, "rights"), (404, "apply its definition"), (500, ""), (410, "")] {
            let advice = advice(&CallError::Refused(refused(code)));
            assert!(advice.contains(said) && advice.is_empty() == said.is_empty(), "{code}: {advice}");
        }
    }
}
