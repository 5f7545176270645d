//! Bytes as runes, as Go reads them: a byte that is no UTF-8 is a rune of its own, U+FFFD.

use std::collections::HashSet;

/// What stands for such a byte.
pub const BAD: char = char::REPLACEMENT_CHARACTER;

/// The first rune, and the bytes that it takes.
pub fn first(text: &[u8]) -> Option<(char, &[u8])> {
    // Not the whole text: it would be looked through once for each rune.
    let head = &text[..text.len().min(4)];
    let rune = head.utf8_chunks().next()?.valid().chars().next();
    Some(rune.map_or((BAD, &text[..1]), |rune| (rune, &text[..rune.len_utf8()])))
}

/// The last rune, and the bytes that it takes.
pub fn last(text: &[u8]) -> Option<(char, &[u8])> {
    let ends = (1..=text.len().min(4)).map(|length| &text[text.len() - length..]);
    let mut valid = ends.filter_map(|end| Some((std::str::from_utf8(end).ok()?.chars().next()?, end)));
    valid.next().or_else(|| Some((BAD, text.last_chunk::<1>()?)))
}

/// All runes, each with the bytes that it takes.
pub fn all(mut text: &[u8]) -> impl Iterator<Item = (char, &[u8])> {
    std::iter::from_fn(move || {
        let (rune, bytes) = first(text)?;
        text = &text[bytes.len()..];
        Some((rune, bytes))
    })
}

/// Where runes begin, and the end of the text.
pub fn boundaries(text: &[u8]) -> impl Iterator<Item = usize> {
    let ends = all(text).scan(0, |end, (_, bytes)| {
        *end += bytes.len();
        Some(*end)
    });
    std::iter::once(0).chain(ends)
}

/// How many runes a text has.
pub fn count(text: &[u8]) -> usize {
    all(text).count()
}

/// The runes that occur.
pub fn set(text: &[u8]) -> HashSet<char> {
    all(text).map(|(rune, _)| rune).collect()
}
