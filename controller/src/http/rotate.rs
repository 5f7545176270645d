//! `/v1/rotate`: a SealedSecret sealed again with the newest key, for the scope that opened it.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use sealer_core::{SealedSecret, emit};

use super::body::{Admitted, Gate};
use super::refusal::Refusal;
use crate::keys::RingReceiver;
use crate::opener::Opener;

pub(super) async fn respond(gate: &Gate, opener: &Opener, ring: &RingReceiver, body: Body) -> Response {
    match rotate(gate, opener, ring, body).await {
        Ok(sealed) => ([(header::CONTENT_TYPE, "application/json")], emit::to_json(&sealed)).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

async fn rotate(
    gate: &Gate,
    opener: &Opener,
    ring: &RingReceiver,
    body: Body,
) -> Result<SealedSecret, Refusal> {
    let Admitted { sealed, held: _held } = gate.admit(body).await?;
    let ring = Arc::clone(&ring.borrow());
    Ok(opener.rotate(sealed, ring).await?)
}
