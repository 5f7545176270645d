//! The HTTP edges: the API that kubeseal reaches, and the sealing page. Handlers hold no logic of their own.

mod body;
mod cert;
mod connection;
mod count;
mod etag;
mod health;
mod limits;
pub mod page;
mod places;
mod refusal;
mod rotate;
mod server;
mod verify;

use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse as _;
use axum::routing::{get, post};

use crate::keys::RingReceiver;
use crate::metrics::{self, Metrics};
use crate::opener::Opener;
use crate::ready::Readiness;
use body::Gate;
use count::counted;

pub use limits::Limits;
pub use page::{ASSETS, Page};
pub use server::{ListenError, Server};

/// What the API answers from.
#[derive(Debug, Clone)]
pub struct Api {
    /// The keys.
    pub ring: RingReceiver,
    /// Where values are opened.
    pub opener: Arc<Opener>,
    /// How far the controller has come.
    pub readiness: Arc<Readiness>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
}

/// The API: the probes, the certificate, which any page may read because it is public, verify and rotate.
pub fn api(api: Api, limits: &Limits) -> Router {
    let Api { ring, opener, readiness, metrics } = api;
    let public = ring.clone();
    let certificate = get(async move |headers| {
        let mut response = cert::respond(&public, &headers);
        response
            .headers_mut()
            .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, header::HeaderValue::from_static("*"));
        response
    });
    let costly = Arc::new((Gate::new(limits), opener, ring));
    let verify = {
        let costly = Arc::clone(&costly);
        post(async move |body| verify::respond(&costly.0, &costly.1, &costly.2, body).await)
    };
    let rotate = post(async move |body| rotate::respond(&costly.0, &costly.1, &costly.2, body).await);
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(async move || health::ready(&readiness)))
        .route("/v1/cert.pem", counted("/v1/cert.pem", &metrics, certificate))
        .route("/v1/verify", counted("/v1/verify", &metrics, verify))
        .route("/v1/rotate", counted("/v1/rotate", &metrics, rotate))
}

/// What Prometheus asks for.
pub fn metrics(metrics: Arc<Metrics>) -> Router {
    let answer =
        async move || ([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], metrics.text()).into_response();
    Router::new().route("/metrics", get(answer))
}

/// The sealing page with its certificate. Nothing here takes input: there is nothing to verify or to rotate.
pub fn page(page: Arc<Page>, ring: RingReceiver) -> Router {
    page::router(page, ring)
}

#[cfg(test)]
mod tests;
