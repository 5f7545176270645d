//! Seals Kubernetes Secrets: text, names and a certificate in, a SealedSecret out.
//!
//! Pure: no IO, no clock, no random source of its own, no async, no logging and no private key.
//! It builds for native targets and for `wasm32-unknown-unknown`; the page, the controller and the
//! command line are edges around it. The formats are those of bitnami sealed-secrets (`docs/format.md`).

#![forbid(unsafe_code)]

mod base64;
pub mod binding;
pub mod builders;
pub mod cert;
pub mod check;
mod der;
pub mod dotenv;
pub mod emit;
pub mod envelope;
pub mod hybrid;
pub mod inspect;
pub mod key;
pub mod lint;
pub mod manifest;
pub mod merge;
mod modulus;
mod oaep;
pub mod one_file;
mod pem;
pub mod resource;
pub mod scope;
pub mod seal;
pub mod secret;
pub mod time;

pub use binding::{Binding, BindingError};
pub use cert::{CertError, SealingCert};
pub use envelope::{Envelope, EnvelopeError};
pub use key::{KeyError, SealingKey};
pub use manifest::{ManifestError, Policy, SecretManifest};
pub use pem::split_pair;
pub use resource::{Metadata, OwnerReference, SealedSecret, Template};
pub use scope::{Scope, ScopeError};
pub use seal::{Overrides, SealError, SealRequest, SealRequestError, seal};
pub use secret::{PlainSecret, Plaintext};
pub use time::Timestamp;

pub use crate::base64::{Base64Error, decode as decode_base64, encode as encode_base64};
