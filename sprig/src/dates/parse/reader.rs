//! The text of a time, read piece by piece.

use std::ops::RangeInclusive;

use go_template::Fault;

use crate::dates::layout::Pad;

pub(super) const UNFIT: Fault = Fault::new("the text does not fit the layout");
pub(super) const RANGE: Fault = Fault::new("a part of the time is out of range");

pub(super) struct Reader<'t> {
    pub rest: &'t [u8],
}

impl<'t> Reader<'t> {
    pub(super) fn take(&mut self, length: usize) -> Result<&'t [u8], Fault> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(UNFIT)?;
        self.rest = rest;
        Ok(taken)
    }

    /// Passes what stands between elements. Any number of spaces stands for any other, also none at the end.
    pub(super) fn skip(&mut self, mut between: &[u8]) -> Result<(), Fault> {
        while let Some(byte) = between.first() {
            if *byte == b' ' {
                if !self.rest.is_empty() && !self.rest.starts_with(b" ") {
                    return Err(UNFIT);
                }
                between = without_spaces(between);
                self.rest = without_spaces(self.rest);
                continue;
            }
            if self.take(1)? != [*byte] {
                return Err(UNFIT);
            }
            between = &between[1..];
        }
        Ok(())
    }

    /// Passes up to so many spaces, if the element is filled up with them.
    pub(super) fn spaces(&mut self, pad: Pad, most: usize) {
        let most = if pad == Pad::Space { most } else { 0 };
        let spaces = self.rest.iter().take(most).take_while(|byte| **byte == b' ').count();
        self.rest = &self.rest[spaces..];
    }

    /// A number of one or two digits, or of two exactly.
    pub(super) fn number(&mut self, pad: Pad, range: RangeInclusive<i64>) -> Result<i64, Fault> {
        let number = two_digits(self.rest, pad == Pad::Zero)?;
        let length = if digit_at(self.rest, 1).is_some() { 2 } else { 1 };
        self.take(length)?;
        if range.contains(&number) { Ok(number) } else { Err(RANGE) }
    }

    /// A number of one to three digits, or of three exactly.
    pub(super) fn three_digits(&mut self, pad: Pad) -> Result<i64, Fault> {
        let length = self.rest.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
        if length == 0 || (pad == Pad::Zero && length < 3) {
            return Err(UNFIT);
        }
        atoi(self.take(length)?)
    }

    /// The place of a name, in any case, of which only the first letters may stand here.
    pub(super) fn name(&mut self, names: &[&str], letters: Option<usize>) -> Result<i64, Fault> {
        let shown = |name: &str| letters.unwrap_or(name.len());
        let stands = |name: &&str| {
            let here = self.rest.get(..shown(name));
            here.is_some_and(|here| here.eq_ignore_ascii_case(&name.as_bytes()[..shown(name)]))
        };
        let place = names.iter().position(stands).ok_or(UNFIT)?;
        self.take(shown(names[place]))?;
        i64::try_from(place).map_err(|_| UNFIT)
    }

    /// Which half of the day it is: whether the second.
    pub(super) fn half(&mut self, first: &[u8], second: &[u8]) -> Result<bool, Fault> {
        let half = self.take(2)?;
        if half == second {
            return Ok(true);
        }
        if half == first { Ok(false) } else { Err(UNFIT) }
    }

    /// An offset from UTC, in seconds, of so many units with two digits each.
    pub(super) fn offset(&mut self, colons: bool, units: u8) -> Result<i64, Fault> {
        let units = usize::from(units);
        let between = usize::from(colons);
        let text = self.take(1 + 2 * units + between * (units - 1))?;
        let mut offset = 0;
        for unit in 0..units {
            let place = 1 + unit * (2 + between);
            if colons && unit > 0 && text[place - 1] != b':' {
                return Err(UNFIT);
            }
            let number = two_digits(&text[place..place + 2], true)?;
            if number > if unit == 0 { 24 } else { 60 } {
                return Err(RANGE);
            }
            offset = offset * 60 + number;
        }
        for _ in units..3 {
            offset *= 60;
        }
        match text[0] {
            b'+' => Ok(offset),
            b'-' => Ok(-offset),
            _ => Err(UNFIT),
        }
    }

    /// What looks like the abbreviation of a zone.
    pub(super) fn zone_name(&mut self) -> Result<&'t [u8], Fault> {
        let text = self.rest;
        if text.len() < 3 {
            return Err(UNFIT);
        }
        let length = match text {
            [b'C', b'h', b'S', b'T', ..] | [b'M', b'e', b'S', b'T', ..] => 4,
            [b'G', b'M', b'T', hours @ ..] => 3 + signed_hours(hours),
            [b'+' | b'-', ..] => signed_hours(text),
            _ => capitals(text),
        };
        if length == 0 { Err(UNFIT) } else { self.take(length) }
    }
}

/// The length of an abbreviation in capital letters; longer ones end in a T, but for `WITA`.
fn capitals(text: &[u8]) -> usize {
    let length = text.iter().take(6).take_while(|byte| byte.is_ascii_uppercase()).count();
    match length {
        3 => 3,
        4 if text[3] == b'T' || text.starts_with(b"WITA") => 4,
        5 if text[4] == b'T' => 5,
        _ => 0,
    }
}

/// The length of a sign and hours from 0 to 23 at the start of a text, or 0.
fn signed_hours(text: &[u8]) -> usize {
    let [b'+' | b'-', digits @ ..] = text else { return 0 };
    let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match atoi(&digits[..length]) {
        Ok(0..=23) if length > 0 => 1 + length,
        _ => 0,
    }
}

/// The nanoseconds that a separator and digits say; more than nine digits are cut off.
pub(super) fn nanoseconds(text: &[u8]) -> Result<u32, Fault> {
    let [b'.' | b',', digits @ ..] = text else { return Err(UNFIT) };
    let digits = &digits[..digits.len().min(9)];
    let number = u32::try_from(atoi(digits)?).map_err(|_| RANGE)?;
    Ok((digits.len()..9).fold(number, |number, _| number * 10))
}

/// A number, perhaps with a sign, which Go takes also where none is meant to be. No digits are zero.
pub(super) fn atoi(text: &[u8]) -> Result<i64, Fault> {
    let (sign, digits) = match text {
        [b'-', digits @ ..] => (-1, digits),
        [b'+', digits @ ..] => (1, digits),
        _ => (1, text),
    };
    digits
        .iter()
        .try_fold(0_i64, |number, byte| {
            let digit = if byte.is_ascii_digit() { i64::from(byte - b'0') } else { return Err(UNFIT) };
            number.checked_mul(10).and_then(|number| number.checked_add(digit)).ok_or(UNFIT)
        })
        .map(|number| sign * number)
}

fn two_digits(text: &[u8], both: bool) -> Result<i64, Fault> {
    let first = digit_at(text, 0).ok_or(UNFIT)?;
    match digit_at(text, 1) {
        Some(second) => Ok(first * 10 + second),
        None if both => Err(UNFIT),
        None => Ok(first),
    }
}

/// The digit at a place, if there is one.
pub(super) fn digit_at(text: &[u8], place: usize) -> Option<i64> {
    text.get(place).filter(|byte| byte.is_ascii_digit()).map(|byte| i64::from(byte - b'0'))
}

fn without_spaces(text: &[u8]) -> &[u8] {
    let spaces = text.iter().take_while(|byte| **byte == b' ').count();
    &text[spaces..]
}
