//! Links that fill in what is no secret: names, scope, type, keys, and the fingerprint of the certificate that is expected.
//! They never hold a value.

use std::rc::Rc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sealer_core::Scope;
use sealer_core::secret::is_data_key;

use crate::folder::Folder;
use crate::names::{is_namespace, is_secret_name};
use crate::secret_type::SecretType;

/// What needs no escape in a fragment or a query and keeps an address readable.
pub(crate) const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b':')
    .remove(b',');
/// More keys than anybody fills in by hand.
const MAX_KEYS: usize = 50;
/// The hexadecimal digits of a SHA-256.
const DIGITS: usize = 64;

/// What a link says; what it does not say is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Link {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The scope.
    pub scope: Option<Scope>,
    /// The type.
    pub secret_type: SecretType,
    /// Keys whose values are to be filled in.
    pub keys: Vec<String>,
    /// The SHA-256 of the certificate that is expected, in upper-case pairs with colons.
    pub fingerprint: String,
    /// The folder that a new file goes to.
    pub folder: Option<Folder>,
}

/// Why a link is not followed: nothing of it is taken then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkProblem {
    /// It is cut off, or not made as links are.
    Malformed,
    /// It holds characters that are not seen, or turn the direction of a text.
    Characters,
    /// It says something twice.
    Twice,
    /// Kubernetes would not take the namespace.
    Namespace,
    /// Kubernetes would not take the name.
    Name,
    /// There is no such scope.
    Scope,
    /// The page does not know the type.
    Type,
    /// Kubernetes would not take a key, one is there twice, or there are too many.
    Keys,
    /// It is no SHA-256.
    Fingerprint,
    /// It is no folder that a new file can be opened in.
    Folder,
}

impl Link {
    /// Reads the fragment of an address, without its `#`. One without a `=` is no link. What this page does not know
    /// is passed over: a later one may.
    pub fn read(fragment: &str) -> Option<Result<Rc<Self>, LinkProblem>> {
        fragment.contains('=').then(|| Self::parse(fragment).map(Rc::new))
    }

    fn parse(fragment: &str) -> Result<Self, LinkProblem> {
        let mut link = Self::default();
        let mut seen = Vec::new();
        for part in fragment.split('&').filter(|part| !part.is_empty()) {
            let (field, value) = part.split_once('=').ok_or(LinkProblem::Malformed)?;
            let value = percent_decode_str(value).decode_utf8().map_err(|_| LinkProblem::Malformed)?;
            if value.contains(is_unseen) {
                return Err(LinkProblem::Characters);
            }
            if seen.contains(&field) {
                return Err(LinkProblem::Twice);
            }
            seen.push(field);
            link.take(field, &value)?;
        }
        // A type asks for its keys, whether they are named or not.
        for key in link.secret_type.keys() {
            if !link.keys.iter().any(|each| each == key) {
                link.keys.push((*key).to_owned());
            }
        }
        Ok(link)
    }

    fn take(&mut self, field: &str, value: &str) -> Result<(), LinkProblem> {
        let must = |holds: bool, problem| if holds { Ok(()) } else { Err(problem) };
        match field {
            _ if value.is_empty() => {}
            "namespace" => {
                must(is_namespace(value), LinkProblem::Namespace)?;
                value.clone_into(&mut self.namespace);
            }
            "name" => {
                must(is_secret_name(value), LinkProblem::Name)?;
                value.clone_into(&mut self.name);
            }
            "scope" => self.scope = Some(value.parse().map_err(|_| LinkProblem::Scope)?),
            "type" => self.secret_type = SecretType::named(value).ok_or(LinkProblem::Type)?,
            "keys" => {
                for key in value.split(',') {
                    let is_new = is_data_key(key) && !self.keys.iter().any(|each| each == key);
                    must(is_new && self.keys.len() < MAX_KEYS, LinkProblem::Keys)?;
                    self.keys.push(key.to_owned());
                }
            }
            "cert" => {
                let digits: Vec<char> = value.chars().filter(|c| *c != ':').collect();
                let is_sha256 = digits.len() == DIGITS && digits.iter().all(char::is_ascii_hexdigit);
                must(is_sha256, LinkProblem::Fingerprint)?;
                let pairs = digits.chunks(2).map(|pair| pair.iter().collect::<String>());
                self.fingerprint = pairs.collect::<Vec<_>>().join(":").to_ascii_uppercase();
            }
            "folder" => self.folder = Some(Folder::read(value).ok_or(LinkProblem::Folder)?),
            _ => {}
        }
        Ok(())
    }

    /// The fragment that says all this but the folder, without its `#`.
    pub fn fragment(&self) -> String {
        let scope = self.scope.map(|scope| scope.to_string()).unwrap_or_default();
        let secret_type = if self.secret_type == SecretType::Opaque { "" } else { self.secret_type.name() };
        let keys = self.keys.join(",");
        let fingerprint = self.fingerprint.replace(':', "");
        [
            ("namespace", &*self.namespace),
            ("name", &self.name),
            ("scope", &scope),
            ("type", secret_type),
            ("keys", &keys),
            ("cert", &fingerprint),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(field, value)| format!("{field}={}", utf8_percent_encode(value, ESCAPED)))
        .collect::<Vec<_>>()
        .join("&")
    }
}

/// Control characters, and those that turn the direction of a text or take no room in it.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests;
