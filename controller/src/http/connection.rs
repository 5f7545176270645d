//! One connection, from its first byte to its end.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tower::ServiceExt as _;
use tracing::debug;

use super::places::{Busy, Place};
use crate::stop::Stop;

/// The longest head of a request, and the most that is kept of a body that nobody reads.
const BUFFER: usize = 64 << 10;

/// How long a connection may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// For the head of a request; an idle connection ends after as long.
    pub(super) head: Duration,
    /// How long it may bring requests.
    pub(super) life: Duration,
    /// How long the last answer may take after that.
    pub(super) last: Duration,
}

/// Serves a connection until it ends, is too slow, or has to make room; after `stop` only until its request under way
/// is answered.
pub(super) async fn serve(
    stream: TcpStream,
    router: Router,
    place: Arc<Place>,
    patience: Patience,
    stop: Stop,
    server: &'static str,
) {
    let service = service_fn(|request: hyper::Request<Incoming>| {
        let busy = place.begin();
        let answer = router.clone().oneshot(request);
        async move {
            let answer = answer.await?;
            Ok::<_, Infallible>(answer.map(|body| Held { body, _busy: busy }))
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience.head)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        // First, so that what is ready to be sent is sent.
        biased;
        ended = &mut connection => Some(ended),
        () = place.given_up() => return debug!(server, "a connection made room for another"),
        () = stop.wait() => None,
        () = tokio::time::sleep(patience.life) => None,
    };
    let ended = match ended {
        Some(ended) => Ok(ended),
        None => {
            connection.as_mut().graceful_shutdown();
            tokio::time::timeout(patience.last, connection).await
        }
    };
    match ended {
        Ok(Ok(())) => {}
        Ok(Err(error)) => debug!(server, "a connection broke off: {error}"),
        Err(_) => debug!(server, "a connection was cut off: its answer took too long"),
    }
}

/// An answer on its way: as long as it is, its connection keeps its place.
struct Held {
    body: Body,
    _busy: Busy,
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
