//! Seals a Secret: a request that can't be wrong, a key and a random source in, a SealedSecret out.

use std::collections::BTreeMap;

use rand_core::TryCryptoRng;

use crate::base64;
use crate::binding::{Binding, BindingError};
use crate::hybrid::{HybridError, seal_value};
use crate::key::SealingKey;
use crate::manifest::SecretManifest;
use crate::resource::{Metadata, SealedSecret, Template};
use crate::scope::Scope;
use crate::secret::Plaintext;

/// What the caller wants otherwise than the manifest says.
#[derive(Debug, Clone, Copy, Default)]
pub struct Overrides<'a> {
    /// The name, in place of the manifest's.
    pub name: Option<&'a str>,
    /// The namespace that the caller insists on; a manifest that names another is refused.
    pub namespace: Option<&'a str>,
    /// The namespace where neither the manifest nor the caller names one and the scope needs one.
    pub default_namespace: Option<&'a str>,
    /// The scope, in place of what the manifest's annotations say.
    pub scope: Option<Scope>,
    /// Whether a Secret without any value is sealed rather than taken for a mistake.
    pub allow_empty_data: bool,
}

/// A Secret that is ready to be sealed: named as its scope needs, its values beside its template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealRequest {
    binding: Binding,
    data: BTreeMap<String, Plaintext>,
    template: Template,
}

/// The manifest can't be sealed as it is asked for. The texts are kubeseal's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealRequestError {
    /// The Secret has no values.
    #[error(
        "secret.data is empty in input Secret, assuming this is an error and aborting. \
         To work with empty data, --allow-empty-data can be used"
    )]
    EmptyData,
    /// The Secret has no name.
    #[error("missing metadata.name in input Secret")]
    NameMissing,
    /// The manifest names one namespace and the caller another.
    #[error("namespace mismatch: input secret is in namespace {manifest:?} but {wanted:?} was specified")]
    NamespaceMismatch {
        /// What the manifest says.
        manifest: String,
        /// What the caller says.
        wanted: String,
    },
    /// A name that the scope needs is missing.
    #[error(transparent)]
    Binding(#[from] BindingError),
}

/// One value could not be sealed; nothing was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot seal {key:?}")]
pub struct SealError {
    /// The key of the value.
    pub key: String,
    /// Why.
    pub source: HybridError,
}

impl SealRequest {
    /// Joins a manifest with what the caller wants otherwise.
    pub fn new(manifest: SecretManifest, overrides: Overrides<'_>) -> Result<Self, SealRequestError> {
        let SecretManifest { mut metadata, type_, immutable, data, stripped: _ } = manifest;
        if data.is_empty() && !overrides.allow_empty_data {
            return Err(SealRequestError::EmptyData);
        }
        if let Some(name) = overrides.name {
            name.clone_into(&mut metadata.name);
        }
        if metadata.name.is_empty() {
            return Err(SealRequestError::NameMissing);
        }
        if let Some(scope) = overrides.scope {
            scope.write_annotations(&mut metadata.annotations);
        }
        let scope = Scope::from_annotations(&metadata.annotations);
        metadata.namespace = namespace(&metadata.namespace, scope, overrides)?;
        let binding = Binding::new(scope, &metadata.namespace, &metadata.name)?;
        let template = Template { metadata, type_, immutable, data: BTreeMap::new() };
        Ok(Self { binding, data, template })
    }

    /// The same for a Secret that also gets texts with values in them: Go templates by their keys, which are not encrypted.
    pub fn with_template_data(mut self, data: BTreeMap<String, String>) -> Self {
        self.template.data = data;
        self
    }

    /// What the values will be bound to.
    pub fn binding(&self) -> &Binding {
        &self.binding
    }

    /// Name, namespace, labels and annotations of the Secret that will be made.
    pub fn metadata(&self) -> &Metadata {
        &self.template.metadata
    }

    /// The values by their keys.
    pub fn data(&self) -> &BTreeMap<String, Plaintext> {
        &self.data
    }

    /// The SealedSecret around values that have been sealed one by one for [`Self::binding`].
    pub fn around(&self, encrypted_data: BTreeMap<String, String>) -> SealedSecret {
        let mut metadata = Metadata {
            name: self.template.metadata.name.clone(),
            namespace: self.template.metadata.namespace.clone(),
            ..Metadata::default()
        };
        self.binding.scope().write_annotations(&mut metadata.annotations);
        SealedSecret { metadata, encrypted_data, deprecated_data: None, template: self.template.clone() }
    }
}

/// The manifest's namespace, else the caller's, else the default where the scope needs one.
fn namespace(manifest: &str, scope: Scope, overrides: Overrides<'_>) -> Result<String, SealRequestError> {
    if let Some(wanted) = overrides.namespace {
        if !manifest.is_empty() && manifest != wanted {
            return Err(SealRequestError::NamespaceMismatch {
                manifest: manifest.to_owned(),
                wanted: wanted.to_owned(),
            });
        }
        return Ok(wanted.to_owned());
    }
    if manifest.is_empty() && scope != Scope::ClusterWide {
        return Ok(overrides.default_namespace.unwrap_or_default().to_owned());
    }
    Ok(manifest.to_owned())
}

/// Seals every value of the request for the key, each under a session key of its own.
pub fn seal<R: TryCryptoRng + ?Sized>(
    request: &SealRequest,
    key: &SealingKey,
    rng: &mut R,
) -> Result<SealedSecret, SealError> {
    let encrypted = request
        .data
        .iter()
        .map(|(name, value)| match seal_item(value, &request.binding, key, rng) {
            Ok(sealed) => Ok((name.clone(), sealed)),
            Err(source) => Err(SealError { key: name.clone(), source }),
        })
        .collect::<Result<_, _>>()?;
    Ok(request.around(encrypted))
}

/// Seals one value; the answer is the base64 that `encryptedData` holds.
pub fn seal_item<R: TryCryptoRng + ?Sized>(
    value: &Plaintext,
    binding: &Binding,
    key: &SealingKey,
    rng: &mut R,
) -> Result<String, HybridError> {
    // Exposed to the cipher, which overwrites the one copy it makes.
    seal_value(value.expose(), &binding.label(), key, rng).map(|sealed| base64::encode(&sealed))
}
