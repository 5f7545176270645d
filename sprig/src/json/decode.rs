//! Reads JSON into what Go's `interface {}` holds: `float64`, `string`, `bool`, `[]interface {}`,
//! `map[string]interface {}` and nil.

use std::collections::BTreeMap;

use go_template::{Call, Fault, Str, Value};

const SYNTAX: Fault = Fault::new("the text is not JSON");

/// The value of a text that is JSON throughout.
pub(super) struct Decoded {
    /// What it says, with nil for the numbers that are too great.
    pub value: Value,
    /// Whether a `float64` holds each number.
    pub in_range: bool,
}

/// Reads a text that is JSON throughout, its memory taken.
pub(super) fn decode(call: &mut Call<'_>, text: &[u8]) -> Result<Decoded, Fault> {
    let mut reader = Reader { text, place: 0, in_range: true };
    let value = reader.value(call)?;
    reader.white();
    if reader.place < text.len() {
        return Err(SYNTAX);
    }
    Ok(Decoded { value, in_range: reader.in_range })
}

struct Reader<'t> {
    text: &'t [u8],
    place: usize,
    in_range: bool,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.place).copied()
    }

    fn white(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.place += 1;
        }
    }

    /// Whether the next byte is this one, which is then passed.
    fn pass(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.place += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8) -> Result<(), Fault> {
        if self.pass(byte) { Ok(()) } else { Err(SYNTAX) }
    }

    fn value(&mut self, call: &mut Call<'_>) -> Result<Value, Fault> {
        call.take(size_of::<Value>())?;
        self.white();
        match self.peek().ok_or(SYNTAX)? {
            b'{' => call.nested(|call| self.object(call)),
            b'[' => call.nested(|call| self.array(call)),
            b'"' => self.string(call).map(Value::Str),
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.word(b"true", Value::Bool(true)),
            b'f' => self.word(b"false", Value::Bool(false)),
            b'n' => self.word(b"null", Value::Nil),
            _ => Err(SYNTAX),
        }
    }

    fn word(&mut self, word: &[u8], value: Value) -> Result<Value, Fault> {
        if !self.text[self.place..].starts_with(word) {
            return Err(SYNTAX);
        }
        self.place += word.len();
        Ok(value)
    }

    fn array(&mut self, call: &mut Call<'_>) -> Result<Value, Fault> {
        self.place += 1;
        self.white();
        let mut items = Vec::new();
        if self.pass(b']') {
            return Ok(Value::list(items));
        }
        loop {
            items.push(self.value(call)?);
            self.white();
            if self.pass(b']') {
                return Ok(Value::list(items));
            }
            self.expect(b',')?;
        }
    }

    fn object(&mut self, call: &mut Call<'_>) -> Result<Value, Fault> {
        self.place += 1;
        self.white();
        let mut entries = BTreeMap::new();
        if self.pass(b'}') {
            return call.dict(entries);
        }
        loop {
            self.white();
            if self.peek() != Some(b'"') {
                return Err(SYNTAX);
            }
            let key = self.string(call)?;
            self.white();
            self.expect(b':')?;
            entries.insert(key, self.value(call)?);
            self.white();
            if self.pass(b'}') {
                return call.dict(entries);
            }
            self.expect(b',')?;
        }
    }

    fn number(&mut self) -> Result<Value, Fault> {
        let start = self.place;
        self.pass(b'-');
        if !self.pass(b'0') {
            self.digits()?;
        }
        if self.pass(b'.') {
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.place += 1;
            let _sign = self.pass(b'+') || self.pass(b'-');
            self.digits()?;
        }
        let digits = std::str::from_utf8(&self.text[start..self.place]).map_err(|_| SYNTAX)?;
        let number: f64 = digits.parse().map_err(|_| SYNTAX)?;
        if number.is_finite() {
            return Ok(Value::Float(number));
        }
        self.in_range = false;
        Ok(Value::Nil)
    }

    /// At least one digit.
    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.place;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.place += 1;
        }
        if self.place > start { Ok(()) } else { Err(SYNTAX) }
    }

    fn string(&mut self, call: &mut Call<'_>) -> Result<Str, Fault> {
        self.place += 1;
        let mut out = Vec::new();
        loop {
            let start = self.place;
            while !matches!(self.peek().ok_or(SYNTAX)?, b'"' | b'\\' | 0..0x20) {
                self.place += 1;
            }
            append(call, &mut out, &self.text[start..self.place])?;
            if self.pass(b'"') {
                return Ok(out.into());
            }
            self.expect(b'\\')?;
            let character = self.escape()?;
            append(call, &mut out, character.encode_utf8(&mut [0; 4]).as_bytes())?;
        }
    }

    /// The character after a backslash. Half a surrogate pair gives U+FFFD, and leaves what follows it alone.
    fn escape(&mut self) -> Result<char, Fault> {
        let letter = self.peek().ok_or(SYNTAX)?;
        self.place += 1;
        Ok(match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = hex(self.text, self.place).ok_or(SYNTAX)?;
                self.place += 4;
                char::from_u32(first).or_else(|| self.pair(first)).unwrap_or('\u{fffd}')
            }
            _ => return Err(SYNTAX),
        })
    }

    fn pair(&mut self, high: u32) -> Option<char> {
        if !self.text[self.place..].starts_with(b"\\u") {
            return None;
        }
        let low = hex(self.text, self.place + 2)?;
        if !(0xd800..0xdc00).contains(&high) || !(0xdc00..0xe000).contains(&low) {
            return None;
        }
        self.place += 6;
        char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00))
    }
}

fn hex(text: &[u8], place: usize) -> Option<u32> {
    let digits = text.get(place..place + 4)?;
    digits.iter().try_fold(0, |sum, digit| Some(sum * 16 + char::from(*digit).to_digit(16)?))
}

/// Adds a piece of a string, with U+FFFD for each byte that is not UTF-8.
fn append(call: &mut Call<'_>, out: &mut Vec<u8>, piece: &[u8]) -> Result<(), Fault> {
    for chunk in piece.utf8_chunks() {
        let replaced = "\u{fffd}".repeat(chunk.invalid().len());
        call.take(chunk.valid().len() + replaced.len())?;
        out.extend_from_slice(chunk.valid().as_bytes());
        out.extend_from_slice(replaced.as_bytes());
    }
    Ok(())
}
