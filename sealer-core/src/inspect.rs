//! What a SealedSecret shows to whoever has no key.

use std::collections::{BTreeMap, BTreeSet};

use crate::base64;
use crate::envelope::Envelope;
use crate::manifest::COPIES;
use crate::resource::SealedSecret;
use crate::scope::Scope;

/// What can be seen of a SealedSecret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection<'a> {
    /// The object itself, for its names, labels and templates.
    pub sealed: &'a SealedSecret,
    /// The scope that counts.
    pub scope: Scope,
    /// Its values by their keys.
    pub items: BTreeMap<&'a str, Item>,
    /// The sizes in bits of all RSA keys that values are sealed for.
    pub key_bits: BTreeSet<usize>,
}

/// What can be seen of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// A whole sealed value.
    Sealed {
        /// The length of the value inside, in bytes.
        plaintext: usize,
        /// The length of the sealed value, in bytes.
        sealed: usize,
        /// The size in bits of the RSA key that it was sealed for.
        key_bits: usize,
    },
    /// Not base64.
    NotBase64,
    /// Base64, but no whole sealed value.
    Truncated,
}

/// Looks at a SealedSecret.
pub fn inspect(sealed: &SealedSecret) -> Inspection<'_> {
    let items: BTreeMap<&str, Item> =
        sealed.encrypted_data.iter().map(|(key, text)| (key.as_str(), item(text))).collect();
    let key_bits = items.values().filter_map(Item::key_bits).collect();
    Inspection { sealed, scope: sealed.scope(), items, key_bits }
}

impl Item {
    /// The size in bits of the RSA key that it was sealed for.
    pub fn key_bits(&self) -> Option<usize> {
        match self {
            Self::Sealed { key_bits, .. } => Some(*key_bits),
            Self::NotBase64 | Self::Truncated => None,
        }
    }
}

fn item(text: &str) -> Item {
    let Ok(bytes) = base64::decode(text) else { return Item::NotBase64 };
    match Envelope::parse(&bytes) {
        Ok(envelope) => Item::Sealed {
            plaintext: envelope.plaintext_len(),
            sealed: bytes.len(),
            key_bits: envelope.key_bits(),
        },
        Err(_) => Item::Truncated,
    }
}

impl Inspection<'_> {
    /// Where the values open, and what that means, in one sentence.
    pub fn consequence(&self) -> String {
        let part = |name: &str, missing: &str| {
            if name.is_empty() { missing.to_owned() } else { format!("`{name}`") }
        };
        let metadata = &self.sealed.metadata;
        let name = part(&metadata.name, "the name it was sealed for");
        let namespace = part(&metadata.namespace, "the namespace it was sealed for");
        match self.scope {
            Scope::Strict => format!("Opens only as {name} in {namespace}. Renaming or moving it breaks it."),
            Scope::NamespaceWide => {
                format!("Opens under any name in {namespace}, and in no other namespace.")
            }
            Scope::ClusterWide => {
                "Opens anywhere in the cluster: whoever can create SealedSecrets in any namespace \
                                   can get the values there."
                    .to_owned()
            }
        }
    }

    /// The annotations of the Secret, without those that hold a copy of it: there the values may be in plain text.
    pub fn annotations(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.sealed.template.metadata.annotations.iter();
        all.filter(|(name, _)| !COPIES.contains(&name.as_str()))
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// What the sizes of the keys say, if they say something. Nothing in a value tells which key sealed it, so a size is
    /// all there is; `newest` is the size of the key of a certificate.
    pub fn age(&self, newest: Option<usize>) -> Option<String> {
        let sizes = || self.key_bits.iter().map(usize::to_string).collect::<Vec<_>>().join(" and ");
        match newest {
            Some(bits) if self.key_bits.iter().any(|sealed| *sealed != bits) => Some(format!(
                "The certificate has {bits} bits, and values are sealed for keys of {} bits: those of another size are \
                 sealed for another key.",
                sizes()
            )),
            Some(_) if !self.key_bits.is_empty() => Some(
                "All values are sealed for keys of the certificate's size. Whether it is the same key can't be seen."
                    .to_owned(),
            ),
            None if self.key_bits.len() > 1 => Some(format!(
                "The values are sealed for keys of {} bits, so for several keys: those of the smaller size are probably \
                 older.",
                sizes()
            )),
            Some(_) | None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::Metadata;

    fn value(bits: usize, plaintext: usize) -> String {
        let mut bytes = u16::try_from(bits / 8).unwrap().to_be_bytes().to_vec();
        bytes.resize(2 + bits / 8 + plaintext + 16, 7);
        base64::encode(&bytes)
    }

    fn sealed(values: &[(&str, String)]) -> SealedSecret {
        SealedSecret {
            metadata: Metadata { name: "db".into(), namespace: "payments".into(), ..Metadata::default() },
            encrypted_data: values.iter().map(|(key, text)| ((*key).to_owned(), text.clone())).collect(),
            ..SealedSecret::default()
        }
    }

    #[test]
    fn sizes_are_seen_without_a_key() {
        let sealed = sealed(&[
            ("a", value(2048, 24)),
            ("b", value(4096, 0)),
            ("c", "%".to_owned()),
            ("d", "AgA=".to_owned()),
        ]);
        let seen = inspect(&sealed);
        assert_eq!(
            seen.items["a"],
            Item::Sealed { plaintext: 24, sealed: 2 + 256 + 24 + 16, key_bits: 2048 }
        );
        assert_eq!(seen.items["b"], Item::Sealed { plaintext: 0, sealed: 2 + 512 + 16, key_bits: 4096 });
        assert_eq!((seen.items["c"], seen.items["d"]), (Item::NotBase64, Item::Truncated));
        assert_eq!(seen.key_bits, BTreeSet::from([2048, 4096]));
    }

    #[test]
    fn the_age_is_told_only_where_sizes_tell_it() {
        for (sizes, newest, says) in [
            (&[2048][..], None, None),
            (&[2048, 4096], None, Some("probably older")),
            (&[2048], Some(4096), Some("for another key")),
            (&[2048, 4096], Some(4096), Some("for another key")),
            (&[4096], Some(4096), Some("can't be seen")),
            (&[], Some(4096), None),
        ] {
            let values: Vec<(String, String)> =
                sizes.iter().map(|bits| (format!("k{bits}"), value(*bits, 1))).collect();
            let values: Vec<(&str, String)> = values.iter().map(|(k, v)| (k.as_str(), v.clone())).collect();
            let sealed = sealed(&values);
            let age = inspect(&sealed).age(newest);
            assert_eq!(age.is_some(), says.is_some(), "{sizes:?} {newest:?}");
            assert!(age.unwrap_or_default().contains(says.unwrap_or_default()), "{sizes:?} {newest:?}");
        }
    }

    #[test]
    fn a_copy_of_the_secret_is_not_shown() {
        let mut one = sealed(&[]);
        let annotations = &mut one.template.metadata.annotations;
        annotations.insert(COPIES[0].to_owned(), "hunter2".to_owned());
        annotations.insert("team".to_owned(), "shop".to_owned());
        assert_eq!(inspect(&one).annotations().collect::<Vec<_>>(), [("team", "shop")]);
    }

    #[test]
    fn the_consequence_names_what_the_scope_binds() {
        let mut one = sealed(&[]);
        for (scope, has, lacks) in [
            (Scope::Strict, "`db` in `payments`", "cluster"),
            (Scope::NamespaceWide, "in `payments`", "`db`"),
            (Scope::ClusterWide, "anywhere", "`payments`"),
        ] {
            scope.write_annotations(&mut one.metadata.annotations);
            let words = inspect(&one).consequence();
            assert!(words.contains(has) && !words.contains(lacks), "{words}");
        }
        one.metadata.namespace.clear();
        Scope::Strict.write_annotations(&mut one.metadata.annotations);
        assert!(inspect(&one).consequence().contains("the namespace it was sealed for"));
    }
}
