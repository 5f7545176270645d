//! A receipt says that a Secret was made what a SealedSecret says. It spares the next start the decryption.
//!
//! It is an HMAC under a secret of a sealing key that opened the object, so nobody else can make one, and it covers
//! everything that the outcome rests on. It holds no value, nor anything that is computed from one.

use std::collections::BTreeSet;

use aws_lc_rs::hmac;
use unsealer::spec::{Parts, digest};
use unsealer::{Keyring, SealingKeyPair};

use crate::facts::{Sealed, SecretVersion};

/// What the secret of a key is derived for.
const PURPOSE: &str = "receipts";
/// Counts up with every change of the receipt, and of what the same object is rendered to.
const FORM: &str = "v2";
/// So many hexadecimal digits of a fingerprint name a key in a receipt; the HMAC covers whole fingerprints.
const SHORT: usize = 16;

/// What a receipt vouches for.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// The SealedSecret.
    pub sealed: &'a Sealed,
    /// The version of the Secret that was right.
    pub secret: &'a SecretVersion,
    /// Whether the deprecated form is opened: it changes what comes out.
    pub accept_deprecated: bool,
}

/// Issues a receipt; none where no key opened anything, or one of them is gone.
pub fn issue(claim: Claim<'_>, ring: &Keyring, opened: &BTreeSet<String>) -> Option<String> {
    let keys: Option<Vec<&SealingKeyPair>> = opened.iter().map(|key| ring.by_fingerprint(key)).collect();
    let keys = keys?;
    let shorts: Vec<String> = keys.iter().map(|key| short(key.fingerprint())).collect();
    let tag = hmac::sign(&secret(keys.first()?), &message(claim, &keys)?);
    let tag: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    Some(format!("{FORM}.{}.{tag}", shorts.join("-")))
}

/// The fingerprints of the keys that opened the object, if the receipt is right and all of them are there.
pub fn verify(receipt: &str, claim: Claim<'_>, ring: &Keyring) -> Option<BTreeSet<String>> {
    let mut parts = receipt.split('.');
    let (Some(FORM), Some(shorts), Some(tag), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let named = |wanted: &str| ring.iter().find(|key| short(key.fingerprint()) == wanted);
    let keys = shorts.split('-').map(named).collect::<Option<Vec<_>>>()?;
    let tag = unhex(tag)?;
    // Compares in constant time.
    hmac::verify(&secret(keys.first()?), &message(claim, &keys)?, &tag).ok()?;
    Some(keys.iter().map(|key| key.fingerprint().to_owned()).collect())
}

fn secret(key: &SealingKeyPair) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, key.derive(PURPOSE).as_slice())
}

/// The start of a fingerprint without its colons, in lower case.
fn short(fingerprint: &str) -> String {
    let digits = fingerprint.chars().filter(|digit| *digit != ':');
    digits.take(SHORT).map(|digit| digit.to_ascii_lowercase()).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    // Also keeps the slices below on the bounds of characters.
    if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

/// What is signed. Of a malformed object there is nothing to vouch for.
fn message(claim: Claim<'_>, keys: &[&SealingKeyPair]) -> Option<Vec<u8>> {
    let Claim { sealed, secret, accept_deprecated } = claim;
    let content = sealed.content.as_ref().ok()?;
    let mut parts = Parts::default();
    parts.text(FORM);
    parts.text(&sealed.uid);
    parts.text(&sealed.generation.to_string());
    parts.text(&sealed.scope.to_string());
    // The generation counts the changes of the spec, but a cluster that was restored from a backup counts some
    // numbers twice.
    parts.bytes(&digest(content));
    parts.text(&secret.uid);
    parts.text(&secret.resource_version);
    parts.flag(Some(accept_deprecated));
    for key in keys {
        parts.text(key.fingerprint());
    }
    Some(parts.as_bytes().to_vec())
}

#[cfg(test)]
mod tests;
