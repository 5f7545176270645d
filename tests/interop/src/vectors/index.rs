//! The shapes of the files in `vectors`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::base64_text;

/// `manifest.json`; all paths in it are relative to the folder `vectors`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Index {
    /// The version of kubeseal that made everything.
    pub upstream: String,
    /// The keys that open the vectors.
    pub keys: Vec<Key>,
    /// Certificates and keys that are refused, or nearly.
    pub odd: Vec<Odd>,
    /// SealedSecrets.
    pub sealed: Vec<Sealed>,
    /// Single values from `kubeseal --raw`.
    pub raw: Vec<Raw>,
    /// Tricky manifests, with what kubeseal makes of them.
    pub shapes: Vec<Shape>,
}

/// A throw-away sealing key.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Key {
    /// Its size, by which the vectors name it.
    pub bits: u32,
    /// The private key as `RSA PRIVATE KEY`.
    pub pkcs1: String,
    /// The same private key as `PRIVATE KEY`.
    pub pkcs8: String,
    /// Its self-signed certificate.
    pub certificate: String,
    /// The name that upstream gives to the key: an SSH fingerprint.
    pub fingerprint: String,
}

/// A file that is not a good sealing key.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Odd {
    /// The file.
    pub file: String,
    /// What is odd.
    pub about: String,
    /// For certificates: whether kubeseal seals with it, and if not, what it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream: Option<Verdict>,
}

/// How kubeseal judged a certificate.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// Taken: a key of this size.
    Bits(u32),
    /// Refused with this error.
    Error(String),
}

/// A SealedSecret.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sealed {
    /// A name for messages.
    pub id: String,
    /// The SealedSecret.
    pub file: String,
    /// What the file is written in.
    pub format: Format,
    /// Which field holds the ciphertext.
    pub form: Form,
    /// [`Key::bits`] of the key that opens it.
    pub key: u32,
    /// What it holds.
    #[serde(flatten)]
    pub secret: Secret,
    /// The command that made it.
    pub made_by: String,
}

/// What a SealedSecret holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Secret {
    /// Its scope.
    pub scope: Scope,
    /// Its namespace; empty if it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The type of the Secret; empty if it has none.
    #[serde(rename = "type", default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// The data of the Secret.
    pub data: BTreeMap<String, Plaintext>,
}

/// A value from `kubeseal --raw`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Raw {
    /// The sealed value, in base64 without a newline.
    pub file: String,
    /// [`Key::bits`] of the key that opens it.
    pub key: u32,
    /// Its scope.
    pub scope: Scope,
    /// The namespace that it is bound to, if any.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// The name that it is bound to, if any.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What it holds.
    pub plaintext: Plaintext,
    /// The command that made it.
    pub made_by: String,
}

/// A tricky manifest, and what kubeseal makes of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Shape {
    /// A name for messages.
    pub id: String,
    /// What is tricky.
    pub about: String,
    /// The manifest.
    pub input: String,
    /// Flags beside `--cert` and `-o`.
    pub args: Vec<String>,
    /// [`Key::bits`] of the key that opens it.
    pub key: u32,
    /// The output of `-o yaml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub yaml: Option<String>,
    /// The output of `-o json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<String>,
    /// What kubeseal says on standard error if it refuses `-o yaml`; `json` is there if it takes `-o json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What the documents of the output hold, in order.
    pub documents: Vec<Secret>,
}

/// How far a SealedSecret may travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Only this name in this namespace.
    Strict,
    /// Any name in this namespace.
    NamespaceWide,
    /// Anywhere.
    ClusterWide,
}

impl Scope {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Strict, Self::NamespaceWide, Self::ClusterWide];

    /// As `--scope` spells it.
    pub fn flag(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::NamespaceWide => "namespace-wide",
            Self::ClusterWide => "cluster-wide",
        }
    }
}

/// What a file is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// YAML.
    Yaml,
    /// JSON.
    Json,
}

/// Which field of the spec holds the ciphertext.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Form {
    /// One sealed value for each data key.
    EncryptedData,
    /// The deprecated one: the whole Secret as one sealed value.
    Data,
}

/// A value before it was sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Plaintext {
    /// These bytes.
    #[serde(with = "base64_text")]
    Base64(Vec<u8>),
    /// This many bytes; byte `i` is `(i * 31 + 7) mod 256`.
    Ramp(usize),
}

impl Plaintext {
    /// The bytes.
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Base64(bytes) => bytes.clone(),
            Self::Ramp(length) => {
                (0..*length).map(|i| (i.wrapping_mul(31).wrapping_add(7) % 256) as u8).collect()
            }
        }
    }
}

/// A text in `yaml11.json` and how upstream reads it. Either `secrets` is there, or `error`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct YamlCase {
    /// What the text is about.
    pub about: String,
    /// The text, as bytes because some are not UTF-8.
    #[serde(with = "base64_text")]
    pub text: Vec<u8>,
    /// The Secrets that upstream reads; none means that it finds nothing, without an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secrets: Option<Vec<Value>>,
    /// The errors that upstream swallows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<String>,
    /// Upstream's error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A value in `yaml-emit.json` and the YAML that upstream writes for it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmitCase {
    /// The value.
    pub value: Value,
    /// The YAML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub yaml: Option<String>,
    /// Upstream's error, for a value that it can't write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// An invocation in `kubeseal-errors.json`, run in the folder `vectors`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Invocation {
    /// What it is about.
    pub about: String,
    /// The arguments.
    pub args: Vec<String>,
    /// Standard input.
    pub stdin: String,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// Whether a part of the error differs from run to run.
    pub varies: bool,
    /// The exit code; none where kubeseal hangs.
    pub exit: Option<i32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_follows_its_rule() {
        assert_eq!(Plaintext::Ramp(4).bytes(), [7, 38, 69, 100]);
        assert_eq!(Plaintext::Ramp(300_000).bytes()[9], 30);
        assert_eq!(Plaintext::Ramp(300_000).bytes().len(), 300_000);
    }

    #[test]
    fn a_plaintext_says_in_json_which_kind_it_is() {
        let base64: Plaintext = serde_json::from_str(r#"{"base64":"Zm9v"}"#).unwrap();
        assert_eq!(base64, Plaintext::Base64(b"foo".to_vec()));
        let ramp: Plaintext = serde_json::from_str(r#"{"ramp":3}"#).unwrap();
        assert_eq!(ramp, Plaintext::Ramp(3));
    }
}
