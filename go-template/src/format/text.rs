//! Strings and characters: quoting and cutting.

use crate::runes;
use crate::unicode::is_printable;

/// The first characters of a text, so many at most.
pub(super) fn truncated(text: &[u8], characters: usize) -> &[u8] {
    &text[..runes::all(text).take(characters).map(|(_, bytes)| bytes.len()).sum()]
}

/// Whether a character stands for a byte that is no UTF-8.
fn is_bad(rune: char, bytes: &[u8]) -> bool {
    rune == runes::BAD && bytes.len() == 1
}

/// A Go literal of the text between such quotes; with `ascii`, of nothing but ASCII.
pub(super) fn quote(text: &[u8], quote: char, ascii: bool) -> Vec<u8> {
    let mut quoted = vec![quote as u8];
    for (rune, bytes) in runes::all(text) {
        if is_bad(rune, bytes) {
            quoted.extend(format!("\\x{:02x}", bytes[0]).bytes());
        } else {
            quote_char(&mut quoted, rune, quote, ascii);
        }
    }
    quoted.push(quote as u8);
    quoted
}

fn quote_char(quoted: &mut Vec<u8>, char: char, quote: char, ascii: bool) {
    let plain = if ascii { char.is_ascii() && is_printable(char) } else { is_printable(char) };
    let escape = match char {
        '\\' => "\\\\".to_owned(),
        _ if char == quote => format!("\\{char}"),
        _ if plain => char.to_string(),
        '\x07' => "\\a".to_owned(),
        '\x08' => "\\b".to_owned(),
        '\x0c' => "\\f".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        '\x0b' => "\\v".to_owned(),
        _ => match u32::from(char) {
            code @ (..0x20 | 0x7f) => format!("\\x{code:02x}"),
            code @ ..0x10000 => format!("\\u{code:04x}"),
            code => format!("\\U{code:08x}"),
        },
    };
    quoted.extend(escape.bytes());
}

/// Whether a raw string can hold it.
pub(super) fn fits_backquotes(text: &[u8]) -> bool {
    runes::all(text).all(|(rune, bytes)| {
        let control = rune < ' ' && rune != '\t';
        !control && !matches!(rune, '\u{feff}' | '`' | '\x7f') && !is_bad(rune, bytes)
    })
}
