//! Strong entity tags.

use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};

/// The tag of these bytes in this encoding; two encodings of a file are two entities (RFC 9110, 8.8.3.3).
pub(super) fn of(bytes: &[u8], encoding: &str) -> String {
    let hash: String = Sha256::digest(bytes).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let separator = if encoding.is_empty() { "" } else { "-" };
    format!("\"{hash}{separator}{encoding}\"")
}

/// Whether the client has this entity already. A weak tag compares equal to its strong form here (RFC 9110, 13.1.2).
pub(super) fn matches(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|candidate| candidate.trim().trim_start_matches("W/"))
        .any(|candidate| candidate == tag || candidate == "*")
}
