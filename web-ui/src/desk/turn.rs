//! Turns values into ciphertexts, in turns with the browser and each only once.

use std::collections::BTreeMap;

use rand_core::TryCryptoRng;
use sealer_core::seal::seal_item;
use sealer_core::{Binding, Plaintext, SealingKey, Timestamp};
use sha2::{Digest, Sha256};

use super::{Desk, Obstacle};
use crate::text;

/// One stretch of work: the browser must not wait long for the page.
pub struct Turn<'a, R: ?Sized> {
    pub(super) now: Timestamp,
    rng: &'a mut R,
    is_over: &'a dyn Fn() -> bool,
    has_sealed: bool,
}

impl<'a, R: TryCryptoRng + ?Sized> Turn<'a, R> {
    /// A turn that is given up when `is_over` says so, but never before one more value is sealed.
    pub fn new(now: Timestamp, rng: &'a mut R, is_over: &'a dyn Fn() -> bool) -> Self {
        Self { now, rng, is_over, has_sealed: false }
    }

    fn seal(
        &mut self,
        item: &str,
        value: &Plaintext,
        binding: &Binding,
        key: &SealingKey,
    ) -> Result<String, Obstacle> {
        if self.has_sealed && (self.is_over)() {
            return Err(Obstacle::Unfinished);
        }
        self.has_sealed = true;
        seal_item(value, binding, key, self.rng)
            .map_err(|error| Obstacle::Problem(text::sealing_problem(item, error)))
    }
}

/// Where a value belongs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) fingerprint: &'a str,
    pub(super) namespace: &'a str,
    pub(super) name: &'a str,
    pub(super) binding: &'a Binding,
}

impl Desk {
    /// Seals the values of one Secret, but for those whose ciphertext is here already; `kept` gets all of them.
    pub(super) fn seal_values<R: TryCryptoRng + ?Sized>(
        &mut self,
        values: &BTreeMap<String, Plaintext>,
        place: Place<'_>,
        key: &SealingKey,
        turn: &mut Turn<'_, R>,
        kept: &mut Vec<([u8; 32], String)>,
    ) -> Result<BTreeMap<String, String>, Obstacle> {
        let mut encrypted = BTreeMap::new();
        for (item, value) in values {
            let digest = self.digest(place, item, value);
            let known = self.sealed.iter().position(|(each, _)| *each == digest);
            let sealed = match known {
                Some(at) => Ok(self.sealed.swap_remove(at).1),
                None => turn.seal(item, value, place.binding, key),
            };
            // What this turn sealed is there for the next one.
            let sealed = sealed.inspect_err(|_| self.sealed.append(kept))?;
            encrypted.insert(item.clone(), sealed.clone());
            kept.push((digest, sealed));
        }
        Ok(encrypted)
    }

    /// Which value it is and where it belongs: two Secrets with the same value don't share a ciphertext.
    fn digest(&self, place: Place<'_>, item: &str, value: &Plaintext) -> [u8; 32] {
        let Place { fingerprint, namespace, name, binding } = place;
        let mut digest = Sha256::new_with_prefix(self.salt);
        for part in [fingerprint, namespace, name, &binding.label(), item] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        // Exposed to a digest that can't be guessed back without the salt.
        digest.update(value.expose());
        digest.finalize().into()
    }
}
