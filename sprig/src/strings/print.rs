//! Values of any type as text.

use go_template::format::{display, sprintf};
use go_template::{Call, Fault, Str, Type, Value};

use super::split;

/// The text of a value: a string as it is.
pub(super) fn text_of(call: &mut Call<'_>, value: &Value) -> Result<Str, Fault> {
    match value {
        Value::Str(text) => Ok(text.clone()),
        _ => display(call, value),
    }
}

/// The texts of a list's elements but the nil ones; of another value, its own. Nil has none.
pub(super) fn texts_of(call: &mut Call<'_>, value: &Value) -> Result<Vec<Str>, Fault> {
    match value {
        Value::List(list) => texts(call, list),
        Value::Missing | Value::Nil => Ok(Vec::new()),
        _ => Ok(vec![text_of(call, value)?]),
    }
}

fn texts(call: &mut Call<'_>, values: &[Value]) -> Result<Vec<Str>, Fault> {
    let values = values.iter().filter(|value| !matches!(value, Value::Missing | Value::Nil));
    values.map(|value| text_of(call, value)).collect()
}

/// [`texts_of`] as a `[]string`. One that is given stays the same, also if it is nil.
pub(super) fn strings(call: &mut Call<'_>, value: &Value) -> Result<Value, Fault> {
    match value {
        Value::List(list) if *list.element == Type::Str => Ok(value.clone()),
        _ => {
            let texts = texts_of(call, value)?;
            string_list(call, texts)
        }
    }
}

/// The texts of a list in the order of their bytes. Another value, also nil, becomes the only element.
pub(super) fn sorted(call: &mut Call<'_>, value: &Value) -> Result<Value, Fault> {
    let mut texts = match value {
        Value::List(list) if list.is_nil() && *list.element == Type::Str => return Ok(value.clone()),
        Value::List(list) => texts(call, list)?,
        _ => vec![text_of(call, value)?],
    };
    let size = texts.iter().map(|text| text.len() + 1).fold(0, usize::saturating_add);
    // Each text is compared about as often as the list can be halved.
    call.spend(size.saturating_mul(texts.len().checked_ilog2().unwrap_or(0) as usize + 1))?;
    texts.sort_unstable();
    string_list(call, texts)
}

/// A `[]string` of texts whose own memory is taken already.
fn string_list(call: &mut Call<'_>, texts: Vec<Str>) -> Result<Value, Fault> {
    call.take(texts.len() * size_of::<Value>())?;
    Ok(Value::strings(texts))
}

/// The texts in double quotes, with Go's escapes. Nil is left out.
pub(super) fn quote(call: &mut Call<'_>, values: &[Value]) -> Result<Value, Fault> {
    let mut texts = texts(call, values)?;
    for text in &mut texts {
        *text = sprintf(call, b"%q", &[Value::Str(text.clone())])?;
    }
    split::joined(call, b" ", &texts)
}

/// The texts in single quotes, without escapes. Nil is left out.
pub(super) fn squote(call: &mut Call<'_>, values: &[Value]) -> Result<Value, Fault> {
    let mut texts = texts(call, values)?;
    for text in &mut texts {
        call.take(text.len() + 2)?;
        *text = [b"'", &text[..], b"'"].concat().into();
    }
    split::joined(call, b" ", &texts)
}

/// The texts with a space between them. Nil is left out.
pub(super) fn cat(call: &mut Call<'_>, values: &[Value]) -> Result<Value, Fault> {
    let texts = texts(call, values)?;
    split::joined(call, b" ", &texts)
}
