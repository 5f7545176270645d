//! The HTTP edges: the API that kubeseal reaches, and the sealing page. Handlers hold no logic of their own.

mod cert;
mod etag;
pub mod page;
mod server;

use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::keys::RingReceiver;

pub use page::{ASSETS, Page};
pub use server::{ListenError, Server};

/// The API: the probe, and the certificate, which any page may read because it is public.
pub fn api(ring: RingReceiver) -> Router {
    Router::new().route("/healthz", get(healthz)).route(
        "/v1/cert.pem",
        get(async move |headers| {
            let mut response = cert::respond(&ring, &headers);
            response
                .headers_mut()
                .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, header::HeaderValue::from_static("*"));
            response
        }),
    )
}

/// The sealing page with its certificate. Nothing here takes input: there is nothing to verify or to rotate.
pub fn page(page: Arc<Page>, ring: RingReceiver) -> Router {
    page::router(page, ring)
}

async fn healthz() -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], "ok\n").into_response()
}

#[cfg(test)]
mod tests;
