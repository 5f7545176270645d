//! Floating-point numbers as `strconv.FormatFloat` writes them.

/// Decimal digits without zeros at the end, and where the point stands in front of or among them: `0.d1d2… * 10^point`.
struct Decimal {
    digits: Vec<u8>,
    point: i32,
}

/// No exact decimal of a `float64` is longer.
const LONGEST: usize = 1100;

/// A number in a verb's form, always with its sign; `None` for the precision is the shortest that reads back the same.
pub(super) fn format(value: f64, verb: char, precision: Option<usize>) -> Vec<u8> {
    let sign = if value.is_sign_negative() { '-' } else { '+' };
    if value.is_nan() {
        return b"+NaN".to_vec();
    }
    if value.is_infinite() {
        return format!("{sign}Inf").into_bytes();
    }
    let value = value.abs();
    let text = match verb {
        'b' => binary(value),
        'x' | 'X' => hexadecimal(value, precision),
        'e' | 'E' => {
            let decimal = match precision {
                None => shortest(value),
                Some(precision) => rounded(value, precision + 1),
            };
            exponential(&decimal, precision.unwrap_or(decimal.digits.len().saturating_sub(1)))
        }
        'f' => match precision {
            None => {
                let decimal = shortest(value);
                let fraction = (decimal.digits.len() as i32 - decimal.point).max(0) as usize;
                fixed(&decimal, fraction)
            }
            Some(precision) => {
                let mut text = format!("{value:.*}", precision.min(LONGEST));
                text.extend(std::iter::repeat_n('0', precision.saturating_sub(LONGEST)));
                text
            }
        },
        _ => general(value, precision),
    };
    let text = if verb.is_ascii_uppercase() { text.to_ascii_uppercase() } else { text };
    format!("{sign}{text}").into_bytes()
}

fn general(value: f64, precision: Option<usize>) -> String {
    let precision = precision.map(|precision| precision.max(1));
    let decimal = precision.map_or_else(|| shortest(value), |precision| rounded(value, precision));
    let digits = decimal.digits.len();
    let threshold = match precision {
        None => 6,
        Some(precision) if precision > digits && digits as i32 >= decimal.point => digits,
        Some(precision) => precision,
    };
    let exponent = decimal.point - 1;
    if exponent < -4 || exponent >= threshold as i32 {
        return exponential(&decimal, precision.unwrap_or(digits).min(digits).saturating_sub(1));
    }
    fixed(&decimal, (digits as i32 - decimal.point).max(0) as usize)
}

/// The fewest digits that read back the same.
fn shortest(value: f64) -> Decimal {
    decimal(&format!("{value:e}"))
}

/// So many digits, rounded to even.
fn rounded(value: f64, digits: usize) -> Decimal {
    decimal(&format!("{value:.*e}", digits.saturating_sub(1).min(LONGEST)))
}

/// From Rust's `d.ddde-3`.
fn decimal(text: &str) -> Decimal {
    let (mantissa, exponent) = text.split_once('e').expect("Rust writes an exponent");
    let mut digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
    let exponent: i32 = exponent.parse().expect("Rust writes a small whole number");
    let point = if digits.is_empty() { 0 } else { exponent + 1 };
    Decimal { digits, point }
}

/// `d.ddde±dd`
fn exponential(decimal: &Decimal, precision: usize) -> String {
    let digit = |index: usize| char::from(*decimal.digits.get(index).unwrap_or(&b'0'));
    let mut text = String::from(digit(0));
    if precision > 0 {
        text.push('.');
        text.extend((1..=precision).map(digit));
    }
    let exponent = if decimal.digits.is_empty() { 0 } else { decimal.point - 1 };
    let sign = if exponent < 0 { '-' } else { '+' };
    text + &format!("e{sign}{:02}", exponent.abs())
}

/// `ddd.ddd`
fn fixed(decimal: &Decimal, precision: usize) -> String {
    let digit = |index: i32| match usize::try_from(index) {
        Ok(index) => char::from(*decimal.digits.get(index).unwrap_or(&b'0')),
        Err(_) => '0',
    };
    let mut text: String = (0..decimal.point).map(digit).collect();
    if text.is_empty() {
        text.push('0');
    }
    if precision > 0 {
        text.push('.');
        text.extend((decimal.point..).take(precision).map(digit));
    }
    text
}

/// Mantissa and exponent: `value = mantissa * 2^exponent`.
fn parts(value: f64) -> (u64, i32) {
    let bits = value.to_bits();
    let (mantissa, exponent) = (bits & ((1 << 52) - 1), (bits >> 52 & 0x7ff) as i32);
    if exponent == 0 { (mantissa, -1074) } else { (mantissa | 1 << 52, exponent - 1075) }
}

/// `dddp±d`
fn binary(value: f64) -> String {
    let (mantissa, exponent) = parts(value);
    format!("{mantissa}p{exponent:+}")
}

/// `0x1.hhhp±dd`
fn hexadecimal(value: f64, precision: Option<usize>) -> String {
    let (mut mantissa, mut exponent) = parts(value);
    if mantissa == 0 {
        exponent = 0;
    } else {
        // The leading one goes to bit 60, behind which fifteen digits follow.
        let shift = mantissa.leading_zeros() as i32 - 3;
        mantissa <<= shift;
        exponent += 60 - shift;
    }
    if let Some(precision) = precision.filter(|precision| *precision < 15) {
        let dropped = 60 - 4 * precision as u32;
        let (kept, rest, half) =
            (mantissa >> dropped, mantissa & ((1 << dropped) - 1), 1_u64 << (dropped - 1));
        let kept = kept + u64::from(rest > half || (rest == half && kept & 1 == 1));
        mantissa = kept << dropped;
        if mantissa >> 61 != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let fraction = format!("{:015x}", mantissa & ((1 << 60) - 1));
    let fraction = match precision {
        None => fraction.trim_end_matches('0').to_owned(),
        Some(precision) => {
            let mut digits: String = fraction.chars().take(precision).collect();
            digits.extend(std::iter::repeat_n('0', precision.saturating_sub(15)));
            digits
        }
    };
    let point = if fraction.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("0x{}{point}{fraction}p{sign}{:02}", mantissa >> 60, exponent.abs())
}
