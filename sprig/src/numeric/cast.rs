//! Any value as a number, as `github.com/spf13/cast` does it: what is none is 0.

use go_template::{Arguments as _, Call, Fault, Object, Value, format};

use go_template::strconv::{float, integer};

pub(super) fn atoi(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    // Go drops the error, not the number beside it: too large a number is the largest one.
    Ok(Value::Int(integer(args.str(0), 10).unwrap_or_else(|error| error.number)))
}

pub(super) fn int(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    Ok(Value::Int(to_int64(&args[0])))
}

pub(super) fn int64(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    Ok(Value::Int64(to_int64(&args[0])))
}

pub(super) fn float64(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    Ok(Value::Float(to_float64(&args[0])))
}

/// What the value prints, read as an octal number.
pub(super) fn to_decimal(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let printed = match &args[0] {
        // They print brackets.
        Value::List(_) | Value::Map(_) => return Ok(Value::Int64(0)),
        Value::Str(text) => text.clone(),
        other => format::display(call, other)?,
    };
    Ok(Value::Int64(integer(&printed, 8).unwrap_or(0)))
}

/// Sprig's `toInt64` and `toInt`.
pub(crate) fn to_int64(value: &Value) -> i64 {
    match value {
        Value::Int(value) | Value::Int64(value) => *value,
        Value::Uint8(value) => (*value).into(),
        Value::Uint64(value) => value.cast_signed(),
        Value::Float(value) => truncate(*value),
        Value::Bool(value) => (*value).into(),
        Value::Str(text) => integer(without_zero_fraction(text), 0).unwrap_or(0),
        Value::Object(object) => calendar(&**object),
        _ => 0,
    }
}

/// Sprig's `toFloat64`.
pub(crate) fn to_float64(value: &Value) -> f64 {
    match value {
        Value::Int(value) | Value::Int64(value) => *value as f64,
        Value::Uint8(value) => (*value).into(),
        Value::Uint64(value) => *value as f64,
        Value::Float(value) => *value,
        Value::Bool(value) => u8::from(*value).into(),
        Value::Str(text) => float(text).unwrap_or(0.0),
        Value::Object(object) => calendar(&**object) as f64,
        _ => 0.0,
    }
}

/// The number that an object is, if its Go type is one of the integers of package `time`.
pub(crate) fn time_integer(object: &dyn Object) -> Option<i64> {
    match object.number()? {
        Value::Int(value) | Value::Int64(value) => Some(value),
        _ => None,
    }
}

/// Months and weekdays are numbers to `cast`; durations, which are numbers too, are not.
fn calendar(object: &dyn Object) -> i64 {
    if object.type_name() == "time.Duration" { 0 } else { time_integer(object).unwrap_or(0) }
}

/// Go's conversion on amd64: everything that does not fit, NaN too, is the least number.
fn truncate(value: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&value) { value as i64 } else { i64::MIN }
}

/// The text without a point and the zeros behind it, of which there has to be one.
fn without_zero_fraction(text: &[u8]) -> &[u8] {
    let zeros = text.iter().rev().take_while(|byte| **byte == b'0').count();
    match &text[..text.len() - zeros] {
        [whole @ .., b'.'] if zeros > 0 => whole,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists::testing::{Sample, int as i, list, s, show};

    #[test]
    fn texts_are_integers_as_go_writes_them() {
        for (text, expected) in [
            ("0x1F", 31),
            ("017", 15),
            ("0b11", 3),
            ("0o17", 15),
            ("1_000", 1000),
            ("0_7", 7),
            ("5.0", 5),
            ("-5.00", -5),
            ("0.0", 0),
            ("+5", 5),
            ("-0x10", -16),
            ("-9223372036854775808", i64::MIN),
            ("9223372036854775808", 0),
            ("5.", 0),
            ("5.5", 0),
            ("1.0.0", 0),
            (".0", 0),
            ("08", 0),
            (" 5", 0),
            ("1__0", 0),
            ("_1", 0),
            ("1_", 0),
            ("0x", 0),
            ("", 0),
            ("-", 0),
        ] {
            assert_eq!(show("int64", &[s(text)]), format!("{expected}L"), "{text}");
            assert_eq!(show("int", &[s(text)]), expected.to_string(), "{text}");
        }
    }

    #[test]
    fn other_values_are_integers() {
        for (value, expected) in [
            (Value::Float(1e19), i64::MIN),
            (Value::Float(-1e19), i64::MIN),
            (Value::Float(f64::NAN), i64::MIN),
            (Value::Float(2.9), 2),
            (Value::Float(-2.9), -2),
            (Value::Bool(true), 1),
            (Value::Nil, 0),
            (list([i(1)]), 0),
            (Value::Complex(0.0, 2.0), 0),
            (Value::Uint64(u64::MAX), -1),
            (Sample::value("time.Month", Value::Int(11)), 11),
            (Sample::value("time.Duration", Value::Int64(11)), 0),
        ] {
            assert_eq!(show("int64", std::slice::from_ref(&value)), format!("{expected}L"), "{value:?}");
        }
    }

    #[test]
    fn atoi_takes_decimal_digits_and_stops_at_the_largest_number() {
        for (text, expected) in [
            ("5", 5),
            ("+7", 7),
            ("007", 7),
            ("5.0", 0),
            ("0x5", 0),
            ("1_0", 0),
            ("", 0),
            ("9223372036854775808", i64::MAX),
            ("99999999999999999999", i64::MAX),
            ("-99999999999999999999", i64::MIN),
            ("99999999999999999999x", i64::MAX),
            ("9999999999999999999x", 0),
        ] {
            assert_eq!(show("atoi", &[s(text)]), expected.to_string(), "{text}");
        }
    }

    #[test]
    fn octal_digits_are_decimals() {
        for (value, expected) in [
            (s("0777"), 511),
            (i(777), 511),
            (s("8"), 0),
            (Value::Float(755.0), 493),
            (Value::Float(7.5), 0),
            (Value::Float(777_777.0), 262143),
            (Value::Float(1e6), 0),
            (s("-17"), -15),
            (s("+17"), 15),
            (s("1_0"), 0),
            (s("0x7"), 0),
            (s("7777777777777777777777777"), 0),
            (Value::Float(1e20), 0),
            (Value::Float(1e21), 0),
            (Value::Float(-0.0), 0),
            (Value::Nil, 0),
            (Value::Bool(true), 0),
            (list([i(7)]), 0),
        ] {
            assert_eq!(show("toDecimal", std::slice::from_ref(&value)), format!("{expected}L"), "{value:?}");
        }
    }
}
