//! `/v1/verify`: whether a SealedSecret opens here. No more than that: it renders nothing and names no cause, so that
//! whoever may ask learns nothing about a value.

use std::sync::Arc;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::body::{Admitted, Gate};
use super::refusal::Refusal;
use crate::keys::RingReceiver;
use crate::opener::Opener;

pub(super) async fn respond(gate: &Gate, opener: &Opener, ring: &RingReceiver, body: Body) -> Response {
    match verify(gate, opener, ring, body).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

async fn verify(gate: &Gate, opener: &Opener, ring: &RingReceiver, body: Body) -> Result<(), Refusal> {
    let Admitted { sealed, held: _held } = gate.admit(body).await?;
    let ring = Arc::clone(&ring.borrow());
    opener.verify(sealed, ring).await.map_err(|_| Refusal::Locked)
}
