//! `sealwright lint`: checks the files of a repository.

mod files;
mod json;
mod sarif;
mod text;

use std::io;
use std::path::PathBuf;

use anstream::{AutoStream, ColorChoice};
use clap::{Args, ValueEnum};
use sealer_core::lint::{Finding, Rule, Severity};

use crate::output::{self, Output, Privacy};
use crate::sealwright::verdict::{Advice, Failure, Verdict};

/// What is checked, and how it is told.
#[derive(Debug, Args)]
#[command(after_help = "\
In a file, `# sealwright: allow RULE` on the line of a finding or above it allows that one.
Exit codes: 0 no error found (with --strict: no warning either); 1 found; 2 it could not be checked.

Examples:
  All of a repository:    sealwright lint
  In CI, for GitHub:      sealwright lint --format sarif --output lint.sarif
  What a chart makes:     helm template . | sealwright lint -
  What is looked for:     sealwright lint --rules")]
pub struct LintArgs {
    /// Files, and directories whose YAML and JSON files are checked as git sees them; `-` is standard input
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// How findings are written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Write the findings to this file
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Leave out findings of these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub allow: Vec<Rule>,
    /// Take findings of these rules for errors
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub deny: Vec<Rule>,
    /// Fail for warnings too
    #[arg(long)]
    pub strict: bool,
    /// List all rules and what to do about each
    #[arg(long, conflicts_with_all = ["paths", "allow", "deny", "strict"])]
    pub rules: bool,
}

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: one line for each, as compilers write it.
    Text,
    /// For programs; docs/lint.md describes it.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

/// The flags say two things at once.
#[derive(Debug, thiserror::Error)]
#[error("--allow and --deny name the same rule: {rule}")]
struct BothWays {
    rule: Rule,
}

impl Advice for BothWays {
    fn hint(&self) -> Option<String> {
        None
    }
}

/// A finding with the file that it stands in, and how bad it is under the flags.
#[derive(Debug, PartialEq, Eq)]
struct Located {
    path: String,
    severity: Severity,
    finding: Finding,
}

/// All that was found.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    files: usize,
    findings: Vec<Located>,
}

impl Outcome {
    fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|located| located.severity == severity).count()
    }
}

/// Checks the files, or lists the rules.
pub fn run(args: &LintArgs) -> Result<Verdict, Failure> {
    let output = args.output.clone().map_or(Output::Stdout, Output::File);
    if args.rules {
        let rules = match args.format {
            Format::Text => text::rules(),
            Format::Json | Format::Sarif => json::rules(),
        };
        output::write(&output, rules.as_bytes(), Privacy::Public)?;
        return Ok(Verdict::Yes);
    }
    if let Some(rule) = args.allow.iter().find(|rule| args.deny.contains(rule)) {
        return Err(BothWays { rule: *rule }.into());
    }
    output::check(&output)?;
    let outcome = judged(args, files::check(&args.paths)?);
    let report = match args.format {
        Format::Text => text::report(&outcome, output == Output::Stdout && colours()),
        Format::Json => json::report(&outcome),
        Format::Sarif => sarif::report(&outcome),
    };
    output::write(&output, report.as_bytes(), Privacy::Public)?;
    eprintln!("{}", text::count(&outcome));
    Ok(verdict(&outcome, args.strict))
}

/// Leaves out what is allowed, and raises what is denied.
fn judged(args: &LintArgs, found: files::Found) -> Outcome {
    let findings = found
        .findings
        .into_iter()
        .filter(|(_, finding)| !args.allow.contains(&finding.rule))
        .map(|(path, finding)| {
            let denied = args.deny.contains(&finding.rule);
            let severity = if denied { Severity::Error } else { finding.rule.severity() };
            Located { path, severity, finding }
        })
        .collect();
    Outcome { files: found.files, findings }
}

fn verdict(outcome: &Outcome, strict: bool) -> Verdict {
    let limit = if strict { Severity::Warning } else { Severity::Error };
    let fails = outcome.findings.iter().any(|located| located.severity >= limit);
    if fails { Verdict::No } else { Verdict::Yes }
}

/// Whether somebody sees colours there and has not said otherwise (`NO_COLOR`).
fn colours() -> bool {
    AutoStream::choice(&io::stdout()) != ColorChoice::Never
}

#[cfg(test)]
mod tests {
    use sealer_core::lint::Place;

    use super::*;

    fn args(allow: &[Rule], deny: &[Rule]) -> LintArgs {
        LintArgs {
            paths: Vec::new(),
            format: Format::Text,
            output: None,
            allow: allow.to_vec(),
            deny: deny.to_vec(),
            strict: false,
            rules: false,
        }
    }

    #[test]
    fn flags_decide_what_counts() {
        let note = Rule::NamespaceMissing;
        let warning = Rule::Moved;
        let error = Rule::Base64;
        for (rule, allow, deny, strict, verdict_is) in [
            (note, &[][..], &[][..], false, Verdict::Yes),
            (note, &[], &[], true, Verdict::Yes),
            (note, &[], &[note], false, Verdict::No),
            (warning, &[], &[], false, Verdict::Yes),
            (warning, &[], &[], true, Verdict::No),
            (warning, &[warning], &[], true, Verdict::Yes),
            (error, &[], &[], false, Verdict::No),
            (error, &[error], &[], true, Verdict::Yes),
        ] {
            let finding = Finding::new(rule, Place::beginning(), None, "x");
            let found = files::Found { files: 1, findings: vec![("a.yaml".into(), finding)] };
            let outcome = judged(&args(allow, deny), found);
            assert_eq!(verdict(&outcome, strict), verdict_is, "{rule} {allow:?} {deny:?} {strict}");
        }
    }
}
