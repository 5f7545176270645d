//! Strings and characters: quoting, and which of them can be shown.

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// A character, or a byte that begins none: each such byte counts as one character.
pub(super) enum Rune {
    Char(char),
    Bad(u8),
}

pub(super) fn runes(text: &[u8]) -> impl Iterator<Item = Rune> + '_ {
    text.utf8_chunks().flat_map(|chunk| {
        chunk.valid().chars().map(Rune::Char).chain(chunk.invalid().iter().copied().map(Rune::Bad))
    })
}

pub(super) fn count(text: &[u8]) -> usize {
    runes(text).count()
}

/// The first characters of a text, so many at most.
pub(super) fn truncated(text: &[u8], characters: usize) -> &[u8] {
    let width = |rune| match rune {
        Rune::Char(char) => char::len_utf8(char),
        Rune::Bad(_) => 1,
    };
    &text[..runes(text).take(characters).map(width).sum()]
}

/// Whether Go shows it as it is: letters, marks, numbers, punctuation, symbols and the plain space.
pub(crate) fn is_printable(char: char) -> bool {
    match char.general_category_group() {
        GeneralCategoryGroup::Letter
        | GeneralCategoryGroup::Mark
        | GeneralCategoryGroup::Number
        | GeneralCategoryGroup::Punctuation
        | GeneralCategoryGroup::Symbol => true,
        GeneralCategoryGroup::Separator | GeneralCategoryGroup::Other => char == ' ',
    }
}

/// Whether a name may have it, beside `_`.
pub(crate) fn is_letter_or_digit(char: char) -> bool {
    match char.general_category() {
        GeneralCategory::DecimalNumber => true,
        _ => char.general_category_group() == GeneralCategoryGroup::Letter,
    }
}

/// A Go literal of the text between such quotes; with `ascii`, of nothing but ASCII.
pub(super) fn quote(text: &[u8], quote: char, ascii: bool) -> Vec<u8> {
    let mut quoted = vec![quote as u8];
    for rune in runes(text) {
        match rune {
            Rune::Char(char) => quote_char(&mut quoted, char, quote, ascii),
            Rune::Bad(byte) => quoted.extend(format!("\\x{byte:02x}").bytes()),
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
    runes(text).all(|rune| match rune {
        Rune::Char(char) => !matches!(char, '\u{feff}' | '`' | '\x7f') && (char >= ' ' || char == '\t'),
        Rune::Bad(_) => false,
    })
}
