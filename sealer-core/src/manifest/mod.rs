//! Reads manifests: YAML or JSON text in, typed objects out.

use std::collections::BTreeMap;

use crate::resource::Metadata;
use crate::secret::Plaintext;

/// Which readings of ambiguous YAML are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// As kubeseal reads: YAML 1.1 (`yes` is `true`), field names without case, the last duplicate wins.
    Kubeseal,
    /// Refuses what two readers could read in two ways and says how to write it clearly.
    Strict,
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

/// A manifest could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a manifest")]
pub struct ManifestError;
