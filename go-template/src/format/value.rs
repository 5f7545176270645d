//! Values of all types under the verbs of `printf`.

use super::text::{fits_backquotes, quote, truncated};
use super::{Printer, Result};
use crate::types::Type;
use crate::value::Value;

impl Printer<'_, '_> {
    /// Prints an argument under a verb.
    pub(super) fn print(&mut self, value: &Value, verb: char) -> Result {
        match (value, verb) {
            (Value::Missing | Value::Nil, 'T' | 'v') => self.pad(b"<nil>"),
            (Value::Missing | Value::Nil, _) => self.write(format!("%!{verb}(<nil>)")),
            (_, 'T') => self.text(name(value).as_bytes()),
            _ => self.element(value, verb),
        }
    }

    /// Prints a value that is there, or is within another.
    fn element(&mut self, value: &Value, verb: char) -> Result {
        self.call.spend(1)?;
        let known = match value {
            Value::Missing | Value::Nil => {
                self.write(if self.flags.sharp_v { "interface {}(nil)" } else { "<nil>" })?;
                true
            }
            Value::Bool(value) if matches!(verb, 't' | 'v') => {
                self.pad(if *value { b"true" } else { b"false" })?;
                true
            }
            Value::Bool(_) => false,
            Value::Int(value) | Value::Int64(value) => self.signed(*value, verb)?,
            Value::Uint8(value) => self.unsigned((*value).into(), verb)?,
            Value::Uint64(value) => self.unsigned(*value, verb)?,
            Value::Float(value) => self.float(*value, verb)?,
            Value::Complex(real, imaginary) => self.complex(*real, *imaginary, verb)?,
            Value::Str(text) => self.string(text, verb)?,
            Value::Object(object) if matches!(verb, 'v' | 's' | 'x' | 'X' | 'q') => {
                self.string(&object.display(), if verb == 'v' { 's' } else { verb })?
            }
            Value::Object(object) => match object.number() {
                Some(number) => return self.element(&number, verb),
                None => false,
            },
            // Their addresses, which say nothing to anybody.
            Value::List(_) | Value::Map(_) if matches!(verb, 'p' | 'w') => false,
            Value::List(list) => {
                self.nest(name(value), list.is_nil(), ("[", "]"), |printer| {
                    for (index, item) in list.iter().enumerate() {
                        printer.separate(index)?;
                        printer.element(item, verb)?;
                    }
                    Ok(())
                })?;
                true
            }
            Value::Map(map) => {
                self.nest(name(value), map.is_nil(), ("map[", "]"), |printer| {
                    printer.call.spend(map.len())?;
                    for (index, (key, item)) in map.snapshot().iter().enumerate() {
                        printer.separate(index)?;
                        printer.element(&Value::Str(key.clone()), verb)?;
                        printer.write(":")?;
                        printer.element(item, verb)?;
                    }
                    Ok(())
                })?;
                true
            }
        };
        if known { Ok(()) } else { self.bad_verb(value, verb) }
    }

    fn nest(
        &mut self,
        type_name: String,
        nil: bool,
        (open, close): (&str, &str),
        inner: impl FnOnce(&mut Self) -> Result,
    ) -> Result {
        let sharp = self.flags.sharp_v;
        if sharp {
            self.write(type_name)?;
            if nil {
                return self.write("(nil)");
            }
        }
        self.write(if sharp { "{" } else { open })?;
        self.call.enter()?;
        let result = inner(self);
        self.call.leave();
        result?;
        self.write(if sharp { "}" } else { close })
    }

    fn separate(&mut self, index: usize) -> Result {
        match index {
            0 => Ok(()),
            _ if self.flags.sharp_v => self.write(", "),
            _ => self.write(" "),
        }
    }

    /// `%!verb(type=value)`
    fn bad_verb(&mut self, value: &Value, verb: char) -> Result {
        self.write(format!("%!{verb}({}=", name(value)))?;
        // All values have this verb, so this does not come back here.
        self.element(value, 'v')?;
        self.write(")")
    }

    /// A string under a verb; false for those that strings don't have.
    fn string(&mut self, text: &[u8], verb: char) -> Result<bool> {
        match verb {
            'v' if !self.flags.sharp_v => self.text(text)?,
            's' => self.text(text)?,
            'x' | 'X' => self.hexadecimal(text, verb == 'X')?,
            'q' | 'v' => {
                let text = self.flags.precision.map_or(text, |precision| truncated(text, precision));
                self.call.take(text.len())?;
                let text = if self.flags.sharp && fits_backquotes(text) {
                    [b"`", text, b"`"].concat()
                } else {
                    quote(text, '"', self.flags.plus)
                };
                self.pad(&text)?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn text(&mut self, text: &[u8]) -> Result {
        self.pad(self.flags.precision.map_or(text, |precision| truncated(text, precision)))
    }

    fn hexadecimal(&mut self, text: &[u8], upper: bool) -> Result {
        let text = &text[..self.flags.precision.unwrap_or(usize::MAX).min(text.len())];
        let prefix = match (self.flags.sharp, upper) {
            (true, false) => "0x",
            (true, true) => "0X",
            (false, _) => "",
        };
        self.call.take(text.len() * 5)?;
        let mut digits = String::new();
        for (index, byte) in text.iter().enumerate() {
            if index > 0 && self.flags.space {
                digits.push(' ');
            }
            if index == 0 || self.flags.space {
                digits.push_str(prefix);
            }
            digits += &if upper { format!("{byte:02X}") } else { format!("{byte:02x}") };
        }
        self.pad(digits.as_bytes())
    }
}

fn name(value: &Value) -> String {
    value.type_of().unwrap_or(Type::Any).to_string()
}
