//! Sealed values: keys, base64, lengths.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::document::is_placeholder;
use super::report::Report;
use super::sealed::{Entry, texts};
use super::{Item, Rule};
use crate::base64;
use crate::envelope::Envelope;
use crate::secret::is_data_key;

/// The sizes in bits of the keys that tools make.
const USUAL_BITS: [usize; 4] = [2048, 3072, 4096, 8192];
/// The most bytes of values that the API server takes in one Secret.
const SECRET_BYTES: usize = 1 << 20;

/// Checks all values under `encryptedData`, and gives what can be compared with others.
pub(super) fn check(report: &mut Report<'_>, encrypted: &Entry<'_, '_>) -> Vec<Item> {
    let mut items = Vec::new();
    let mut total = 0;
    let mut sizes = BTreeMap::new();
    for (entry, text) in texts(report, encrypted.value) {
        if !is_data_key(entry.key) {
            report.add(Rule::DataKey, entry.key_at, "a Secret can't have this key");
        }
        if is_placeholder(text) {
            continue;
        }
        let key = shown(entry.key);
        let place = report.place_of(entry.value);
        match judge(text) {
            Ok(Sealed { bits, length, digest }) => {
                if !USUAL_BITS.contains(&bits) {
                    let message = format!("{key} is sealed for an RSA key of {bits} bits, an unusual size");
                    report.add_at(Rule::KeySize, place.clone(), message);
                }
                total += length;
                sizes.insert(bits, key);
                items.push(Item { key: entry.key.to_owned(), digest, place });
            }
            Err(Wrong { rule, what }) => drop(report.add_at(rule, place, format!("{key} {what}"))),
        }
    }
    if sizes.len() > 1 {
        let sizes: Vec<String> = sizes.keys().map(usize::to_string).collect();
        let message = format!("the values are sealed for RSA keys of {} bits", sizes.join(" and "));
        report.add(Rule::MixedKeySizes, encrypted.key_at, message);
    }
    if total > SECRET_BYTES {
        let message = format!("the values have {total} bytes together, and a Secret holds {SECRET_BYTES}");
        report.add(Rule::SecretSize, encrypted.key_at, message);
    }
    items
}

/// What can be seen of a sealed value without a key.
struct Sealed {
    bits: usize,
    length: usize,
    digest: [u8; 32],
}

struct Wrong {
    rule: Rule,
    what: &'static str,
}

fn judge(text: &str) -> Result<Sealed, Wrong> {
    let wrong = |rule, what| Err(Wrong { rule, what });
    if text.trim().is_empty() {
        return wrong(Rule::Envelope, "is empty; an empty value is sealed as well");
    }
    let Ok(bytes) = base64::decode(text) else {
        return wrong(Rule::Base64, reason(text));
    };
    let Ok(envelope) = Envelope::parse(&bytes) else {
        return wrong(Rule::Envelope, "is no whole sealed value: it was cut short, or never sealed");
    };
    let bits = envelope.key_bits();
    // What was never sealed, or lost its beginning, claims a length that no key has.
    if !(1024..=16384).contains(&bits) || !bits.is_multiple_of(256) {
        return wrong(Rule::Envelope, "is no sealed value: it does not begin like one");
    }
    let digest = Sha256::digest(&bytes).into();
    Ok(Sealed { bits, length: envelope.plaintext_len(), digest })
}

/// Why a text is not base64, as far as it shows.
fn reason(text: &str) -> &'static str {
    let standard = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '\r' | '\n');
    let body = text.trim_end_matches(['=', '\r', '\n']);
    if body.contains([' ', '\t']) {
        "is not base64: there is space in it"
    } else if body.contains(['-', '_']) && !body.contains(['+', '/']) {
        "is not base64 of the standard alphabet: it has `-` and `_` for `+` and `/`"
    } else if body.chars().all(standard) {
        "is not base64: its end is missing, or its padding"
    } else {
        "is not base64"
    }
}

/// A key that may be shown.
fn shown(key: &str) -> String {
    if is_data_key(key) { format!("`{key}`") } else { "this value".to_owned() }
}
