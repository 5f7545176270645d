//! Numbers under the verbs of `printf`.

use super::float;
use super::text::quote;
use super::{Printer, Result};
use crate::unicode::is_printable;

impl Printer<'_, '_> {
    /// A whole number: its absolute value, and whether it is below zero. Digits in a base.
    fn integer(&mut self, absolute: u64, negative: bool, verb: char) -> Result {
        let flags = self.flags;
        let sign = match negative {
            true => "-",
            false if flags.plus => "+",
            false if flags.space => " ",
            false => "",
        };
        let least = match flags.precision {
            Some(0) if absolute == 0 => return self.fill(flags.width.unwrap_or(0), b' '),
            Some(precision) => precision,
            None if flags.zero && !flags.minus => {
                flags.width.map_or(0, |width| width.saturating_sub(sign.len()))
            }
            None => 0,
        };
        // Before the digits are made: both may ask for a million of them.
        self.call.take(least)?;
        let digits = match verb {
            'b' => format!("{absolute:b}"),
            'o' | 'O' => format!("{absolute:o}"),
            'x' => format!("{absolute:x}"),
            'X' => format!("{absolute:X}"),
            _ => absolute.to_string(),
        };
        let digits = "0".repeat(least.saturating_sub(digits.len())) + &digits;
        let prefix = match verb {
            'O' => "0o",
            'b' if flags.sharp => "0b",
            'o' if flags.sharp && !digits.starts_with('0') => "0",
            'x' if flags.sharp => "0x",
            'X' if flags.sharp => "0X",
            _ => "",
        };
        // A sharp octal number has both of its prefixes.
        let second = if verb == 'O' && flags.sharp && !digits.starts_with('0') { "0" } else { "" };
        self.pad_with_spaces(format!("{sign}{prefix}{second}{digits}").as_bytes())
    }

    pub(super) fn signed(&mut self, value: i64, verb: char) -> Result<bool> {
        match verb {
            'v' | 'd' | 'b' | 'o' | 'O' | 'x' | 'X' => self.integer(value.unsigned_abs(), value < 0, verb)?,
            _ => return self.character(value as u64, verb),
        }
        Ok(true)
    }

    pub(super) fn unsigned(&mut self, value: u64, verb: char) -> Result<bool> {
        match verb {
            'v' if self.flags.sharp_v => {
                let sharp = std::mem::replace(&mut self.flags.sharp, true);
                let result = self.integer(value, false, 'x');
                self.flags.sharp = sharp;
                result?;
            }
            'v' | 'd' | 'b' | 'o' | 'O' | 'x' | 'X' => self.integer(value, false, verb)?,
            _ => return self.character(value, verb),
        }
        Ok(true)
    }

    /// A whole number as the character of that code; false for other verbs.
    fn character(&mut self, code: u64, verb: char) -> Result<bool> {
        let char = u32::try_from(code).ok().and_then(char::from_u32);
        let shown = char.unwrap_or('\u{fffd}');
        match verb {
            'c' => self.pad(shown.encode_utf8(&mut [0; 4]).as_bytes())?,
            'q' => {
                let text = quote(shown.encode_utf8(&mut [0; 4]).as_bytes(), '\'', self.flags.plus);
                self.pad(&text)?;
            }
            'U' => {
                let precision = self.flags.precision.unwrap_or(0).max(4);
                self.call.take(precision)?;
                let mut text = format!("U+{code:0precision$X}");
                if let Some(char) = char.filter(|char| self.flags.sharp && is_printable(*char)) {
                    text += &format!(" '{char}'");
                }
                self.pad_with_spaces(text.as_bytes())?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(super) fn float(&mut self, value: f64, verb: char) -> Result<bool> {
        let (verb, precision) = match verb {
            'v' => ('g', None),
            'b' | 'g' | 'G' | 'x' | 'X' => (verb, None),
            'f' | 'e' | 'E' => (verb, Some(6)),
            'F' => ('f', Some(6)),
            _ => return Ok(false),
        };
        let precision = self.flags.precision.or(precision);
        self.call.take(precision.unwrap_or(0))?;
        let mut text = float::format(value, verb, precision);
        let flags = self.flags;
        if flags.space && text[0] == b'+' && !flags.plus {
            text[0] = b' ';
        }
        if !value.is_finite() {
            // Infinity always shows its sign.
            let bare = value.is_nan() && !flags.space && !flags.plus;
            return self.pad_with_spaces(if bare { &text[1..] } else { &text }).map(|()| true);
        }
        if flags.sharp && verb != 'b' {
            self.sharpen(&mut text, verb, precision)?;
        }
        if flags.plus || text[0] != b'+' {
            let padding = flags.width.unwrap_or(0).saturating_sub(text.len());
            if flags.zero && !flags.minus && padding > 0 {
                self.write(&text[..1])?;
                self.fill(padding, b'0')?;
                self.write(&text[1..])?;
            } else {
                self.pad(&text)?;
            }
        } else {
            self.pad(&text[1..])?;
        }
        Ok(true)
    }

    /// Puts a point where there is none, and zeros up to the precision that `%g` and `%x` have cut off.
    fn sharpen(&mut self, text: &mut Vec<u8>, verb: char, precision: Option<usize>) -> Result {
        let exponents: &[u8] = if matches!(verb, 'x' | 'X') { b"pP" } else { b"eEpP" };
        let end = text.iter().position(|byte| exponents.contains(byte)).unwrap_or(text.len());
        let tail = text.split_off(end);
        let wanted = if matches!(verb, 'g' | 'G' | 'x') { precision.unwrap_or(6) } else { 0 };
        let significant =
            text[1..].iter().filter(|byte| **byte != b'.').skip_while(|byte| **byte == b'0').count();
        let mut missing = wanted.saturating_sub(significant);
        if !text.contains(&b'.') {
            if text.len() == 2 && text[1] == b'0' {
                missing = missing.saturating_sub(1);
            }
            text.push(b'.');
        }
        self.call.take(missing)?;
        text.resize(text.len() + missing, b'0');
        text.extend(tail);
        Ok(())
    }

    pub(super) fn complex(&mut self, real: f64, imaginary: f64, verb: char) -> Result<bool> {
        if !matches!(verb, 'v' | 'b' | 'g' | 'G' | 'x' | 'X' | 'f' | 'F' | 'e' | 'E') {
            return Ok(false);
        }
        self.write("(")?;
        self.float(real, verb)?;
        let plus = std::mem::replace(&mut self.flags.plus, true);
        let result = self.float(imaginary, verb);
        self.flags.plus = plus;
        result?;
        self.write("i)")?;
        Ok(true)
    }
}
