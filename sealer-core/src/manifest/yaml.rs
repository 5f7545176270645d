//! One YAML document into a tree, from the parser's events.

use std::borrow::Cow;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError};
use zeroize::Zeroizing;

use super::error::{ManifestError, Problem};
use super::tree::{Kind, MAX_DEPTH, NodeId, Scalar, Source, Tag, Text, Tree};

/// Line breaks of YAML 1.1 that are none in YAML 1.2: what is a comment here may be a key for upstream and kubectl.
const OTHER_LINE_BREAKS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// Reads the first document of a text; `second` says what becomes of one behind it.
pub(super) fn parse(source: Source<'_>, second: Second) -> Result<Tree<'_>, ManifestError> {
    if let Some(at) = source.text.find(OTHER_LINE_BREAKS) {
        return Err(source.error(at, Problem::LineBreak));
    }
    let options = granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut builder = Builder { tree: Tree::new(source, false), open: Vec::new(), anchors: Vec::new() };
    for event in Parser::new_from_str_with_options(source.text, options) {
        let (event, span) = event.map_err(|error| syntax_error(source, &error))?;
        let at = span.start.byte_offset().unwrap_or_default();
        match event {
            Event::DocumentEnd if second == Second::Ignored => break,
            Event::DocumentStart(..) if builder.tree.root.is_some() => {
                return Err(source.error(at, Problem::SecondDocument));
            }
            event => builder.take(event, at)?,
        }
    }
    Ok(builder.tree)
}

/// What becomes of a second document in one part (after `...`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Second {
    /// As Go's decoder does.
    Ignored,
    Refused,
}

struct Builder<'a> {
    tree: Tree<'a>,
    /// Collections whose end has not come; for mappings with the key that waits for its value.
    open: Vec<(NodeId, Option<NodeId>)>,
    /// By their numbers, which the parser counts up.
    anchors: Vec<(usize, NodeId)>,
}

impl<'a> Builder<'a> {
    fn take(&mut self, event: Event<'a>, at: usize) -> Result<(), ManifestError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tag = tag.map_or(Tag::None, |tag| tag_of(tag.handle(), tag.suffix()));
                // A lone `!` makes Go resolve even a quoted scalar; no manifest has one.
                let plain = style == ScalarStyle::Plain;
                let text = match text {
                    Cow::Borrowed(text) => Text::Borrowed(text),
                    Cow::Owned(text) => Text::Owned(Zeroizing::new(text)),
                };
                let id = self.tree.push(at, Kind::Scalar(Scalar { text, plain, tag }));
                self.anchor(anchor, id);
                self.attach(id);
            }
            Event::SequenceStart(_, anchor, _) => self.start(at, Kind::List(Vec::new()), anchor),
            Event::MappingStart(_, anchor, _) => self.start(at, Kind::Map(Vec::new()), anchor),
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some((id, _)) = self.open.pop() {
                    self.attach(id);
                }
            }
            Event::Alias(anchor) => {
                let unknown = || self.tree.source.error(at, Problem::UnknownAnchor);
                let at_anchor = self.anchors.binary_search_by_key(&anchor, |(number, _)| *number);
                let (_, id) = self.anchors[at_anchor.map_err(|_| unknown())?];
                if self.open.iter().any(|(open, _)| *open == id) {
                    return Err(self.tree.source.error(at, Problem::AliasOfItself));
                }
                self.attach(id);
            }
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, at: usize, kind: Kind<'a>, anchor: usize) {
        let id = self.tree.push(at, kind);
        self.anchor(anchor, id);
        self.open.push((id, None));
    }

    fn anchor(&mut self, anchor: usize, id: NodeId) {
        if anchor != 0 {
            self.anchors.push((anchor, id));
        }
    }

    /// Puts a finished node where it belongs.
    fn attach(&mut self, id: NodeId) {
        let Some((parent, key)) = self.open.last_mut() else {
            self.tree.root = Some(id);
            return;
        };
        match &mut self.tree.nodes[*parent].kind {
            Kind::List(items) => items.push(id),
            Kind::Map(pairs) => match key.take() {
                Some(key) => pairs.push((key, id)),
                None => *key = Some(id),
            },
            Kind::Scalar(_) => {}
        }
    }
}

fn tag_of(handle: &str, suffix: &str) -> Tag {
    if handle != "tag:yaml.org,2002:" && handle != "!!" {
        // The non-specific tag.
        return if suffix.is_empty() && handle == "!" { Tag::None } else { Tag::Other };
    }
    match suffix {
        "str" => Tag::Str,
        "bool" => Tag::Boolean,
        "int" => Tag::Integer,
        "float" => Tag::Float,
        "null" => Tag::Null,
        "timestamp" => Tag::Timestamp,
        "binary" => Tag::Binary,
        "merge" => Tag::Merge,
        _ => Tag::Other,
    }
}

fn syntax_error(source: Source<'_>, error: &ScanError) -> ManifestError {
    use ErrorKind as E;
    let problem = match error.kind() {
        E::TabNotAllowed
        | E::TabInBlockIndentation
        | E::TabAtBlockScalarStart
        | E::TabInIndentation
        | E::TabInPlainScalar => Problem::Tab,
        E::UnclosedQuotedScalar | E::DocumentIndicatorInQuotedScalar => Problem::UnclosedQuote,
        E::UnexpectedEofFlowSequence
        | E::UnexpectedEofFlowMapping
        | E::UnexpectedEofImplicitFlowMapping
        | E::MisplacedFlowCollectionEnd
        | E::MismatchedFlowCollectionEnd { .. }
        | E::UnclosedFlowCollection { .. } => Problem::UnclosedBracket,
        E::UnknownQuotedScalarEscape
        | E::InvalidQuotedScalarHexEscape
        | E::InvalidLowSurrogateHexEscape
        | E::InvalidLowSurrogate
        | E::MissingLowSurrogate
        | E::UnpairedLowSurrogate
        | E::InvalidUnicodeEscape => Problem::Escape,
        E::UnexpectedCharacter { .. }
        | E::PlainScalarStartsWithDashFlowIndicator
        | E::InvalidTrailingSingleQuotedScalar
        | E::InvalidTrailingDoubleQuotedScalar => Problem::Character,
        E::InvalidIndentation
        | E::InvalidBlockScalarIndent
        | E::InvalidQuotedScalarIndent
        | E::InvalidFlowScalarIndent
        | E::ExpectedBlockMappingKey
        | E::ExpectedBlockSequenceEntry => Problem::Indentation,
        E::DuplicateVersionDirective
        | E::UnsupportedYamlMajorVersion
        | E::DuplicateTagDirective
        | E::ExpectedDocumentStart
        | E::DirectiveDisallowed
        | E::InvalidDirectiveName
        | E::MissingDirectiveName => Problem::Directive,
        E::UnknownAnchor => Problem::UnknownAnchor,
        E::RecursionLimitExceeded => Problem::TooDeep,
        _ => Problem::Yaml,
    };
    let mut at = error.marker().byte_offset().unwrap_or_default();
    if problem == Problem::Tab {
        // The scanner stands behind it.
        at = source.text.get(..at).map_or(at, |before| before.trim_end_matches('\t').len());
    }
    source.error(at, problem)
}
