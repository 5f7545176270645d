//! The tree that YAML and JSON are read into: nodes with places, scalars not yet judged.

use zeroize::Zeroizing;

use super::error::{ManifestError, Position, Problem};

/// Deeper than any manifest; small enough for the stack of a browser tab.
pub(crate) const MAX_DEPTH: usize = 100;

pub(crate) type NodeId = usize;

/// One document. An alias is the id of its anchor's node, so nothing is copied, however often it is named.
pub(crate) struct Tree<'a> {
    pub(crate) source: Source<'a>,
    /// Whether it was read as JSON, where a scalar's type is never in doubt.
    pub(crate) json: bool,
    pub(crate) nodes: Vec<Node<'a>>,
    /// `None` where the document has no content.
    pub(crate) root: Option<NodeId>,
}

/// A part of the input that begins with a line.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) text: &'a str,
    /// The number of its first line in the input.
    pub(crate) line: usize,
}

pub(crate) struct Node<'a> {
    /// The byte of the document where it starts.
    pub(crate) at: usize,
    pub(crate) kind: Kind<'a>,
}

pub(crate) enum Kind<'a> {
    Scalar(Scalar<'a>),
    List(Vec<NodeId>),
    Map(Vec<(NodeId, NodeId)>),
}

pub(crate) struct Scalar<'a> {
    pub(crate) text: Text<'a>,
    /// Neither quoted nor a block: its type depends on what it looks like.
    pub(crate) plain: bool,
    pub(crate) tag: Tag,
}

/// Text of the input where possible. A scalar may be a plaintext value, so what had to be copied is wiped;
/// buffers inside the scanner are out of reach.
pub(crate) enum Text<'a> {
    Borrowed(&'a str),
    Owned(Zeroizing<String>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    None,
    Str,
    Boolean,
    Integer,
    Float,
    Null,
    Timestamp,
    Binary,
    Merge,
    Other,
}

impl Text<'_> {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Owned(text) => text,
        }
    }
}

impl<'a> Tree<'a> {
    pub(crate) fn new(source: Source<'a>, json: bool) -> Self {
        Self { source, json, nodes: Vec::new(), root: None }
    }

    pub(crate) fn push(&mut self, at: usize, kind: Kind<'a>) -> NodeId {
        self.nodes.push(Node { at, kind });
        self.nodes.len() - 1
    }

    pub(crate) fn kind(&self, id: NodeId) -> &Kind<'a> {
        &self.nodes[id].kind
    }

    pub(crate) fn error(&self, id: NodeId, problem: Problem) -> ManifestError {
        self.source.error(self.nodes[id].at, problem)
    }

    pub(crate) fn line(&self, id: NodeId) -> usize {
        self.source.position(self.nodes[id].at).line
    }
}

impl Source<'_> {
    pub(crate) fn error(self, at: usize, problem: Problem) -> ManifestError {
        ManifestError::at(self.position(at), problem)
    }

    /// The place of a byte. Reads the text up to it, so it is only asked for once something is wrong.
    pub(crate) fn position(self, at: usize) -> Position {
        let before = &self.text[..self.text.floor_char_boundary(at)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position {
            line: self.line + before.bytes().filter(|&byte| byte == b'\n').count(),
            column: before[line_start..].chars().count() + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_count_line_feeds() {
        let source = Source { text: "a\r\nпароль: x", line: 7 };
        assert_eq!(source.position(0), Position { line: 7, column: 1 });
        assert_eq!(source.position(source.text.find('x').unwrap()), Position { line: 8, column: 9 });
        assert_eq!(source.position(usize::MAX), Position { line: 8, column: 10 });
    }
}
