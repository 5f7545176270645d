//! Indented JSON, as Go's `json.MarshalIndent` writes it.

use super::value::Value;

/// Writes an object; `room` is how much more than usual it takes.
pub(super) fn write(object: &[(&str, Value<'_>)], room: usize) -> String {
    let mut out = String::with_capacity(room + 4096);
    map(&mut out, object, 0);
    out.push('\n');
    out
}

fn node(out: &mut String, value: &Value<'_>, depth: usize) {
    match value {
        Value::Text(value) => text(out, value),
        Value::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::List(items) => {
            block(out, ['[', ']'], depth, items, |out, item| node(out, item, depth + 1));
        }
        Value::Map(fields) => map(out, fields, depth),
    }
}

fn map(out: &mut String, fields: &[(&str, Value<'_>)], depth: usize) {
    block(out, ['{', '}'], depth, fields, |out, (key, value)| {
        text(out, key);
        out.push_str(": ");
        node(out, value, depth + 1);
    });
}

fn block<T>(
    out: &mut String,
    ends: [char; 2],
    depth: usize,
    items: &[T],
    mut item: impl FnMut(&mut String, &T),
) {
    out.push(ends[0]);
    for (index, one) in items.iter().enumerate() {
        out.push_str(if index == 0 { "\n" } else { ",\n" });
        indent(out, depth + 1);
        item(out, one);
    }
    if !items.is_empty() {
        out.push('\n');
        indent(out, depth);
    }
    out.push(ends[1]);
}

fn indent(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n("  ", depth));
}

/// A text in quotation marks. Go escapes what could end a script element as well.
pub(crate) fn text(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                out.push_str("\\u");
                super::yaml::hex(out, character as u32, 4, b'a');
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}
