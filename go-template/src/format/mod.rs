//! Go's `fmt`: how values are printed, and `printf`.

mod float;
mod number;
mod printf;
mod text;
mod value;

use crate::call::Call;
use crate::error::Fault;
use crate::runes;
use crate::value::{Str, Value};

/// What a directive asks for beside its verb.
#[derive(Debug, Clone, Copy, Default)]
struct Flags {
    width: Option<usize>,
    precision: Option<usize>,
    minus: bool,
    plus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    /// `%#v`
    sharp_v: bool,
}

/// What has been printed, and how the next value is to be printed.
struct Printer<'c, 'h> {
    call: &'c mut Call<'h>,
    output: Vec<u8>,
    flags: Flags,
}

type Result<T = ()> = std::result::Result<T, Fault>;

impl<'c, 'h> Printer<'c, 'h> {
    fn new(call: &'c mut Call<'h>) -> Self {
        Self { call, output: Vec::new(), flags: Flags::default() }
    }

    fn write(&mut self, text: impl AsRef<[u8]>) -> Result {
        let text = text.as_ref();
        self.call.take(text.len())?;
        self.output.extend_from_slice(text);
        Ok(())
    }

    fn fill(&mut self, count: usize, with: u8) -> Result {
        self.call.take(count)?;
        self.output.resize(self.output.len() + count, with);
        Ok(())
    }

    /// Writes a text as wide as asked for.
    fn pad(&mut self, text: &[u8]) -> Result {
        let padding = self.flags.width.unwrap_or(0).saturating_sub(runes::count(text));
        if self.flags.minus {
            self.write(text)?;
            return self.fill(padding, b' ');
        }
        self.fill(padding, if self.flags.zero { b'0' } else { b' ' })?;
        self.write(text)
    }

    /// The same, but never filled with zeros.
    fn pad_with_spaces(&mut self, text: &[u8]) -> Result {
        let zero = std::mem::take(&mut self.flags.zero);
        let result = self.pad(text);
        self.flags.zero = zero;
        result
    }
}

/// What `fmt.Sprint` gives for one value: `%v`.
pub fn display(call: &mut Call<'_>, value: &Value) -> Result<Str> {
    if let Value::Str(text) = value {
        return Ok(text.clone());
    }
    let mut printer = Printer::new(call);
    printer.print(value, 'v')?;
    Ok(printer.output.into())
}

/// What `fmt.Sprint` gives: a space between two values of which none is a string.
pub fn sprint(call: &mut Call<'_>, values: &[Value]) -> Result<Str> {
    let mut printer = Printer::new(call);
    let mut after_string = true;
    for value in values {
        let string = matches!(value, Value::Str(_));
        if !string && !after_string {
            printer.write(" ")?;
        }
        printer.print(value, 'v')?;
        after_string = string;
    }
    Ok(printer.output.into())
}

/// What `fmt.Sprintln` gives.
pub fn sprintln(call: &mut Call<'_>, values: &[Value]) -> Result<Str> {
    let mut printer = Printer::new(call);
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            printer.write(" ")?;
        }
        printer.print(value, 'v')?;
    }
    printer.write("\n")?;
    Ok(printer.output.into())
}

/// What `fmt.Sprintf` gives.
pub fn sprintf(call: &mut Call<'_>, format: &[u8], values: &[Value]) -> Result<Str> {
    printf::print(call, format, values)
}

/// What `strconv.Quote` gives.
pub fn quote(text: &[u8]) -> Vec<u8> {
    text::quote(text, '"', false)
}
