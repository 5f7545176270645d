//! YAML as go-yaml 2 writes it (sigs.k8s.io/yaml): its styles, its line width, its quoting.
//!
//! It differs from upstream where upstream's output does not come back as it went in: U+0085 (upstream writes a
//! space), U+007F (upstream fails) and U+2028 and U+2029 (a line break for one reader, none for the other) are
//! written as escapes here.

use super::value::{Value, yaml_order};
use crate::manifest::needs_quotes;

/// Text is folded at the first space behind this column.
const WIDTH: usize = 80;
/// Longer keys need a `?` before them.
const LONGEST_KEY: usize = 128;

/// Writes an object; `room` is how much more than usual it takes.
pub(super) fn write(object: &[(&str, Value<'_>)], room: usize) -> String {
    let mut writer = Writer { out: String::with_capacity(room + 4096), line: 0 };
    writer.map(object, 0, true);
    writer.end_line();
    writer.out
}

/// A scalar that takes one line whatever it holds, in quotation marks where it needs them.
pub(crate) fn on_one_line(text: &str) -> String {
    let mut writer = Writer { out: String::with_capacity(text.len() + 2), line: 0 };
    writer.scalar(text, 0, false);
    writer.out
}

/// Whether it looks like one: long base64 that begins with a letter is no number, no date and no word of YAML, and has nowhere to break.
fn is_ciphertext(text: &str) -> bool {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    text.len() > WIDTH && text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.bytes().all(is_base64)
}

struct Writer {
    out: String,
    /// Where the current line starts.
    line: usize,
}

impl Writer {
    fn node(&mut self, value: &Value<'_>, indent: usize) {
        match value {
            Value::Boolean(value) => self.out.push_str(if *value { " true" } else { " false" }),
            Value::Text(text) => {
                self.out.push(' ');
                self.scalar(text, indent + 2, true);
            }
            Value::List(items) if items.is_empty() => self.out.push_str(" []"),
            Value::Map(fields) if fields.is_empty() => self.out.push_str(" {}"),
            // Lists stand as far left as their key.
            Value::List(items) => {
                for item in items {
                    self.begin_line(indent);
                    self.out.push('-');
                    match item {
                        Value::Map(fields) if !fields.is_empty() => {
                            self.out.push(' ');
                            self.map(fields, indent + 2, true);
                        }
                        item => self.node(item, indent),
                    }
                }
            }
            Value::Map(fields) => self.map(fields, indent + 2, false),
        }
    }

    /// `begun`: the first key stands where the line is now.
    fn map(&mut self, fields: &[(&str, Value<'_>)], indent: usize, begun: bool) {
        for (index, (key, value)) in yaml_order(fields).into_iter().enumerate() {
            if index > 0 || !begun {
                self.begin_line(indent);
            }
            if key.len() > LONGEST_KEY || key.contains(is_break) {
                self.out.push_str("? ");
                self.scalar(key, indent + 2, true);
                self.begin_line(indent);
            } else if *key == "<<" {
                // Bare, as go-yaml leaves it, it would come back as a merge.
                self.out.push_str("\"<<\"");
            } else {
                self.scalar(key, indent + 2, false);
            }
            self.out.push(':');
            self.node(value, indent);
        }
    }

    fn end_line(&mut self) {
        if self.out.len() > self.line {
            self.out.push('\n');
            self.line = self.out.len();
        }
    }

    fn begin_line(&mut self, indent: usize) {
        self.end_line();
        self.spaces(indent);
    }

    fn spaces(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    /// `breaks`: it may go over several lines, which are indented that far.
    fn scalar(&mut self, text: &str, indent: usize, breaks: bool) {
        if is_ciphertext(text) {
            self.out.push_str(text);
            return;
        }
        let shape = Shape::of(text);
        if breaks && text.contains('\n') && shape.literal {
            self.literal(text, indent);
        } else if text.contains('\n') || needs_quotes(text) || shape.escapes {
            self.double(text, indent, breaks);
        } else if shape.plain {
            self.folded(text, indent, breaks, Style::Plain);
        } else {
            self.out.push('\'');
            self.folded(text, indent, breaks, Style::Single);
            self.out.push('\'');
        }
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.out.push('|');
        if text.starts_with([' ', '\n']) {
            self.out.push('2');
        }
        match text.strip_suffix('\n') {
            None => self.out.push('-'),
            Some(rest) if rest.is_empty() || rest.ends_with('\n') => self.out.push('+'),
            Some(_) => {}
        }
        self.end_line();
        for line in text.split_inclusive('\n') {
            if line != "\n" {
                self.spaces(indent);
            }
            self.out.push_str(line);
            if line.ends_with('\n') {
                self.line = self.out.len();
            }
        }
    }

    fn folded(&mut self, text: &str, indent: usize, breaks: bool, style: Style) {
        let mut column = self.column();
        let mut after_space = false;
        let mut rest = text.chars();
        let mut first = true;
        while let Some(character) = rest.next() {
            let next = rest.as_str();
            let inner = match style {
                Style::Plain => true,
                Style::Single => !first && !next.is_empty(),
            };
            if character == ' ' && breaks && !after_space && column > WIDTH && inner && !next.starts_with(' ')
            {
                column = self.fold(indent);
            } else {
                if character == '\'' && matches!(style, Style::Single) {
                    self.out.push('\'');
                    column += 1;
                }
                self.out.push(character);
                column += 1;
            }
            after_space = character == ' ';
            first = false;
        }
    }

    fn double(&mut self, text: &str, indent: usize, breaks: bool) {
        self.out.push('"');
        let mut column = self.column();
        let mut after_space = false;
        // go-yaml escapes every character of a text that starts with a byte order mark.
        let marked = text.starts_with('\u{feff}');
        let mut rest = text.chars();
        let mut first = true;
        while let Some(character) = rest.next() {
            let next = rest.as_str();
            if marked || character == '"' || character == '\\' || is_escaped(character) || character == '\n' {
                let before = self.out.len();
                escape(&mut self.out, character);
                column += self.out.len() - before;
                after_space = false;
            } else if character == ' '
                && breaks
                && !after_space
                && column > WIDTH
                && !first
                && !next.is_empty()
            {
                column = self.fold(indent);
                if next.starts_with(' ') {
                    self.out.push('\\');
                    column += 1;
                }
                after_space = true;
            } else {
                self.out.push(character);
                column += 1;
                after_space = character == ' ';
            }
            first = false;
        }
        self.out.push('"');
    }

    /// Goes on in the next line, at that column.
    fn fold(&mut self, indent: usize) -> usize {
        self.begin_line(indent);
        indent
    }

    fn column(&self) -> usize {
        self.out[self.line..].chars().count()
    }
}

#[derive(Clone, Copy)]
enum Style {
    Plain,
    Single,
}

/// What a text's characters allow (`yaml_emitter_analyze_scalar`).
struct Shape {
    plain: bool,
    literal: bool,
    /// Only double quotes can hold it.
    escapes: bool,
}

impl Shape {
    fn of(text: &str) -> Self {
        let mut plain =
            !text.starts_with("---") && !text.starts_with("...") && !text.starts_with([' ', '\n']);
        plain &= !text.ends_with([' ', '\n']);
        let mut escapes = false;
        let mut space_break = false;
        let mut before = ' ';
        for (at, character) in text.char_indices() {
            let after = text[at + character.len_utf8()..].chars().next();
            let space_after = matches!(after, None | Some(' ' | '\t'));
            if at == 0 {
                let indicator = "#,[]{}&*!|>'\"%@`".contains(character);
                plain &= !(indicator || (matches!(character, '?' | ':' | '-') && space_after));
            } else {
                plain &= !((character == ':' && space_after) || (character == '#' && is_blank(before)));
            }
            escapes |= is_escaped(character);
            space_break |= character == '\n' && before == ' ' && at > 0;
            plain &= character != '\n';
            before = character;
        }
        let literal = !escapes && !space_break && !text.ends_with(' ');
        Self { plain, literal, escapes: escapes || space_break }
    }
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n')
}

fn is_break(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// What go-yaml takes for not printable, and the line breaks that only YAML 1.1 knows.
fn is_escaped(character: char) -> bool {
    !matches!(character, '\n' | ' '..='~' | '\u{a0}'..='\u{fffd}')
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

fn escape(out: &mut String, character: char) {
    out.push('\\');
    let short = match character {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' | '\\' => character,
        '\u{85}' => 'N',
        '\u{a0}' => '_',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ => {
            let code = character as u32;
            let (letter, digits) = match code {
                0..0x100 => ('x', 2),
                0x100..0x1_0000 => ('u', 4),
                _ => ('U', 8),
            };
            out.push(letter);
            hex(out, code, digits, b'A');
            return;
        }
    };
    out.push(short);
}

/// Hexadecimal digits, the letters beginning with `ten`.
pub(super) fn hex(out: &mut String, code: u32, digits: u32, ten: u8) {
    for digit in (0..digits).rev() {
        let nibble = (code >> (4 * digit)) as u8 & 0xF;
        out.push(char::from(if nibble < 10 { b'0' + nibble } else { ten + nibble - 10 }));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value as Json;

    use super::*;

    /// As much of a JSON value as can be written; numbers and nulls are not in any shape of ours.
    fn value(json: &Json) -> Option<Value<'_>> {
        Some(match json {
            Json::String(text) => Value::Text(text),
            Json::Bool(value) => Value::Boolean(*value),
            Json::Array(items) => Value::List(items.iter().map(value).collect::<Option<_>>()?),
            Json::Object(fields) => Value::Map(
                fields
                    .iter()
                    .map(|(key, field)| Some((key.as_str(), value(field)?)))
                    .collect::<Option<_>>()?,
            ),
            Json::Null | Json::Number(_) => return None,
        })
    }

    #[test]
    fn what_upstream_writes_is_written_byte_for_byte() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/yaml-emit.json");
        let vectors: Vec<Json> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let (mut same, mut wrong) = (0, Vec::new());
        for vector in &vectors {
            let (Some(Value::Map(object)), Some(expected)) =
                (value(&vector["value"]), vector["yaml"].as_str())
            else {
                continue;
            };
            let question = vector["value"].to_string();
            if object.is_empty() {
                continue;
            }
            // The differences that the head of this file explains.
            if question.contains(['\u{85}', '\u{7f}', '\u{2028}', '\u{2029}'])
                || question == r#"{"<<":"value"}"#
            {
                continue;
            }
            let written = write(&object, 0);
            if written == expected {
                same += 1;
            } else {
                wrong.push(format!("{question}\n  upstream {expected:?}\n  ours     {written:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(same > 100, "only {same} vectors compared");
    }

    proptest! {
        #[test]
        fn what_looks_like_a_ciphertext_would_be_written_bare_after_a_closer_look(text in "[a-zA-Z][a-zA-Z0-9+/=]{80,200}|[yn0-9eE_.+-]{81,90}|.{81,90}") {
            if is_ciphertext(&text) {
                let shape = Shape::of(&text);
                prop_assert!(shape.plain && !shape.escapes && !needs_quotes(&text));
            }
        }
    }
}
