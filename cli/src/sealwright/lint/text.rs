//! Findings for people: a line for each as compilers write it, and below it what to do.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use sealer_core::lint::{Rule, Severity};

use super::{Located, Outcome};

/// All findings.
pub(super) fn report(outcome: &Outcome, colours: bool) -> String {
    let style = |style: Style| if colours { style } else { Style::new() };
    let mut text = String::new();
    for Located { path, severity, finding } in &outcome.findings {
        let (bold, level) = (style(Style::new().bold()), style(style_of(*severity)));
        let at = finding.place.start;
        let _ = writeln!(
            text,
            "{bold}{path}:{}:{}:{bold:#} {level}{severity}[{}]{level:#}: {}",
            at.line, at.column, finding.rule, finding.message
        );
        let _ = writeln!(text, "    {}", finding.advice);
    }
    text
}

/// How much was found, in one line.
pub(super) fn count(outcome: &Outcome) -> String {
    let files = number(outcome.files, "file");
    if outcome.findings.is_empty() {
        return format!("nothing found in {files}");
    }
    let found: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .map(|severity| (outcome.count(severity), severity))
        .filter(|(count, _)| *count > 0)
        .map(|(count, severity)| number(count, severity.as_str()))
        .collect();
    format!("{} in {files}", found.join(", "))
}

/// All rules.
pub(super) fn rules() -> String {
    let rules = Rule::ALL
        .map(|rule| format!("{rule} ({})\n    {}\n    {}\n", rule.severity(), rule.summary(), rule.advice()));
    rules.join("\n")
}

fn style_of(severity: Severity) -> Style {
    let colour = match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Note => AnsiColor::Cyan,
    };
    Style::new().bold().fg_color(Some(colour.into()))
}

fn number(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use sealer_core::lint::{Finding, Place};

    use super::*;

    fn outcome(rules: &[Rule]) -> Outcome {
        let located = |rule: &Rule| Located {
            path: "a.yaml".into(),
            severity: rule.severity(),
            finding: Finding::new(*rule, Place::beginning(), None, "x"),
        };
        Outcome { files: 2, findings: rules.iter().map(located).collect() }
    }

    #[test]
    fn the_count_names_what_there_is() {
        assert_eq!(count(&outcome(&[])), "nothing found in 2 files");
        assert_eq!(
            count(&outcome(&[Rule::Moved, Rule::Base64, Rule::Name])),
            "2 errors, 1 warning in 2 files"
        );
    }

    #[test]
    fn colours_change_nothing_but_the_colours() {
        let outcome = outcome(&[Rule::Moved]);
        let (plain, coloured) = (report(&outcome, false), report(&outcome, true));
        assert!(coloured.contains('\u{1b}') && !plain.contains('\u{1b}'));
        assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
    }
}
