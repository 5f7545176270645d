//! Changes of a text, byte by byte.

use std::ops::Range;

/// Other bytes in place of some.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) bytes: Range<usize>,
    pub(super) with: String,
}

/// The text with all edits. They don't overlap; of two at one place the first stands first.
pub(super) fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| edit.bytes.start);
    let grown: usize = edits.iter().map(|edit| edit.with.len()).sum();
    let mut out = String::with_capacity(text.len() + grown);
    let mut at = 0;
    for edit in &edits {
        out.push_str(&text[at..edit.bytes.start]);
        out.push_str(&edit.with);
        at = edit.bytes.end;
    }
    out.push_str(&text[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_leave_everything_else_as_it_is() {
        let edit = |bytes: Range<usize>, with: &str| Edit { bytes, with: with.to_owned() };
        let edits = vec![edit(4..5, "E"), edit(2..2, "x"), edit(2..2, "y"), edit(6..6, "!")];
        assert_eq!(apply("abcdef", edits), "abxycdEf!");
    }
}
