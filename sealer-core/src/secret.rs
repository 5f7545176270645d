//! Plaintext, and the Secret that holds it: wiped when dropped, mute when printed.

use std::collections::BTreeMap;
use std::fmt;

use zeroize::Zeroizing;

use crate::resource::Metadata;

/// The key of a certificate, with those of its issuers.
pub const TLS_CERTIFICATE: &str = "tls.crt";
/// The key of its private key.
pub const TLS_KEY: &str = "tls.key";
/// The key of docker's `config.json`.
pub const DOCKER_CONFIG: &str = ".dockerconfigjson";
/// The key of a private key for SSH.
pub const SSH_KEY: &str = "ssh-privatekey";

/// One plaintext value. Its memory is wiped when it is dropped (best effort: a moved buffer is out of reach).
#[derive(Clone, PartialEq, Eq)]
pub struct Plaintext(Zeroizing<Vec<u8>>);

impl Plaintext {
    /// Takes the value; the buffer is wiped in the end, copies made before are the caller's.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The value itself. Say at the call why it is safe there.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// How many bytes the value has; sealing does not hide this.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the value is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Plaintext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

/// Whether Kubernetes takes this as a key of a Secret's data: 1 to 253 of `[-._a-zA-Z0-9]`, not `.`, and no `..` in front.
pub fn is_data_key(key: &str) -> bool {
    (1..=253).contains(&key.len())
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
        && key != "."
        && !key.starts_with("..")
}

/// A Secret in the clear: what unsealing gives.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlainSecret {
    /// Name, namespace, labels, annotations, owner references and the like.
    pub metadata: Metadata,
    /// The type, `None` where the template says none (the API server then says `Opaque`).
    pub type_: Option<String>,
    /// Whether the API server shall refuse changes.
    pub immutable: Option<bool>,
    /// The values by their keys.
    pub data: BTreeMap<String, Plaintext>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_keys_are_those_that_kubernetes_takes() {
        for key in ["password", "tls.crt", ".dockerconfigjson", "A-b_c.9", &"k".repeat(253)] {
            assert!(is_data_key(key), "{key}");
        }
        for key in ["", ".", "..", "..data", "a b", "a/b", "пароль", "a\n", &"k".repeat(254)] {
            assert!(!is_data_key(key), "{key}");
        }
    }

    #[test]
    fn debug_shows_no_byte_of_a_value() {
        let mut secret = PlainSecret::default();
        secret.data.insert("password".to_owned(), Plaintext::new(b"hunter2".to_vec()));
        let shown = format!("{secret:?}");
        assert!(shown.contains("<redacted>"));
        assert!(!shown.contains("hunter2") && !shown.contains("104"));
    }
}
