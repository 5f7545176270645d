//! What a version may be: `^1.2`, `>= 1.0, < 2`, `1.2 - 1.4 || 3.x`.

use std::cmp::Ordering;
use std::sync::LazyLock;

use go_template::{Call, Fault};
use regex::{Captures, Regex};

use super::version::{Version, compare_prereleases};

const INVALID: Fault = Fault::new("the text is not a constraint on versions");

/// Alternatives, of which all constraints hold together.
pub(super) struct Constraints(Vec<Group>);

struct Group {
    constraints: Vec<Constraint>,
    /// Whether one of them names a prerelease; otherwise no prerelease is taken.
    prereleases: bool,
}

struct Constraint {
    operator: Operator,
    version: Version,
    /// Whether a number is missing or a wildcard.
    open: bool,
    minor_open: bool,
    patch_open: bool,
}

#[derive(Clone, Copy)]
enum Operator {
    TildeOrEqual,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    Tilde,
    Caret,
}

impl Constraints {
    pub(super) fn parse(call: &mut Call<'_>, text: &[u8]) -> Result<Self, Fault> {
        let text = std::str::from_utf8(text).map_err(|_| INVALID)?;
        call.take(text.len().saturating_mul(size_of::<Constraint>()))?;
        let ranges_written_out = write_ranges_out(call, text)?;
        ranges_written_out.split("||").map(Group::parse).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn count(&self) -> usize {
        self.0.iter().map(|group| group.constraints.len()).sum()
    }

    pub(super) fn hold(&self, version: &Version) -> bool {
        self.0.iter().any(|group| {
            let welcome = group.prereleases || version.prerelease.is_empty();
            welcome && group.constraints.iter().all(|constraint| constraint.holds(version))
        })
    }
}

/// Replaces each `A - B` by `>= A, <= B`.
///
/// As upstream, the first text that looks like the range found is replaced, which need not be that range.
fn write_ranges_out(call: &mut Call<'_>, text: &str) -> Result<String, Fault> {
    static RANGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let names = "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*";
        let number = "[0-9|xX*]+";
        let version = format!("v?{number}(?:\\.{number}){{0,2}}(?:-{names})?(?:\\+{names})?");
        let white = r"[\t\n\x0C\r ]";
        Regex::new(&format!("{white}*({version}){white}+-{white}+({version}){white}*")).ok()
    });
    let dash = |window: &[u8]| window[1] == b'-' && is_white(window[0]) && is_white(window[2]);
    let (Some(range), true) = (RANGE.as_ref(), text.as_bytes().windows(3).any(dash)) else {
        return Ok(text.to_owned());
    };
    call.spend(text.len().saturating_mul(text.len()))?;
    let mut out = text.to_owned();
    let found: Vec<Captures<'_>> = range.captures_iter(text).collect();
    for captures in found {
        let written = format!(">= {}, <= {} ", &captures[1], &captures[2]);
        out = out.replacen(&captures[0], &written, 1);
    }
    Ok(out)
}

fn is_white(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | 0xc | b'\r' | b' ')
}

fn trim(text: &str) -> &str {
    text.trim_start_matches(|character: char| character.is_ascii() && is_white(character as u8))
}

impl Group {
    /// Constraints with white space or a comma between them.
    fn parse(text: &str) -> Result<Self, Fault> {
        let mut constraints = Vec::new();
        let mut rest = trim(text);
        loop {
            let (constraint, after) = Constraint::parse(rest)?;
            constraints.push(constraint);
            rest = trim(after);
            if rest.is_empty() {
                break;
            }
            match rest.strip_prefix(',') {
                Some(after) => rest = trim(after),
                None if rest.len() == after.len() => return Err(INVALID),
                None => {}
            }
        }
        let prereleases = constraints.iter().any(|constraint| !constraint.version.prerelease.is_empty());
        Ok(Self { constraints, prereleases })
    }
}

impl Constraint {
    /// Reads a constraint at the start of the text, and gives what follows it.
    fn parse(text: &str) -> Result<(Self, &str), Fault> {
        let signs = prefix(text, |byte| b"=!<>~^".contains(&byte));
        let operator = Operator::parse(&text[..signs]).ok_or(INVALID)?;
        let text = trim(&text[signs..]);
        let start = usize::from(text.starts_with('v'));
        let mut end = start;
        let mut numbers = ["", "", ""];
        for (index, number) in numbers.iter_mut().enumerate() {
            let dot = usize::from(index > 0);
            let length =
                prefix(text.get(end + dot..).unwrap_or(""), |byte| b"0123456789|xX*".contains(&byte));
            let dotted = index == 0 || text[end..].starts_with('.');
            if !dotted || length == 0 {
                break;
            }
            *number = &text[end + dot..end + dot + length];
            end += dot + length;
        }
        let bare = end;
        end += named(&text[end..], '-');
        let prerelease = &text[bare..end];
        end += named(&text[end..], '+');
        let version = &text[..end];
        Ok((Self::new(operator, version, numbers, prerelease)?, &text[end..]))
    }

    fn new(operator: Operator, text: &str, numbers: [&str; 3], prerelease: &str) -> Result<Self, Fault> {
        let open = |number: &str| matches!(number, "" | "x" | "X" | "*");
        let [major, minor, patch] = numbers;
        if major.is_empty() {
            return Err(INVALID);
        }
        let (full, minor_open, patch_open) = if open(major) {
            (format!("0.0.0{prerelease}"), false, false)
        } else if open(minor) {
            (format!("{major}.0.0{prerelease}"), true, false)
        } else if open(patch) {
            (format!("{major}.{minor}.0{prerelease}"), false, true)
        } else {
            (text.to_owned(), false, false)
        };
        let open = numbers.into_iter().any(open);
        let version = Version::parse(full.as_bytes()).map_err(|_| INVALID)?;
        Ok(Self { operator, version, open, minor_open, patch_open })
    }

    fn holds(&self, version: &Version) -> bool {
        let order = version.compare(&self.version);
        match self.operator {
            Operator::TildeOrEqual if self.open => self.tilde(version, order),
            Operator::TildeOrEqual => order.is_eq(),
            Operator::NotEqual => self.not_equal(version, order),
            Operator::Greater => self.greater(version, order),
            Operator::Less => order.is_lt(),
            Operator::GreaterOrEqual => order.is_ge(),
            Operator::LessOrEqual => self.less_or_equal(version, order),
            Operator::Tilde => self.tilde(version, order),
            Operator::Caret => self.caret(version, order),
        }
    }

    fn not_equal(&self, version: &Version, order: Ordering) -> bool {
        let own = &self.version;
        if !self.open {
            return order.is_ne();
        }
        if own.major != version.major || (own.minor != version.minor && !self.minor_open) {
            return true;
        }
        if self.minor_open {
            return false;
        }
        if self.patch_open {
            return compare_prereleases(&version.prerelease, &own.prerelease).is_ne();
        }
        own.patch != version.patch || order.is_ne()
    }

    fn greater(&self, version: &Version, order: Ordering) -> bool {
        let own = &self.version;
        if !self.open || version.major != own.major {
            return order.is_gt();
        }
        if self.minor_open {
            return false;
        }
        if self.patch_open { version.minor > own.minor } else { order.is_gt() }
    }

    fn less_or_equal(&self, version: &Version, order: Ordering) -> bool {
        if !self.open {
            return order.is_le();
        }
        let own = &self.version;
        let minor_beyond = version.major == own.major && version.minor > own.minor && !self.minor_open;
        version.major <= own.major && !minor_beyond
    }

    fn tilde(&self, version: &Version, order: Ordering) -> bool {
        let own = &self.version;
        if order.is_lt() {
            return false;
        }
        let zero = (own.major, own.minor, own.patch) == (0, 0, 0);
        if zero && !self.minor_open && !self.patch_open {
            return true;
        }
        version.major == own.major && (version.minor == own.minor || self.minor_open)
    }

    /// The first number that is not zero must stay.
    fn caret(&self, version: &Version, order: Ordering) -> bool {
        let own = &self.version;
        if order.is_lt() || version.major != own.major {
            return false;
        }
        if own.major > 0 || self.minor_open {
            return true;
        }
        if version.minor != own.minor {
            return false;
        }
        own.minor > 0 || self.patch_open || own.patch == version.patch
    }
}

impl Operator {
    fn parse(signs: &str) -> Option<Self> {
        Some(match signs {
            "" | "=" => Self::TildeOrEqual,
            "!=" => Self::NotEqual,
            ">" => Self::Greater,
            "<" => Self::Less,
            ">=" | "=>" => Self::GreaterOrEqual,
            "<=" | "=<" => Self::LessOrEqual,
            "~" | "~>" => Self::Tilde,
            "^" => Self::Caret,
            _ => return None,
        })
    }
}

/// How many bytes at the start are of a kind.
fn prefix(text: &str, kind: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|byte| kind(*byte)).count()
}

/// The length of a mark and the dotted names after it, if they stand at the start.
fn named(text: &str, mark: char) -> usize {
    let Some(names) = text.strip_prefix(mark) else { return 0 };
    let mut length = 0;
    for name in names.split('.') {
        let name_length = prefix(name, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if name_length == 0 {
            break;
        }
        length += 1 + name_length;
        if name_length < name.len() {
            break;
        }
    }
    length
}
