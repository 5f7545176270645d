//! How deployment tools judge an object, one question at a time. The protocol is in `README.md`.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::argo;
use crate::judges::Judges;

/// Asks the tools; the program behind it ends when this is dropped.
pub struct Verdicts {
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    checks: Vec<Value>,
    scripts: [String; 2],
}

/// What each tool makes of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// A Flux Kustomization with `wait: true`, which is what kstatus computes.
    pub kstatus: Said,
    /// The same with `healthCheckExprs`.
    pub flux_cel: Said,
    /// Argo CD.
    pub argo: Said,
    /// Argo CD with the script that it had before; see [`crate::Argo`].
    pub argo_old: Said,
}

/// A tool's words for an object.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Said {
    /// Flux: `Current`, `InProgress`, `Failed`, `Terminating` or `Unknown`, which it waits out. Argo CD: `Healthy`,
    /// `Progressing` or `Degraded`.
    pub state: String,
    /// What a person gets to read.
    pub message: String,
}

/// Why there is no verdict.
#[derive(Debug, Error)]
pub enum VerdictError {
    /// The question makes no sense to a tool.
    #[error("can't judge the object: {0}")]
    Fault(String),
    /// The answer is not of the expected shape.
    #[error("the verdict can't be read")]
    Answer(#[source] serde_json::Error),
    /// The process could not be started or talked to, or a script could not be read.
    #[error("can't talk to the judges")]
    Process(#[from] io::Error),
    /// The process ended.
    #[error("the judges ended before they answered")]
    Ended,
}

impl Verdicts {
    /// Starts the program. `checks` are the `healthCheckExprs` of a Flux Kustomization.
    pub fn start(judges: &Judges, checks: &[Value]) -> Result<Self, VerdictError> {
        let script = |folder: &Path| fs::read_to_string(folder.join(argo::SCRIPT));
        let scripts = [script(&judges.argo.new)?, script(&judges.argo.old)?];
        let mut child = Command::new(&judges.program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let questions = child.stdin.take();
        let answers = child.stdout.take().map(BufReader::new).ok_or(VerdictError::Ended)?;
        Ok(Self { child, questions, answers, checks: checks.to_vec(), scripts })
    }

    /// Judges an object as the API server gives it.
    pub fn judge(&mut self, object: &Value) -> Result<Verdict, VerdictError> {
        #[derive(Serialize)]
        struct Question<'a> {
            object: &'a Value,
            checks: &'a [Value],
            scripts: &'a [String],
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Answer {
            kstatus: Said,
            flux_cel: Said,
            argo: [Said; 2],
        }
        let question = Question { object, checks: &self.checks, scripts: &self.scripts };
        let mut line = serde_json::to_vec(&question).map_err(VerdictError::Answer)?;
        line.push(b'\n');
        let questions = self.questions.as_mut().ok_or(VerdictError::Ended)?;
        questions.write_all(&line)?;
        questions.flush()?;
        let mut answer = String::new();
        if self.answers.read_line(&mut answer)? == 0 {
            return Err(VerdictError::Ended);
        }
        let mut answer: BTreeMap<String, Value> =
            serde_json::from_str(&answer).map_err(VerdictError::Answer)?;
        if let Some(Value::String(words)) = answer.remove("fault") {
            return Err(VerdictError::Fault(words));
        }
        let answer: Answer =
            serde_json::from_value(answer.remove("ok").unwrap_or_default()).map_err(VerdictError::Answer)?;
        let [argo, argo_old] = answer.argo;
        Ok(Verdict { kstatus: answer.kstatus, flux_cel: answer.flux_cel, argo, argo_old })
    }
}

impl Drop for Verdicts {
    fn drop(&mut self) {
        // The end of its input is the program's end.
        self.questions = None;
        let _ = self.child.wait();
    }
}
