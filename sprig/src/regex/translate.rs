//! From Go's syntax for regular expressions to that of the crate `regex`.
//!
//! The crate knows more syntax than Go and means other things by some of it, so nothing is passed on unread:
//! each part that Go has is written again, in a group with its own flags.

use std::fmt::Write;
use std::str::Chars;

use go_template::Fault;

/// Go refuses the pattern.
pub(super) const SYNTAX: Fault = Fault::new("the regular expression has a syntax error");

/// Groups inside each other: Go takes more, but the crate follows them on the stack.
const DEEPEST: usize = 100;
/// As in Go, also for repetitions inside each other, multiplied.
const MOST_COPIES: usize = 1000;

/// A pattern in the crate's syntax, and what is known of it.
pub(super) struct Translation {
    pub pattern: String,
    /// The names of the groups, from group 0, which has none.
    pub names: Vec<Option<String>>,
    /// About how many states its automaton has.
    pub size: usize,
    /// Whether a search may look far beyond the match that it finds.
    ///
    /// That takes an unbounded repetition that is optional or one of several choices, like `x(?:.*y)?`: a
    /// thread in it is preferred to the match found already and runs on, perhaps in vain. In a plain sequence
    /// of repetitions no match can end in what was looked at in vain, so no byte is looked at over and over.
    pub overruns: bool,
}

pub(super) fn translate(text: &str) -> Result<Translation, Fault> {
    let mut translator = Translator {
        rest: text.chars(),
        out: String::new(),
        flags: Flags::default(),
        groups: vec![Group::default()],
        names: vec![None],
        overruns: false,
    };
    translator.run()?;
    let root = translator.groups.pop().filter(|_| translator.groups.is_empty()).ok_or(SYNTAX)?;
    translator.note_choices(&root);
    let Translator { out, names, overruns, .. } = translator;
    Ok(Translation { pattern: out, names, size: root.part.size, overruns })
}

#[derive(Clone, Copy, Default)]
pub(super) struct Flags {
    pub fold: bool,
    multiline: bool,
    dot_all: bool,
    ungreedy: bool,
}

/// A part of the pattern that can be repeated.
#[derive(Clone, Copy)]
struct Part {
    /// How often repetitions copy something in it.
    copies: usize,
    size: usize,
    unbounded: bool,
}

/// A group that is still open.
struct Group {
    /// The flags around it.
    flags: Flags,
    /// All its parts together.
    part: Part,
    /// The part before the present place, if there is one in this alternative.
    last: Option<Part>,
    /// Whether that part was repeated just now.
    repeated: bool,
    choices: bool,
}

impl Default for Group {
    fn default() -> Self {
        let part = Part { copies: 1, size: 1, unbounded: false };
        Self { flags: Flags::default(), part, last: None, repeated: false, choices: false }
    }
}

pub(super) struct Translator<'t> {
    pub rest: Chars<'t>,
    pub out: String,
    pub flags: Flags,
    groups: Vec<Group>,
    names: Vec<Option<String>>,
    overruns: bool,
}

impl Translator<'_> {
    pub(super) fn pass(&mut self, text: &str) -> bool {
        let Some(rest) = self.rest.as_str().strip_prefix(text) else { return false };
        self.rest = rest.chars();
        true
    }

    pub(super) fn next(&mut self) -> Result<char, Fault> {
        self.rest.next().ok_or(SYNTAX)
    }

    fn run(&mut self) -> Result<(), Fault> {
        while let Some(character) = self.rest.next() {
            match character {
                '(' => self.open()?,
                ')' => self.close()?,
                '|' => self.choice()?,
                '^' if self.flags.multiline => self.part("(?m:^)", 1)?,
                '^' => self.part(r"(?:\A)", 1)?,
                '$' if self.flags.multiline => self.part("(?m:$)", 1)?,
                '$' => self.part(r"(?:\z)", 1)?,
                '.' if self.flags.dot_all => self.part("(?s:.)", 10)?,
                '.' => self.part("(?:.)", 10)?,
                '[' => {
                    let size = self.class()?;
                    self.add(size)?;
                }
                '*' => self.repeat(0, None, "*")?,
                '+' => self.repeat(1, None, "+")?,
                '?' => self.repeat(0, Some(1), "?")?,
                '{' => self.braces()?,
                '\\' => self.escape()?,
                other => self.literal(other)?,
            }
        }
        Ok(())
    }

    fn group(&mut self) -> Result<&mut Group, Fault> {
        self.groups.last_mut().ok_or(SYNTAX)
    }

    /// Writes a part.
    fn part(&mut self, text: &str, size: usize) -> Result<(), Fault> {
        self.out.push_str(text);
        self.add(size)
    }

    /// Counts a part that is written.
    fn add(&mut self, size: usize) -> Result<(), Fault> {
        self.add_part(Part { copies: 1, size, unbounded: false })
    }

    fn add_part(&mut self, part: Part) -> Result<(), Fault> {
        let group = self.group()?;
        group.part.size = group.part.size.saturating_add(part.size);
        group.part.copies = group.part.copies.max(part.copies);
        group.part.unbounded |= part.unbounded;
        group.last = Some(part);
        group.repeated = false;
        Ok(())
    }

    fn literal(&mut self, character: char) -> Result<(), Fault> {
        self.code_point(u32::from(character))
    }

    fn code_point(&mut self, code: u32) -> Result<(), Fault> {
        let open = self.open_part();
        if char::from_u32(code).is_some() {
            let _ = write!(self.out, "{open}\\x{{{code:x}}})");
        } else {
            let _ = write!(self.out, "{open}{})", super::class::NOTHING);
        }
        self.add(2)
    }

    /// How a part begins whose case may not matter.
    pub(super) fn open_part(&self) -> &'static str {
        if self.flags.fold { "(?i:" } else { "(?:" }
    }

    fn choice(&mut self) -> Result<(), Fault> {
        self.out.push('|');
        let group = self.group()?;
        group.choices = true;
        group.last = None;
        group.repeated = false;
        Ok(())
    }

    fn open(&mut self) -> Result<(), Fault> {
        if self.groups.len() > DEEPEST {
            return Err(Fault::new("the regular expression is nested too deeply"));
        }
        let around = self.flags;
        let mut name = None;
        if self.pass("?P<") || self.pass("?<") {
            let (found, rest) = self.rest.as_str().split_once('>').ok_or(SYNTAX)?;
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            if found.is_empty() || !found.bytes().all(allowed) {
                return Err(SYNTAX);
            }
            name = Some(found.to_owned());
            self.rest = rest.chars();
        } else if self.pass("?") {
            if self.set_flags()? {
                self.out.push_str("(?:(?:");
                self.groups.push(Group { flags: around, ..Group::default() });
            }
            return Ok(());
        }
        self.names.push(name);
        self.out.push_str("(?:(");
        self.groups.push(Group { flags: around, ..Group::default() });
        Ok(())
    }

    /// Reads the flags after `(?`, and whether a group follows.
    fn set_flags(&mut self) -> Result<bool, Fault> {
        let mut flags = self.flags;
        let (mut on, mut any) = (true, false);
        loop {
            let flag = match self.next()? {
                'i' => &mut flags.fold,
                'm' => &mut flags.multiline,
                's' => &mut flags.dot_all,
                'U' => &mut flags.ungreedy,
                '-' if on => {
                    (on, any) = (false, false);
                    continue;
                }
                end @ (':' | ')') if on || any => {
                    self.flags = flags;
                    return Ok(end == ':');
                }
                _ => return Err(SYNTAX),
            };
            *flag = on;
            any = true;
        }
    }

    fn close(&mut self) -> Result<(), Fault> {
        if self.groups.len() < 2 {
            return Err(SYNTAX);
        }
        let group = self.groups.pop().ok_or(SYNTAX)?;
        self.note_choices(&group);
        self.out.push_str("))");
        self.flags = group.flags;
        self.add_part(group.part)
    }

    fn note_choices(&mut self, group: &Group) {
        self.overruns |= group.choices && group.part.unbounded;
    }

    /// `{2}`, `{2,}` or `{2,5}`; everything else is a brace that stands for itself.
    fn braces(&mut self) -> Result<(), Fault> {
        let Some((min, max, rest)) = read_braces(self.rest.as_str()) else {
            return self.literal('{');
        };
        self.rest = rest.chars();
        let most = max.unwrap_or(min);
        if min > MOST_COPIES || most > MOST_COPIES || min > most {
            return Err(SYNTAX);
        }
        let written = match max {
            Some(max) => format!("{{{min},{max}}}"),
            None => format!("{{{min},}}"),
        };
        self.repeat(min, max, &written)
    }

    fn repeat(&mut self, min: usize, max: Option<usize>, written: &str) -> Result<(), Fault> {
        let lazy = self.pass("?") != self.flags.ungreedy;
        let group = self.group()?;
        let part = group.last.filter(|_| !group.repeated).ok_or(SYNTAX)?;
        let copies = max.unwrap_or(min);
        let counted = written.starts_with('{');
        let repeated = Part {
            copies: if counted && max == Some(0) {
                1
            } else if counted {
                part.copies.saturating_mul(copies.max(1))
            } else {
                part.copies
            },
            size: part.size.saturating_mul(copies.max(1)).saturating_add(1),
            unbounded: part.unbounded || max.is_none(),
        };
        if counted && copies >= 2 && repeated.copies > MOST_COPIES {
            return Err(SYNTAX);
        }
        // The part itself is counted already.
        group.part.size = group.part.size.saturating_sub(part.size);
        self.add_part(repeated)?;
        self.group()?.repeated = true;
        self.overruns |= part.unbounded;
        self.out.push_str(written);
        if lazy {
            self.out.push('?');
        }
        Ok(())
    }

    fn escape(&mut self) -> Result<(), Fault> {
        if self.pass("Q") {
            return self.quoted();
        }
        for (letter, written) in [("A", r"\A"), ("z", r"\z"), ("b", r"(?-u:\b)"), ("B", r"(?-u:\B)")] {
            if self.pass(letter) {
                return self.part(&format!("(?:{written})"), 1);
            }
        }
        let open = self.open_part();
        let start = self.out.len();
        self.out.push_str(open);
        if let Some(size) = self.class_escape()? {
            return self.part(")", size);
        }
        self.out.truncate(start);
        let code = self.code()?;
        self.code_point(code)
    }

    fn quoted(&mut self) -> Result<(), Fault> {
        let rest = self.rest.as_str();
        let (quoted, rest) = rest.split_once(r"\E").unwrap_or((rest, ""));
        quoted.chars().try_for_each(|character| self.literal(character))?;
        self.rest = rest.chars();
        Ok(())
    }
}

/// The numbers in braces and what follows them.
fn read_braces(text: &str) -> Option<(usize, Option<usize>, &str)> {
    let (min, rest) = read_number(text)?;
    if let Some(rest) = rest.strip_prefix('}') {
        return Some((min, Some(min), rest));
    }
    let rest = rest.strip_prefix(',')?;
    if let Some(rest) = rest.strip_prefix('}') {
        return Some((min, None, rest));
    }
    let (max, rest) = read_number(rest)?;
    Some((min, Some(max), rest.strip_prefix('}')?))
}

/// A number without leading zeros; one that is too great for anything is just that.
fn read_number(text: &str) -> Option<(usize, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(length);
    if digits.is_empty() || (digits.len() > 1 && digits.starts_with('0')) {
        return None;
    }
    Some((digits.parse().unwrap_or(usize::MAX), rest))
}
