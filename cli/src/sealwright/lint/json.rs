//! Findings for programs; `docs/lint.md` describes the format.

use sealer_core::lint::{Rule, Severity};
use serde_json::{Value, json};

use super::{Located, Outcome};

/// All findings.
pub(super) fn report(outcome: &Outcome) -> String {
    let findings: Vec<Value> = outcome.findings.iter().map(finding).collect();
    pretty(&json!({
        "version": 1,
        "files": outcome.files,
        "errors": outcome.count(Severity::Error),
        "warnings": outcome.count(Severity::Warning),
        "notes": outcome.count(Severity::Note),
        "findings": findings,
    }))
}

/// All rules.
pub(super) fn rules() -> String {
    let rules = Rule::ALL.map(|rule| {
        json!({
            "rule": rule.id(),
            "severity": rule.severity().as_str(),
            "summary": rule.summary(),
            "advice": rule.advice(),
        })
    });
    pretty(&json!({ "version": 1, "rules": rules }))
}

fn finding(located: &Located) -> Value {
    let Located { path, severity, finding } = located;
    let place = &finding.place;
    json!({
        "path": path,
        "rule": finding.rule.id(),
        "severity": severity.as_str(),
        "object": finding.object,
        "message": finding.message,
        "advice": finding.advice,
        "start": { "line": place.start.line, "column": place.start.column },
        "end": { "line": place.end.line, "column": place.end.column },
    })
}

/// Indented, with a line feed at the end.
pub(super) fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}
