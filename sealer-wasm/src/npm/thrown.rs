//! Errors as JavaScript gets them: an `Error` with a `code`, a word for programs that stays when messages change.

use js_sys::Reflect;
use sealer_core::hybrid::HybridError;
use sealer_core::merge::MergeError;
use sealer_core::{
    BindingError, CertError, KeyError, ManifestError, ScopeError, SealError, SealRequestError,
};
use wasm_bindgen::JsValue;

/// An error on its way to JavaScript. No message holds a piece of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Thrown {
    code: &'static str,
    message: String,
}

/// Kubernetes does not take this as a key.
#[derive(Debug, thiserror::Error)]
#[error(
    "{key:?} can't be a key of a Secret: 1 to 253 letters, digits, `-`, `_` and `.`, neither `.` nor `..` in front"
)]
pub(super) struct DataError {
    pub(super) key: String,
}

impl From<Thrown> for JsValue {
    fn from(thrown: Thrown) -> Self {
        let error = js_sys::Error::new(&thrown.message);
        // A fresh object takes every field.
        let _ = Reflect::set(&error, &"code".into(), &thrown.code.into());
        error.into()
    }
}

impl Thrown {
    fn new(code: &'static str, error: &dyn std::error::Error) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            message.push_str(": ");
            message.push_str(&cause.to_string());
            source = cause.source();
        }
        Self { code, message }
    }
}

/// Joins each error with the code that it has.
macro_rules! thrown {
    ($($error:ty: $code:expr;)*) => {
        $(impl From<$error> for Thrown {
            fn from(error: $error) -> Self {
                let code: fn(&$error) -> &'static str = $code;
                Self::new(code(&error), &error)
            }
        })*
    };
}

thrown! {
    CertError: certificate;
    ManifestError: ManifestError::code;
    BindingError: binding;
    ScopeError: |_| "unknown-scope";
    DataError: |_| "invalid-key";
    SealError: |error| match error.source {
        HybridError::Random => "random-source",
        HybridError::TooLong => "value-too-long",
    };
    MergeError: |error| match error {
        MergeError::Manifest(error) => error.code(),
        MergeError::Several { .. } => "several-sealed-secrets",
        MergeError::Twice { .. } => "sealed-secret-twice",
        MergeError::Deprecated { .. } => "deprecated-data",
        MergeError::NotInPlace { .. } => "not-in-place",
        MergeError::NoKey { .. } => "no-such-key",
        MergeError::KeyTaken { .. } => "key-taken",
        MergeError::Unconfirmed => "unconfirmed",
    };
}

impl From<SealRequestError> for Thrown {
    fn from(error: SealRequestError) -> Self {
        match &error {
            // Its own text names a flag of kubeseal.
            SealRequestError::EmptyData => {
                Self { code: "empty-data", message: "there is no value to seal".to_owned() }
            }
            SealRequestError::NameMissing => Self::new("name-missing", &error),
            SealRequestError::NamespaceMismatch { .. } => Self::new("namespace-mismatch", &error),
            SealRequestError::Binding(cause) => Self::new(binding(cause), &error),
        }
    }
}

fn certificate(error: &CertError) -> &'static str {
    match error {
        CertError::Missing => "certificate-missing",
        CertError::PrivateKey => "private-key",
        CertError::Malformed | CertError::Key(KeyError::Malformed) => "certificate-malformed",
        CertError::NotRsa { .. } => "certificate-not-rsa",
        CertError::Key(KeyError::Size { .. }) => "key-size",
        CertError::Expired { .. } => "certificate-expired",
    }
}

fn binding(error: &BindingError) -> &'static str {
    match error {
        BindingError::NamespaceMissing => "namespace-missing",
        BindingError::NameMissing => "name-missing",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_a_code_of_its_own_and_a_message_for_people() {
        let position = "[a".parse::<sealer_core::Scope>().unwrap_err();
        for (thrown, code, words) in [
            (Thrown::from(CertError::PrivateKey), "private-key", ""),
            (Thrown::from(CertError::Key(KeyError::Malformed)), "certificate-malformed", ""),
            (Thrown::from(SealRequestError::EmptyData), "empty-data", "there is no value"),
            (
                Thrown::from(SealRequestError::from(BindingError::NamespaceMissing)),
                "namespace-missing",
                "namespace",
            ),
            (Thrown::from(MergeError::Manifest(ManifestError::NoSealedSecrets)), "no-sealed-secrets", ""),
            (Thrown::from(DataError { key: "a b".to_owned() }), "invalid-key", "\"a b\""),
            (Thrown::from(position), "unknown-scope", ""),
            (
                Thrown::from(SealError { key: "password".to_owned(), source: HybridError::Random }),
                "random-source",
                "cannot seal \"password\": the random source failed",
            ),
        ] {
            assert_eq!(thrown.code, code);
            assert!(!thrown.message.is_empty() && thrown.message.contains(words), "{}", thrown.message);
        }
    }
}
