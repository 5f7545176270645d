//! Asks the controller, through the API server's proxy for Services.

use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use kube::Client;
use kube::client::Body;
use tokio::time::{Instant, sleep};

use crate::cluster::{Controller, cause, deepest};
use crate::deadline::{self, Elapsed};
use crate::error::say;

/// How long a controller without a ready Pod is waited for, unless `--request-timeout` says: whoever installs it often
/// seals in the next line.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks for a ready Pod.
const PAUSE: Duration = Duration::from_millis(250);
/// Before the next try, where a server with too much to do does not say when.
const TURN: Duration = Duration::from_secs(1);
/// The longest answer that is read: many times what any controller sends.
const MAX_BYTES: usize = 16 << 20;
/// The most that is repeated of what a server says.
const MAX_SAID: usize = 300;

/// What the controller is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask<'a> {
    /// Its certificate.
    Cert,
    /// Whether this SealedSecret opens.
    Verify(&'a str),
    /// This SealedSecret, sealed with the newest key.
    Rotate(&'a str),
}

/// The controller did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// It, or the API server before it, refuses.
    #[error("{said}")]
    Refused {
        /// The code of HTTP.
        code: StatusCode,
        /// What the server says, or what its code means.
        said: String,
    },
    /// The API server does not let this user send anything.
    #[error("{said}")]
    Forbidden {
        /// What the API server says.
        said: String,
        /// The namespace of the controller's Service.
        namespace: String,
    },
    /// There is too much to do, and the time does not suffice to wait for a turn.
    #[error("{said}")]
    Busy {
        /// What the server said last.
        said: String,
    },
    /// No Pod of the controller became ready.
    #[error("{said}")]
    NotReady {
        /// What the API server said last.
        said: String,
        /// The namespace of the controller's Service.
        namespace: String,
    },
    /// No answer came through.
    #[error("{0}")]
    Broken(String),
    /// Not in time.
    #[error(transparent)]
    Late(Elapsed),
}

impl CallError {
    /// Whether every other call will come to the same.
    pub(crate) fn is_lasting(&self) -> bool {
        match self {
            Self::Forbidden { .. } | Self::NotReady { .. } => true,
            Self::Refused { .. } | Self::Busy { .. } | Self::Broken(_) | Self::Late(_) => false,
        }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Forbidden { namespace, .. } => Some(format!(
                "it needs the right to create services/proxy in {namespace}: the role sealed-secrets-resealer of the \
                 manifests gives it, once it is bound"
            )),
            Self::Busy { .. } => {
                Some("try again later, or give it more time with --request-timeout, e.g. 2m".to_owned())
            }
            Self::NotReady { namespace, .. } => Some(format!(
                "the controller has no Pod that is ready; see how it is: kubectl -n {namespace} get pods"
            )),
            Self::Late(elapsed) => Some(elapsed.hint()),
            Self::Refused { .. } | Self::Broken(_) => None,
        }
    }
}

/// A way to the controller.
pub(crate) struct Proxy<'a> {
    client: Client,
    controller: &'a Controller,
    /// Up to where the controller's own paths begin.
    path: String,
}

/// What one try came to.
enum Outcome {
    Done(Vec<u8>),
    /// Worth another try after this time.
    Again(Duration, CallError),
    Failed(CallError),
}

impl<'a> Proxy<'a> {
    pub(crate) fn new(client: Client, controller: &'a Controller, port: &str) -> Self {
        let Controller { namespace, name, .. } = controller;
        let path = format!("/api/v1/namespaces/{namespace}/services/http:{name}:{port}/proxy");
        Self { client, controller, path }
    }

    /// The body of the answer. A controller that just starts, or has too much to do, is asked again, as long as the time
    /// suffices.
    pub(crate) async fn call(&self, ask: Ask<'_>) -> Result<Vec<u8>, CallError> {
        deadline::within(self.controller.timeout, self.tries(ask)).await.map_err(CallError::Late)?
    }

    async fn tries(&self, ask: Ask<'_>) -> Result<Vec<u8>, CallError> {
        let start = Instant::now();
        let mut told = !self.controller.tells_waiting;
        loop {
            let (pause, error) = match self.try_once(ask).await {
                Outcome::Done(body) => return Ok(body),
                Outcome::Failed(error) => return Err(error),
                Outcome::Again(pause, error) => (pause, error),
            };
            let patience = patience(self.controller.timeout, &error);
            if patience.is_some_and(|patience| start.elapsed().saturating_add(pause) > patience) {
                return Err(error);
            }
            if !std::mem::replace(&mut told, true) {
                let Controller { namespace, name, .. } = self.controller;
                let what =
                    if matches!(error, CallError::Busy { .. }) { "a turn at" } else { "a ready Pod of" };
                say(&format!("(waiting for {what} {namespace}/{name})\n"));
            }
            sleep(pause).await;
        }
    }

    async fn try_once(&self, ask: Ask<'_>) -> Outcome {
        let broken = |said| Outcome::Failed(CallError::Broken(said));
        let request = match self.request(ask) {
            Ok(request) => request,
            Err(error) => return broken(error.to_string()),
        };
        let (head, body) = match self.client.send(request).await {
            Ok(answer) => answer.into_parts(),
            Err(error) => return broken(cause(&error)),
        };
        let body = match Limited::new(body, MAX_BYTES).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => {
                return broken(format!("the answer goes on for more than {} MiB", MAX_BYTES >> 20));
            }
            Err(error) => return broken(deepest(&*error)),
        };
        if (200..=206).contains(&head.status.as_u16()) {
            return Outcome::Done(body.into());
        }
        self.judge(ask, head.status, &head.headers, said(head.status, &head.headers, &body))
    }

    fn request(&self, ask: Ask<'_>) -> Result<Request<Body>, http::Error> {
        let posted = |path, body: &str| {
            Request::post(format!("{}{path}", self.path))
                .header(ACCEPT, "application/json, */*")
                .header(CONTENT_TYPE, "application/json")
                .body(body.as_bytes().to_vec().into())
        };
        match ask {
            Ask::Cert => Request::get(format!("{}/v1/cert.pem", self.path))
                .header(ACCEPT, "application/x-pem-file, */*")
                .body(Body::empty()),
            Ask::Verify(sealed) => posted("/v1/verify", sealed),
            Ask::Rotate(sealed) => posted("/v1/rotate", sealed),
        }
    }

    fn judge(&self, ask: Ask<'_>, code: StatusCode, headers: &HeaderMap, said: String) -> Outcome {
        let namespace = self.controller.namespace.clone();
        match code {
            StatusCode::TOO_MANY_REQUESTS => Outcome::Again(turn(headers), CallError::Busy { said }),
            StatusCode::SERVICE_UNAVAILABLE if said.starts_with("no endpoints available") => {
                Outcome::Again(PAUSE, CallError::NotReady { said, namespace })
            }
            StatusCode::FORBIDDEN if ask != Ask::Cert => {
                Outcome::Failed(CallError::Forbidden { said, namespace })
            }
            code => Outcome::Failed(CallError::Refused { code, said }),
        }
    }
}

/// How long an error is waited out. It ends before the limit of the whole does: then the reason can still be told.
/// Without a limit a turn comes some time; a Pod perhaps never.
fn patience(limit: Option<Duration>, error: &CallError) -> Option<Duration> {
    match (limit, error) {
        (Some(limit), _) => Some(limit - limit / 10),
        (None, CallError::Busy { .. }) => None,
        (None, _) => Some(PATIENCE),
    }
}

/// When the server wants to be asked again, in seconds; never at once.
fn turn(headers: &HeaderMap) -> Duration {
    let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    seconds.map_or(TURN, |seconds| Duration::from_secs(seconds).max(PAUSE))
}

/// What a server says about its refusal, in one line: the message of a `Status`, or a plain text. Anything else, which
/// may be a page or what was sent, is not repeated.
fn said(code: StatusCode, headers: &HeaderMap, body: &[u8]) -> String {
    let status = serde_json::from_slice::<serde_json::Value>(body).ok().filter(|it| it["kind"] == "Status");
    let message = status.as_ref().and_then(|status| status["message"].as_str());
    let is_plain = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("text/plain"));
    let plain = std::str::from_utf8(body).ok().filter(|_| is_plain && status.is_none());
    let line = message.or(plain).and_then(|text| text.trim().lines().next()).unwrap_or_default();
    if line.is_empty() {
        format!("the server answered {code}")
    } else {
        line.chars().take(MAX_SAID).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: http::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, http::HeaderValue::from_static(value))])
    }

    #[test]
    fn the_server_says_when_and_it_is_never_at_once() {
        for (value, milliseconds) in [
            ("3", 3000),
            (" 1 ", 1000),
            ("0", 250),
            ("-1", 1000),
            ("soon", 1000),
            ("18446744073709551616", 1000),
        ] {
            assert_eq!(turn(&headers(RETRY_AFTER, value)), Duration::from_millis(milliseconds), "{value}");
        }
        assert_eq!(turn(&HeaderMap::new()), TURN);
    }

    #[test]
    fn a_turn_is_waited_for_as_long_as_the_limit_allows() {
        let busy = CallError::Busy { said: String::new() };
        let gone = CallError::NotReady { said: String::new(), namespace: String::new() };
        for (limit, error, seconds) in [
            (Some(10), &busy, Some(9)),
            (Some(10), &gone, Some(9)),
            (None, &busy, None),
            (None, &gone, Some(30)),
        ] {
            let patience = patience(limit.map(Duration::from_secs), error);
            assert_eq!(patience, seconds.map(Duration::from_secs), "{limit:?} {error:?}");
        }
    }

    #[test]
    fn a_refusal_is_repeated_where_it_is_meant_to_be_read() {
        let code = StatusCode::INTERNAL_SERVER_ERROR;
        let meaning = "the server answered 500 Internal Server Error";
        let long = "x".repeat(1000);
        for (kind, body, line) in [
            ("text/plain; charset=utf-8", "two\\nlines\n", "two\\nlines"),
            ("text/plain", "one\nand more", "one"),
            ("text/plain", " \n", meaning),
            ("text/plain", long.as_str(), &long[..MAX_SAID]),
            ("text/html", "<html>", meaning),
            ("application/json", "{\"kind\":\"Status\",\"message\":\"no\"}", "no"),
            ("text/plain", "{\"kind\":\"Status\",\"message\":\"no\"}", "no"),
            ("application/json", "{\"kind\":\"Status\"}", meaning),
            ("application/json", "{\"spec\":{\"encryptedData\":{\"k\":\"AgA\"}}}", meaning),
            ("", "", meaning),
        ] {
            assert_eq!(said(code, &headers(CONTENT_TYPE, kind), body.as_bytes()), line, "{kind} {body}");
        }
        assert_eq!(said(code, &headers(CONTENT_TYPE, "text/plain"), &[0xFF]), meaning);
    }
}
