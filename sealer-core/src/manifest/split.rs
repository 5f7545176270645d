//! Cuts a text into its documents, as `k8s.io/apimachinery/pkg/util/yaml` does.

use std::iter;

use super::error::{ManifestError, Problem};
use super::tree::Source;

/// One YAML document, or the reason why it is none.
pub(super) type Part<'a> = Result<Source<'a>, ManifestError>;

/// Cuts at lines that start with `---`, wherever they stand; parts without any content are left out.
pub(super) fn documents(source: Source<'_>) -> impl Iterator<Item = Part<'_>> {
    let mut lines = Some(source.text.split_inclusive('\n'));
    let mut begin = (0, source.line);
    let (mut at, mut number) = begin;
    let parts = iter::from_fn(move || {
        for line in lines.as_mut()? {
            let end = at;
            (at, number) = (at + line.len(), number + 1);
            if let Some(rest) = line.strip_prefix("---") {
                let rest = rest.trim();
                let part = if rest.is_empty() || rest.starts_with('#') {
                    Ok(Source { text: &source.text[begin.0..end], line: begin.1 })
                } else {
                    // Upstream forgets what it has read so far of the document before; whoever is told need not.
                    Err(Source { text: line, line: number - 1 }.error(0, Problem::Separator))
                };
                begin = (at, number);
                return Some(part);
            }
        }
        lines = None;
        Some(Ok(Source { text: &source.text[begin.0..], line: begin.1 }))
    });
    parts.filter(|part| part.as_ref().map_or(true, |part| has_content(part.text)))
}

/// Whether any line is more than space and comment.
fn has_content(part: &str) -> bool {
    part.lines().map(str::trim_start).any(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_end_at_separators_and_empty_ones_are_left_out() {
        let text = "---\n# only a comment\n---\na: 1\n--- # next\nb: |\n  ---\n  x\n---\n";
        let parts: Vec<(&str, usize)> = documents(Source { text, line: 1 })
            .map(|part| part.unwrap())
            .map(|part| (part.text, part.line))
            .collect();
        assert_eq!(parts, [("a: 1\n", 4), ("b: |\n  ---\n  x\n", 6)]);
    }

    #[test]
    fn content_behind_a_separator_is_an_error_where_it_stands() {
        let parts: Vec<Part<'_>> = documents(Source { text: "a: 1\n--- b: 2\nc: 3\n", line: 1 }).collect();
        assert_eq!(parts.len(), 2);
        let error = parts[0].as_ref().err().unwrap();
        assert_eq!(error.to_string(), "line 2, column 1: only a comment may follow `---` on its line");
    }
}
