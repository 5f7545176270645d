//! The SealedSecrets of an input that are sent to the controller, one by one.

use std::fmt;

use sealer_core::{ManifestError, Policy, SealedSecret, manifest};

/// One of the SealedSecrets, for people: its names, and its place where there are several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Which {
    namespace: String,
    name: String,
    number: usize,
    of: usize,
}

impl Which {
    /// The only one, or one whose place is told otherwise.
    pub fn only(sealed: &SealedSecret) -> Self {
        let (namespace, name) = (sealed.metadata.namespace.clone(), sealed.metadata.name.clone());
        Self { namespace, name, number: 1, of: 1 }
    }

    /// The name, as upstream prints it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether others come after it.
    pub fn is_followed(&self) -> bool {
        self.number < self.of
    }
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.namespace.as_str(), self.name.as_str()) {
            ("", "") => f.write_str("a SealedSecret without a name")?,
            ("", name) => f.write_str(name)?,
            (namespace, name) => write!(f, "{namespace}/{name}")?,
        }
        if self.of > 1 { write!(f, " ({} of {})", self.number, self.of) } else { Ok(()) }
    }
}

/// Every SealedSecret of a text. None is no mistake, and an empty one is none, as upstream has it.
pub fn read(text: &str) -> Result<Vec<SealedSecret>, ManifestError> {
    match manifest::read_sealed_secrets(text, Policy::Kubeseal) {
        Ok(sealed) => Ok(sealed.into_iter().filter(|sealed| *sealed != SealedSecret::default()).collect()),
        Err(ManifestError::NoSealedSecrets) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Each with what it is called.
pub fn each(sealed: &[SealedSecret]) -> impl Iterator<Item = (Which, &SealedSecret)> {
    sealed
        .iter()
        .enumerate()
        .map(|(index, one)| (Which { number: index + 1, of: sealed.len(), ..Which::only(one) }, one))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<String> {
        each(&read(text).unwrap()).map(|(which, _)| which.to_string()).collect()
    }

    #[test]
    fn what_is_empty_counts_for_nothing() {
        for text in ["", "\n", "---\n", "# nothing\n---\n...\n", "{}", "---\n{}\n---\nnull\n"] {
            assert_eq!(named(text), [""; 0], "{text:?}");
        }
        assert!(read("hello").is_err());
        assert!(read("{kind: Secret}").is_err());
    }

    #[test]
    fn each_is_called_by_its_names_and_its_place() {
        assert_eq!(named("{metadata: {name: db, namespace: payments}}"), ["payments/db"]);
        assert_eq!(
            named("{metadata: {name: a}}\n---\n{}\n---\n{spec: {encryptedData: {k: AgA=}}}\n"),
            ["a (1 of 2)", "a SealedSecret without a name (2 of 2)"]
        );
    }
}
