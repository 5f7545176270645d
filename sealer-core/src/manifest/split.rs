//! Cuts a text into its documents, as `k8s.io/apimachinery/pkg/util/yaml` does.

use super::error::{ManifestError, Problem};
use super::tree::{Span, error_at};

/// One YAML document, or the reason why it is none.
pub(super) type Part = Result<Span, ManifestError>;

/// Cuts at lines that start with `---`, wherever they stand; parts without any content are left out.
pub(super) fn documents(text: &str, start: usize) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut begin = start;
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        let next = at + line.len();
        if let Some(rest) = line.strip_prefix("---") {
            let rest = rest.trim();
            if rest.is_empty() || rest.starts_with('#') {
                parts.push(Ok(begin..at));
            } else {
                // Upstream forgets what it has read so far of the document before; so does nobody who is told.
                parts.push(Err(error_at(text, at, Problem::Separator)));
            }
            begin = next;
        }
        at = next;
    }
    parts.push(Ok(begin..text.len()));
    parts.retain(|part| part.as_ref().map_or(true, |part| has_content(&text[part.clone()])));
    parts
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
        let parts: Vec<&str> = documents(text, 0).into_iter().map(|part| &text[part.unwrap()]).collect();
        assert_eq!(parts, ["a: 1\n", "b: |\n  ---\n  x\n"]);
    }

    #[test]
    fn content_behind_a_separator_is_an_error_where_it_stands() {
        let parts = documents("a: 1\n--- b: 2\nc: 3\n", 0);
        assert_eq!(parts.len(), 2);
        let error = parts[0].as_ref().unwrap_err();
        assert_eq!(error.to_string(), "line 2, column 1: only a comment may follow `---` on its line");
    }
}
