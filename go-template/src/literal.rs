//! Go's literals: numbers, characters and strings.

use crate::error::Fault;
use crate::strconv;
use crate::value::{Str, Value};

/// A number as it stands in a template: all that it can be taken for.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Number {
    /// As `int` or `int64`, if it is whole and fits.
    pub int: Option<i64>,
    /// As an unsigned number.
    pub uint: Option<u64>,
    /// As `float64`.
    pub float: Option<f64>,
    /// As `complex128`, if it is written as one.
    pub complex: Option<(f64, f64)>,
    /// Whether it is written with a point or an exponent, so that it is a `float64` where no type is asked for.
    pub pointed: bool,
}

impl Number {
    /// What it is where no type is asked for.
    pub fn ideal(&self) -> Result<Value, Fault> {
        match *self {
            Self { complex: Some((real, imaginary)), .. } => Ok(Value::Complex(real, imaginary)),
            Self { float: Some(float), pointed: true, .. } => Ok(Value::Float(float)),
            Self { int: Some(int), .. } => Ok(Value::Int(int)),
            _ => Err(Fault::new("the integer overflows int")),
        }
    }

    /// Reads `'x'`, `12`, `0x1p-2`, `1e3`, `2i` or `1+2i`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if text.starts_with('\'') {
            return character(text);
        }
        if let Some(imaginary) = text.strip_suffix('i') {
            // A sign behind the start that doesn't belong to an exponent divides two parts.
            let hexadecimal = imaginary.trim_start_matches(['+', '-']).to_ascii_lowercase().starts_with("0x");
            let divides = |at: &usize| match imaginary.as_bytes()[..*at].last() {
                None | Some(b'p' | b'P') => false,
                Some(b'e' | b'E') => hexadecimal,
                Some(_) => true,
            };
            let split = imaginary.match_indices(['+', '-']).map(|(at, _)| at).find(divides);
            let (real, imaginary) = split.map_or(("0", imaginary), |at| imaginary.split_at(at));
            return match (float(real), float(imaginary)) {
                (Some(real), Some(imaginary)) => Ok(Self::complex(real, imaginary)),
                _ => Err(Fault::new("the number is malformed")),
            };
        }
        real(text)
    }

    fn complex(real: f64, imaginary: f64) -> Self {
        let float = (imaginary == 0.0).then_some(real);
        Self {
            int: float.and_then(whole),
            uint: float.and_then(whole_unsigned),
            float,
            complex: Some((real, imaginary)),
            pointed: false,
        }
    }
}

fn character(text: &str) -> Result<Number, Fault> {
    const MALFORMED: Fault = Fault::new("the character constant is malformed");
    let inner = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).ok_or(MALFORMED)?;
    let (code, rest) = match unquote_one(inner, '\'').ok_or(MALFORMED)? {
        (Unit::Char(char), rest) => (u32::from(char), rest),
        (Unit::Byte(byte), rest) => (u32::from(byte), rest),
    };
    if !rest.is_empty() {
        return Err(MALFORMED);
    }
    Ok(Number {
        int: Some(code.into()),
        uint: Some(code.into()),
        float: Some(code.into()),
        ..Number::default()
    })
}

fn real(text: &str) -> Result<Number, Fault> {
    let hexadecimal = text.trim_start_matches(['+', '-']).to_ascii_lowercase().starts_with("0x");
    let pointed = if hexadecimal && !text.contains(['p', 'P']) {
        false
    } else {
        text.contains(['.', 'e', 'E', 'p', 'P'])
    };
    let mut number = Number {
        int: strconv::integer(text.as_bytes(), 0).ok(),
        uint: strconv::unsigned(text.as_bytes()),
        pointed,
        ..Number::default()
    };
    if number.int == Some(0) {
        number.uint = Some(0);
    }
    if let Some(int) = number.int {
        number.float = Some(int as f64);
    } else if let Some(uint) = number.uint {
        number.float = Some(uint as f64);
    } else {
        let value = float(text).ok_or(Fault::new("the number is malformed"))?;
        if !text.contains(['.', 'e', 'E', 'p', 'P']) {
            return Err(Fault::new("the integer is too large"));
        }
        number = Number { int: whole(value), uint: whole_unsigned(value), float: Some(value), ..number };
    }
    Ok(number)
}

const TWO_TO_63: f64 = (1_u64 << 63) as f64;

fn whole(value: f64) -> Option<i64> {
    // 2^63 itself does not fit, and is the first float that doesn't.
    (value.fract() == 0.0 && (-TWO_TO_63..TWO_TO_63).contains(&value)).then_some(value as i64)
}

fn whole_unsigned(value: f64) -> Option<u64> {
    (value.fract() == 0.0 && (0.0..2.0 * TWO_TO_63).contains(&value)).then_some(value as u64)
}

/// A `float64`; the lexer lets no words pass that stand for infinity.
fn float(text: &str) -> Option<f64> {
    strconv::float(text.as_bytes())
}

/// A string literal in double quotes or backquotes, with what it stands for.
pub fn unquote(literal: &str) -> Result<Str, Fault> {
    const MALFORMED: Fault = Fault::new("the string has an escape that Go does not know");
    if let Some(raw) = literal.strip_prefix('`') {
        // Go drops carriage returns in raw strings.
        return Ok(raw.trim_end_matches('`').replace('\r', "").into());
    }
    let mut rest = literal.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).ok_or(MALFORMED)?;
    let mut bytes = Vec::with_capacity(rest.len());
    while !rest.is_empty() {
        let (unit, after) = unquote_one(rest, '"').ok_or(MALFORMED)?;
        match unit {
            Unit::Char(char) => bytes.extend(char.encode_utf8(&mut [0; 4]).as_bytes()),
            Unit::Byte(byte) => bytes.push(byte),
        }
        rest = after;
    }
    Ok(bytes.into())
}

enum Unit {
    Char(char),
    Byte(u8),
}

/// The first character of a literal, or what its escape stands for, and the rest.
fn unquote_one(text: &str, quote: char) -> Option<(Unit, &str)> {
    let mut chars = text.chars();
    let first = chars.next()?;
    if first == quote {
        return None;
    }
    if first != '\\' {
        return Some((Unit::Char(first), chars.as_str()));
    }
    let escape = chars.next()?;
    let rest = chars.as_str();
    let number = |digits: usize, radix: u32, from: &str| {
        let digits = from.get(..digits)?;
        digits.chars().all(|digit| digit.is_digit(radix)).then(|| u32::from_str_radix(digits, radix).ok())?
    };
    let plain = |char| Some((Unit::Char(char), rest));
    match escape {
        'a' => plain('\x07'),
        'b' => plain('\x08'),
        'f' => plain('\x0c'),
        'n' => plain('\n'),
        'r' => plain('\r'),
        't' => plain('\t'),
        'v' => plain('\x0b'),
        '\\' => plain('\\'),
        _ if escape == quote => plain(quote),
        'x' => Some((Unit::Byte(number(2, 16, rest)? as u8), &rest[2..])),
        'u' => Some((Unit::Char(char::from_u32(number(4, 16, rest)?)?), &rest[4..])),
        'U' => Some((Unit::Char(char::from_u32(number(8, 16, rest)?)?), &rest[8..])),
        '0'..='7' => {
            let from = &text[1..];
            Some((Unit::Byte(u8::try_from(number(3, 8, from)?).ok()?), &from[3..]))
        }
        _ => None,
    }
}
