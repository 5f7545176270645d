//! The types of Secrets that people make by hand, and the keys that each asks for.

pub use sealer_core::secret::{DOCKER_CONFIG, SSH_KEY, TLS_CERTIFICATE, TLS_KEY};

/// A type of Secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SecretType {
    /// Any keys.
    #[default]
    Opaque,
    /// A certificate and its private key.
    Tls,
    /// A login to a registry of images.
    Docker,
    /// A name and a password.
    BasicAuth,
    /// A private key for SSH.
    SshAuth,
}

impl SecretType {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Opaque, Self::Tls, Self::Docker, Self::BasicAuth, Self::SshAuth];

    /// Its name in Kubernetes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Opaque => "Opaque",
            Self::Tls => "kubernetes.io/tls",
            Self::Docker => "kubernetes.io/dockerconfigjson",
            Self::BasicAuth => "kubernetes.io/basic-auth",
            Self::SshAuth => "kubernetes.io/ssh-auth",
        }
    }

    /// The type of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.name() == name)
    }

    /// The keys that belong to it.
    pub fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Opaque => &[],
            Self::Tls => &[TLS_CERTIFICATE, TLS_KEY],
            Self::Docker => &[DOCKER_CONFIG],
            Self::BasicAuth => &["username", "password"],
            Self::SshAuth => &[SSH_KEY],
        }
    }

    /// Whether the API server takes a Secret of this type with these keys.
    pub fn accepts(self, has: impl Fn(&str) -> bool) -> bool {
        let mut keys = self.keys().iter();
        match self {
            Self::BasicAuth => keys.any(|key| has(key)),
            Self::Opaque | Self::Tls | Self::Docker | Self::SshAuth => keys.all(|key| has(key)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_found_by_its_name() {
        for each in SecretType::ALL {
            assert_eq!(SecretType::named(each.name()), Some(each));
        }
        assert_eq!(SecretType::named("tls"), None);
    }

    #[test]
    fn a_type_asks_for_the_keys_that_the_api_server_asks_for() {
        for (secret_type, keys, accepted) in [
            (SecretType::Opaque, &[][..], true),
            (SecretType::Tls, &["tls.crt"], false),
            (SecretType::Tls, &["tls.crt", "tls.key", "ca.crt"], true),
            (SecretType::Docker, &["config.json"], false),
            (SecretType::BasicAuth, &["username"], true),
            (SecretType::BasicAuth, &["password"], true),
            (SecretType::BasicAuth, &["user"], false),
            (SecretType::SshAuth, &["ssh-privatekey"], true),
        ] {
            assert_eq!(secret_type.accepts(|key| keys.contains(&key)), accepted, "{secret_type:?} {keys:?}");
        }
    }
}
