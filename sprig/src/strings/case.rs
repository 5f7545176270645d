//! Upper and lower case. All turn bytes that are no UTF-8 into U+FFFD, as Go does.

use go_template::{runes, unicode};

pub(super) fn upper(text: &[u8]) -> String {
    runes::all(text).map(|(rune, _)| unicode::upper(rune)).collect()
}

pub(super) fn lower(text: &[u8]) -> String {
    runes::all(text).map(|(rune, _)| unicode::lower(rune)).collect()
}

/// Title case for each rune that follows a separator.
pub(super) fn title(text: &[u8]) -> String {
    let mut previous = ' ';
    let titled = runes::all(text).map(|(rune, _)| {
        let starts = is_separator(std::mem::replace(&mut previous, rune));
        if starts { unicode::title(rune) } else { rune }
    });
    titled.collect()
}

/// What `strings.Title` takes for the end of a word. Beyond ASCII only spaces are, not punctuation.
fn is_separator(rune: char) -> bool {
    if rune.is_ascii() {
        return !rune.is_ascii_alphanumeric() && rune != '_';
    }
    !unicode::is_letter(rune) && !unicode::is_digit(rune) && rune.is_whitespace()
}

/// Lower case for the first rune of each word.
pub(super) fn untitle(text: &[u8]) -> String {
    let mut starts = true;
    let untitled = runes::all(text).map(|(rune, _)| {
        let first = std::mem::replace(&mut starts, rune.is_whitespace());
        if first { unicode::lower(rune) } else { rune }
    });
    untitled.collect()
}

/// Each letter in the other case; lower case becomes title case after white space.
pub(super) fn swapped(text: &[u8]) -> String {
    let mut after_space = true;
    let swapped = runes::all(text).map(|(rune, _)| {
        let first = std::mem::replace(&mut after_space, rune.is_whitespace());
        if unicode::is_upper(rune) || unicode::is_title(rune) {
            unicode::lower(rune)
        } else if unicode::is_lower(rune) {
            if first { unicode::title(rune) } else { unicode::upper(rune) }
        } else {
            rune
        }
    });
    swapped.collect()
}
