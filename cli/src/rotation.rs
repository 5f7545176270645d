//! What the controller made of a SealedSecret that it was to seal again.

use sealer_core::merge::Changes;
use sealer_core::{Policy, Scope, SealedSecret, manifest};

/// What came back is not the same SealedSecret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// No SealedSecret at all.
    #[error("the controller's answer is not a SealedSecret")]
    Unreadable,
    /// Another name or namespace.
    #[error("the controller's answer has another name or namespace")]
    OtherName,
    /// Another scope: values would open in more places than before, or in none.
    #[error("the controller sealed it {answered}, and it was {asked}")]
    OtherScope {
        /// The scope of what was sent.
        asked: Scope,
        /// The scope of what came back.
        answered: Scope,
    },
    /// Values are missing, or there are some that nobody knows.
    #[error("the controller's answer has other keys")]
    OtherKeys,
}

/// The SealedSecret with the values of the answer to `/v1/rotate`, and everything else as it was.
///
/// Upstream's controller gives less back: it puts the SealedSecret's own labels and annotations in the place of the
/// template's, and the rendered templates among the sealed values. Where a rendered one has taken the place of a value
/// that templates may use, there is no way back, and the templates have to go.
pub fn renewed(sealed: &SealedSecret, answer: &[u8]) -> Result<SealedSecret, AnswerError> {
    let answer = read(answer)?;
    let names = |of: &SealedSecret| (of.metadata.name.clone(), of.metadata.namespace.clone());
    if names(sealed) != names(&answer) {
        return Err(AnswerError::OtherName);
    }
    let (asked, answered) = (sealed.scope(), answer.scope());
    if asked != answered {
        return Err(AnswerError::OtherScope { asked, answered });
    }
    if sealed.deprecated_data.is_some() {
        // The template was sealed along with the values.
        return Ok(SealedSecret { metadata: sealed.metadata.clone(), deprecated_data: None, ..answer });
    }
    let mut anew = sealed.clone();
    let templates = &sealed.template.data;
    let is_rendered = answer.template.data.is_empty();
    let added = answer.encrypted_data.keys().filter(|key| !sealed.encrypted_data.contains_key(*key));
    let is_known = |key: &String| is_rendered && templates.contains_key(key);
    if !sealed.encrypted_data.keys().all(|key| answer.encrypted_data.contains_key(key))
        || !{ added }.all(is_known)
    {
        return Err(AnswerError::OtherKeys);
    }
    anew.encrypted_data = answer.encrypted_data;
    if is_rendered && templates.keys().any(|key| sealed.encrypted_data.contains_key(key)) {
        anew.template.data.clear();
    } else {
        anew.encrypted_data.retain(|key, _| sealed.encrypted_data.contains_key(key));
    }
    Ok(anew)
}

/// What has to change in the text of the SealedSecret; `None` where more is new than its values.
pub fn changes(sealed: &SealedSecret, renewed: &SealedSecret) -> Option<Changes> {
    let as_before = SealedSecret { encrypted_data: sealed.encrypted_data.clone(), ..renewed.clone() };
    let encrypted_data = renewed.encrypted_data.clone();
    (as_before == *sealed).then(|| Changes { encrypted_data, ..Changes::default() })
}

fn read(bytes: &[u8]) -> Result<SealedSecret, AnswerError> {
    let text = std::str::from_utf8(bytes).map_err(|_| AnswerError::Unreadable)?;
    let read = manifest::read_sealed_secrets(text, Policy::Kubeseal).map_err(|_| AnswerError::Unreadable)?;
    <[SealedSecret; 1]>::try_from(read).map(|[one]| one).map_err(|_| AnswerError::Unreadable)
}
