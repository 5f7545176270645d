//! A file with SealedSecrets that somebody wants to change: what it says, without opening anything.

use std::collections::BTreeMap;
use std::rc::Rc;

use sealer_core::merge::SealedText;
use sealer_core::{Binding, BindingError, Envelope, Policy, Scope, SealedSecret, decode_base64};

use crate::reading::Problem;
use crate::text;

/// The file as it came, and the SealedSecrets in it. All of it is ciphertext and may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedFile {
    /// Every byte of it.
    pub text: Rc<str>,
    /// The SealedSecrets in their order; never empty.
    pub documents: Vec<Document>,
}

/// One SealedSecret of the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    /// Its name.
    pub name: String,
    /// Its namespace; empty where the file names none.
    pub namespace: String,
    /// The scope that its own annotations say.
    pub scope: Scope,
    /// The type of the Secret, if it says one.
    pub type_: Option<String>,
    /// Its keys in the order of their names.
    pub keys: Vec<SealedKey>,
}

/// One value that stays sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedKey {
    /// Its key.
    pub key: Rc<str>,
    /// The length of the value inside, which sealing does not hide; `None` where it is no whole sealed value.
    pub bytes: Option<usize>,
}

impl SealedFile {
    /// Reads a file. A plaintext Secret beside the SealedSecrets is refused: the result would not be safe to commit.
    pub fn read(text: &str) -> Result<Self, Problem> {
        if holds_plain_secret(text) {
            return Err(text::secret_beside_sealed());
        }
        let sealed = SealedText::read(text, Policy::Strict).map_err(|error| text::merge_problem(&error))?;
        let documents = sealed.all().map(|target| Document::new(target.sealed())).collect();
        Ok(Self { text: Rc::from(text), documents })
    }

    /// Whether it is written in JSON.
    pub fn is_json(&self) -> bool {
        self.text.trim_start_matches('\u{feff}').trim_start().starts_with('{')
    }
}

impl Document {
    fn new(sealed: &SealedSecret) -> Self {
        Self {
            name: sealed.metadata.name.clone(),
            namespace: sealed.metadata.namespace.clone(),
            scope: sealed.scope(),
            type_: sealed.template.type_.clone(),
            keys: keys(&sealed.encrypted_data),
        }
    }

    /// What its values are bound to. The namespace counts where the file names none: tools such as Kustomize set it.
    pub fn binding(&self, namespace: &str) -> Result<Binding, BindingError> {
        let namespace = if self.namespace.is_empty() { namespace } else { &self.namespace };
        Binding::new(self.scope, namespace, &self.name)
    }

    /// Whether somebody has to say the namespace.
    pub fn lacks_namespace(&self) -> bool {
        self.namespace.is_empty() && self.scope != Scope::ClusterWide
    }

    /// The length of the value under a key, where it is there and whole.
    pub fn bytes(&self, key: &str) -> Option<usize> {
        self.keys.iter().find(|each| &*each.key == key)?.bytes
    }

    /// Whether there is such a key.
    pub fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|each| &*each.key == key)
    }
}

fn keys(encrypted: &BTreeMap<String, String>) -> Vec<SealedKey> {
    let bytes = |value: &str| {
        let sealed = decode_base64(value).ok()?;
        Some(Envelope::parse(&sealed).ok()?.plaintext_len())
    };
    encrypted
        .iter()
        .map(|(key, value)| SealedKey { key: Rc::from(key.as_str()), bytes: bytes(value) })
        .collect()
}

/// Looks for `kind: Secret` by itself, in YAML or JSON: the merge passes other documents over unread.
fn holds_plain_secret(text: &str) -> bool {
    let bare = |word: &str| word.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    text.split(['\n', ',', '{', '}']).any(|field| {
        let field = field.split(" #").next().unwrap_or_default().trim_start_matches(['-', ' ']);
        field.split_once(':').is_some_and(|(key, value)| bare(key) == "kind" && bare(value) == "secret")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(bytes: usize) -> String {
        let mut sealed = vec![0, 4, 1, 2, 3, 4];
        sealed.extend(vec![9; bytes + 16]);
        sealer_core::encode_base64(&sealed)
    }

    fn file(head: &str, items: &str) -> String {
        format!(
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n{head}spec:\n  encryptedData:\n{items}"
        )
    }

    #[test]
    fn name_scope_type_and_the_lengths_inside_are_read_from_the_file() {
        let head = "  name: db\n  namespace: payments\n  annotations:\n    sealedsecrets.bitnami.com/namespace-wide: \"true\"\n";
        let items = format!("    A: {}\n    B: AAAA\n  template:\n    type: kubernetes.io/tls\n", item(24));
        let file = SealedFile::read(&file(head, &items)).unwrap();
        let [document] = file.documents.as_slice() else { panic!("{file:?}") };
        assert_eq!((document.name.as_str(), document.namespace.as_str()), ("db", "payments"));
        assert_eq!(document.scope, Scope::NamespaceWide);
        assert_eq!(document.type_.as_deref(), Some("kubernetes.io/tls"));
        assert_eq!((document.bytes("A"), document.bytes("B")), (Some(24), None));
        assert!(document.has("B") && !document.has("C"));
    }

    #[test]
    fn the_namespace_of_the_file_stands_above_the_one_that_is_typed() {
        let read = |head: &str| SealedFile::read(&file(head, &format!("    A: {}\n", item(1)))).unwrap();
        let told = read("  name: db\n  namespace: payments\n");
        assert_eq!(told.documents[0].binding("other").unwrap().label(), "payments/db");
        let silent = read("  name: db\n");
        assert!(silent.documents[0].lacks_namespace());
        assert_eq!(silent.documents[0].binding("other").unwrap().label(), "other/db");
        assert_eq!(silent.documents[0].binding(""), Err(BindingError::NamespaceMissing));
    }

    #[test]
    fn a_plaintext_secret_beside_it_is_refused_however_it_is_written() {
        let sealed = file("  name: db\n  namespace: payments\n", &format!("    A: {}\n", item(1)));
        assert!(SealedFile::read(&sealed).is_ok());
        for secret in [
            "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n",
            "apiVersion: v1\nkind: \"Secret\" # mine\n",
            "{apiVersion: v1, kind: Secret}\n",
            "{\"apiVersion\":\"v1\",\"kind\":\"Secret\"}\n",
            "apiVersion: v1\nkind: List\nitems:\n- kind: Secret\n",
        ] {
            let refused = SealedFile::read(&format!("{sealed}---\n{secret}"));
            assert_eq!(refused, Err(text::secret_beside_sealed()), "{secret}");
        }
        let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: secret}\n";
        assert!(SealedFile::read(&format!("{sealed}---\n{config}")).is_ok());
    }
}
