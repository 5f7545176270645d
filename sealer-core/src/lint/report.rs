//! Collects findings and knows where they stand.

use std::ops::Range;

use super::allow::Allowances;
use super::template::TemplateText;
use super::{Checked, Finding, Object, Place, Rule, Severity};
use crate::manifest::{Node, Position};

/// What is found in one text.
pub(super) struct Report<'a> {
    pub(super) text: &'a str,
    /// The byte that each line starts with.
    lines: Vec<usize>,
    findings: Vec<Finding>,
    pub(super) objects: Vec<Object>,
    pub(super) templates: Vec<TemplateText>,
    /// What the findings are about at the moment.
    pub(super) object: Option<String>,
}

impl<'a> Report<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let starts = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            lines: std::iter::once(0).chain(starts).collect(),
            findings: Vec::new(),
            objects: Vec::new(),
            templates: Vec::new(),
            object: None,
        }
    }

    /// Adds a finding at a node.
    pub(super) fn add(&mut self, rule: Rule, node: Node<'_, '_>, message: impl Into<String>) -> &mut Finding {
        let place = self.place_of(node);
        self.add_at(rule, place, message)
    }

    /// Adds a finding at a place.
    pub(super) fn add_at(&mut self, rule: Rule, place: Place, message: impl Into<String>) -> &mut Finding {
        self.findings.push(Finding::new(rule, place, self.object.clone(), message));
        self.findings.last_mut().expect("one was pushed")
    }

    /// How many findings there are so far.
    pub(super) fn count(&self) -> usize {
        self.findings.len()
    }

    /// Whether none of the findings from this one on is an error.
    pub(super) fn is_sound(&self, from: usize) -> bool {
        self.findings[from..].iter().all(|finding| finding.rule.severity() < Severity::Error)
    }

    /// Where a node stands, as far as its first line goes.
    pub(super) fn place_of(&self, node: Node<'_, '_>) -> Place {
        let at = node.at();
        let rest = self.text.get(at..).unwrap_or_default();
        let line = rest.lines().next().unwrap_or_default();
        let length = match line.chars().next() {
            Some(quote @ ('"' | '\'')) => line[1..].find(quote).map_or(line.len(), |end| end + 2),
            // A key, or a word in braces.
            _ => match node.scalar() {
                Some(scalar) if !scalar.is_empty() && line.starts_with(scalar) => scalar.len(),
                _ => line.find(" #").unwrap_or(line.len()),
            },
        };
        self.place(at..at + line[..length].trim_end().len())
    }

    /// The place of some bytes.
    pub(super) fn place(&self, bytes: Range<usize>) -> Place {
        Place { start: self.position(bytes.start), end: self.position(bytes.end), bytes }
    }

    /// From a position to the end of its line.
    pub(super) fn rest_of_line(&self, at: Position) -> Place {
        let start = self.lines.get(at.line - 1).copied().unwrap_or(self.text.len());
        let line = self.text[start..].lines().next().unwrap_or_default();
        // The mark at the beginning of a text is no character of its first line.
        let mark = if start == 0 && line.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let ahead: usize = line[mark..].chars().take(at.column - 1).map(char::len_utf8).sum();
        self.place(start + mark + ahead..(start + line.trim_end().len()).max(start + mark + ahead))
    }

    fn position(&self, at: usize) -> Position {
        let at = self.text.floor_char_boundary(at);
        let line = self.lines.partition_point(|start| *start <= at);
        let before = self.text[self.lines[line - 1]..at].trim_start_matches('\u{feff}');
        Position { line, column: before.chars().count() + 1 }
    }

    /// All findings in the order of the text, without what comments allow.
    pub(super) fn finish(mut self) -> Checked {
        let (allowances, unknown) = Allowances::read(self.text);
        self.object = None;
        for bytes in unknown {
            let place = self.place(bytes);
            self.add_at(Rule::Allow, place, "no rule has this id");
        }
        let Self { mut findings, objects, templates, .. } = self;
        findings.retain(|finding| !allowances.cover(finding.rule, finding.place.start.line));
        findings.sort_by_key(|finding| (finding.place.bytes.start, finding.rule));
        findings.dedup();
        Checked { findings, templates, objects, allowances }
    }
}
