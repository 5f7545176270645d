//! Classes and cases of characters as Go knows them: of Unicode 15.0, and one character for one.
//!
//! Rust and its crates know later versions of Unicode, so what has come since is taken out again. A test
//! compares everything with Go.

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory as _};

/// What can be shown and Unicode 15.0 lacks.
const LATER: [(u32, u32); 79] = [
    (0x558, 0x558),
    (0x58b, 0x58c),
    (0x5c8, 0x5c9),
    (0x88f, 0x897),
    (0xb53, 0xb54),
    (0xc5c, 0xc5c),
    (0xcdc, 0xcdc),
    (0x1acf, 0x1af0),
    (0x1b4e, 0x1b4f),
    (0x1b7f, 0x1b7f),
    (0x1c89, 0x1c8a),
    (0x208f, 0x208f),
    (0x209d, 0x209f),
    (0x20c1, 0x20c4),
    (0x2427, 0x2429),
    (0x2b96, 0x2b96),
    (0x2e60, 0x2e63),
    (0x2ffc, 0x2fff),
    (0x31e4, 0x31ef),
    (0xa7cb, 0xa7cf),
    (0xa7d2, 0xa7d2),
    (0xa7d4, 0xa7d4),
    (0xa7da, 0xa7f1),
    (0xab6c, 0xab6d),
    (0xfbc3, 0xfbd2),
    (0xfd90, 0xfd91),
    (0xfdc8, 0xfdce),
    (0x105c0, 0x105f3),
    (0x107bb, 0x107bf),
    (0x10940, 0x10959),
    (0x10d40, 0x10d8f),
    (0x10ec2, 0x10efc),
    (0x11380, 0x113e2),
    (0x116d0, 0x116e3),
    (0x11b0a, 0x11bf9),
    (0x11db0, 0x11df1),
    (0x11f5a, 0x11f5a),
    (0x1246f, 0x1246f),
    (0x12475, 0x1247f),
    (0x12550, 0x12686),
    (0x13460, 0x143fa),
    (0x16100, 0x16139),
    (0x16d40, 0x16d79),
    (0x16ea0, 0x16ed3),
    (0x16ff2, 0x16ff6),
    (0x187f8, 0x187ff),
    (0x18cd6, 0x18cff),
    (0x18d09, 0x191d2),
    (0x1b123, 0x1b128),
    (0x1b168, 0x1b168),
    (0x1cc00, 0x1cefd),
    (0x1d127, 0x1d128),
    (0x1d1eb, 0x1d1ff),
    (0x1d250, 0x1d281),
    (0x1d6a6, 0x1d6a6),
    (0x1db00, 0x1db1c),
    (0x1df1f, 0x1df24),
    (0x1df2b, 0x1dfff),
    (0x1e5d0, 0x1e6ff),
    (0x1f1ae, 0x1f1ae),
    (0x1f6d8, 0x1f6d9),
    (0x1f777, 0x1f77a),
    (0x1f7da, 0x1f7db),
    (0x1f7f1, 0x1f7ff),
    (0x1f8b2, 0x1f8d8),
    (0x1fa54, 0x1fa57),
    (0x1fa89, 0x1fa8f),
    (0x1fabe, 0x1fabe),
    (0x1fac6, 0x1facd),
    (0x1fadc, 0x1fadf),
    (0x1fae9, 0x1faef),
    (0x1faf9, 0x1fafa),
    (0x1fbcb, 0x1fbef),
    (0x1fbfa, 0x1fbfa),
    (0x2b73a, 0x2b73f),
    (0x2b81e, 0x2b81e),
    (0x2cea2, 0x2cead),
    (0x2ebf0, 0x2ee5d),
    (0x323b0, 0x3fc3f),
];

fn is_later(rune: char) -> bool {
    let rune = u32::from(rune);
    let index = LATER.partition_point(|&(_, last)| last < rune);
    LATER.get(index).is_some_and(|&(first, _)| first <= rune)
}

fn category(rune: char) -> GeneralCategory {
    match rune {
        // A letter without case since Unicode 16.0.
        '\u{295}' => GeneralCategory::LowercaseLetter,
        _ if is_later(rune) => GeneralCategory::Unassigned,
        _ => rune.general_category(),
    }
}

fn group(rune: char) -> GeneralCategoryGroup {
    if is_later(rune) { GeneralCategoryGroup::Other } else { rune.general_category_group() }
}

/// An upper case letter.
pub fn is_upper(rune: char) -> bool {
    category(rune) == GeneralCategory::UppercaseLetter
}

/// A lower case letter.
pub fn is_lower(rune: char) -> bool {
    category(rune) == GeneralCategory::LowercaseLetter
}

/// A letter like `ǅ`, of which only the first part is upper case.
pub fn is_title(rune: char) -> bool {
    category(rune) == GeneralCategory::TitlecaseLetter
}

/// A letter of any kind.
pub fn is_letter(rune: char) -> bool {
    group(rune) == GeneralCategoryGroup::Letter
}

/// A decimal digit of any script.
pub fn is_digit(rune: char) -> bool {
    category(rune) == GeneralCategory::DecimalNumber
}

/// A digit or another number.
pub fn is_number(rune: char) -> bool {
    group(rune) == GeneralCategoryGroup::Number
}

/// Punctuation.
pub fn is_punctuation(rune: char) -> bool {
    group(rune) == GeneralCategoryGroup::Punctuation
}

/// What Go shows as it is: letters, marks, numbers, punctuation, symbols and the plain space.
pub fn is_printable(rune: char) -> bool {
    match group(rune) {
        GeneralCategoryGroup::Letter
        | GeneralCategoryGroup::Mark
        | GeneralCategoryGroup::Number
        | GeneralCategoryGroup::Punctuation
        | GeneralCategoryGroup::Symbol => true,
        GeneralCategoryGroup::Separator | GeneralCategoryGroup::Other => rune == ' ',
    }
}

/// The one upper case character: itself for `ß`.
pub fn upper(rune: char) -> char {
    match rune {
        // In full they become two characters.
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => shifted(rune, 8),
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => shifted(rune, 9),
        _ => simple(rune, rune.to_uppercase()),
    }
}

/// The one lower case character.
pub fn lower(rune: char) -> char {
    match rune {
        '\u{130}' => 'i',
        _ => simple(rune, rune.to_lowercase()),
    }
}

/// The one title case character: upper case but for a few letters.
pub fn title(rune: char) -> char {
    match rune {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        // Georgian has upper case for whole words only.
        '\u{10d0}'..='\u{10ff}' => rune,
        _ => upper(rune),
    }
}

fn shifted(rune: char, distance: u32) -> char {
    char::from_u32(u32::from(rune) + distance).unwrap_or(rune)
}

/// What a mapping gives, unless it is several characters or nothing that Unicode 15.0 has.
fn simple(rune: char, mut mapped: impl ExactSizeIterator<Item = char>) -> char {
    let one = (mapped.len() == 1).then(|| mapped.next()).flatten();
    one.filter(|&one| !is_later(rune) && !is_later(one)).unwrap_or(rune)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Go 1.26's answers for every character, as FNV-1a: upper, lower and title case as four little-endian
    /// bytes each, and then the classes as a set of bits in such a number.
    const GO: u64 = 0x382b_10af_290b_dd9d;

    #[test]
    fn every_character_is_what_go_takes_it_for() {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for rune in '\0'..=char::MAX {
            let classes = [
                is_upper(rune),
                is_lower(rune),
                is_title(rune),
                is_letter(rune),
                is_digit(rune),
                is_number(rune),
                is_punctuation(rune),
                rune.is_whitespace(),
            ];
            let bits = classes.iter().rev().fold(0, |bits, &class| bits << 1 | u32::from(class));
            let numbers = [upper(rune).into(), lower(rune).into(), title(rune).into(), bits];
            for byte in numbers.into_iter().flat_map(u32::to_le_bytes) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
            }
        }
        assert_eq!(hash, GO, "{hash:#x}");
    }
}
