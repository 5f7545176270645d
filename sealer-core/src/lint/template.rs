//! The templates of a SealedSecret, handed on to whoever can parse Go templates.

use super::Place;
use super::report::Report;
use super::sealed::Entry;
use crate::manifest::Position;

/// One template of `spec.template.data`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateText {
    /// The key it stands under.
    pub key: String,
    /// The template.
    pub text: String,
    /// The object it belongs to.
    pub object: Option<String>,
    /// Where its value stands.
    pub place: Place,
    /// Where its first character stands, if the lines of the template are lines of the file.
    first: Option<Position>,
}

impl TemplateText {
    /// Where a line and column of the template stand in the file; all of it where that can't be told.
    pub fn place(&self, line: usize, column: usize) -> Place {
        let Some(first) = self.first else { return self.place.clone() };
        let start = Position { line: first.line + line - 1, column: first.column + column - 1 };
        Place { start, end: start, bytes: self.place.bytes.clone() }
    }
}

/// Takes the templates of one object, unless Helm fills the file in first.
pub(super) fn take(report: &mut Report<'_>, templates: &[(Entry<'_, '_>, &str)]) {
    const HELM: [&str; 4] = [".Values", ".Release", ".Chart", "include "];
    if HELM.iter().any(|word| report.text.contains(word)) {
        return;
    }
    for (entry, text) in templates {
        let place = report.place_of(entry.value);
        let first = first_character(report.text, entry.value.at(), text, place.start);
        let (key, text) = (entry.key.to_owned(), (*text).to_owned());
        report.templates.push(TemplateText { key, text, object: report.object.clone(), place, first });
    }
}

/// Where the first character of a template stands, which is written at this byte.
fn first_character(written: &str, at: usize, text: &str, start: Position) -> Option<Position> {
    let before = written[..at].trim_end();
    // A block scalar begins behind its header, which ends the last line before it.
    match before.rsplit([' ', '\n']).next()?.chars().next() {
        Some('|') => {
            let mut lines = written[before.len()..].split('\n').skip(1);
            let blank = lines.clone().take_while(|line| line.trim().is_empty()).count();
            let indent = spaces(lines.nth(blank)?);
            // The template may begin with spaces of its own, which belong to it.
            let own = spaces(text.trim_start_matches('\n'));
            let line = written[..before.len()].matches('\n').count() + 2;
            Some(Position { line, column: indent.saturating_sub(own) + 1 })
        }
        Some('>') => None,
        _ => {
            let head = &written[at..];
            let quotes = usize::from(head.starts_with(['"', '\'']));
            let same = head[quotes..].starts_with(text) && !text.contains('\n');
            same.then_some(Position { line: start.line, column: start.column + quotes })
        }
    }
}

fn spaces(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}
