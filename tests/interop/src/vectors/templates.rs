//! The templates in `vectors/templates`, and what Go makes of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base64_text;

/// A template. Of `output`, `output64` and `error` one is there, or none until Go was asked.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateCase {
    /// What it is about, where the template doesn't say it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The data key that it stands under, [`TemplateCase::KEY`] if not said: Go names the template after it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// The template.
    pub template: String,
    /// The values of the Secret.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// Those that are not UTF-8.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values64: BTreeMap<String, Bytes>,
    /// What Go renders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// The same where it is not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output64: Option<Bytes>,
    /// Whether Go refuses.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub error: bool,
}

/// Bytes, in base64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bytes(#[serde(with = "base64_text")] pub Vec<u8>);

impl TemplateCase {
    /// The data key of most cases.
    pub const KEY: &'static str = "rendered";

    /// What messages call it.
    pub fn title(&self) -> &str {
        if self.name.is_empty() { &self.template } else { &self.name }
    }

    /// The data key.
    pub fn key(&self) -> &str {
        if self.key.is_empty() { Self::KEY } else { &self.key }
    }

    /// All values.
    pub fn values(&self) -> BTreeMap<String, Vec<u8>> {
        let text = self.values.iter().map(|(key, value)| (key.clone(), value.clone().into_bytes()));
        let binary = self.values64.iter().map(|(key, value)| (key.clone(), value.0.clone()));
        text.chain(binary).collect()
    }

    /// Whether Go was asked.
    pub fn is_recorded(&self) -> bool {
        self.error || self.output.is_some() || self.output64.is_some()
    }

    /// What Go renders; `None` where it refuses.
    pub fn result(&self) -> Option<Vec<u8>> {
        let binary = self.output64.as_ref().map(|output| output.0.clone());
        self.output.clone().map(String::into_bytes).or(binary)
    }

    /// Takes down what Go renders; `None` where it refuses.
    pub fn record(&mut self, result: Option<Vec<u8>>) {
        match result.map(String::from_utf8) {
            None => self.error = true,
            Some(Ok(text)) => self.output = Some(text),
            Some(Err(binary)) => self.output64 = Some(Bytes(binary.into_bytes())),
        }
    }
}
