//! The scope: how much of its place a sealed value is bound to.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The annotation that marks a SealedSecret as openable anywhere in the cluster.
pub const CLUSTER_WIDE_ANNOTATION: &str = "sealedsecrets.bitnami.com/cluster-wide";
/// The annotation that marks a SealedSecret as openable under any name in its namespace.
pub const NAMESPACE_WIDE_ANNOTATION: &str = "sealedsecrets.bitnami.com/namespace-wide";

/// How much of its place a sealed value is bound to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Opens only under its own name in its own namespace.
    #[default]
    Strict,
    /// Opens under any name in its own namespace.
    NamespaceWide,
    /// Opens anywhere in the cluster.
    ClusterWide,
}

/// The word is none of the three scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of: strict, namespace-wide, cluster-wide")]
pub struct ScopeError;

impl Scope {
    /// All scopes, narrowest first.
    pub const ALL: [Self; 3] = [Self::Strict, Self::NamespaceWide, Self::ClusterWide];

    /// The scope that a SealedSecret's (or a Secret's) annotations say.
    ///
    /// Only the exact value `true` counts, and cluster-wide beats namespace-wide, as upstream reads them.
    pub fn from_annotations(annotations: &BTreeMap<String, String>) -> Self {
        let says = |name: &str| annotations.get(name).is_some_and(|value| value == "true");
        if says(CLUSTER_WIDE_ANNOTATION) {
            Self::ClusterWide
        } else if says(NAMESPACE_WIDE_ANNOTATION) {
            Self::NamespaceWide
        } else {
            Self::Strict
        }
    }

    /// Makes the annotations say this scope and nothing else about scopes.
    pub fn write_annotations(self, annotations: &mut BTreeMap<String, String>) {
        annotations.remove(CLUSTER_WIDE_ANNOTATION);
        annotations.remove(NAMESPACE_WIDE_ANNOTATION);
        if let Some(name) = self.annotation() {
            annotations.insert(name.to_owned(), "true".to_owned());
        }
    }

    /// The annotation that says this scope; strict has none.
    pub fn annotation(self) -> Option<&'static str> {
        match self {
            Self::Strict => None,
            Self::NamespaceWide => Some(NAMESPACE_WIDE_ANNOTATION),
            Self::ClusterWide => Some(CLUSTER_WIDE_ANNOTATION),
        }
    }

    /// The word for this scope in flags and links.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::NamespaceWide => "namespace-wide",
            Self::ClusterWide => "cluster-wide",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = ScopeError;

    /// Reads the word of a flag; the empty word is strict, as upstream reads it.
    fn from_str(word: &str) -> Result<Self, ScopeError> {
        match word {
            "" | "strict" => Ok(Self::Strict),
            "namespace-wide" => Ok(Self::NamespaceWide),
            "cluster-wide" => Ok(Self::ClusterWide),
            _ => Err(ScopeError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn annotations(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn only_the_exact_word_true_widens_and_the_cluster_wins() {
        for (pairs, scope) in [
            (&[][..], Scope::Strict),
            (&[(NAMESPACE_WIDE_ANNOTATION, "true")], Scope::NamespaceWide),
            (&[(CLUSTER_WIDE_ANNOTATION, "true")], Scope::ClusterWide),
            (&[(CLUSTER_WIDE_ANNOTATION, "true"), (NAMESPACE_WIDE_ANNOTATION, "true")], Scope::ClusterWide),
            (&[(CLUSTER_WIDE_ANNOTATION, "True"), (NAMESPACE_WIDE_ANNOTATION, "1")], Scope::Strict),
            (
                &[(CLUSTER_WIDE_ANNOTATION, "false"), (NAMESPACE_WIDE_ANNOTATION, "true")],
                Scope::NamespaceWide,
            ),
        ] {
            assert_eq!(Scope::from_annotations(&annotations(pairs)), scope, "{pairs:?}");
        }
    }

    #[test]
    fn a_scope_written_is_the_scope_read_whatever_stood_there() {
        for before in Scope::ALL {
            for after in Scope::ALL {
                let mut map = annotations(&[("team", "payments")]);
                before.write_annotations(&mut map);
                after.write_annotations(&mut map);
                assert_eq!(Scope::from_annotations(&map), after);
                assert_eq!(map.get("team").map(String::as_str), Some("payments"));
            }
        }
    }

    #[test]
    fn words_and_scopes_correspond() {
        for scope in Scope::ALL {
            assert_eq!(scope.as_str().parse(), Ok(scope));
        }
        assert_eq!("".parse(), Ok(Scope::Strict));
        assert_eq!("Strict".parse::<Scope>(), Err(ScopeError));
    }
}
