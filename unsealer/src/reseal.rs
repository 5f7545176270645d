//! Seals anew what was opened: the same SealedSecret for another key.

use std::collections::BTreeMap;

use rand_core::TryCryptoRng;
use sealer_core::seal::seal_item;
use sealer_core::{Binding, BindingError, Plaintext, Scope, SealError, SealedSecret, SealingKey, Template};

use crate::error::UnsealError;
use crate::job::{Job, Opening};

/// A SealedSecret that was opened and is being sealed again, value by value.
#[derive(Debug)]
pub struct Resealing {
    binding: Binding,
    left: BTreeMap<String, Plaintext>,
    sealed: SealedSecret,
}

/// The SealedSecret can't be sealed again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResealError {
    /// It does not open.
    #[error(transparent)]
    Unseal(#[from] UnsealError),
    /// Its template asks for another scope than the one under which it opens. Nobody but its author knows which is
    /// meant, and a scope must never get wider on the way (CVE-2026-22728).
    #[error(
        "the annotations of the template say {template}, and those of the SealedSecret {own}; make them agree"
    )]
    Scope {
        /// What the template says.
        template: Scope,
        /// What the SealedSecret says.
        own: Scope,
    },
}

impl From<BindingError> for ResealError {
    fn from(error: BindingError) -> Self {
        Self::Unseal(error.into())
    }
}

impl Job<'_> {
    /// The values of all items, ready to be sealed again under exactly the scope that opened them.
    ///
    /// Everything else stays as it is: names, labels and annotations on both levels, type, `immutable`, and the
    /// template's texts, which are not rendered. The deprecated form becomes the present one, with the labels and
    /// annotations that were sealed along in the template, as upstream does.
    pub fn reseal(&self, openings: Vec<Opening>) -> Result<Resealing, ResealError> {
        let binding = self.sealed.binding()?;
        let secret = self.plain(openings)?;
        let template = match &self.sealed.deprecated_data {
            None => self.sealed.template.clone(),
            Some(_) => Template {
                metadata: secret.metadata,
                type_: secret.type_,
                immutable: secret.immutable,
                data: BTreeMap::new(),
            },
        };
        let claimed = Scope::from_annotations(&template.metadata.annotations);
        // A template without such an annotation claims nothing.
        if claimed != Scope::Strict && claimed != binding.scope() {
            return Err(ResealError::Scope { template: claimed, own: binding.scope() });
        }
        let sealed = SealedSecret {
            metadata: self.sealed.metadata.clone(),
            encrypted_data: BTreeMap::new(),
            deprecated_data: None,
            template,
        };
        Ok(Resealing { binding, left: secret.data, sealed })
    }
}

impl Resealing {
    /// Seals the next value. Call it until nothing is left; it may be on another thread each time.
    pub fn seal_next<R: TryCryptoRng + ?Sized>(
        &mut self,
        key: &SealingKey,
        rng: &mut R,
    ) -> Result<(), SealError> {
        let Some((name, value)) = self.left.pop_first() else { return Ok(()) };
        match seal_item(&value, &self.binding, key, rng) {
            Ok(text) => drop(self.sealed.encrypted_data.insert(name, text)),
            Err(source) => return Err(SealError { key: name, source }),
        }
        Ok(())
    }

    /// The SealedSecret, once every value is sealed; until then all this again.
    pub fn finish(self) -> Result<SealedSecret, Box<Self>> {
        if self.left.is_empty() { Ok(self.sealed) } else { Err(Box::new(self)) }
    }
}
