//! The oracle: what upstream's own code says, one question at a time. The protocol is in `README.md`.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use thiserror::Error;

use crate::base64_text;
use crate::vectors::{Bytes, Scope};

/// A running oracle; it ends when this is dropped.
pub struct Oracle {
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// What Go rendered, and how long it took for all times.
#[derive(Debug, Deserialize)]
pub struct Rendered {
    /// The output of the last time.
    #[serde(with = "base64_text")]
    pub output: Vec<u8>,
    /// Parsing and rendering.
    pub nanoseconds: u64,
}

/// Why the oracle gave no result.
#[derive(Debug, Error)]
pub enum OracleError {
    /// Upstream refused, in its own words.
    #[error("upstream refuses: {0}")]
    Refused(String),
    /// The question makes no sense to the oracle.
    #[error("the oracle does not understand: {0}")]
    Fault(String),
    /// The answer is not of the expected shape.
    #[error("the oracle's answer can't be read")]
    Answer(#[source] serde_json::Error),
    /// The process could not be started or talked to.
    #[error("can't talk to the oracle")]
    Process(#[from] io::Error),
    /// The process ended.
    #[error("the oracle ended before it answered")]
    Ended,
}

/// How upstream reads a text.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reading {
    /// Every document that filled a field, as a Secret in JSON.
    pub secrets: Vec<Value>,
    /// The errors that upstream swallows.
    pub passed_over: Vec<String>,
}

/// What kubeseal takes from a certificate.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct PublicKey {
    /// The size of the modulus.
    pub bits: u32,
    /// The name that upstream gives to a key: an SSH fingerprint.
    pub fingerprint: String,
}

/// A fresh key, all texts in PEM.
#[derive(Deserialize)]
pub struct Generated {
    /// `RSA PRIVATE KEY`; an EC key has none.
    pub pkcs1: Option<String>,
    /// `PRIVATE KEY`.
    pub pkcs8: String,
    /// Self-signed.
    pub certificate: String,
}

/// What [`Oracle::keygen`] should make.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeySpec<'a> {
    /// `rsa` or `ec` (P-256).
    pub kind: &'a str,
    /// The size of an RSA key.
    pub bits: u32,
    /// Subject and issuer; upstream's controller leaves it empty.
    pub common_name: &'a str,
    /// When the certificate begins, in RFC 3339.
    pub not_before: &'a str,
    /// How long it lasts.
    pub valid_seconds: i64,
}

impl Oracle {
    /// Starts the program that [`crate::binaries::ensure`] built.
    pub fn start(program: &Path) -> Result<Self, OracleError> {
        let mut child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let questions = child.stdin.take();
        let answers = child.stdout.take().map(BufReader::new).ok_or(OracleError::Ended)?;
        Ok(Self { child, questions, answers })
    }

    /// The version of upstream inside.
    pub fn version(&mut self) -> Result<String, OracleError> {
        #[derive(Deserialize)]
        struct Answer {
            upstream: String,
        }
        Ok(self.ask::<Answer>("version", json!({}))?.upstream)
    }

    /// How kubeseal reads its input.
    pub fn read(&mut self, text: &[u8]) -> Result<Reading, OracleError> {
        self.ask("yaml", json!({ "text": base64_text::encode(text) }))
    }

    /// The variables that `godotenv` or `docker` reads in a text, in an empty environment.
    pub fn dotenv(&mut self, dialect: &str, text: &[u8]) -> Result<BTreeMap<String, Bytes>, OracleError> {
        #[derive(Deserialize)]
        struct Answer {
            values: BTreeMap<String, Bytes>,
        }
        let question = json!({ "dialect": dialect, "text": base64_text::encode(text) });
        Ok(self.ask::<Answer>("dotenv", question)?.values)
    }

    /// A value in the YAML that kubeseal writes.
    pub fn emit(&mut self, value: &Value) -> Result<String, OracleError> {
        #[derive(Deserialize)]
        struct Answer {
            yaml: String,
        }
        Ok(self.ask::<Answer>("emit", json!({ "value": value }))?.yaml)
    }

    /// What a sealed value is bound to.
    pub fn label(&mut self, scope: Scope, namespace: &str, name: &str) -> Result<Vec<u8>, OracleError> {
        #[derive(Deserialize)]
        struct Answer {
            #[serde(with = "base64_text")]
            label: Vec<u8>,
        }
        let question = json!({ "scope": scope, "namespace": namespace, "name": name });
        Ok(self.ask::<Answer>("label", question)?.label)
    }

    /// How kubeseal judges a certificate in PEM, at the present time.
    pub fn certificate(&mut self, pem: &str) -> Result<PublicKey, OracleError> {
        self.ask("certificate", json!({ "certificate": pem }))
    }

    /// One sealed value.
    pub fn seal(
        &mut self,
        certificate: &str,
        label: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, OracleError> {
        #[derive(Deserialize)]
        struct Answer {
            #[serde(with = "base64_text")]
            sealed: Vec<u8>,
        }
        let question = json!({
            "certificate": certificate,
            "label": base64_text::encode(label),
            "plaintext": base64_text::encode(plaintext),
        });
        Ok(self.ask::<Answer>("seal", question)?.sealed)
    }

    /// Opens one sealed value with the first of these keys that fits.
    pub fn open(&mut self, keys: &[&str], label: &[u8], sealed: &[u8]) -> Result<Vec<u8>, OracleError> {
        #[derive(Deserialize)]
        struct Answer {
            #[serde(with = "base64_text")]
            plaintext: Vec<u8>,
        }
        let question = json!({
            "keys": keys,
            "label": base64_text::encode(label),
            "sealed": base64_text::encode(sealed),
        });
        Ok(self.ask::<Answer>("open", question)?.plaintext)
    }

    /// Seals a Secret, given as JSON, into a SealedSecret.
    pub fn seal_secret(&mut self, certificate: &str, secret: &Value) -> Result<Value, OracleError> {
        self.sealed("seal-secret", certificate, secret)
    }

    /// Seals a Secret, given as JSON, into the deprecated form with `spec.data`.
    pub fn seal_v1(&mut self, certificate: &str, secret: &Value) -> Result<Value, OracleError> {
        self.sealed("seal-v1", certificate, secret)
    }

    /// Opens a SealedSecret, given in YAML or JSON, with private keys in PEM; the Secret as JSON.
    pub fn unseal(&mut self, sealed_secret: &[u8], keys: &[&str]) -> Result<Value, OracleError> {
        #[derive(Deserialize)]
        struct Answer {
            secret: Value,
        }
        let question = json!({ "text": base64_text::encode(sealed_secret), "keys": keys });
        Ok(self.ask::<Answer>("unseal", question)?.secret)
    }

    /// Renders a template under the name `name` as unsealing does, with these values as its root.
    pub fn render(
        &mut self,
        name: &str,
        template: &str,
        values: &BTreeMap<String, Vec<u8>>,
    ) -> Result<Vec<u8>, OracleError> {
        Ok(self.render_timed(name, template, values, 1)?.output)
    }

    /// Parses and renders a template so many times, one after the other.
    pub fn render_timed(
        &mut self,
        name: &str,
        template: &str,
        values: &BTreeMap<String, Vec<u8>>,
        times: u32,
    ) -> Result<Rendered, OracleError> {
        let values: BTreeMap<_, _> =
            values.iter().map(|(key, value)| (key, base64_text::encode(value))).collect();
        let template = base64_text::encode(template.as_bytes());
        self.ask("render", json!({ "name": name, "template": template, "values": values, "times": times }))
    }

    /// A fresh key with a self-signed certificate.
    pub fn keygen(&mut self, spec: KeySpec<'_>) -> Result<Generated, OracleError> {
        self.ask("keygen", spec)
    }

    fn sealed(&mut self, op: &str, certificate: &str, secret: &Value) -> Result<Value, OracleError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Answer {
            sealed_secret: Value,
        }
        let question = json!({ "certificate": certificate, "secret": secret });
        Ok(self.ask::<Answer>(op, question)?.sealed_secret)
    }

    fn ask<T: DeserializeOwned>(&mut self, op: &str, fields: impl Serialize) -> Result<T, OracleError> {
        #[derive(Serialize)]
        struct Question<'a, F> {
            op: &'a str,
            #[serde(flatten)]
            fields: F,
        }
        let mut line = serde_json::to_vec(&Question { op, fields }).map_err(OracleError::Answer)?;
        line.push(b'\n');
        let questions = self.questions.as_mut().ok_or(OracleError::Ended)?;
        questions.write_all(&line)?;
        questions.flush()?;
        let mut answer = String::new();
        if self.answers.read_line(&mut answer)? == 0 {
            return Err(OracleError::Ended);
        }
        let mut answer: BTreeMap<String, Value> =
            serde_json::from_str(&answer).map_err(OracleError::Answer)?;
        if let Some(Value::String(words)) = answer.remove("error") {
            return Err(OracleError::Refused(words));
        }
        if let Some(Value::String(words)) = answer.remove("fault") {
            return Err(OracleError::Fault(words));
        }
        serde_json::from_value(answer.remove("ok").unwrap_or_default()).map_err(OracleError::Answer)
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // The end of its input is the oracle's end.
        self.questions = None;
        let _ = self.child.wait();
    }
}
