//! Parts of strings. Positions count bytes, as in Go, and may fall inside a character.

use go_template::Fault;

use go_template::runes;

/// At most so many bytes, three of them dots where something was left out: at the end, or from a position on
/// also at the start. Widths that leave no room for the dots leave the text as it is.
pub(super) fn abbreviated(left: i64, width: i64, text: &[u8]) -> Vec<u8> {
    let length = text.len() as i64;
    if width < 4 || left > 0 && width < 7 || length <= width {
        return text.to_vec();
    }
    let kept = width - 3;
    let left = left.min(length).min(length - kept);
    let part = |from: i64, to: i64| &text[from as usize..to as usize];
    if left <= 4 {
        [part(0, kept), b"..."].concat()
    } else if left + kept < length {
        [b"...", part(left, left + kept - 3), b"..."].concat()
    } else {
        [b"...", part(length - kept, length)].concat()
    }
}

/// The first bytes, or the last ones for a negative number.
pub(super) fn truncated(count: i64, text: &[u8]) -> &[u8] {
    let size = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX).min(text.len());
    if count < 0 { &text[text.len() - size..] } else { &text[..size] }
}

/// From a position to another. A negative start is 0; a negative end, or one too large, is the text's end,
/// but not both.
pub(super) fn substring(start: i64, end: i64, text: &[u8]) -> Result<&[u8], Fault> {
    let (start, end) = (usize::try_from(start).ok(), usize::try_from(end).ok());
    let part = match (start, end) {
        (None, end) => end.and_then(|end| text.get(..end)),
        (Some(start), Some(end)) if end <= text.len() => text.get(start..end),
        (Some(start), _) => text.get(start..),
    };
    part.ok_or(Fault::new("the positions are outside of the string or in the wrong order"))
}

/// Without runes of a class at both ends.
pub(super) fn trimmed(mut text: &[u8], class: impl Fn(char) -> bool) -> &[u8] {
    while let Some((rune, bytes)) = runes::first(text)
        && class(rune)
    {
        text = &text[bytes.len()..];
    }
    while let Some((rune, bytes)) = runes::last(text)
        && class(rune)
    {
        text = &text[..text.len() - bytes.len()];
    }
    text
}

pub(super) fn without_prefix<'t>(prefix: &[u8], text: &'t [u8]) -> &'t [u8] {
    text.strip_prefix(prefix).unwrap_or(text)
}

pub(super) fn without_suffix<'t>(suffix: &[u8], text: &'t [u8]) -> &'t [u8] {
    text.strip_suffix(suffix).unwrap_or(text)
}

/// Without white space. Go takes each byte for a character of its own here, so that characters beyond ASCII
/// come out as several others, unless there is nothing to remove.
pub(super) fn without_space(text: &[u8]) -> Vec<u8> {
    if !text.iter().any(|&byte| char::from(byte).is_whitespace()) {
        return text.to_vec();
    }
    let kept = text.iter().map(|&byte| char::from(byte)).filter(|rune| !rune.is_whitespace());
    kept.collect::<String>().into_bytes()
}

/// The first byte of each word, taken for a character as in [`without_space`].
pub(super) fn initials(text: &[u8]) -> String {
    let mut after_space = true;
    let mut starts = |rune: char| {
        let space = rune.is_whitespace();
        std::mem::replace(&mut after_space, space) && !space
    };
    text.iter().map(|&byte| char::from(byte)).filter(|&rune| starts(rune)).collect()
}
