//! Numbers, moments and places for people.

use std::fmt::Display;

use sealer_core::Timestamp;

/// A number with its noun.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// A size for people.
pub fn size(bytes: usize) -> String {
    let tenths = |unit: usize, name: &str| {
        let tenths = (bytes * 10 + unit / 2) / unit;
        format!("{}.{} {name}", tenths / 10, tenths % 10)
    };
    match bytes {
        0..1000 => count(bytes, "byte"),
        1000..1_000_000 => tenths(1000, "kB"),
        _ => tenths(1_000_000, "MB"),
    }
}

/// Digits in groups of three.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// How long ago, in the largest unit that fits.
pub fn age(since: Timestamp, now: Timestamp) -> String {
    let days = now.unix_seconds().saturating_sub(since.unix_seconds()) / 86_400;
    let days = usize::try_from(days).unwrap_or(usize::MAX);
    match days {
        _ if since > now => format!("valid from {}", date(since)),
        0 => "made today".to_owned(),
        1..=60 => format!("{} old", count(days, "day")),
        61..=730 => format!("{} old", count(days / 30, "month")),
        _ => format!("{} old", count(days / 365, "year")),
    }
}

/// A date for people: `20 November 2036`.
pub fn date(moment: Timestamp) -> String {
    let (year, month, day) = moment.date();
    format!("{day} {month} {year}")
}

/// The beginning and the end of a fingerprint: for looking, never for comparing.
pub fn short_fingerprint(fingerprint: &str) -> String {
    match (fingerprint.get(..8), fingerprint.len().checked_sub(5).and_then(|at| fingerprint.get(at..))) {
        (Some(start), Some(end)) => format!("{start}:…:{end}"),
        _ => fingerprint.to_owned(),
    }
}

/// Where in the text, in words.
pub fn place(line: impl Display, column: impl Display) -> String {
    format!("Line {line}, column {column}: ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_counts_read_well() {
        assert_eq!(size(0), "0 bytes");
        assert_eq!(size(1), "1 byte");
        assert_eq!(size(1300), "1.3 kB");
        assert_eq!(size(1_048_576), "1.0 MB");
        assert_eq!(grouped(728), "728");
        assert_eq!(grouped(1_398_808), "1\u{202f}398\u{202f}808");
    }

    #[test]
    fn an_age_is_told_in_the_unit_that_people_would_use() {
        let at = |days: u64| Timestamp::from_unix_seconds(days * 86_400);
        assert_eq!(age(at(10), at(10)), "made today");
        assert_eq!(age(at(10), at(11)), "1 day old");
        assert_eq!(age(at(10), at(22)), "12 days old");
        assert_eq!(age(at(0), at(100)), "3 months old");
        assert_eq!(age(at(0), at(800)), "2 years old");
        assert_eq!(age(at(11), at(10)), "valid from 12 January 1970");
    }

    #[test]
    fn a_short_fingerprint_shows_both_ends() {
        assert_eq!(short_fingerprint("4F:9A:0C:11:22:E7:21"), "4F:9A:0C:…:E7:21");
        assert_eq!(short_fingerprint("4F"), "4F");
    }
}
