//! `kubernetes.io/basic-auth`.

use std::collections::BTreeMap;

use super::{Built, Note, opaque};
use crate::secret::Plaintext;

/// Neither a user name nor a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("basic-auth needs a user name or a password")]
pub struct BasicAuthError;

/// A user name, a password, or both.
pub fn basic_auth(username: Option<Plaintext>, password: Option<Plaintext>) -> Result<Built, BasicAuthError> {
    let colon = username.as_ref().is_some_and(|name| name.expose().contains(&b':'));
    let pairs = [("username", username), ("password", password)];
    let data: BTreeMap<String, Plaintext> =
        pairs.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect();
    if data.is_empty() {
        return Err(BasicAuthError);
    }
    let mut notes: Vec<Note> = data.iter().filter_map(|(key, value)| opaque::note(key, value)).collect();
    notes.extend(colon.then_some(Note::ColonInUsername));
    Ok(Built { type_: Some("kubernetes.io/basic-auth"), data, notes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_both_is_enough_and_a_colon_is_told() {
        let plain = |text: &str| Some(Plaintext::new(text.into()));
        for (username, password, keys, notes) in [
            (plain("app"), plain("hunter2"), vec!["password", "username"], vec![]),
            (plain("app"), None, vec!["username"], vec![]),
            (None, plain("hunter:2"), vec!["password"], vec![]),
            (plain("a:b"), None, vec!["username"], vec![Note::ColonInUsername]),
        ] {
            let built = basic_auth(username, password).unwrap();
            assert_eq!(built.type_, Some("kubernetes.io/basic-auth"));
            assert_eq!(built.data.keys().collect::<Vec<_>>(), keys);
            assert_eq!(built.notes, notes);
        }
        assert_eq!(basic_auth(None, None), Err(BasicAuthError));
    }
}
