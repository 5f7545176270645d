//! Durations: 64 bits of nanoseconds.

pub(super) const SECOND: i64 = 1_000_000_000;
/// The greatest magnitude, which only a negative duration can have.
const MOST: u64 = 1 << 63;

/// Reads a duration as `time.ParseDuration` does: `1h30m`, `-1.5s`.
pub(super) fn parse(text: &[u8]) -> Option<i64> {
    let (negative, mut rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if rest == b"0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut sum: u64 = 0;
    while !rest.is_empty() {
        let (amount, after) = parse_amount(rest)?;
        sum = sum.checked_add(amount).filter(|sum| *sum <= MOST)?;
        rest = after;
    }
    if negative { Some((sum as i64).wrapping_neg()) } else { i64::try_from(sum).ok() }
}

/// A number and its unit, and what follows.
fn parse_amount(text: &[u8]) -> Option<(u64, &[u8])> {
    let digits = digits(text);
    let whole = text[..digits].iter().try_fold(0_u64, |number, digit| {
        let number = number.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
        (number <= MOST).then_some(number)
    })?;
    let mut rest = &text[digits..];
    let mut fraction = (0, 1.0);
    let mut any = digits > 0;
    if let Some(after) = rest.strip_prefix(b".") {
        let digits = self::digits(after);
        fraction = read_fraction(&after[..digits]);
        any |= digits > 0;
        rest = &after[digits..];
    }
    if !any {
        return None;
    }
    let length = rest.iter().take_while(|byte| **byte != b'.' && !byte.is_ascii_digit()).count();
    let unit = unit(&rest[..length])?;
    let mut amount = whole.checked_mul(unit).filter(|amount| *amount <= MOST)?;
    if fraction.0 > 0 {
        amount += (fraction.0 as f64 * (unit as f64 / fraction.1)) as u64;
    }
    (amount <= MOST).then_some((amount, &rest[length..]))
}

fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// The digits as a number, as many as 63 bits hold, and the power of ten that they are to be divided by.
fn read_fraction(digits: &[u8]) -> (u64, f64) {
    let (mut number, mut scale) = (0_u64, 1.0);
    for digit in digits {
        if number > (MOST - 1) / 10 {
            break;
        }
        let next = number * 10 + u64::from(digit - b'0');
        if next > MOST {
            break;
        }
        number = next;
        scale *= 10.0;
    }
    (number, scale)
}

fn unit(name: &[u8]) -> Option<u64> {
    Some(match name {
        b"ns" => 1,
        // Both characters that look like the Greek letter.
        b"us" | b"\xc2\xb5s" | b"\xce\xbcs" => 1_000,
        b"ms" => 1_000_000,
        b"s" => 1_000_000_000,
        b"m" => 60_000_000_000,
        b"h" => 3_600_000_000_000,
        _ => return None,
    })
}

/// Reads seconds as Sprig does, which ignores errors: the nearest number if there are too many, else 0.
pub(super) fn parse_seconds(text: &[u8]) -> i64 {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        _ => (false, text),
    };
    let mut number: u64 = 0;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return 0;
        }
        let next = number.checked_mul(10).and_then(|number| number.checked_add(u64::from(digit - b'0')));
        // Go looks no further than to the digit that is too much.
        let Some(next) = next else { return if negative { i64::MIN } else { i64::MAX } };
        number = next;
    }
    if negative { 0_i64.saturating_sub_unsigned(number) } else { i64::try_from(number).unwrap_or(i64::MAX) }
}

/// A duration as Go prints it: `1h30m0s`, `1.5µs`.
pub(super) fn text(duration: i64) -> String {
    let sign = if duration < 0 { "-" } else { "" };
    let magnitude = duration.unsigned_abs();
    match magnitude {
        0 => "0s".to_owned(),
        1..1_000 => format!("{sign}{magnitude}ns"),
        1_000..1_000_000 => format!("{sign}{}µs", decimal(magnitude, 3)),
        1_000_000..1_000_000_000 => format!("{sign}{}ms", decimal(magnitude, 6)),
        _ => {
            let seconds = magnitude / 1_000_000_000;
            let last = decimal(magnitude % 60_000_000_000, 9);
            match (seconds / 3600, seconds / 60 % 60) {
                (0, 0) => format!("{sign}{last}s"),
                (0, minutes) => format!("{sign}{minutes}m{last}s"),
                (hours, minutes) => format!("{sign}{hours}h{minutes}m{last}s"),
            }
        }
    }
}

/// A number with so many digits after the point, less the zeros at the end.
fn decimal(number: u64, places: u32) -> String {
    let unit = 10_u64.pow(places);
    let (whole, fraction) = (number / unit, number % unit);
    let text = format!("{whole}.{fraction:0width$}", width = places as usize);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The nearest whole number of seconds; halves go away from zero.
pub(super) fn round_to_seconds(duration: i64) -> i64 {
    let rest = duration % SECOND;
    let down = duration - rest;
    if rest.abs() * 2 < SECOND { down } else { down.saturating_add(SECOND * rest.signum()) }
}

/// The largest unit that a duration has more than one of, and how many.
pub(super) fn largest_unit(duration: i64) -> String {
    const UNITS: [(u64, &str); 6] =
        [(365 * 86_400, "y"), (30 * 86_400, "mo"), (86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    let magnitude = duration.unsigned_abs();
    let nanoseconds = |seconds: u64| seconds * 1_000_000_000;
    match UNITS.iter().find(|(seconds, _)| magnitude > nanoseconds(*seconds)) {
        Some((seconds, unit)) => format!("{}{unit}", magnitude / nanoseconds(*seconds)),
        None => "0s".to_owned(),
    }
}
