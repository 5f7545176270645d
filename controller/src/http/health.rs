//! The probes.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::ready::{Phase, Readiness};

/// Always well: whoever answers is alive.
pub(super) async fn alive() -> Response {
    text(StatusCode::OK, "ok\n")
}

/// Whether the controller does its work; if not, why.
pub(super) fn ready(readiness: &Readiness) -> Response {
    let why = match readiness.phase() {
        Phase::Keys => "starting: there is no sealing key yet\n",
        Phase::Objects => "starting: not every object is known yet\n",
        Phase::Ready => return text(StatusCode::OK, "ok\n"),
        Phase::Stopping => "stopping\n",
    };
    text(StatusCode::SERVICE_UNAVAILABLE, why)
}

fn text(status: StatusCode, text: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}
