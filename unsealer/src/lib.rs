//! Opens SealedSecrets: private keys, the keyring, unsealing.
//!
//! No IO, clock or logging. Native only: aws-lc-rs does every private-key operation, in constant time, and
//! nothing that is built for the browser can link it.

#![forbid(unsafe_code)]

mod keyring;
mod open;
mod private_key;
mod self_signed;
mod unseal;

pub use keyring::{KeyPairError, Keyring, SealingKeyPair};
pub use private_key::{KEY_BITS, PrivateKey, PrivateKeyError};
pub use self_signed::{SelfSignedError, self_signed};
pub use unseal::{ItemError, ItemFault, UnsealError, unseal};
