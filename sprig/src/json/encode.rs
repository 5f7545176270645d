//! Writes values as JSON.

use go_template::{Call, Fault, Map, Str, Value};

/// How the text looks.
#[derive(Clone, Copy)]
pub(super) struct Style {
    /// Whether `<`, `>` and `&` are escaped.
    pub html: bool,
    /// Whether each element has its own line, indented by two spaces for each level.
    pub pretty: bool,
}

/// The value as JSON, its memory taken. Refuses what has none: complex numbers, infinities, NaN, and maps within
/// themselves.
pub(super) fn encode(call: &mut Call<'_>, value: &Value, style: Style) -> Result<Value, Fault> {
    let mut writer = Writer { out: Vec::new(), style, level: 0, within: Vec::new() };
    writer.value(call, value)?;
    Ok(Value::Str(writer.out.into()))
}

struct Writer {
    out: Vec<u8>,
    style: Style,
    level: usize,
    /// The maps that the present value is in, outermost first.
    within: Vec<Map>,
}

impl Writer {
    fn value(&mut self, call: &mut Call<'_>, value: &Value) -> Result<(), Fault> {
        match value {
            Value::Missing | Value::Nil => self.push(call, b"null"),
            Value::Bool(true) => self.push(call, b"true"),
            Value::Bool(false) => self.push(call, b"false"),
            Value::Int(number) | Value::Int64(number) => self.push(call, number.to_string().as_bytes()),
            Value::Uint8(number) => self.push(call, number.to_string().as_bytes()),
            Value::Uint64(number) => self.push(call, number.to_string().as_bytes()),
            Value::Float(number) if number.is_finite() => self.push(call, float(*number).as_bytes()),
            Value::Float(_) => Err(Fault::new("JSON has no infinity and no NaN")),
            Value::Complex(..) => Err(Fault::new("JSON has no complex numbers")),
            Value::Str(text) => self.string(call, text),
            Value::List(list) if list.is_nil() => self.push(call, b"null"),
            Value::List(list) => self.elements(call, list),
            Value::Map(map) if map.is_nil() => self.push(call, b"null"),
            Value::Map(map) => self.map(call, map),
            Value::Object(object) => {
                let json = object.json();
                call.nested(|call| self.value(call, &json))
            }
        }
    }

    fn map(&mut self, call: &mut Call<'_>, map: &Map) -> Result<(), Fault> {
        call.spend(self.within.len() + map.len())?;
        if self.within.iter().any(|outer| outer.same(map)) {
            return Err(Fault::new("JSON has no maps within themselves"));
        }
        self.within.push(map.clone());
        self.entries(call, &map.snapshot())?;
        self.within.pop();
        Ok(())
    }

    fn elements(&mut self, call: &mut Call<'_>, elements: &[Value]) -> Result<(), Fault> {
        self.push(call, b"[")?;
        self.level += 1;
        for (index, element) in elements.iter().enumerate() {
            self.separate(call, index)?;
            call.nested(|call| self.value(call, element))?;
        }
        self.close(call, elements.is_empty(), b"]")
    }

    fn entries(&mut self, call: &mut Call<'_>, entries: &[(Str, Value)]) -> Result<(), Fault> {
        self.push(call, b"{")?;
        self.level += 1;
        for (index, (key, value)) in entries.iter().enumerate() {
            self.separate(call, index)?;
            self.string(call, key)?;
            self.push(call, if self.style.pretty { b": " } else { b":" })?;
            call.nested(|call| self.value(call, value))?;
        }
        self.close(call, entries.is_empty(), b"}")
    }

    fn separate(&mut self, call: &mut Call<'_>, index: usize) -> Result<(), Fault> {
        if index > 0 {
            self.push(call, b",")?;
        }
        self.new_line(call)
    }

    fn close(&mut self, call: &mut Call<'_>, empty: bool, bracket: &[u8]) -> Result<(), Fault> {
        self.level -= 1;
        if !empty {
            self.new_line(call)?;
        }
        self.push(call, bracket)
    }

    fn new_line(&mut self, call: &mut Call<'_>) -> Result<(), Fault> {
        if !self.style.pretty {
            return Ok(());
        }
        call.take(1 + 2 * self.level)?;
        self.out.push(b'\n');
        self.out.resize(self.out.len() + 2 * self.level, b' ');
        Ok(())
    }

    fn string(&mut self, call: &mut Call<'_>, text: &[u8]) -> Result<(), Fault> {
        self.push(call, b"\"")?;
        for chunk in text.utf8_chunks() {
            self.characters(call, chunk.valid())?;
            for _ in chunk.invalid() {
                self.push(call, b"\\ufffd")?;
            }
        }
        self.push(call, b"\"")
    }

    fn characters(&mut self, call: &mut Call<'_>, text: &str) -> Result<(), Fault> {
        let mut plain = 0;
        for (place, character) in text.char_indices() {
            if !self.escaped(character) {
                continue;
            }
            self.push(call, &text.as_bytes()[plain..place])?;
            plain = place + character.len_utf8();
            match character {
                '"' => self.push(call, b"\\\"")?,
                '\\' => self.push(call, b"\\\\")?,
                '\u{8}' => self.push(call, b"\\b")?,
                '\u{c}' => self.push(call, b"\\f")?,
                '\n' => self.push(call, b"\\n")?,
                '\r' => self.push(call, b"\\r")?,
                '\t' => self.push(call, b"\\t")?,
                other => self.push(call, format!("\\u{:04x}", u32::from(other)).as_bytes())?,
            }
        }
        self.push(call, &text.as_bytes()[plain..])
    }

    fn escaped(&self, character: char) -> bool {
        match character {
            '"' | '\\' | '\0'..='\u{1f}' | '\u{2028}' | '\u{2029}' => true,
            '<' | '>' | '&' => self.style.html,
            _ => false,
        }
    }

    fn push(&mut self, call: &mut Call<'_>, bytes: &[u8]) -> Result<(), Fault> {
        call.take(bytes.len())?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }
}

/// The shortest digits that give the number back, with an exponent where JavaScript has one.
fn float(number: f64) -> String {
    let magnitude = number.abs();
    if magnitude == 0.0 || (1e-6..1e21).contains(&magnitude) {
        return number.to_string();
    }
    let text = format!("{number:e}");
    if magnitude < 1.0 { text } else { text.replace('e', "e+") }
}
