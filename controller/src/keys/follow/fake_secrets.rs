//! The Secrets of one namespace as an API server would keep them: lists, watches, reads and creates.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::http::{Method, Request, Response, Uri};
use futures_util::{Stream, stream};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Bytes, Frame};
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::api::fake::refusal;
use crate::keys::{KEY_ACTIVE, KEY_LABEL};

type Answer = UnsyncBoxBody<Bytes, Infallible>;
/// What became of one Secret: as it was, and as it is.
type Change = (Option<Value>, Option<Value>);

/// The server.
#[derive(Clone)]
pub(super) struct FakeSecrets {
    state: Arc<Mutex<State>>,
    /// How many changes there were, which is the resource version.
    changes: watch::Sender<usize>,
    events: watch::Sender<Vec<Value>>,
}

#[derive(Default)]
struct State {
    secrets: BTreeMap<String, Value>,
    history: Vec<Change>,
    /// What the caller has no right to.
    forbidden: Vec<&'static str>,
}

/// Which Secrets a list or watch is about.
#[derive(Clone)]
enum Selector {
    Marked,
    Named(String),
}

impl Selector {
    fn of(uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        match query.split('&').find_map(|part| part.strip_prefix("fieldSelector=metadata.name%3D")) {
            Some(name) => Self::Named(name.to_owned()),
            None => {
                assert!(query.contains("labelSelector="), "{query}");
                Self::Marked
            }
        }
    }

    fn takes(&self, secret: &Value) -> bool {
        match self {
            Self::Marked => secret["metadata"]["labels"][KEY_LABEL] == KEY_ACTIVE,
            Self::Named(name) => secret["metadata"]["name"] == **name,
        }
    }
}

impl FakeSecrets {
    /// A server that refuses these: `list`, `watch`, `get`, each followed by ` plain` or ` marked`.
    pub(super) fn refusing(forbidden: impl IntoIterator<Item = &'static str>) -> Self {
        let state = State { forbidden: forbidden.into_iter().collect(), ..State::default() };
        Self {
            state: Arc::new(Mutex::new(state)),
            changes: watch::Sender::new(0),
            events: watch::Sender::default(),
        }
    }

    /// Makes a Secret what is given, or removes it.
    pub(super) fn set(&self, name: &str, secret: Option<Value>) {
        let mut state = self.state.lock().unwrap();
        let version = state.history.len() + 1;
        let secret = secret.map(|mut secret| {
            secret["metadata"]["uid"] = json!(format!("uid of {name}"));
            secret["metadata"]["resourceVersion"] = json!(version.to_string());
            secret
        });
        let before = match &secret {
            Some(secret) => state.secrets.insert(name.to_owned(), secret.clone()),
            None => state.secrets.remove(name),
        };
        state.history.push((before, secret));
        self.changes.send_replace(version);
    }

    /// The names of all Secrets.
    pub(super) fn names(&self) -> Vec<String> {
        self.state.lock().unwrap().secrets.keys().cloned().collect()
    }

    /// The events that were written, by their Secret and words, once there are so many.
    pub(super) async fn events(&self, count: usize) -> Vec<(String, String)> {
        let events = self.events.subscribe().wait_for(|events| events.len() >= count).await.unwrap().clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        events.iter().map(|event| (text(&event["involvedObject"]["name"]), text(&event["message"]))).collect()
    }

    /// The way to it.
    pub(super) fn client(&self) -> Client {
        let server = self.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let server = server.clone();
            async move { Ok::<_, Infallible>(server.answer(request).await) }
        });
        Client::new(service, "default")
    }

    async fn answer(&self, request: Request<Body>) -> Response<Answer> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let (collection, name) =
            parts.uri.path().strip_prefix("/api/v1/namespaces/n/").unwrap().split_once('/').map_or_else(
                || (parts.uri.path().rsplit('/').next().unwrap(), None),
                |(collection, name)| (collection, Some(name)),
            );
        let is_watch = parts.uri.query().is_some_and(|query| query.contains("watch=true"));
        match (&parts.method, collection, name) {
            (&Method::POST, "events", None) => {
                let event: Value = serde_json::from_slice(&body).unwrap();
                self.events.send_modify(|events| events.push(event.clone()));
                reply((201, event))
            }
            (&Method::POST, "secrets", None) => reply(self.create(serde_json::from_slice(&body).unwrap())),
            (&Method::GET, "secrets", Some(name)) => reply(self.get(name)),
            (&Method::GET, "secrets", None) if is_watch => self.watch(&parts.uri),
            (&Method::GET, "secrets", None) => reply(self.list(&Selector::of(&parts.uri))),
            other => panic!("unexpected: {other:?}"),
        }
    }

    fn create(&self, secret: Value) -> (u16, Value) {
        let name = secret["metadata"]["name"].as_str().unwrap().to_owned();
        if self.state.lock().unwrap().secrets.contains_key(&name) {
            return refusal(409, "AlreadyExists");
        }
        self.set(&name, Some(secret.clone()));
        (201, secret)
    }

    fn get(&self, name: &str) -> (u16, Value) {
        let state = self.state.lock().unwrap();
        if state.forbidden.contains(&"get") {
            return refusal(403, "Forbidden");
        }
        state.secrets.get(name).map_or_else(|| refusal(404, "NotFound"), |secret| (200, secret.clone()))
    }

    fn may(&self, verb: &str, selector: &Selector) -> bool {
        let place = match selector {
            Selector::Marked => "marked",
            Selector::Named(_) => "plain",
        };
        let state = self.state.lock().unwrap();
        !state.forbidden.iter().any(|forbidden| *forbidden == format!("{verb} {place}"))
    }

    fn list(&self, selector: &Selector) -> (u16, Value) {
        if !self.may("list", selector) {
            return refusal(403, "Forbidden");
        }
        let state = self.state.lock().unwrap();
        let items: Vec<&Value> = state.secrets.values().filter(|secret| selector.takes(secret)).collect();
        let version = state.history.len().to_string();
        (
            200,
            json!({ "kind": "List", "apiVersion": "v1", "metadata": { "resourceVersion": version }, "items": items }),
        )
    }

    fn watch(&self, uri: &Uri) -> Response<Answer> {
        let selector = Selector::of(uri);
        if !self.may("watch", &selector) {
            return reply(refusal(403, "Forbidden"));
        }
        let query = uri.query().unwrap_or_default();
        let from = query.split('&').find_map(|part| part.strip_prefix("resourceVersion=")).unwrap();
        let body = StreamBody::new(self.lines(selector, from.parse().unwrap()));
        Response::new(body.boxed_unsync())
    }

    /// The lines of a watch, for ever.
    fn lines(
        &self,
        selector: Selector,
        from: usize,
    ) -> impl Stream<Item = Result<Frame<Bytes>, Infallible>> + use<> {
        let seen = self.changes.subscribe();
        stream::unfold(
            (self.clone(), selector, from, seen),
            |(server, selector, mut at, mut seen)| async move {
                loop {
                    seen.wait_for(|version| *version > at).await.ok()?;
                    let change = server.state.lock().unwrap().history[at].clone();
                    at += 1;
                    if let Some(event) = event(&selector, change) {
                        let line = Bytes::from(format!("{event}\n"));
                        return Some((Ok(Frame::data(line)), (server, selector, at, seen)));
                    }
                }
            },
        )
    }
}

/// A change as a watch of that selector shows it.
fn event(selector: &Selector, (before, after): Change) -> Option<Value> {
    let before = before.filter(|secret| selector.takes(secret));
    let (kind, object) = match (before, after.filter(|secret| selector.takes(secret))) {
        (None, None) => return None,
        (None, Some(after)) => ("ADDED", after),
        (Some(_), Some(after)) => ("MODIFIED", after),
        (Some(before), None) => ("DELETED", before),
    };
    Some(json!({ "type": kind, "object": object }))
}

fn reply((status, body): (u16, Value)) -> Response<Answer> {
    Response::builder().status(status).body(Full::from(body.to_string()).boxed_unsync()).unwrap()
}
