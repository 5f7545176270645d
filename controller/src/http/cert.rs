//! The certificate to seal with.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::etag;
use crate::keys::RingReceiver;

/// The newest certificate in PEM, with a tag that changes when the key does; 500 in upstream's words where there
/// is none.
pub(super) fn respond(ring: &RingReceiver, headers: &HeaderMap) -> Response {
    let ring = ring.borrow();
    let Some(newest) = ring.keys.newest() else {
        return (StatusCode::INTERNAL_SERVER_ERROR, "cannot get certificate\n").into_response();
    };
    let tag = etag::of(newest.certificate_pem.as_bytes(), "");
    let caching = [(header::ETAG, tag.as_str()), (header::CACHE_CONTROL, "no-cache")];
    if etag::matches(headers, &tag) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    let content_type = [(header::CONTENT_TYPE, "application/x-pem-file")];
    (caching, content_type, newest.certificate_pem.clone()).into_response()
}
