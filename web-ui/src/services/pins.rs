//! Remembers which certificate each cluster had, by the whole SHA-256: a change is said.

use sealer_core::Timestamp;

use super::page;
use crate::state::Seen;

/// Notes that this certificate was seen for the cluster. A change is not noted before somebody expects it: gives what was seen before.
pub fn see(cluster: &str, fingerprint: &str, now: Timestamp) -> Option<Seen> {
    let noted = page::store()?.get_item(&place(cluster)).ok()?;
    let before = noted.as_deref().and_then(read).filter(|before| before.fingerprint != fingerprint);
    if before.is_none() {
        remember(cluster, fingerprint, now);
    }
    before
}

/// Notes this certificate as the one that the cluster has.
pub fn remember(cluster: &str, fingerprint: &str, now: Timestamp) {
    if let Some(store) = page::store() {
        // A full store only means that it is not remembered.
        let _ = store.set_item(&place(cluster), &format!("{fingerprint} {}", now.unix_seconds()));
    }
}

/// Pages for other clusters may lie on the same host: the path tells them apart.
fn place(cluster: &str) -> String {
    let path = web_sys::window().and_then(|window| window.location().pathname().ok()).unwrap_or_default();
    let (folder, _) = path.rsplit_once('/').unwrap_or_default();
    format!("certificate {folder}/ {cluster}")
}

fn read(noted: &str) -> Option<Seen> {
    let (fingerprint, at) = noted.split_once(' ')?;
    Some(Seen { fingerprint: fingerprint.to_owned(), at: Timestamp::from_unix_seconds(at.parse().ok()?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_note_of_ours_is_no_certificate_that_was_seen() {
        let seen = Seen { fingerprint: "4F:9A".to_owned(), at: Timestamp::from_unix_seconds(1_800_000_000) };
        assert_eq!(read("4F:9A 1800000000"), Some(seen));
        for noted in ["", "4F:9A", "4F:9A ", "4F:9A yesterday", "4F:9A -1", "4F:9A 1 2"] {
            assert_eq!(read(noted), None, "{noted}");
        }
    }
}
