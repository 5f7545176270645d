//! Reads time limits as kubectl does.

use std::time::Duration;

/// The text is no time limit. These are kubectl's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a number of seconds, or a number with a unit (e.g. 1s, 2m, 3h)")]
pub struct TimeLimitError;

/// `10`, `10s`, `1m30s`, `1.5h`, as Go writes time spans; zero is no limit, as upstream has it.
pub fn parse(text: &str) -> Result<Option<Duration>, TimeLimitError> {
    let seconds = match text.parse::<u32>() {
        Ok(seconds) => f64::from(seconds),
        Err(_) => go_seconds(text).ok_or(TimeLimitError)?,
    };
    let span = Duration::try_from_secs_f64(seconds).map_err(|_| TimeLimitError)?;
    Ok((!span.is_zero()).then_some(span))
}

/// Numbers with units, one after another.
fn go_seconds(text: &str) -> Option<f64> {
    let mut seconds = 0.0;
    let mut rest = text;
    loop {
        let (number, after) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit() && c != '.')?);
        let (unit, next) =
            after.split_at(after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len()));
        let factor = match unit {
            "ns" => 1e-9,
            "us" | "µs" | "μs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return None,
        };
        seconds += number.parse::<f64>().ok()? * factor;
        if next.is_empty() {
            return Some(seconds);
        }
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_limits_are_written_as_in_go_and_zero_is_none() {
        for (text, milliseconds) in [
            ("10", 10_000),
            ("250ms", 250),
            ("2m", 120_000),
            ("1h", 3_600_000),
            ("1m30s", 90_000),
            ("1.5s", 1500),
        ] {
            assert_eq!(parse(text), Ok(Some(Duration::from_millis(milliseconds))), "{text}");
        }
        for none in ["0", "0s", "0m0s"] {
            assert_eq!(parse(none), Ok(None), "{none}");
        }
        for wrong in ["", "s", "-1s", "1 s", "1x", "1s1", "1..5s", "99999999999999999999h"] {
            assert_eq!(parse(wrong), Err(TimeLimitError), "{wrong}");
        }
    }
}
