//! Edits keys of a mapping that is written as a block of YAML.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Step;
use super::edit::Edit;
use super::error::Obstacle;
use super::layout::{Blocked, End, Layout, NodeId, Style};
use super::order;
use crate::emit::on_one_line;

/// Indentation where the document shows none.
const INDENT: usize = 2;

/// The edits after which the mapping at the end of this path is as this step wants it.
pub(super) fn edits(layout: &Layout<'_>, path: &[&str], step: &Step<'_>) -> Result<Vec<Edit>, Blocked> {
    let block = Block { layout, unit: unit(layout, path) };
    match step {
        Step::Set(entries) => block.set(path, entries),
        Step::Remove(keys) => block.remove(path, keys),
        Step::Rename(names) => block.rename(path, names),
    }
}

struct Block<'l, 'a> {
    layout: &'l Layout<'a>,
    /// How much further a mapping stands than its key.
    unit: usize,
}

impl Block<'_, '_> {
    fn set(&self, path: &[&str], entries: &BTreeMap<String, String>) -> Result<Vec<Edit>, Blocked> {
        match self.layout.walk(path, false)? {
            End::There(map) => self.set_in(map, entries),
            End::Empty { depth, key, value } => self.fill(key, value, &path[depth + 1..], entries),
            End::Missing { depth, map } => {
                let indent = self.indent(map)?;
                let lines = self.lines(&path[depth..], entries, indent);
                Ok(vec![self.insert(map, path[depth], &lines)?])
            }
        }
    }

    /// Takes the lines of these entries out, and no other: what somebody wrote above a key may be about more than
    /// this key.
    fn remove(&self, path: &[&str], keys: &[String]) -> Result<Vec<Edit>, Blocked> {
        let layout = self.layout;
        let End::There(map) = layout.walk(path, false)? else { return Ok(Vec::new()) };
        let goes = |key: NodeId| keys.iter().any(|each| each == layout.name(key));
        let mut gone: Vec<Range<usize>> = Vec::new();
        for &(key, value) in layout.entries(map).iter().filter(|(key, _)| goes(*key)) {
            layout.plain_node(key)?;
            match layout.plain_node(value) {
                Ok(()) | Err((_, Obstacle::Tag)) => {}
                Err(blocked) => return Err(blocked),
            }
            let start = layout.bytes(key).start - self.key_indent(key)?;
            let last = if layout.slice(value).is_empty() { key } else { value };
            let end = layout.line_end(layout.end(last));
            gone.push(start..layout.text[end..].find('\n').map_or(end, |newline| end + newline + 1));
        }
        if !layout.text.ends_with('\n') {
            self.take_line_break_before_end(&mut gone);
        }
        let mut edits = Vec::new();
        if layout.entries(map).iter().all(|(key, _)| goes(*key)) {
            // A key without anything below it would say null.
            let (owner, _) = self.owner(path)?;
            let colon = self.colon(owner).ok_or((layout.bytes(owner).start, Obstacle::Layout))?;
            edits.push(Edit { bytes: colon..colon, with: " {}".to_owned() });
        }
        edits.extend(gone.into_iter().map(|bytes| Edit { bytes, with: String::new() }));
        Ok(edits)
    }

    /// Writes other names in the places of these keys, where they are, also in a mapping that is sorted.
    fn rename(&self, path: &[&str], names: &BTreeMap<String, String>) -> Result<Vec<Edit>, Blocked> {
        let layout = self.layout;
        let End::There(map) = layout.walk(path, false)? else { return Ok(Vec::new()) };
        let mut edits = Vec::new();
        for &(key, _) in layout.entries(map) {
            let Some(name) = names.get(layout.name(key)) else { continue };
            layout.plain_node(key)?;
            self.key_indent(key)?;
            edits.push(Edit { bytes: layout.bytes(key), with: written(name, self.chosen_style(key)) });
        }
        Ok(edits)
    }

    /// The entry that the mapping at the end of this path is the value of.
    fn owner(&self, path: &[&str]) -> Result<(NodeId, NodeId), Blocked> {
        let nowhere = (0, Obstacle::NoMapping);
        let (name, above) = path.split_last().ok_or(nowhere)?;
        let End::There(map) = self.layout.walk(above, false)? else { return Err(nowhere) };
        let entry = self.layout.entries(map).iter().find(|(key, _)| self.layout.name(*key) == *name);
        entry.copied().ok_or(nowhere)
    }

    /// Where the last line goes and has no line break, the one before it goes instead, with what is blank there.
    fn take_line_break_before_end(&self, gone: &mut Vec<Range<usize>>) {
        let text = self.layout.text;
        let Some(mut last) = gone.pop_if(|lines| lines.end == text.len()) else { return };
        loop {
            last.start = text[..last.start].trim_end_matches(['\r', '\n']).len();
            match gone.pop_if(|before| before.end > last.start) {
                Some(before) => last.start = before.start,
                None => break gone.push(last),
            }
        }
    }

    fn set_in(&self, map: NodeId, entries: &BTreeMap<String, String>) -> Result<Vec<Edit>, Blocked> {
        let layout = self.layout;
        let mut edits = Vec::new();
        let mut new = Vec::new();
        for key in order::sorted(entries.keys().map(String::as_str)) {
            let text = &entries[key];
            match layout.entries(map).iter().find(|(at, _)| layout.name(*at) == key) {
                Some(&(key_at, value)) => edits.extend(self.replace(key_at, value, text)?),
                None => new.push((key, text)),
            }
        }
        for (key, text) in new {
            let neighbour = self.neighbour(map, key);
            let line = self.entry(neighbour, key, text, self.indent(map)?);
            edits.push(self.insert(map, key, &[line])?);
        }
        Ok(edits)
    }

    /// Another text in the same style.
    fn replace(&self, key: NodeId, value: NodeId, text: &str) -> Result<Vec<Edit>, Blocked> {
        let layout = self.layout;
        let bytes = layout.bytes(value);
        match layout.plain_node(value) {
            // The only tag that the strict reader takes says that this is a text, and it stays one.
            Ok(()) | Err((_, Obstacle::Tag)) => {}
            Err(blocked) => return Err(blocked),
        }
        let style = layout.style(value).ok_or((bytes.start, Obstacle::Layout))?;
        if !matches!(style, Style::Literal | Style::Folded) {
            return Ok(vec![Edit { bytes, with: written(text, style) }]);
        }
        let header = self.header(key, value).ok_or((bytes.start, Obstacle::Layout))?;
        if !is_word(text) || bytes.is_empty() {
            // A block holds one word as it is; anything else is written in the line of its key.
            return Ok(vec![Edit { bytes: header.start..bytes.end, with: on_one_line(text) }]);
        }
        let mut edits = vec![Edit { bytes, with: text.to_owned() }];
        // Whatever the old text ended with: the new one ends with itself.
        let chomping = layout.text[header.clone()].find(['-', '+']).map(|at| header.start + at);
        match chomping {
            Some(at) if layout.text[at..].starts_with('+') => {
                edits.push(Edit { bytes: at..at + 1, with: "-".to_owned() });
            }
            Some(_) => {}
            None => edits.push(Edit { bytes: header.end..header.end, with: "-".to_owned() }),
        }
        Ok(edits)
    }

    /// `|`, `>2-` and the like, behind the key.
    fn header(&self, key: NodeId, value: NodeId) -> Option<Range<usize>> {
        let start = self.colon(key)?;
        let between = self.layout.text.get(start..self.layout.bytes(value).start)?;
        let at = start + between.find(['|', '>'])?;
        let rest = &self.layout.text[at + 1..];
        let length = rest.find(|c: char| !matches!(c, '-' | '+' | '0'..='9')).unwrap_or(rest.len());
        self.layout.text[start..at].trim().is_empty().then_some(at..at + 1 + length)
    }

    /// The byte behind the colon.
    fn colon(&self, key: NodeId) -> Option<usize> {
        let end = self.layout.end(key);
        let spaces =
            self.layout.text[end..].len() - self.layout.text[end..].trim_start_matches([' ', '\t']).len();
        self.layout.text[end + spaces..].starts_with(':').then_some(end + spaces + 1)
    }

    /// Puts entries under a key that has none.
    fn fill(
        &self,
        key: NodeId,
        value: NodeId,
        path: &[&str],
        entries: &BTreeMap<String, String>,
    ) -> Result<Vec<Edit>, Blocked> {
        let layout = self.layout;
        let obstacle = (layout.bytes(key).start, Obstacle::Layout);
        let colon = self.colon(key).ok_or(obstacle)?;
        let mut edits = Vec::new();
        let mut last = colon;
        if !layout.slice(value).is_empty() {
            let bytes = layout.bytes(value);
            if !layout.text[colon..bytes.start].trim().is_empty() {
                return Err(obstacle);
            }
            last = bytes.end;
            edits.push(Edit { bytes: colon..bytes.end, with: String::new() });
        }
        let lines = self.lines(path, entries, self.key_indent(key)? + self.unit);
        edits.push(self.lines_behind(last, &lines));
        Ok(edits)
    }

    /// The lines of a mapping, with the mappings around it that this path names.
    fn lines(&self, path: &[&str], entries: &BTreeMap<String, String>, indent: usize) -> Vec<String> {
        let mut lines = Vec::new();
        let mut indent = indent;
        for name in path {
            lines.push(format!("{}{name}:", " ".repeat(indent)));
            indent += self.unit;
        }
        for key in order::sorted(entries.keys().map(String::as_str)) {
            lines.push(self.entry(None, key, &entries[key], indent));
        }
        lines
    }

    /// One entry, in the style of its neighbour.
    fn entry(&self, neighbour: Option<(NodeId, NodeId)>, key: &str, text: &str, indent: usize) -> String {
        let (key_style, style) = neighbour.map_or((Style::Plain, Style::Plain), |(key, value)| {
            (self.chosen_style(key), self.chosen_style(value))
        });
        let start = format!("{}{}:", " ".repeat(indent), written(key, key_style));
        let below = neighbour.and_then(|(key, value)| self.below(key, value)).filter(|_| is_word(text));
        let line_break = self.layout.line_break();
        match (below, style) {
            (Some(spaces), Style::Literal) => format!("{start} |-{line_break}{spaces}{text}"),
            (Some(spaces), Style::Folded) => format!("{start} >-{line_break}{spaces}{text}"),
            (Some(spaces), style) => format!("{start}{line_break}{spaces}{}", written(text, style)),
            (None, style) => format!("{start} {}", written(text, style)),
        }
    }

    /// The style of a scalar, as far as somebody chose it: quotation marks that it needs say nothing.
    fn chosen_style(&self, id: NodeId) -> Style {
        let style = self.layout.style(id).unwrap_or(Style::Plain);
        let text = self.layout.name(id);
        let needed = on_one_line(text) != text;
        if matches!(style, Style::Single | Style::Double) && needed { Style::Plain } else { style }
    }

    /// The indentation of a value that is a single line below its key.
    fn below(&self, key: NodeId, value: NodeId) -> Option<String> {
        let start = self.layout.bytes(value).start;
        let spaces = self.layout.before(start);
        let between = self.layout.text.get(self.layout.end(key)..start)?;
        let single = !self.layout.slice(value).contains('\n');
        (single && between.contains('\n') && spaces.bytes().all(|byte| byte == b' '))
            .then(|| spaces.to_owned())
    }

    /// The entry whose style a new key takes: the one before its place, else the first.
    fn neighbour(&self, map: NodeId, key: &str) -> Option<(NodeId, NodeId)> {
        let entries = self.layout.entries(map);
        let place = order::place(&self.names(map), key);
        entries.get(place.saturating_sub(1)).copied()
    }

    fn names(&self, map: NodeId) -> Vec<&str> {
        self.layout.entries(map).iter().map(|(key, _)| self.layout.name(*key)).collect()
    }

    /// New lines of a mapping, where its order wants them.
    fn insert(&self, map: NodeId, key: &str, lines: &[String]) -> Result<Edit, Blocked> {
        let entries = self.layout.entries(map);
        match order::place(&self.names(map), key) {
            0 => {
                // Comments above the first key may be about it: the new one goes above them, below the line that
                // the mapping belongs to.
                let first = self.layout.bytes(map).start;
                Ok(self.lines_above(first, lines))
            }
            place => Ok(self.lines_behind(self.layout.end(entries[place - 1].1), lines)),
        }
    }

    fn lines_behind(&self, at: usize, lines: &[String]) -> Edit {
        let end = self.layout.line_end(at);
        let line_break = match &self.layout.text[end..] {
            "" => self.layout.line_break(),
            rest if rest.starts_with('\r') => "\r\n",
            _ => "\n",
        };
        let with = lines.iter().flat_map(|line| [line_break, line]).collect();
        Edit { bytes: end..end, with }
    }

    /// Above a line and the comments that stand directly above it.
    fn lines_above(&self, at: usize, lines: &[String]) -> Edit {
        let mut start = at - self.layout.before(at).len();
        while let Some(line) = self.layout.text[..start].split_inclusive('\n').next_back() {
            if !line.trim_start().starts_with('#') {
                break;
            }
            start -= line.len();
        }
        let with = lines.iter().flat_map(|line| [line.as_str(), self.layout.line_break()]).collect();
        Edit { bytes: start..start, with }
    }

    /// How far the keys of a block stand from the left.
    fn indent(&self, map: NodeId) -> Result<usize, Blocked> {
        match self.layout.entries(map).first() {
            Some((key, _)) => self.key_indent(*key),
            None => Err((self.layout.bytes(map).start, Obstacle::Layout)),
        }
    }

    fn key_indent(&self, key: NodeId) -> Result<usize, Blocked> {
        let start = self.layout.bytes(key).start;
        let spaces = self.layout.before(start);
        if spaces.bytes().all(|byte| byte == b' ') {
            Ok(spaces.len())
        } else {
            Err((start, Obstacle::Layout))
        }
    }
}

/// How far mappings stand from their keys: on the way to what is set, or else anywhere in this document.
fn unit(layout: &Layout<'_>, path: &[&str]) -> usize {
    let step = |&(key, value): &(NodeId, NodeId)| {
        let (first, _) = layout.is_block_map(value).then(|| layout.entries(value).first())??;
        let inner = layout.before(layout.bytes(*first).start).len();
        inner.checked_sub(layout.before(layout.bytes(key).start).len()).filter(|step| *step > 0)
    };
    let entries = layout.entries(layout.root());
    let on_the_way = entries.iter().filter(|(key, _)| path.first() == Some(&layout.name(*key)));
    on_the_way.chain(entries).find_map(step).unwrap_or(INDENT)
}

/// Whether a text can stand in a block of one line, whatever the block's rules are.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A text on one line, in quotation marks of this kind if they can hold it as it is.
fn written(text: &str, style: Style) -> String {
    let printable = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    match style {
        Style::Single if printable => format!("'{}'", text.replace('\'', "''")),
        Style::Double if printable => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        _ => on_one_line(text),
    }
}
