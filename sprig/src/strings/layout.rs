//! Repeating, indenting and wrapping.

use go_template::{Call, Fault, Value};

/// What becomes of a word that is longer than a line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LongWords {
    /// It is broken.
    Break,
    /// It has a line for itself, as long as it is.
    Stay,
}

pub(super) fn repeat(call: &mut Call<'_>, count: i64, text: &[u8]) -> Result<Value, Fault> {
    let count = not_negative(count)?;
    call.take(text.len().saturating_mul(count))?;
    Ok(Value::text(text.repeat(if text.is_empty() { 0 } else { count })))
}

/// Something, and then the text with spaces before each line, also before empty ones.
pub(super) fn indent(call: &mut Call<'_>, before: &str, spaces: i64, text: &[u8]) -> Result<Value, Fault> {
    let spaces = not_negative(spaces)?;
    let lines = || text.split(|&byte| byte == b'\n');
    let size = spaces.saturating_mul(lines().count()).saturating_add(text.len()).saturating_add(before.len());
    call.take(size)?;
    let mut out = Vec::with_capacity(size);
    out.extend_from_slice(before.as_bytes());
    for (index, line) in lines().enumerate() {
        if index > 0 {
            out.push(b'\n');
        }
        out.resize(out.len() + spaces, b' ');
        out.extend_from_slice(line);
    }
    Ok(Value::text(out))
}

/// Lines of so many bytes, broken at spaces. The text's own line breaks are not looked at.
pub(super) fn wrap(
    call: &mut Call<'_>,
    width: i64,
    newline: &[u8],
    long_words: LongWords,
    text: &[u8],
) -> Result<Value, Fault> {
    call.take(text.len())?;
    let width = usize::try_from(width.max(1)).unwrap_or(usize::MAX);
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while rest.len() > width {
        if rest[0] == b' ' {
            rest = &rest[1..];
            continue;
        }
        let (line, next) = match rest[..=width].iter().rposition(is_space) {
            Some(space) => (space, space + 1),
            None if long_words == LongWords::Break => (width, width),
            None => match rest[width..].iter().position(is_space) {
                Some(space) => (width + space, width + space + 1),
                None => break,
            },
        };
        call.take(newline.len())?;
        out.extend_from_slice(&rest[..line]);
        out.extend_from_slice(newline);
        rest = &rest[next..];
    }
    out.extend_from_slice(rest);
    Ok(Value::text(out))
}

fn is_space(byte: &u8) -> bool {
    *byte == b' '
}

fn not_negative(number: i64) -> Result<usize, Fault> {
    if number < 0 {
        return Err(Fault::new("the number must not be negative"));
    }
    Ok(usize::try_from(number).unwrap_or(usize::MAX))
}
