//! Secrets with keys of any name.

use std::collections::BTreeMap;

use super::{Built, Note};
use crate::base64;
use crate::secret::{Plaintext, is_data_key};

/// The values can't be those of a Secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpaqueError {
    /// Kubernetes does not take the key.
    #[error(
        "a key may have 1 to 253 letters, digits, `-`, `_` and `.`, and is neither `.` nor begins with `..`"
    )]
    Key,
    /// Two values for one key.
    #[error("there are two values for the key {key}")]
    Duplicate {
        /// The key.
        key: String,
    },
}

/// Values by the keys that somebody chose.
pub fn opaque(values: impl IntoIterator<Item = (String, Plaintext)>) -> Result<Built, OpaqueError> {
    let mut data = BTreeMap::new();
    for (key, value) in values {
        if !is_data_key(&key) {
            return Err(OpaqueError::Key);
        }
        if data.contains_key(&key) {
            return Err(OpaqueError::Duplicate { key });
        }
        data.insert(key, value);
    }
    let notes = data.iter().filter_map(|(key, value)| note(key, value)).collect();
    Ok(Built { type_: None, data, notes })
}

/// The one thing about a value that somebody should look at.
pub(super) fn note(key: &str, value: &Plaintext) -> Option<Note> {
    let key = key.to_owned();
    // Exposed to be looked at.
    let bytes = value.expose();
    if bytes.is_empty() {
        Some(Note::Empty { key })
    } else if is_base64_of_text(bytes) {
        Some(Note::Base64 { key })
    } else if is_line_with_break(bytes) {
        Some(Note::FinalLineBreak { key })
    } else {
        None
    }
}

/// Whether this is one line and its end: in a text of several lines the last line break is as usual as the others.
pub fn is_line_with_break(bytes: &[u8]) -> bool {
    bytes.strip_suffix(b"\n").is_some_and(|line| !line.contains(&b'\n'))
}

/// Whether this is base64 of printable ASCII: by chance one random password in hundreds, and none of sixteen characters.
fn is_base64_of_text(bytes: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(bytes) else { return false };
    let text = text.trim_end();
    let Ok(decoded) = base64::decode(text).map(Plaintext::new) else { return false };
    let printable = |byte: &u8| byte.is_ascii_graphic() || matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
    text.len() >= 8 && !decoded.is_empty() && decoded.expose().iter().all(printable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Plaintext {
        Plaintext::new(text.into())
    }

    #[test]
    fn what_is_odd_about_a_value_is_said() {
        let key = "k".to_owned();
        for (value, expected) in [
            ("", Some(Note::Empty { key: key.clone() })),
            ("hunter2\n", Some(Note::FinalLineBreak { key: key.clone() })),
            ("hunter2\r\n", Some(Note::FinalLineBreak { key: key.clone() })),
            ("\n", Some(Note::FinalLineBreak { key: key.clone() })),
            ("aHVudGVyMg==", Some(Note::Base64 { key: key.clone() })),
            ("aHVudGVyMg==\n", Some(Note::Base64 { key: key.clone() })),
            ("one\ntwo\n", None),
            ("hunter2", None),
            ("password", None),
            ("c2VhbA==x", None),
            ("deadbeefdeadbeef", None),
            ("  ", None),
        ] {
            assert_eq!(note("k", &plain(value)), expected, "{value:?}");
        }
        assert_eq!(note("k", &Plaintext::new(vec![0xff, b'\n'])), Some(Note::FinalLineBreak { key }));
    }

    #[test]
    fn keys_are_those_of_kubernetes_and_come_once() {
        let built = opaque([("b.c".to_owned(), plain("1")), ("A-_".to_owned(), plain(""))]).unwrap();
        assert_eq!(built.type_, None);
        assert_eq!(built.data.keys().collect::<Vec<_>>(), ["A-_", "b.c"]);
        assert_eq!(opaque([("a/b".to_owned(), plain(""))]), Err(OpaqueError::Key));
        let twice = [("a".to_owned(), plain("1")), ("a".to_owned(), plain("1"))];
        assert_eq!(opaque(twice), Err(OpaqueError::Duplicate { key: "a".into() }));
    }
}
