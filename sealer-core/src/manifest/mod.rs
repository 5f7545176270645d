//! Reads manifests: YAML or JSON text in, typed objects out.

use std::collections::BTreeMap;

use crate::resource::{Metadata, SealedSecret};
use crate::secret::Plaintext;

mod error;
mod fields;
mod json;
mod locate;
#[cfg(any(test, not(feature = "kubeseal")))]
mod magnitude;
mod metadata;
mod outline;
mod recognise;
mod scalar;
mod sealed;
mod secret;
mod split;
mod stream;
mod timestamp;
mod tree;
mod yaml;

pub use error::{ManifestError, Position, Problem, Reading, Shape};
pub use recognise::{Recognised, recognise};

pub(crate) use locate::{Located, position, reread, sealed_documents};
pub(crate) use outline::{Document, Node, outline};
pub(crate) use scalar::needs_quotes;
pub(crate) use secret::COPIES;
pub(crate) use tree::MAX_DEPTH;
pub(crate) use {json::whole as json_tree, tree::Kind, tree::NodeId, tree::Tree};

/// The longest text that is read. A Secret has at most 1 MiB of values; this is room for many.
pub const MAX_BYTES: usize = 16 << 20;

/// Which readings of ambiguous YAML are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// As kubeseal reads: YAML 1.1 (`yes` is `true`), field names without case, the last duplicate wins.
    ///
    /// Not in the page: with the feature `kubeseal` off, what only this policy needs is not even compiled.
    #[cfg(feature = "kubeseal")]
    Kubeseal,
    /// Refuses what two readers could read in two ways and says how to write it clearly.
    Strict,
}

impl Policy {
    fn is_kubeseal(self) -> bool {
        match self {
            #[cfg(feature = "kubeseal")]
            Self::Kubeseal => true,
            Self::Strict => false,
        }
    }
}

/// A Secret as somebody wrote it, cleaned of what a cluster added.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SecretManifest {
    /// Names, labels, annotations; what upstream strips is gone.
    pub metadata: Metadata,
    /// The type, where one is given.
    pub type_: Option<String>,
    /// Whether the Secret shall be immutable.
    pub immutable: Option<bool>,
    /// `data`, decoded, with `stringData` over it.
    pub data: BTreeMap<String, Plaintext>,
    /// The fields that were stripped, for telling people.
    pub stripped: Vec<&'static str>,
}

/// Reads every Secret of a text: YAML or JSON, several documents, lists.
///
/// Under `Policy::Kubeseal` a document that upstream passes over in silence is passed over; if nothing else is
/// found, the error says why.
pub fn read_secrets(text: &str, policy: Policy) -> Result<Vec<SecretManifest>, ManifestError> {
    let found = stream::read(text, policy, policy.is_kubeseal(), secret::read)?;
    match found.passed_over {
        _ if !found.objects.is_empty() => Ok(found.objects),
        Some(cause) => Err(ManifestError::NoneReadable(Box::new(cause))),
        None => Err(ManifestError::NoSecrets),
    }
}

/// Reads every SealedSecret of a text: YAML or JSON, several documents, lists. Nothing is passed over.
pub fn read_sealed_secrets(text: &str, policy: Policy) -> Result<Vec<SealedSecret>, ManifestError> {
    let found = stream::read(text, policy, false, sealed::read)?;
    if found.objects.is_empty() { Err(ManifestError::NoSealedSecrets) } else { Ok(found.objects) }
}

/// Reads every SealedSecret of a text, lists included, and passes over objects of other kinds.
pub fn find_sealed_secrets(text: &str) -> Result<Vec<SealedSecret>, ManifestError> {
    let found = stream::read(text, Policy::Strict, false, sealed::find)?;
    let sealed: Vec<SealedSecret> = found.objects.into_iter().flatten().collect();
    if sealed.is_empty() { Err(ManifestError::NoSealedSecrets) } else { Ok(sealed) }
}
