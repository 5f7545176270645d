//! Builds Secrets of the types that Kubernetes knows out of what people have in hand, and says what is odd about it.
//!
//! What can't work is an error; what may be meant as it is becomes a [`Note`]. Where `kubectl create secret` has the
//! same type, the bytes are the same.

use std::collections::BTreeMap;
use std::fmt;

use crate::manifest::{Position, SecretManifest};
use crate::resource::Metadata;
use crate::secret::Plaintext;
use crate::time::Timestamp;

mod basic_auth;
mod docker;
mod opaque;
#[cfg(feature = "builders")]
mod private_key;
#[cfg(feature = "builders")]
mod ssh_auth;
#[cfg(feature = "builders")]
mod tls;

pub use basic_auth::{BasicAuthError, basic_auth};
pub use docker::{DOCKER_HUB, DockerError, DockerLogin, docker_config, docker_login};
pub use opaque::{OpaqueError, is_line_with_break, opaque};
#[cfg(feature = "builders")]
pub use ssh_auth::{SshAuthError, ssh_auth};
#[cfg(feature = "builders")]
pub use tls::{Expired, Leaf, ServerName, TlsError, tls};

/// The most bytes that the values of one Secret may have together, as the API server counts.
pub const MAX_BYTES: usize = 1 << 20;

/// The values of a Secret under the keys that its type asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The type; `None` for what `kubectl create secret generic` makes, which the API server calls `Opaque`.
    pub type_: Option<&'static str>,
    /// The values by their keys.
    pub data: BTreeMap<String, Plaintext>,
    /// What somebody should look at.
    pub notes: Vec<Note>,
}

/// The values have more bytes than the API server takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the values have {bytes} bytes together; Kubernetes takes {MAX_BYTES} in one Secret")]
pub struct TooLarge {
    /// How many there are.
    pub bytes: usize,
}

impl Built {
    /// Of that type, with these values.
    fn of<const N: usize>(type_: &'static str, values: [(&str, Plaintext); N], notes: Vec<Note>) -> Self {
        // One by one: a map that is made at once brings a sort with it.
        let mut data = BTreeMap::new();
        for (key, value) in values {
            data.insert(key.to_owned(), value);
        }
        Self { type_: Some(type_), data, notes }
    }

    /// The whole Secret, if the API server would take its size.
    pub fn into_manifest(
        self,
        metadata: Metadata,
        immutable: Option<bool>,
    ) -> Result<SecretManifest, TooLarge> {
        check_size(&self.data)?;
        let type_ = self.type_.map(str::to_owned);
        Ok(SecretManifest { metadata, type_, immutable, data: self.data, stripped: Vec::new() })
    }
}

/// Refuses values that the API server would not take in one Secret.
pub fn check_size(data: &BTreeMap<String, Plaintext>) -> Result<(), TooLarge> {
    let bytes = data.values().map(Plaintext::len).sum();
    if bytes > MAX_BYTES { Err(TooLarge { bytes }) } else { Ok(()) }
}

/// Something that may be meant as it is, but often is not. No text of it holds a byte of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// A value ends with a line break.
    FinalLineBreak {
        /// Its key.
        key: String,
    },
    /// A value is base64 of a readable text.
    Base64 {
        /// Its key.
        key: String,
    },
    /// A value is empty.
    Empty {
        /// Its key.
        key: String,
    },
    /// The certificates were put into the order that servers need.
    Reordered,
    /// Certificates that are no part of the chain stand behind it.
    OutsideChain {
        /// How many.
        count: usize,
    },
    /// Nothing in the private key tells which certificate it belongs to.
    KeyNotCompared,
    /// The certificate ends within thirty days.
    EndsSoon {
        /// Its last moment.
        on: Timestamp,
    },
    /// The certificate is over.
    Ended {
        /// Its last moment.
        on: Timestamp,
    },
    /// The certificate is not valid yet.
    NotYetValid {
        /// Its first moment.
        from: Timestamp,
    },
    /// The certificate is for no host name and no address.
    NoNames,
    /// The registry is a name of Docker Hub that its logins are not stored under.
    DockerHub,
    /// Registries of a configuration have no login.
    WithoutLogin {
        /// The place of the first.
        at: Position,
    },
    /// The user name holds a colon, which basic authentication takes for its end (RFC 7617, section 2).
    ColonInUsername,
    /// A line break was added to the end of a key, where OpenSSH wants one.
    LineBreakAdded,
    /// Line breaks of Windows were replaced in a key.
    LineBreaksReplaced,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FinalLineBreak { key } => {
                write!(f, "{key} ends with a line break, which many programs take as a part of the value")
            }
            Self::Base64 { key } => {
                write!(
                    f,
                    "{key} looks like base64; values are given as they are, Kubernetes encodes them itself"
                )
            }
            Self::Empty { key } => write!(f, "{key} is empty"),
            Self::Reordered => {
                f.write_str("the certificates were put in order: the server's first, then each one's issuer")
            }
            Self::OutsideChain { count } => write!(
                f,
                "{count} of the certificates did not issue any before them; they stand at the end. Is one missing?"
            ),
            Self::KeyNotCompared => {
                f.write_str("whether the private key belongs to the certificate could not be checked")
            }
            Self::EndsSoon { on } => write!(f, "the certificate ends on {on}"),
            Self::Ended { on } => write!(f, "the certificate ended on {on}"),
            Self::NotYetValid { from } => write!(f, "the certificate is not valid before {from}"),
            Self::NoNames => {
                f.write_str("the certificate is for no DNS name and no address, so clients will refuse it")
            }
            Self::DockerHub => write!(f, "logins to Docker Hub are looked up under {DOCKER_HUB}"),
            Self::WithoutLogin { at } => {
                write!(f, "line {}, column {}: this registry has no login", at.line, at.column)
            }
            Self::ColonInUsername => {
                f.write_str("the user name holds a colon; servers read what follows it as the password")
            }
            Self::LineBreakAdded => {
                f.write_str("a line break was added to the end of the key, as OpenSSH wants one")
            }
            Self::LineBreaksReplaced => f.write_str("the line breaks of Windows in the key were replaced"),
        }
    }
}
