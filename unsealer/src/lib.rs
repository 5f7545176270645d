//! Opens SealedSecrets: private keys, the keyring, unsealing.
//!
//! No IO, clock or logging. Native only: aws-lc-rs does every private-key operation, in constant time, and
//! nothing that is built for the browser can link it.

#![forbid(unsafe_code)]

mod diagnose;
mod error;
mod job;
mod keyring;
mod open;
mod private_key;
mod reseal;
mod self_signed;
pub mod spec;
mod template;
mod unseal;

pub use diagnose::Cause;
pub use error::{ItemError, ItemFault, UnsealError};
pub use job::{Job, Opened, Opening};
pub use keyring::{KeyPairError, Keyring, SealingKeyPair};
pub use private_key::{KEY_BITS, PrivateKey, PrivateKeyError};
pub use reseal::{ResealError, Resealing};
pub use self_signed::{SelfSignedError, self_signed};
pub use template::{Identity, check_template};
pub use unseal::unseal;
