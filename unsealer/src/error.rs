//! Why a SealedSecret does not open. No text here holds a byte of a value or of a ciphertext.

use std::collections::BTreeMap;
use std::fmt;

use sealer_core::BindingError;

use crate::diagnose::Cause;

/// How many keys a text with a cause names. A status is read in a table, and an event ends after 1024 bytes.
const NAMES: usize = 20;

/// The SealedSecret does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnsealError {
    /// Some values do not open; upstream's text for those that no key opens.
    #[error("{}{}", describe(failed, cause.is_some()), because(cause))]
    Items {
        /// The values, in the order of their keys.
        failed: Vec<ItemError>,
        /// The likely cause, once somebody has asked for it.
        cause: Option<Cause>,
    },
    /// A name that its scope needs is missing.
    #[error(transparent)]
    Binding(#[from] BindingError),
    /// Both forms at once. The text is upstream's.
    #[error("cannot use the field 'encryptedData' and the deprecated field 'data' at the same time")]
    BothForms,
    /// The deprecated `spec.data` is switched off. The text is upstream's.
    #[error("using deprecated 'data' field, use 'encryptedData' or flip the feature flag")]
    DeprecatedOff,
    /// The deprecated `spec.data` does not open. The text is upstream's.
    #[error("{}{}", ItemFault::NoKey.text(), because(cause))]
    Deprecated {
        /// The likely cause, once somebody has asked for it.
        cause: Option<Cause>,
    },
    /// What was sealed in `spec.data` is no Secret.
    #[error("the deprecated field 'data' does not hold a Secret")]
    DeprecatedContent,
    /// There are templates, and no key at all that their random bytes could rest on.
    #[error("there is no sealing key to render spec.template.data with")]
    NoKeys,
    /// A template does not render. The text names a place in it and no value.
    #[error("spec.template.data: {}", .0.to_string().replace(char::is_control, " "))]
    Template(go_template::Error),
}

/// One value that does not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemError {
    /// Its key under `encryptedData`.
    pub key: String,
    /// Why, as far as that may be told.
    pub fault: ItemFault,
}

/// Why one value does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemFault {
    /// None of the keys opens it: another cluster's, renamed, moved, rescoped or damaged. Which, nobody learns.
    NoKey,
    /// It is not base64.
    NotBase64,
    /// It ends before its own lengths say.
    Truncated,
}

impl ItemFault {
    fn text(self) -> &'static str {
        match self {
            Self::NoKey => "no key could decrypt secret",
            Self::NotBase64 => "not valid base64",
            Self::Truncated => "truncated, not a whole sealed value",
        }
    }
}

/// `no key could decrypt secret (k1, k2); not valid base64 (k3)`: one line, grouped as upstream groups.
fn describe(items: &[ItemError], short: bool) -> String {
    let mut groups: BTreeMap<ItemFault, Vec<&str>> = BTreeMap::new();
    for item in items {
        groups.entry(item.fault).or_default().push(&item.key);
    }
    let groups: Vec<String> =
        groups.iter().map(|(fault, keys)| format!("{} ({})", fault.text(), list(keys, short))).collect();
    groups.join("; ")
}

/// The names of keys, which may be any text: without control characters, so that it stays one line.
fn list(keys: &[&str], short: bool) -> String {
    let shown = if short { keys.len().min(NAMES) } else { keys.len() };
    let names: Vec<String> = keys[..shown].iter().map(|key| key.replace(char::is_control, " ")).collect();
    match keys.len() - shown {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

fn because(cause: &Option<Cause>) -> impl fmt::Display + '_ {
    fmt::from_fn(move |f| match cause {
        Some(cause) => write!(f, ": {cause}"),
        None => Ok(()),
    })
}
