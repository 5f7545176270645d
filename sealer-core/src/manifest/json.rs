//! One JSON value into a tree, with the rules of Go's `encoding/json`.

use zeroize::Zeroizing;

use super::error::{ManifestError, Problem};
use super::tree::{Kind, MAX_DEPTH, NodeId, Scalar, Source, Tag, Text, Tree};

/// Reads the value that starts at or after this byte, and says where it ends; no value is no root.
pub(super) fn parse(source: Source<'_>, start: usize) -> Result<(Tree<'_>, usize), ManifestError> {
    let mut parser = Parser { bytes: source.text.as_bytes(), at: start, tree: Tree::new(source, true) };
    parser.space();
    if parser.at < source.text.len() {
        parser.tree.root = Some(parser.value(0)?);
    }
    Ok((parser.tree, parser.at))
}

/// Reads a text that is one JSON value and nothing else.
pub(crate) fn whole(text: &str) -> Result<Tree<'_>, ManifestError> {
    let source = Source { text, line: 1 };
    let (tree, end) = parse(source, 0)?;
    let rest = text[end..].trim_start_matches([' ', '\t', '\r', '\n']);
    if rest.is_empty() { Ok(tree) } else { Err(source.error(text.len() - rest.len(), Problem::Json)) }
}

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
    tree: Tree<'a>,
}

impl<'a> Parser<'a> {
    fn error(&self) -> ManifestError {
        self.tree.source.error(self.at, Problem::Json)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), ManifestError> {
        self.space();
        if self.peek() != Some(byte) {
            return Err(self.error());
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<NodeId, ManifestError> {
        if depth == MAX_DEPTH {
            return Err(self.tree.source.error(self.at, Problem::TooDeep));
        }
        self.space();
        match self.peek() {
            Some(b'{') => self.map(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => self.string(),
            _ => self.word(),
        }
    }

    fn map(&mut self, depth: usize) -> Result<NodeId, ManifestError> {
        let id = self.tree.push(self.at, Kind::Map(Vec::new()));
        let mut pairs = Vec::new();
        self.at += 1;
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(id);
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.error());
            }
            let key = self.string()?;
            self.expect(b':')?;
            pairs.push((key, self.value(depth + 1)?));
            if !self.more(b'}')? {
                break;
            }
        }
        self.tree.nodes[id].kind = Kind::Map(pairs);
        Ok(id)
    }

    fn list(&mut self, depth: usize) -> Result<NodeId, ManifestError> {
        let id = self.tree.push(self.at, Kind::List(Vec::new()));
        let mut items = Vec::new();
        self.at += 1;
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(id);
        }
        loop {
            items.push(self.value(depth + 1)?);
            if !self.more(b']')? {
                break;
            }
        }
        self.tree.nodes[id].kind = Kind::List(items);
        Ok(id)
    }

    /// Past the comma (`true`) or past the end.
    fn more(&mut self, end: u8) -> Result<bool, ManifestError> {
        self.space();
        let more = match self.peek() {
            Some(b',') => true,
            Some(byte) if byte == end => false,
            _ => return Err(self.error()),
        };
        self.at += 1;
        Ok(more)
    }

    /// `true`, `false`, `null` or a number.
    fn word(&mut self) -> Result<NodeId, ManifestError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'+' | b'-' | b'.')) {
            self.at += 1;
        }
        let word = &self.tree.source.text[start..self.at];
        if !matches!(word, "true" | "false" | "null") && !is_number(word) {
            self.at = start;
            return Err(self.error());
        }
        let scalar = Scalar { text: Text::Borrowed(word), plain: true, tag: Tag::None };
        Ok(self.tree.push(start, Kind::Scalar(scalar)))
    }

    fn string(&mut self) -> Result<NodeId, ManifestError> {
        let start = self.at;
        self.at += 1;
        let body = self.at;
        let mut escaped = false;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.at += 2;
                }
                Some(0x20..) => self.at += 1,
                Some(_) => return Err(self.error()),
                None => {
                    self.at = start;
                    return Err(self.tree.source.error(start, Problem::UnclosedQuote));
                }
            }
        }
        let end = self.at;
        let raw = &self.tree.source.text[body..end];
        let text = if escaped { Text::Owned(self.unescape(raw, body)?) } else { Text::Borrowed(raw) };
        self.at = end + 1;
        Ok(self.tree.push(start, Kind::Scalar(Scalar { text, plain: false, tag: Tag::None })))
    }

    fn unescape(&mut self, raw: &str, body: usize) -> Result<Zeroizing<String>, ManifestError> {
        // No escape is shorter than what it stands for, so this never grows and leaves no copy behind.
        let mut text = Zeroizing::new(String::with_capacity(raw.len()));
        let mut rest = raw;
        while let Some(backslash) = rest.find('\\') {
            text.push_str(&rest[..backslash]);
            self.at = body + (raw.len() - rest.len()) + backslash;
            let escape = &rest[backslash + 1..];
            let (character, length) =
                read_escape(escape).ok_or_else(|| self.tree.source.error(self.at, Problem::Escape))?;
            text.push(character);
            rest = &escape[length..];
        }
        text.push_str(rest);
        Ok(text)
    }
}

/// What follows a backslash: the character and how many bytes it took.
fn read_escape(escape: &str) -> Option<(char, usize)> {
    let character = match escape.bytes().next()? {
        byte @ (b'"' | b'\\' | b'/') => char::from(byte),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let unit = hex4(&escape[1..])?;
            if let Some(character) = char::from_u32(unit) {
                return Some((character, 5));
            }
            // A pair of surrogates, or, as Go has it, the replacement character for half of one.
            let low =
                escape[5..].strip_prefix("\\u").and_then(hex4).filter(|low| (0xDC00..0xE000).contains(low));
            return match low {
                Some(low) if unit < 0xDC00 => {
                    let code = 0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                    Some((char::from_u32(code)?, 11))
                }
                _ => Some(('\u{fffd}', 5)),
            };
        }
        _ => return None,
    };
    Some((character, 1))
}

fn hex4(text: &str) -> Option<u32> {
    let digits = text.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u32::from_str_radix(digits, 16).ok()
}

fn is_number(word: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut rest = word.strip_prefix('-').unwrap_or(word);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest.starts_with('0')) {
        return false;
    }
    rest = &rest[whole..];
    if let Some(fraction) = rest.strip_prefix('.') {
        let length = digits(fraction);
        if length == 0 {
            return false;
        }
        rest = &fraction[length..];
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let length = digits(exponent);
        return length > 0 && length == exponent.len();
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> Result<String, ManifestError> {
        let (tree, _) = parse(Source { text: json, line: 1 }, 0)?;
        match tree.kind(tree.root.unwrap()) {
            Kind::Scalar(scalar) => Ok(scalar.text.as_str().to_owned()),
            _ => panic!("not a scalar"),
        }
    }

    #[test]
    fn escapes_are_read_as_go_reads_them() {
        for (json, expected) in [
            (r#""a\/b\\\"\n""#, "a/b\\\"\n"),
            (r#""\ud83d\udd11""#, "🔑"),
            (r#""\ud83dx""#, "\u{fffd}x"),
            (r#""\ud83d\u0041""#, "\u{fffd}A"),
            (r#""\udd11""#, "\u{fffd}"),
            (r#""пароль""#, "пароль"),
        ] {
            assert_eq!(text(json).unwrap(), expected, "{json}");
        }
        for wrong in [r#""\x41""#, r#""\u00""#, r#""\u+123""#, "\"a\nb\"", "\"open", "\"open\\", "\"\\é\""] {
            assert!(text(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_follow_the_grammar() {
        for right in ["0", "-0", "10", "1.5", "1e3", "1E+3", "-1.5e-3"] {
            assert!(is_number(right), "{right}");
        }
        for wrong in ["", "-", "01", "1.", ".5", "1e", "1e+", "+1", "0x1F", "NaN", "1e3x"] {
            assert!(!is_number(wrong), "{wrong}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "[".repeat(100_000);
        let error = parse(Source { text: &deep, line: 1 }, 0).err().unwrap();
        assert_eq!(error.problem(), Some(&Problem::TooDeep));
    }
}
