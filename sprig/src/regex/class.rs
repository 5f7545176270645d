//! Classes of characters: `[a-z]`, `\d`, `\p{Greek}`, `[[:alpha:]]`; and characters that escapes stand for.

use std::fmt::Write;

use go_template::Fault;

use super::classes;
use super::translate::{SYNTAX, Translator};

/// A class that no character is in.
pub(super) const NOTHING: &str = r"[^\x{0}-\x{10FFFF}]";

/// About how many states a class takes: of ASCII alone, of other ranges, of a Unicode property.
const SMALL: usize = 2;
const MEDIUM: usize = 10;
const LARGE: usize = 300;

impl Translator<'_> {
    /// Reads a class after its `[` and writes it; gives its size.
    pub(super) fn class(&mut self) -> Result<usize, Fault> {
        let open = self.open_part();
        self.out.push_str(open);
        let negated = self.pass("^");
        self.out.push_str(if negated { "[^" } else { "[" });
        // A bracket that is first stands for itself.
        let mut first = true;
        let mut size = if negated { MEDIUM } else { SMALL };
        // So that a class of nothing but surrogates is not empty, which the crate would read as a bracket.
        self.out.push_str(NOTHING);
        while first || !self.pass("]") {
            first = false;
            size = size.saturating_add(self.class_item()?);
        }
        self.out.push_str("])");
        Ok(size)
    }

    fn class_item(&mut self) -> Result<usize, Fault> {
        if self.posix_class()? {
            return Ok(0);
        }
        let place = self.rest.clone();
        if self.pass("\\") {
            if let Some(size) = self.class_escape()? {
                return Ok(size);
            }
            self.rest = place;
        }
        let low = self.class_character()?;
        let mut high = low;
        let rest = self.rest.as_str();
        if rest.len() >= 2 && rest.starts_with('-') && !rest.starts_with("-]") {
            self.pass("-");
            high = self.class_character()?;
        }
        if high < low {
            return Err(SYNTAX);
        }
        self.range(low, high);
        Ok(if high < 0x80 { 0 } else { MEDIUM })
    }

    /// Writes a range without its surrogates, which no text has.
    fn range(&mut self, low: u32, high: u32) {
        let surrogate = |code: u32| (0xd800..0xe000).contains(&code);
        let low = if surrogate(low) { 0xe000 } else { low };
        let high = if surrogate(high) { 0xd7ff } else { high };
        if low <= high {
            let _ = write!(self.out, "\\x{{{low:x}}}-\\x{{{high:x}}}");
        }
    }

    fn class_character(&mut self) -> Result<u32, Fault> {
        match self.next()? {
            '\\' => self.code(),
            other => Ok(u32::from(other)),
        }
    }

    /// `[:alpha:]` or `[:^alpha:]`, inside a class.
    fn posix_class(&mut self) -> Result<bool, Fault> {
        let Some(inner) = self.rest.as_str().strip_prefix("[:") else { return Ok(false) };
        let Some((name, rest)) = inner.split_once(":]") else { return Ok(false) };
        let (negated, name) = name.strip_prefix('^').map_or((false, name), |name| (true, name));
        if !classes::POSIX.contains(&name) {
            return Err(SYNTAX);
        }
        self.rest = rest.chars();
        // Negated by the outer bracket: the crate would fold the case of `[:^lower:]` after it negates.
        let _ = write!(self.out, "[{}[:{name}:]]", if negated { "^" } else { "" });
        Ok(true)
    }

    /// Reads what follows a backslash, if it stands for a class; writes it as a bracketed class and gives its
    /// size.
    pub(super) fn class_escape(&mut self) -> Result<Option<usize>, Fault> {
        for (letter, class) in [("d", "0-9"), ("s", r"\t\n\x{c}\r\x{20}"), ("w", "0-9A-Za-z_")] {
            if self.pass(letter) {
                let _ = write!(self.out, "[{class}]");
                return Ok(Some(SMALL));
            }
            if self.pass(&letter.to_ascii_uppercase()) {
                let _ = write!(self.out, "[^{class}]");
                return Ok(Some(MEDIUM));
            }
        }
        let negated = self.pass("P");
        if negated || self.pass("p") {
            return self.unicode_class(negated).map(Some);
        }
        Ok(None)
    }

    fn unicode_class(&mut self, negated: bool) -> Result<usize, Fault> {
        let name = if self.pass("{") {
            let (name, rest) = self.rest.as_str().split_once('}').ok_or(SYNTAX)?;
            self.rest = rest.chars();
            name.to_owned()
        } else {
            self.next()?.to_string()
        };
        let (negated, name) = name.strip_prefix('^').map_or((negated, &*name), |name| (!negated, name));
        let class = classes::unicode(name).ok_or(SYNTAX)?;
        let _ = write!(self.out, "[{}{class}]", if negated { "^" } else { "" });
        Ok(LARGE)
    }

    /// Reads what follows a backslash that stands for a character.
    pub(super) fn code(&mut self) -> Result<u32, Fault> {
        let character = self.next()?;
        Ok(match character {
            '0'..='7' => return self.octal(character),
            'x' => return self.hexadecimal(),
            'a' => 0x7,
            'f' => 0xc,
            'n' => 0xa,
            'r' => 0xd,
            't' => 0x9,
            'v' => 0xb,
            other if other.is_ascii() && !other.is_ascii_alphanumeric() => u32::from(other),
            _ => return Err(SYNTAX),
        })
    }

    /// Up to three octal digits. One alone, unless it is zero, would refer to a group, which Go does not do.
    fn octal(&mut self, first: char) -> Result<u32, Fault> {
        let next = |rest: &str| rest.chars().next().and_then(|digit| digit.to_digit(8));
        if first != '0' && next(self.rest.as_str()).is_none() {
            return Err(SYNTAX);
        }
        let mut code = first.to_digit(8).ok_or(SYNTAX)?;
        for _ in 0..2 {
            let Some(digit) = next(self.rest.as_str()) else { break };
            code = code * 8 + digit;
            self.rest.next();
        }
        Ok(code)
    }

    /// `\x` with two digits, or with any number of them in braces.
    fn hexadecimal(&mut self) -> Result<u32, Fault> {
        let digit = |character: char| character.to_digit(16).ok_or(SYNTAX);
        if !self.pass("{") {
            return Ok(digit(self.next()?)? * 16 + digit(self.next()?)?);
        }
        let (digits, rest) = self.rest.as_str().split_once('}').ok_or(SYNTAX)?;
        self.rest = rest.chars();
        if digits.is_empty() {
            return Err(SYNTAX);
        }
        digits.chars().try_fold(0, |code, character| {
            let code = code * 16 + digit(character)?;
            if code > 0x10_ffff { Err(SYNTAX) } else { Ok(code) }
        })
    }
}
