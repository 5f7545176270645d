//! `html`, `js` and `urlquery`.

use crate::call::Call;
use crate::error::Fault;
use crate::format;
use crate::unicode::is_printable;
use crate::value::{Str, Value};

type Result<T = Value> = std::result::Result<T, Fault>;

/// What the arguments print as, side by side.
fn printed(call: &mut Call<'_>, arguments: &[Value]) -> Result<Str> {
    let nil_as_text = |value: &Value| match value {
        Value::Missing | Value::Nil => Value::text("<no value>"),
        other => other.clone(),
    };
    let arguments: Vec<Value> = arguments.iter().map(nil_as_text).collect();
    format::sprint(call, &arguments)
}

pub(super) fn html(call: &mut Call<'_>, arguments: &[Value]) -> Result {
    let text = printed(call, arguments)?;
    call.spend(text.len())?;
    let mut escaped = Vec::with_capacity(text.len());
    for byte in text.iter() {
        match byte {
            0 => escaped.extend("\u{fffd}".bytes()),
            b'"' => escaped.extend(b"&#34;"),
            b'\'' => escaped.extend(b"&#39;"),
            b'&' => escaped.extend(b"&amp;"),
            b'<' => escaped.extend(b"&lt;"),
            b'>' => escaped.extend(b"&gt;"),
            other => escaped.push(*other),
        }
    }
    call.text(escaped)
}

pub(super) fn js(call: &mut Call<'_>, arguments: &[Value]) -> Result {
    let text = printed(call, arguments)?;
    call.spend(text.len())?;
    let mut escaped = Vec::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        for char in chunk.valid().chars() {
            match char {
                '\\' => escaped.extend(b"\\\\"),
                '\'' => escaped.extend(b"\\'"),
                '"' => escaped.extend(b"\\\""),
                '<' | '>' | '&' | '=' | '\0'..' ' => {
                    escaped.extend(format!("\\u{:04X}", u32::from(char)).bytes());
                }
                // Go lets DEL pass.
                char if char.is_ascii() || is_printable(char) => {
                    escaped.extend(char.encode_utf8(&mut [0; 4]).bytes());
                }
                char => escaped.extend(format!("\\u{:04X}", u32::from(char)).bytes()),
            }
        }
        for bad in chunk.invalid() {
            // A byte that begins no character counts as U+FFFD, which is printable, and passes as it is.
            escaped.push(*bad);
        }
    }
    call.text(escaped)
}

pub(super) fn urlquery(call: &mut Call<'_>, arguments: &[Value]) -> Result {
    let text = printed(call, arguments)?;
    call.spend(text.len())?;
    let mut escaped = String::with_capacity(text.len());
    for byte in text.iter() {
        match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'_' | b'.' | b'~' => {
                escaped.push(char::from(*byte));
            }
            b' ' => escaped.push('+'),
            other => escaped += &format!("%{other:02X}"),
        }
    }
    call.text(escaped)
}
