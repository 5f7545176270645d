//! An API server for tests: it answers as it is told, in order, and remembers what it was asked.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::http::{Request, Response};
use http_body_util::BodyExt as _;
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};

/// What the server was asked, and what it still has to say.
#[derive(Clone, Default)]
pub(crate) struct FakeApi {
    replies: Arc<Mutex<VecDeque<(u16, Value)>>>,
    asked: Arc<Mutex<Vec<(String, Value)>>>,
}

impl FakeApi {
    /// A server with these answers.
    pub(crate) fn new(replies: impl IntoIterator<Item = (u16, Value)>) -> Self {
        Self { replies: Arc::new(Mutex::new(replies.into_iter().collect())), asked: Arc::default() }
    }

    /// More answers.
    pub(crate) fn then(&self, replies: impl IntoIterator<Item = (u16, Value)>) {
        self.replies.lock().unwrap().extend(replies);
    }

    /// The way to it.
    pub(crate) fn client(&self) -> Client {
        let server = self.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let server = server.clone();
            async move { Ok::<_, Infallible>(server.answer(request).await) }
        });
        Client::new(service, "default")
    }

    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
        let query = parts.uri.query().unwrap_or_default();
        let tried = if query.contains("dryRun=All") { "?dryRun=All" } else { "" };
        let call = format!("{} {}{tried}", parts.method, parts.uri.path());
        self.asked.lock().unwrap().push((call, body.clone()));
        let (status, reply) =
            self.replies.lock().unwrap().pop_front().unwrap_or_else(|| refusal(500, "Unexpected"));
        let reply = as_sent(&reply, body).unwrap_or(reply);
        Response::builder().status(status).body(Body::from(reply.to_string().into_bytes())).unwrap()
    }

    /// What it was asked since the last time: method and path, and the body.
    pub(crate) fn asked(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    /// The methods and paths alone, and proof that every answer was given.
    pub(crate) fn calls(&self) -> Vec<String> {
        assert!(self.replies.lock().unwrap().is_empty(), "some answers were not asked for");
        self.asked().into_iter().map(|(call, _)| call).collect()
    }
}

/// An answer that is what was sent, as that version.
pub(crate) fn kept(version: &str) -> (u16, Value) {
    (200, json!({ "kept as version": version }))
}

/// The same from a server whose resource definition knows no receipt.
pub(crate) fn pruned(version: &str) -> (u16, Value) {
    (200, json!({ "kept as version": version, "without": "receipt" }))
}

fn as_sent(reply: &Value, mut body: Value) -> Option<Value> {
    let version = reply.get("kept as version")?;
    body["metadata"]["resourceVersion"] = version.clone();
    if let Some(without) = reply.get("without") {
        body["status"].as_object_mut().unwrap().remove(without.as_str().unwrap());
    }
    Some(body)
}

/// A refusal as the API server words it.
pub(crate) fn refusal(code: u16, reason: &str) -> (u16, Value) {
    let message = format!("refused: {reason}");
    (
        code,
        json!({ "kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": message }),
    )
}
