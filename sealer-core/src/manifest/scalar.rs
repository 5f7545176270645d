//! What a plain scalar is: by YAML 1.1 as Go's decoder reads it, and by the YAML 1.2 core schema.

use super::error::Reading;
use super::timestamp::is_timestamp;
use super::tree::{Scalar, Tag};

/// A scalar as Go's decoder resolves it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    Null,
    Boolean(bool),
    /// From the least `i64` to the greatest `u64`.
    Integer(i128),
    Float(f64),
    Text(&'a str),
    /// What `!!binary` decodes to.
    Binary(&'a str),
}

/// The tag can't hold this scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TagMismatch;

/// Resolves a scalar as go-yaml 2 does (`resolve.go`), tags included.
pub(super) fn resolve<'a>(scalar: &'a Scalar<'_>) -> Result<Value<'a>, TagMismatch> {
    let text = scalar.text.as_str();
    match scalar.tag {
        Tag::None if !scalar.plain => return Ok(Value::Text(text)),
        Tag::Binary => return Ok(Value::Binary(text)),
        Tag::Str | Tag::Merge | Tag::Other => return Ok(Value::Text(text)),
        _ => {}
    }
    let value = resolve_plain(text);
    match (scalar.tag, &value) {
        (Tag::Float, Value::Integer(number)) => Ok(Value::Float(*number as f64)),
        (Tag::None, _)
        | (Tag::Null, Value::Null)
        | (Tag::Boolean, Value::Boolean(_))
        | (Tag::Integer, Value::Integer(_))
        | (Tag::Float, Value::Float(_)) => Ok(value),
        // Go keeps a timestamp as the text it was written with.
        (Tag::Timestamp, Value::Text(_)) if is_timestamp(text) => Ok(value),
        _ => Err(TagMismatch),
    }
}

/// What go-yaml 2 makes of a plain scalar without a tag.
pub(super) fn resolve_plain(text: &str) -> Value<'_> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Value::Boolean(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Value::Boolean(false);
        }
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        ".nan" | ".NaN" | ".NAN" => return Value::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Value::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Value::Float(f64::NEG_INFINITY),
        _ => {}
    }
    match text.as_bytes().first() {
        Some(b'.') => float(text).map_or(Value::Text(text), Value::Float),
        Some(b'+' | b'-' | b'0'..=b'9') => {
            // Not zeroized: what is built here is a number's digits, and is dropped at once.
            let plain: String = text.chars().filter(|&c| c != '_').collect();
            integer(&plain)
                .map(Value::Integer)
                .or_else(|| float(&plain).map(Value::Float))
                .unwrap_or(Value::Text(text))
        }
        _ => Value::Text(text),
    }
}

/// Go's `strconv.ParseInt(text, 0, 64)`, then `ParseUint`.
fn integer(text: &str) -> Option<i128> {
    let (negative, signed, digits) = match text.as_bytes().first()? {
        b'-' => (true, true, &text[1..]),
        b'+' => (false, true, &text[1..]),
        _ => (false, false, text),
    };
    let lower = |digits: &str| digits.get(..2).map(str::to_ascii_lowercase);
    let (radix, digits) = match lower(digits).as_deref() {
        Some("0x") => (16, &digits[2..]),
        Some("0o") => (8, &digits[2..]),
        Some("0b") => (2, &digits[2..]),
        Some(_) if digits.starts_with('0') => (8, &digits[1..]),
        _ => (10, digits),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| char::from(byte).is_digit(radix)) {
        return None;
    }
    let number = i128::from_str_radix(digits, radix).ok()?;
    let number = if negative { -number } else { number };
    let largest = if signed { i128::from(i64::MAX) } else { i128::from(u64::MAX) };
    (i128::from(i64::MIN)..=largest).contains(&number).then_some(number)
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, if it is not too large for Go.
fn float(text: &str) -> Option<f64> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let whole = digits(unsigned);
    let mut rest = &unsigned[whole..];
    if let Some(fraction) = rest.strip_prefix('.') {
        let length = digits(fraction);
        if whole + length == 0 {
            return None;
        }
        rest = &fraction[length..];
    } else if whole == 0 {
        return None;
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if exponent.is_empty() || digits(exponent) != exponent.len() {
            return None;
        }
    } else if !rest.is_empty() {
        return None;
    }
    finite(text)
}

/// The number, unless it is too large for a float.
#[cfg(feature = "kubeseal")]
fn finite(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Without kubeseal's policy nobody asks which number it is, and the tables for finding out are spared.
#[cfg(not(feature = "kubeseal"))]
fn finite(text: &str) -> Option<f64> {
    super::magnitude::is_finite(text).then_some(0.0)
}

/// A float as sigs.k8s.io/yaml writes it into a string: the shortest that is the same `float32`, Go's `%g`.
pub(super) fn float_text(number: f64) -> String {
    let number = number as f32;
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let shortest = format!("{number:e}");
    let digits = shortest.split('e').next().unwrap_or_default().bytes().filter(u8::is_ascii_digit).count();
    // Written again with that many digits: of two that are equally near, Go takes the even one.
    let scientific = format!("{number:.*e}", digits - 1);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    // Go's `%g` of a shortest number counts as one of precision 6.
    if !(-4..6).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.abs());
    }
    // As many places behind the point as the shortest form has.
    let places = i32::try_from(digits).unwrap_or(i32::MAX) - 1 - exponent;
    format!("{number:.*}", usize::try_from(places).unwrap_or_default())
}

/// What YAML 1.1 makes of a plain scalar, by its specification: also what Go leaves out.
pub(super) fn reading_1_1(text: &str) -> Reading {
    match resolve_plain(text) {
        Value::Null => Reading::Null,
        Value::Boolean(_) => Reading::Boolean,
        Value::Integer(_) => Reading::Integer,
        Value::Float(_) => Reading::Float,
        Value::Text(_) | Value::Binary(_) if is_timestamp(text) => Reading::Timestamp,
        Value::Text(_) | Value::Binary(_) if is_base_60(text) => {
            if text.contains('.') {
                Reading::Float
            } else {
                Reading::Integer
            }
        }
        Value::Text(_) | Value::Binary(_) => Reading::Text,
    }
}

/// What the core schema of YAML 1.2 (section 10.3.2) makes of a plain scalar.
pub(super) fn reading_1_2(text: &str) -> Reading {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Reading::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => return Reading::Boolean,
        ".nan" | ".NaN" | ".NAN" => return Reading::Float,
        _ => {}
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Reading::Float;
    }
    let all = |digits: &str, radix| !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    if all(unsigned, 10)
        || text.strip_prefix("0o").is_some_and(|digits| all(digits, 8))
        || text.strip_prefix("0x").is_some_and(|digits| all(digits, 16))
    {
        return Reading::Integer;
    }
    // The core schema's pattern is Go's; too large is still a float.
    if is_float(text) { Reading::Float } else { Reading::Text }
}

fn is_float(text: &str) -> bool {
    // Judged by the mantissa alone, so that an exponent out of range does not turn it into text.
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    float(text).is_some()
        || (float(mantissa).is_some()
            && text[mantissa.len()..].get(1..).is_some_and(|exponent| {
                let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
                !exponent.is_empty() && exponent.bytes().all(|byte| byte.is_ascii_digit())
            }))
}

/// Whether a string must be quoted so that no YAML reader takes it for something else.
///
/// Go's emitter asks only its own resolver; that leaves numbers too large for Go bare, which YAML 1.2 reads.
pub(crate) fn needs_quotes(text: &str) -> bool {
    reading_1_1(text) != Reading::Text || reading_1_2(text) != Reading::Text
}

/// `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`: sixty seconds to the minute.
fn is_base_60(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let mut groups = whole.split(':');
    let first = groups.next().unwrap_or_default();
    let mut later = 0;
    let digit_or_underscore = |byte: u8| byte.is_ascii_digit() || byte == b'_';
    first.starts_with(|c: char| c.is_ascii_digit())
        && first.bytes().all(digit_or_underscore)
        && fraction.bytes().all(digit_or_underscore)
        && groups.all(|group| {
            later += 1;
            match group.as_bytes() {
                [ones] | [b'0'..=b'5', ones] => ones.is_ascii_digit(),
                _ => false,
            }
        })
        && later > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_are_resolved_as_go_resolves_them() {
        for (text, value) in [
            ("yes", Value::Boolean(true)),
            ("yEs", Value::Text("yEs")),
            ("n", Value::Boolean(false)),
            ("~", Value::Null),
            ("0123", Value::Integer(83)),
            ("0o17", Value::Integer(15)),
            ("0x1F", Value::Integer(31)),
            ("-0b11", Value::Integer(-3)),
            ("1_000", Value::Integer(1000)),
            ("08", Value::Float(8.0)),
            ("1e3", Value::Float(1000.0)),
            (".5", Value::Float(0.5)),
            ("1.", Value::Float(1.0)),
            ("18446744073709551615", Value::Integer(18_446_744_073_709_551_615)),
            ("+18446744073709551615", Value::Float(18_446_744_073_709_551_615.0)),
            ("1e999", Value::Text("1e999")),
            ("-", Value::Text("-")),
            (".", Value::Text(".")),
            ("._5", Value::Text("._5")),
            ("0x", Value::Text("0x")),
            ("12:30:45", Value::Text("12:30:45")),
            ("2001-01-01", Value::Text("2001-01-01")),
            ("<<", Value::Text("<<")),
            ("=", Value::Text("=")),
        ] {
            assert_eq!(resolve_plain(text), value, "{text}");
        }
    }

    #[test]
    fn floats_are_written_as_go_writes_a_short_float32() {
        // Printed by Go's strconv.FormatFloat(f, 'g', -1, 32).
        for (number, text) in [
            (1.5, "1.5"),
            (1e3, "1000"),
            (123_456.0, "123456"),
            (1_234_567.0, "1.234567e+06"),
            (1e6, "1e+06"),
            (1e20, "1e+20"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (16_777_216.5, "1.6777216e+07"),
            (1e39, "+Inf"),
            (1.234_567_89, "1.2345679"),
            (1_234_567.25, "1.2345672e+06"),
            (-0.5, "-0.5"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(float_text(number), text);
        }
    }

    #[test]
    fn both_readings_are_known_where_they_differ() {
        use Reading::{Boolean, Float, Integer, Null, Text, Timestamp};
        for (text, yaml_1_1, yaml_1_2) in [
            ("yes", Boolean, Text),
            ("true", Boolean, Boolean),
            ("", Null, Null),
            ("0123", Integer, Integer),
            ("0o17", Integer, Integer),
            ("1_000", Integer, Text),
            ("12:30:45", Integer, Text),
            ("1:30.5", Float, Text),
            ("1e3", Float, Float),
            ("1e999", Text, Float),
            ("-.Inf", Float, Float),
            ("2001-01-01", Timestamp, Text),
            ("2001-12-14T21:59:43Z", Timestamp, Text),
            ("2001-12-14t21:59:43.10-05:00", Timestamp, Text),
            ("2001-12-14 21:59:43.10", Timestamp, Text),
            ("2001-02-29", Text, Text),
            ("2001-12-14T21:59:43", Text, Text),
            ("hunter2", Text, Text),
            ("1.2.3", Text, Text),
            ("10.0.0.1:80", Text, Text),
            ("MTIz", Text, Text),
        ] {
            assert_eq!((reading_1_1(text), reading_1_2(text)), (yaml_1_1, yaml_1_2), "{text}");
        }
    }
}
