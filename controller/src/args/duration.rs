//! Durations in Go's notation, as upstream's flags take them: `87600h`, `1h30m`, `1.5s`, `0`.

use std::time::Duration;

/// The text is no duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a duration like 720h, 90m or 1h30m")]
pub struct DurationError;

/// Reads a duration; negative ones are refused, no flag has a use for them.
pub fn parse(text: &str) -> Result<Duration, DurationError> {
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest == "0" {
        return Ok(Duration::ZERO);
    }
    if rest.is_empty() {
        return Err(DurationError);
    }
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or(DurationError)?;
        let (number, after) = rest.split_at(digits);
        let unit = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(unit);
        let seconds = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" => 1e-6,
            "ns" => 1e-9,
            _ => return Err(DurationError),
        };
        let number: f64 = number.parse().map_err(|_| DurationError)?;
        let part = Duration::try_from_secs_f64(number * seconds).map_err(|_| DurationError)?;
        total = total.checked_add(part).ok_or(DurationError)?;
        rest = after;
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gos_notation_is_read() {
        for (text, millis) in [
            ("87600h", 315_360_000_000),
            ("720h", 2_592_000_000),
            ("1h30m", 5_400_000),
            ("1.5s", 1_500),
            ("300ms", 300),
            ("0", 0),
            ("0s", 0),
            ("+2m", 120_000),
            (".5s", 500),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in [
            "",
            "h",
            "5",
            "5d",
            "1h30",
            "-1h",
            "1h-30m",
            "1 h",
            "abc",
            "1.2.3s",
            "99999999999999999999h",
            ".",
        ] {
            assert_eq!(parse(text), Err(DurationError), "{text}");
        }
    }
}
