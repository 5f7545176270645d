//! Finding, replacing, splitting and joining.

use std::collections::BTreeMap;

use go_template::{Call, Fault, Str, Type, Value};
use memchr::memmem;

use go_template::runes;

pub(super) fn contains(part: &[u8], text: &[u8]) -> bool {
    memmem::find(text, part).is_some()
}

/// Where a part occurs, without overlaps. An empty one occurs around each rune.
fn occurrences<'t>(part: &'t [u8], text: &'t [u8]) -> Box<dyn Iterator<Item = usize> + 't> {
    if part.is_empty() {
        return Box::new(runes::boundaries(text));
    }
    Box::new(memmem::find_iter(text, part))
}

pub(super) fn replace(call: &mut Call<'_>, old: &[u8], new: &[u8], text: &[u8]) -> Result<Value, Fault> {
    let count = occurrences(old, text).count();
    let size = (text.len() - count * old.len()).saturating_add(count.saturating_mul(new.len()));
    call.take(size)?;
    let mut out = Vec::with_capacity(size);
    let mut start = 0;
    for at in occurrences(old, text) {
        out.extend_from_slice(&text[start..at]);
        out.extend_from_slice(new);
        start = at + old.len();
    }
    out.extend_from_slice(&text[start..]);
    Ok(Value::text(out))
}

/// What is between the separators: at most so many pieces, all if the number is negative. An empty separator
/// gives the runes.
pub(super) fn pieces<'t>(separator: &'t [u8], limit: i64, text: &'t [u8]) -> Vec<&'t [u8]> {
    if limit == 0 || separator.is_empty() && text.is_empty() {
        return Vec::new();
    }
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let inside = |at: &usize| !separator.is_empty() || (1..text.len()).contains(at);
    let mut pieces = Vec::new();
    let mut start = 0;
    for at in occurrences(separator, text).filter(inside).take(most - 1) {
        pieces.push(&text[start..at]);
        start = at + separator.len();
    }
    pieces.push(&text[start..]);
    pieces
}

/// The pieces as a map with the keys `_0`, `_1` and so on.
pub(super) fn numbered(
    call: &mut Call<'_>,
    separator: &[u8],
    limit: i64,
    text: &[u8],
) -> Result<Value, Fault> {
    call.take(text.len())?;
    let pieces = pieces(separator, limit, text).into_iter().enumerate();
    let entries = pieces.map(|(index, piece)| (Str::from(format!("_{index}")), Value::text(piece)));
    call.map(&Type::Str, entries.collect::<BTreeMap<_, _>>()).map(Value::Map)
}

/// All texts, with a separator between them.
pub(super) fn joined(call: &mut Call<'_>, separator: &[u8], texts: &[Str]) -> Result<Value, Fault> {
    let separators = separator.len().saturating_mul(texts.len().saturating_sub(1));
    let sizes = texts.iter().map(|text| text.len());
    let size = sizes.fold(separators, usize::saturating_add);
    call.take(size)?;
    let mut out = Vec::with_capacity(size);
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            out.extend_from_slice(separator);
        }
        out.extend_from_slice(text);
    }
    Ok(Value::text(out))
}
