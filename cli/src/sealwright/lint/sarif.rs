//! Findings as SARIF 2.1.0 (OASIS), which code scanning reads.

use sealer_core::lint::{Place, Rule};
use serde_json::{Value, json};

use super::json::pretty;
use super::{Located, Outcome};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// All findings, and all rules with what to do about each.
pub(super) fn report(outcome: &Outcome) -> String {
    let results: Vec<Value> = outcome.findings.iter().map(result).collect();
    pretty(&json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "sealwright",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": Rule::ALL.map(rule),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

fn rule(rule: Rule) -> Value {
    json!({
        "id": rule.id(),
        "shortDescription": { "text": rule.summary() },
        "help": { "text": rule.advice() },
        "defaultConfiguration": { "level": rule.severity().as_str() },
    })
}

fn result(located: &Located) -> Value {
    let Located { path, severity, finding } = located;
    let index = Rule::ALL.iter().position(|rule| *rule == finding.rule);
    json!({
        "ruleId": finding.rule.id(),
        "ruleIndex": index,
        "level": severity.as_str(),
        "message": { "text": format!("{}. {}", finding.message, finding.advice) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(path) },
            "region": region(&finding.place),
        } }],
    })
}

fn region(place: &Place) -> Value {
    json!({
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
    })
}

/// A path as a reference (RFC 3986): relative if the path is.
fn uri(path: &str) -> String {
    let mut uri = if path.starts_with('/') { "file://".to_owned() } else { String::new() };
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_references() {
        for (path, reference) in [
            ("apps/db.yaml", "apps/db.yaml"),
            ("my apps/ä:1.yaml", "my%20apps/%C3%A4%3A1.yaml"),
            ("/srv/db.yaml", "file:///srv/db.yaml"),
            ("-", "-"),
        ] {
            assert_eq!(uri(path), reference);
        }
    }
}
