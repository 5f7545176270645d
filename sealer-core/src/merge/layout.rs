//! Where the parts of a document stand, byte by byte.

use std::borrow::Cow;
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle};

use super::error::Obstacle;
use crate::manifest::MAX_DEPTH;

pub(super) type NodeId = usize;

/// An obstacle and the byte where it stands.
pub(super) type Blocked = (usize, Obstacle);

/// One document that the strict reader has read: no key twice, no merge key, nothing nested too deeply.
///
/// JSON is read as the YAML that it is.
pub(super) struct Layout<'a> {
    pub(super) text: &'a str,
    nodes: Vec<Node<'a>>,
    root: NodeId,
}

struct Node<'a> {
    /// Of a block scalar its content, without the header; never the space behind the node.
    bytes: Range<usize>,
    kind: Kind<'a>,
    /// What stands before the node and is not part of it.
    property: Option<Obstacle>,
}

enum Kind<'a> {
    Scalar(Cow<'a, str>, ScalarStyle),
    Map { flow: bool, entries: Vec<(NodeId, NodeId)> },
    List,
    Alias,
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Single,
    Double,
    Literal,
    Folded,
}

/// Where a way through mappings ends.
pub(super) enum End {
    /// The mapping is there.
    There(NodeId),
    /// The key at this depth is there, but nothing is in it.
    Empty { depth: usize, key: NodeId, value: NodeId },
    /// The key at this depth is missing from this mapping.
    Missing { depth: usize, map: NodeId },
}

impl<'a> Layout<'a> {
    pub(super) fn of(text: &'a str) -> Result<Self, Blocked> {
        let options = granit_parser::options! {
            emit_comments: false,
            flow_nesting_limit: MAX_DEPTH,
            block_nesting_limit: MAX_DEPTH,
        };
        let mut builder = Builder { text, nodes: Vec::new(), open: Vec::new(), root: None };
        for event in Parser::new_from_str_with_options(text, options) {
            let (event, span) = event.map_err(|_| (0, Obstacle::Layout))?;
            let offset = |at: Option<usize>| at.ok_or((0, Obstacle::Layout));
            builder.take(event, offset(span.start.byte_offset())?..offset(span.end.byte_offset())?);
        }
        let root = builder.root.ok_or((0, Obstacle::NoMapping))?;
        Ok(Self { text, nodes: builder.nodes, root })
    }

    pub(super) fn bytes(&self, id: NodeId) -> Range<usize> {
        self.nodes[id].bytes.clone()
    }

    pub(super) fn slice(&self, id: NodeId) -> &'a str {
        &self.text[self.bytes(id)]
    }

    /// The text of a scalar; nothing for what is none.
    pub(super) fn name(&self, id: NodeId) -> &str {
        match &self.nodes[id].kind {
            Kind::Scalar(text, _) => text,
            _ => "",
        }
    }

    pub(super) fn style(&self, id: NodeId) -> Option<Style> {
        match &self.nodes[id].kind {
            Kind::Scalar(_, style) => Some(match style {
                ScalarStyle::SingleQuoted => Style::Single,
                ScalarStyle::DoubleQuoted => Style::Double,
                ScalarStyle::Literal => Style::Literal,
                ScalarStyle::Folded => Style::Folded,
                ScalarStyle::Plain => Style::Plain,
            }),
            _ => None,
        }
    }

    /// What may not stand before a node that is to be changed.
    pub(super) fn plain_node(&self, id: NodeId) -> Result<(), Blocked> {
        let node = &self.nodes[id];
        match node.property {
            Some(obstacle) => Err((node.bytes.start, obstacle)),
            None => Ok(()),
        }
    }

    pub(super) fn entries(&self, map: NodeId) -> &[(NodeId, NodeId)] {
        match &self.nodes[map].kind {
            Kind::Map { entries, .. } => entries,
            _ => &[],
        }
    }

    pub(super) fn is_block_map(&self, id: NodeId) -> bool {
        matches!(self.nodes[id].kind, Kind::Map { flow: false, .. })
    }

    /// Goes from the document's own mapping through these keys, as far as there is something.
    pub(super) fn walk(&self, path: &[&str], json: bool) -> Result<End, Blocked> {
        let mut map = self.map(self.root, json)?;
        for (depth, name) in path.iter().enumerate() {
            let entry = self.entries(map).iter().find(|(key, _)| self.name(*key) == *name);
            let Some(&(key, value)) = entry else { return Ok(End::Missing { depth, map }) };
            if self.is_empty(value) {
                self.plain_node(value)?;
                return Ok(End::Empty { depth, key, value });
            }
            map = self.map(value, json)?;
        }
        Ok(End::There(map))
    }

    /// A mapping that can be edited: blocks in YAML, braces in JSON.
    fn map(&self, id: NodeId, json: bool) -> Result<NodeId, Blocked> {
        let at = self.nodes[id].bytes.start;
        self.plain_node(id)?;
        match self.nodes[id].kind {
            Kind::Map { flow, .. } if flow == json => Ok(id),
            Kind::Map { .. } => Err((at, Obstacle::Flow)),
            Kind::Alias => Err((at, Obstacle::Alias)),
            Kind::Scalar(..) | Kind::List => Err((at, Obstacle::NoMapping)),
        }
    }

    /// Null, or braces with nothing between them.
    fn is_empty(&self, id: NodeId) -> bool {
        match &self.nodes[id].kind {
            Kind::Scalar(text, ScalarStyle::Plain) => {
                matches!(text.as_ref(), "" | "~" | "null" | "Null" | "NULL")
            }
            Kind::Map { flow: true, entries } if entries.is_empty() => {
                let inside = self.slice(id).trim_start_matches('{').trim_end_matches('}');
                inside.trim().is_empty()
            }
            _ => false,
        }
    }

    /// The byte behind the last one of a node, or of what is in it.
    pub(super) fn end(&self, id: NodeId) -> usize {
        self.nodes[id].bytes.end
    }

    /// The byte behind the last character of the line that holds this byte.
    pub(super) fn line_end(&self, at: usize) -> usize {
        let line = self.text[at..].find('\n').map_or(self.text.len(), |newline| at + newline);
        if self.text[at..line].ends_with('\r') { line - 1 } else { line }
    }

    /// What stands between the start of the line and this byte.
    pub(super) fn before(&self, at: usize) -> &'a str {
        let start = self.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        &self.text[start..at]
    }

    /// How lines end here.
    pub(super) fn line_break(&self) -> &'static str {
        match self.text.find('\n') {
            Some(newline) if self.text[..newline].ends_with('\r') => "\r\n",
            _ => "\n",
        }
    }

    pub(super) fn root(&self) -> NodeId {
        self.root
    }
}

struct Builder<'a> {
    text: &'a str,
    nodes: Vec<Node<'a>>,
    /// Collections whose end has not come; for mappings with the key that waits for its value.
    open: Vec<(NodeId, Option<NodeId>)>,
    root: Option<NodeId>,
}

impl<'a> Builder<'a> {
    fn take(&mut self, event: Event<'a>, bytes: Range<usize>) {
        let property = |anchor: usize, tagged: bool| match (anchor, tagged) {
            (0, false) => None,
            (0, true) => Some(Obstacle::Tag),
            _ => Some(Obstacle::Anchor),
        };
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let mut bytes = bytes;
                // The scanner stands at whatever follows a block.
                let content = self.text[bytes.clone()].trim_end_matches([' ', '\t', '\r', '\n']);
                bytes.end = bytes.start + content.len();
                let property = property(anchor, tag.is_some());
                let id = self.push(bytes, Kind::Scalar(text, style), property);
                self.attach(id);
            }
            Event::Alias(_) => {
                let id = self.push(bytes, Kind::Alias, None);
                self.attach(id);
            }
            Event::MappingStart(style, anchor, tag) => {
                let kind = Kind::Map { flow: style == StructureStyle::Flow, entries: Vec::new() };
                self.start(bytes, kind, property(anchor, tag.is_some()));
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.start(bytes, Kind::List, property(anchor, tag.is_some()));
            }
            Event::MappingEnd | Event::SequenceEnd => self.finish(bytes),
            _ => {}
        }
    }

    fn push(&mut self, bytes: Range<usize>, kind: Kind<'a>, property: Option<Obstacle>) -> NodeId {
        self.nodes.push(Node { bytes, kind, property });
        self.nodes.len() - 1
    }

    fn start(&mut self, bytes: Range<usize>, kind: Kind<'a>, property: Option<Obstacle>) {
        let id = self.push(bytes, kind, property);
        self.open.push((id, None));
    }

    fn finish(&mut self, bytes: Range<usize>) {
        let Some((id, _)) = self.open.pop() else { return };
        // The scanner's end of a block is where the next thing begins, and that of braces is the brace. A block
        // ends with the last thing in it.
        if !bytes.is_empty() {
            self.nodes[id].bytes.end = bytes.end;
        }
        self.attach(id);
    }

    /// Puts a finished node where it belongs.
    fn attach(&mut self, id: NodeId) {
        let Some((parent, key)) = self.open.last_mut() else {
            self.root = Some(id);
            return;
        };
        self.nodes[*parent].bytes.end = self.nodes[id].bytes.end;
        if let Kind::Map { entries, .. } = &mut self.nodes[*parent].kind {
            match key.take() {
                Some(key) => entries.push((key, id)),
                None => *key = Some(id),
            }
        }
    }
}
