//! Why verify and rotate don't do what they were asked. The codes are upstream's, and one that upstream has no need
//! of, because it reads bodies of any length. No text depends on a value, and everything that may fail in opening one
//! is the same answer.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use sealer_core::ManifestError;
use unsealer::ResealError;

use super::limits::{Full, TURN};
use crate::opener::RotateError;

/// A request that was not answered as was wished.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// Too many came before.
    #[error("too many requests; more are answered later, or sooner with a higher --rate-limit")]
    Turn(Full),
    /// Too many are being read or worked on.
    #[error("too many requests at once; try again later")]
    Busy,
    /// The body is longer than any SealedSecret.
    #[error("the body is too long for a SealedSecret; the limit is {} MiB", super::body::MAX >> 20)]
    TooLong,
    /// The body did not come to its end.
    #[error("the body could not be read to its end")]
    Broken,
    /// The body came too slowly.
    #[error("the body did not come to its end within {} s", super::body::PATIENCE.as_secs())]
    Slow,
    /// The body is no text.
    #[error("the body is not UTF-8")]
    NotText,
    /// The text is no SealedSecret.
    #[error("the body can't be read as a SealedSecret: {0}")]
    Manifest(#[from] ManifestError),
    /// The text is more than one.
    #[error("the body holds several objects; send them one by one")]
    Several,
    /// Verify: it does not open.
    #[error("no key could decrypt secret")]
    Locked,
    /// Rotate: it is not sealed again.
    #[error("{}", rotate_text(.0))]
    NotRotated(#[from] RotateError),
}

/// One text for whatever kept it from opening.
fn rotate_text(error: &RotateError) -> String {
    match error {
        RotateError::Reseal(ResealError::Unseal(_)) => Refusal::Locked.to_string(),
        RotateError::Reseal(ResealError::Scope { .. }) | RotateError::NoKey | RotateError::Seal(_) => {
            error.to_string()
        }
    }
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::Turn(_) | Self::Busy => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Broken | Self::Slow => StatusCode::BAD_REQUEST,
            Self::Locked => StatusCode::CONFLICT,
            // Nobody but the caller can mend it.
            Self::NotRotated(RotateError::Reseal(ResealError::Scope { .. })) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::NotText | Self::Manifest(_) | Self::Several | Self::NotRotated(_) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }

    fn retry(&self) -> Option<u64> {
        match self {
            Self::Turn(full) => Some(full.retry.as_secs_f64().ceil() as u64),
            Self::Busy => Some(TURN.as_secs()),
            _ => None,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let content_type = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
        let retry = self.retry().map(|seconds| [(header::RETRY_AFTER, seconds.to_string())]);
        let text = format!("{self}\n");
        match retry {
            Some(retry) => (self.status(), content_type, retry, text).into_response(),
            None => (self.status(), content_type, text).into_response(),
        }
    }
}

#[cfg(test)]
mod tests {
    use sealer_core::Scope;
    use unsealer::UnsealError;

    use super::*;

    #[test]
    fn a_template_that_claims_another_scope_is_the_callers_to_mend() {
        let claim = ResealError::Scope { template: Scope::ClusterWide, own: Scope::Strict };
        let refusal = Refusal::from(RotateError::from(claim));
        assert_eq!(refusal.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refusal.to_string().contains("cluster-wide"));
    }

    #[test]
    fn everything_that_keeps_it_from_opening_is_one_answer() {
        for error in [UnsealError::Deprecated { cause: None }, UnsealError::DeprecatedContent] {
            let refusal = Refusal::from(RotateError::from(error));
            assert_eq!(refusal.status(), StatusCode::INTERNAL_SERVER_ERROR);
            assert_eq!(refusal.to_string(), "no key could decrypt secret");
        }
    }
}
