//! Numbers from text, as Go's `strconv` reads them.

/// Why a text is no integer, and the number that Go gives beside the error: 0, or the nearest one that fits.
#[derive(Debug)]
pub struct NoInteger {
    /// The number that `ParseInt` gives beside the error.
    pub number: i64,
}

/// Why a text is no whole number without a sign.
enum Unfit {
    Malformed,
    TooLarge,
}

/// `strconv.ParseInt` for 64 bits. Base 0 is what the prefix says, and allows underscores.
pub fn integer(text: &[u8], base: u32) -> Result<i64, NoInteger> {
    let (negative, unsigned) = sign(text);
    let range = if negative { NoInteger { number: i64::MIN } } else { NoInteger { number: i64::MAX } };
    match magnitude(unsigned, base) {
        Ok(magnitude) => {
            let value = i128::from(magnitude);
            i64::try_from(if negative { -value } else { value }).map_err(|_| range)
        }
        Err(Unfit::TooLarge) => Err(range),
        Err(Unfit::Malformed) => Err(NoInteger { number: 0 }),
    }
}

/// `strconv.ParseUint` for 64 bits with base 0.
pub fn unsigned(text: &[u8]) -> Option<u64> {
    magnitude(text, 0).ok()
}

fn magnitude(text: &[u8], base: u32) -> Result<u64, Unfit> {
    let (digits, radix) = if base == 0 { prefix(text) } else { (text, base) };
    if digits.iter().all(|byte| *byte == b'_') {
        return Err(Unfit::Malformed);
    }
    let mut magnitude: u64 = 0;
    for byte in digits {
        if base == 0 && *byte == b'_' {
            continue;
        }
        let digit = char::from(*byte).to_digit(radix).ok_or(Unfit::Malformed)?;
        let next = magnitude.checked_mul(radix.into()).and_then(|value| value.checked_add(digit.into()));
        // Go does not look at what follows.
        magnitude = next.ok_or(Unfit::TooLarge)?;
    }
    if base == 0 && !underscores_fit(text) {
        return Err(Unfit::Malformed);
    }
    Ok(magnitude)
}

/// `strconv.ParseFloat` for 64 bits; too large is an error, too.
pub fn float(text: &[u8]) -> Option<f64> {
    let (negative, unsigned) = sign(text);
    let lower = std::str::from_utf8(unsigned).ok()?.to_ascii_lowercase();
    let value = match &*lower {
        "inf" | "infinity" => f64::INFINITY,
        // Without a sign.
        "nan" if unsigned.len() == text.len() => f64::NAN,
        number => finite(number)?,
    };
    Some(if negative { -value } else { value })
}

fn finite(text: &str) -> Option<f64> {
    if !underscores_fit(text.as_bytes()) {
        return None;
    }
    let digits = text.replace('_', "");
    let value = match digits.strip_prefix("0x") {
        Some(digits) => hexadecimal(digits)?,
        // Rust reads the same numbers, but more words and signs.
        None if digits.starts_with(|first: char| first == '.' || first.is_ascii_digit()) => {
            digits.parse().ok()?
        }
        None => return None,
    };
    value.is_finite().then_some(value)
}

fn sign(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    }
}

/// The digits, and the base that their prefix says.
fn prefix(text: &[u8]) -> (&[u8], u32) {
    match text {
        [b'0', b'x' | b'X', digits @ ..] => (digits, 16),
        [b'0', b'o' | b'O', digits @ ..] => (digits, 8),
        [b'0', b'b' | b'B', digits @ ..] => (digits, 2),
        [b'0', digits @ ..] if !digits.is_empty() => (digits, 8),
        _ => (text, 10),
    }
}

/// Whether every underscore stands between two digits, or between a prefix and a digit.
fn underscores_fit(text: &[u8]) -> bool {
    let (digits, radix) = prefix(text);
    let prefixed = digits.len() + 2 == text.len();
    let digit = |byte: Option<&u8>| {
        byte.is_some_and(|byte| byte.is_ascii_digit() || (radix == 16 && byte.is_ascii_hexdigit()))
    };
    let text = if prefixed { digits } else { text };
    text.iter().enumerate().filter(|(_, byte)| **byte == b'_').all(|(at, _)| {
        let before = if at == 0 { prefixed } else { digit(text.get(at - 1)) };
        before && digit(text.get(at + 1))
    })
}

/// `1.8p-3` behind `0x`: hexadecimal digits and a power of two, rounded once, to even.
fn hexadecimal(text: &str) -> Option<f64> {
    let (digits, exponent) = text.split_once('p')?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut exponent = power(exponent)? - 4 * fraction.len() as i64;
    let mut mantissa: u64 = 0;
    for digit in whole.chars().chain(fraction.chars()) {
        let digit = u64::from(digit.to_digit(16)?);
        if mantissa >> 56 == 0 {
            mantissa = mantissa << 4 | digit;
        } else {
            // Of the digits that no longer fit, rounding asks only whether one of them is not 0.
            mantissa |= u64::from(digit != 0);
            exponent += 4;
        }
    }
    Some(rounded(mantissa, exponent))
}

/// A decimal exponent; far beyond the range of floats its exact value does not matter.
fn power(text: &str) -> Option<i64> {
    let (negative, digits) = sign(text.as_bytes());
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let add = |value: i64, digit: &u8| (value * 10 + i64::from(digit - b'0')).min(1 << 40);
    let value = digits.iter().fold(0, add);
    Some(if negative { -value } else { value })
}

/// `mantissa * 2^exponent` for a mantissa of 60 bits, rounded once.
fn rounded(mantissa: u64, exponent: i64) -> f64 {
    let bits = 64 - i64::from(mantissa.leading_zeros());
    // How many of the last bits a float of this size cannot hold: 53 bits at most, and none below 2^-1074.
    let excess = (bits - 53).max(-1074 - exponent);
    let (kept, exponent) = match excess {
        1..64 => {
            let (floor, rest, half) = (mantissa >> excess, mantissa & ((1 << excess) - 1), 1 << (excess - 1));
            let up = rest > half || (rest == half && floor & 1 == 1);
            (floor + u64::from(up), exponent + excess)
        }
        64.. => return 0.0,
        ..1 => (mantissa, exponent),
    };
    // Exact, unless it is too large. In steps, since 2^-1074 is the product of two floats of full precision.
    let (mut value, mut exponent) = (kept as f64, exponent.min(2000));
    while exponent != 0 {
        let step = exponent.clamp(-1000, 1000);
        value *= 2_f64.powi(step as i32);
        exponent -= step;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::float;

    #[test]
    fn floats_are_read_as_go_reads_them() {
        for (text, expected) in [
            ("1_000", 1000.0),
            ("1e1_0", 1e10),
            (".5", 0.5),
            ("5.", 5.0),
            ("1e5", 1e5),
            ("1e-400", 0.0),
            ("-0", -0.0),
            ("inf", f64::INFINITY),
            ("-Infinity", f64::NEG_INFINITY),
            ("NaN", f64::NAN),
            ("0x1p-2", 0.25),
            ("0x1.8p1", 3.0),
            ("0X1P2", 4.0),
            ("0x_1p3", 8.0),
            ("0x1_0p1_0", 16384.0),
            ("0x1.fffffffffffff8p0", 2.0),
            ("0x1p-1074", 5e-324),
            ("0x1p-1075", 0.0),
            ("0x1.8p-1075", 5e-324),
            ("0x3p-1075", 1e-323),
            ("1e400", 0.0),
            ("0x1p1024", 0.0),
            ("0x1p99999999999999999999", 0.0),
            ("0x1p-99999999999999999999", 0.0),
            ("+nan", 0.0),
            ("infi", 0.0),
            (".", 0.0),
            ("1e", 0.0),
            ("0x10", 0.0),
            ("0x.p1", 0.0),
            ("0xp1", 0.0),
            ("0x1_p1", 0.0),
            ("0x1p1_", 0.0),
            ("", 0.0),
            (" 1", 0.0),
        ] {
            // As Sprig's float64 does: zero where Go reads none.
            let read = float(text.as_bytes()).unwrap_or(0.0);
            assert_eq!(format!("{read:?}"), format!("{expected:?}"), "{text}");
        }
    }
}
