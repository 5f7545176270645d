//! The directives of `printf`.

use super::{Flags, Printer, Result};
use crate::call::Call;
use crate::value::{Str, Value};

/// Wider and more precise than this Go does not take.
const LARGEST: i64 = 1_000_000;

pub(super) fn print(call: &mut Call<'_>, format: &[u8], values: &[Value]) -> Result<Str> {
    let mut directives = Directives {
        printer: Printer::new(call),
        format,
        at: 0,
        values,
        next: 0,
        reordered: false,
        good_index: true,
        after_index: false,
    };
    directives.run()?;
    Ok(directives.printer.output.into())
}

struct Directives<'p, 'c, 'h> {
    printer: Printer<'c, 'h>,
    format: &'p [u8],
    at: usize,
    values: &'p [Value],
    /// The value that comes next.
    next: usize,
    /// Whether a `[n]` has been seen.
    reordered: bool,
    /// Whether all `[n]` of this directive make sense.
    good_index: bool,
    /// Whether a `[n]` came right before.
    after_index: bool,
}

impl Directives<'_, '_, '_> {
    fn run(&mut self) -> Result {
        while self.at < self.format.len() {
            let text = &self.format[self.at..];
            let length = text.iter().position(|byte| *byte == b'%').unwrap_or(text.len());
            self.printer.write(&text[..length])?;
            self.at += length;
            if self.at < self.format.len() {
                self.at += 1;
                self.directive()?;
            }
        }
        if !self.reordered && self.next < self.values.len() {
            self.extra()?;
        }
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.format.get(self.at).copied()
    }

    fn directive(&mut self) -> Result {
        self.good_index = true;
        self.printer.flags = Flags::default();
        self.flags();
        self.index();
        self.width()?;
        self.precision()?;
        if !self.after_index {
            self.index();
        }
        let Some(verb) = self.verb() else { return self.printer.write("%!(NOVERB)") };
        match self.values.get(self.next) {
            _ if verb == '%' => return self.printer.write("%"),
            _ if !self.good_index => return self.printer.write(format!("%!{verb}(BADINDEX)")),
            None => return self.printer.write(format!("%!{verb}(MISSING)")),
            Some(value) => {
                let flags = &mut self.printer.flags;
                if matches!(verb, 'v' | 'w') {
                    flags.sharp_v = std::mem::take(&mut flags.sharp);
                    flags.plus = false;
                }
                self.printer.print(value, verb)?;
            }
        }
        self.next += 1;
        Ok(())
    }

    fn flags(&mut self) {
        let flags = &mut self.printer.flags;
        while let Some(byte) = self.format.get(self.at) {
            match byte {
                b'#' => flags.sharp = true,
                b'0' => flags.zero = true,
                b'+' => flags.plus = true,
                b'-' => flags.minus = true,
                b' ' => flags.space = true,
                _ => return,
            }
            self.at += 1;
        }
    }

    /// `[n]`: which value comes next.
    fn index(&mut self) {
        self.after_index = false;
        if self.peek() != Some(b'[') {
            return;
        }
        self.reordered = true;
        let rest = &self.format[self.at..];
        let Some(close) = rest.iter().position(|byte| *byte == b']').filter(|_| rest.len() >= 3) else {
            self.good_index = false;
            self.at += 1;
            return;
        };
        let start = self.at + 1;
        self.at += close + 1;
        let (number, end) = number(self.format, start);
        let whole = end == start + close - 1;
        let index = number.filter(|_| whole).and_then(|number| usize::try_from(number - 1).ok());
        self.after_index = number.is_some() && whole;
        match index.filter(|index| *index < self.values.len()) {
            Some(index) => self.next = index,
            None => self.good_index = false,
        }
    }

    fn width(&mut self) -> Result {
        if self.peek() == Some(b'*') {
            self.at += 1;
            self.after_index = false;
            match self.number_from_value() {
                Some(width) => {
                    let flags = &mut self.printer.flags;
                    flags.width = Some(width.unsigned_abs() as usize);
                    if width < 0 {
                        flags.minus = true;
                        flags.zero = false;
                    }
                }
                None => self.printer.write("%!(BADWIDTH)")?,
            }
            return Ok(());
        }
        let (width, end) = number(self.format, self.at);
        self.at = end;
        self.printer.flags.width = width.map(|width| width as usize);
        if self.after_index && width.is_some() {
            self.good_index = false;
        }
        Ok(())
    }

    fn precision(&mut self) -> Result {
        // A point at the very end is the verb.
        if self.peek() != Some(b'.') || self.at + 1 >= self.format.len() {
            return Ok(());
        }
        self.at += 1;
        if self.after_index {
            self.good_index = false;
        }
        self.index();
        if self.peek() == Some(b'*') {
            self.at += 1;
            self.after_index = false;
            let precision = self.number_from_value().and_then(|number| usize::try_from(number).ok());
            self.printer.flags.precision = precision;
            if precision.is_none() {
                self.printer.write("%!(BADPREC)")?;
            }
            return Ok(());
        }
        let (precision, end) = number(self.format, self.at);
        self.at = end;
        self.printer.flags.precision = Some(precision.unwrap_or(0) as usize);
        Ok(())
    }

    /// The next value, for `*`.
    fn number_from_value(&mut self) -> Option<i64> {
        let value = self.values.get(self.next)?;
        self.next += 1;
        let number = match value {
            Value::Int(number) | Value::Int64(number) => *number,
            Value::Uint8(number) => (*number).into(),
            Value::Uint64(number) => i64::try_from(*number).ok()?,
            _ => return None,
        };
        (-LARGEST..=LARGEST).contains(&number).then_some(number)
    }

    fn verb(&mut self) -> Option<char> {
        let rest = &self.format[self.at..];
        let first = rest.first()?;
        let decoded = rest.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
        self.at += decoded.map_or(1, char::len_utf8);
        debug_assert!(decoded.is_some() || !first.is_ascii());
        Some(decoded.unwrap_or('\u{fffd}'))
    }

    /// `%!(EXTRA type=value, …)`
    fn extra(&mut self) -> Result {
        self.printer.flags = Flags::default();
        self.printer.write("%!(EXTRA ")?;
        for (index, value) in self.values[self.next..].iter().enumerate() {
            if index > 0 {
                self.printer.write(", ")?;
            }
            if let Some(type_) = value.type_of() {
                self.printer.write(format!("{type_}="))?;
            }
            self.printer.print(value, 'v')?;
        }
        self.printer.write(")")
    }
}

/// Digits as a number, and where they end; no number where it is too large, as Go reads it.
fn number(format: &[u8], start: usize) -> (Option<i64>, usize) {
    let mut number = 0;
    let mut at = start;
    while let Some(digit) = format.get(at).filter(|byte| byte.is_ascii_digit()) {
        if number > LARGEST {
            return (None, format.len());
        }
        number = number * 10 + i64::from(digit - b'0');
        at += 1;
    }
    ((at > start).then_some(number), at)
}
