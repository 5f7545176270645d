//! The binding: a scope together with the names that it needs.

use crate::scope::Scope;

/// What a sealed value is bound to: a scope and exactly the names that this scope needs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Binding {
    /// Opens anywhere in the cluster.
    Cluster,
    /// Opens under any name in this namespace.
    Namespace(Namespace),
    /// Opens only under this name in this namespace.
    Strict {
        /// The namespace of the Secret.
        namespace: Namespace,
        /// The name of the Secret.
        name: SecretName,
    },
}

/// The name of a namespace: any text but the empty one.
///
/// Kubernetes' rules for names are not checked: kubeseal doesn't, and scripts rely on it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Namespace(String);

/// The name of a Secret: any text but the empty one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SecretName(String);

/// The scope needs a name that was not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BindingError {
    /// Strict and namespace-wide values are bound to a namespace.
    #[error("secret must declare a namespace")]
    NamespaceMissing,
    /// Strict values are bound to a name.
    #[error("missing metadata.name in input Secret")]
    NameMissing,
}

impl Binding {
    /// Binds to as much of the two names as the scope asks for; what it does not need may be empty.
    pub fn new(scope: Scope, namespace: &str, name: &str) -> Result<Self, BindingError> {
        let namespace = || Namespace::new(namespace).ok_or(BindingError::NamespaceMissing);
        match scope {
            Scope::ClusterWide => Ok(Self::Cluster),
            Scope::NamespaceWide => Ok(Self::Namespace(namespace()?)),
            Scope::Strict => Ok(Self::Strict {
                namespace: namespace()?,
                name: SecretName::new(name).ok_or(BindingError::NameMissing)?,
            }),
        }
    }

    /// The scope of this binding.
    pub fn scope(&self) -> Scope {
        match self {
            Self::Cluster => Scope::ClusterWide,
            Self::Namespace(_) => Scope::NamespaceWide,
            Self::Strict { .. } => Scope::Strict,
        }
    }

    /// The OAEP label: `namespace/name`, `namespace`, or nothing.
    ///
    /// Follows upstream's `EncryptionLabel`. This is the whole access check: the wrong label does not open.
    pub fn label(&self) -> String {
        match self {
            Self::Cluster => String::new(),
            Self::Namespace(namespace) => namespace.0.clone(),
            Self::Strict { namespace, name } => format!("{}/{}", namespace.0, name.0),
        }
    }
}

impl Namespace {
    /// Takes any text but the empty one.
    pub fn new(name: &str) -> Option<Self> {
        (!name.is_empty()).then(|| Self(name.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl SecretName {
    /// Takes any text but the empty one.
    pub fn new(name: &str) -> Option<Self> {
        (!name.is_empty()).then(|| Self(name.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_holds_just_what_the_scope_binds() {
        for (scope, label) in
            [(Scope::Strict, "payments/db"), (Scope::NamespaceWide, "payments"), (Scope::ClusterWide, "")]
        {
            let binding = Binding::new(scope, "payments", "db").unwrap();
            assert_eq!(binding.label(), label);
            assert_eq!(binding.scope(), scope);
        }
    }

    #[test]
    fn a_scope_without_a_name_that_it_needs_cannot_exist() {
        assert_eq!(Binding::new(Scope::Strict, "", "db"), Err(BindingError::NamespaceMissing));
        assert_eq!(Binding::new(Scope::Strict, "payments", ""), Err(BindingError::NameMissing));
        assert_eq!(Binding::new(Scope::NamespaceWide, "", ""), Err(BindingError::NamespaceMissing));
        assert!(Binding::new(Scope::NamespaceWide, "payments", "").is_ok());
        assert_eq!(Binding::new(Scope::ClusterWide, "", ""), Ok(Binding::Cluster));
    }
}
