//! The theme. `theme.js` applies the remembered one before anything is painted.

use super::page;

/// What the page looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

const STORED: &str = "theme";
const ATTRIBUTE: &str = "data-theme";

impl Theme {
    /// The one that applies now.
    pub fn current() -> Self {
        let root = page::document().and_then(|document| document.document_element());
        match root.and_then(|root| root.get_attribute(ATTRIBUTE)).as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    /// The one after this one, round and round.
    pub fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Applies it and remembers it where the browser lets it.
    pub fn apply(self) {
        let Some(root) = page::document().and_then(|document| document.document_element()) else { return };
        // Both attributes are valid, and a full store only means that the choice is not remembered.
        let _ = match self {
            Self::System => root.remove_attribute(ATTRIBUTE),
            Self::Light | Self::Dark => root.set_attribute(ATTRIBUTE, self.as_str()),
        };
        let _ = page::store().map(|store| match self {
            Self::System => store.remove_item(STORED),
            Self::Light | Self::Dark => store.set_item(STORED, self.as_str()),
        });
    }
}
