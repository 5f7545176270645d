//! Reads `KEY=value` lines. Nothing is ever expanded: `$` is a character like any other.
//!
//! `vectors/dotenv` holds files as people write them, with what godotenv and docker themselves read. Where a text
//! means one thing to godotenv and another to shells, it is refused: nobody sees a sealed value again.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::manifest::Position;
use crate::secret::{Plaintext, is_data_key};

/// Who the file was written for: the two differ in what a quotation mark means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Quotes, escapes, comments and `export`, as godotenv and the shells' habits have them.
    Godotenv,
    /// Everything behind `=` is the value, as `docker run --env-file` reads it.
    Docker,
}

/// One variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name; always one that a Secret can have as a key.
    pub key: String,
    /// Its value.
    pub value: Plaintext,
    /// The line of its name, from 1.
    pub line: usize,
}

/// A text could not be read as `KEY=value` lines. The message holds nothing of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {}, column {}: {problem}", at.line, at.column)]
pub struct DotenvError {
    /// Where.
    pub at: Position,
    /// What.
    pub problem: DotenvProblem,
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DotenvProblem {
    /// A line that assigns nothing.
    #[error("there is no `=`; write KEY=value, or `#` in front of a comment")]
    NoEquals,
    /// A name that no Secret can have as a key.
    #[error("the name before `=` may have letters, digits, `-`, `_` and `.` only")]
    Key,
    /// A quotation mark without its partner.
    #[error("this quotation mark is not closed")]
    UnclosedQuote,
    /// Text behind a closed quotation.
    #[error("only a comment may follow the closing quotation mark")]
    AfterQuote,
    /// A `#` that starts a comment for some programs and belongs to the value for others.
    #[error("programs differ in where a comment starts here; put the value into quotation marks")]
    Comment,
    /// A carriage return within a line, which some programs take for its end.
    #[error("there is a carriage return within the line; save the file with line breaks of one kind")]
    CarriageReturn,
    /// The same name twice.
    #[error("this key is already defined on line {line}")]
    Duplicate {
        /// The line of the first.
        line: usize,
    },
}

impl DotenvError {
    /// A word for programs; it stays when messages change.
    pub fn code(&self) -> &'static str {
        match self.problem {
            DotenvProblem::NoEquals => "no-equals",
            DotenvProblem::Key => "bad-key",
            DotenvProblem::UnclosedQuote => "unclosed-quote",
            DotenvProblem::AfterQuote => "after-quote",
            DotenvProblem::Comment => "ambiguous-comment",
            DotenvProblem::CarriageReturn => "carriage-return",
            DotenvProblem::Duplicate { .. } => "duplicate-key",
        }
    }
}

/// A text does not say for whom it was written, and that makes a difference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UndecidedError {
    /// The two dialects read different values.
    #[error("line {line}: the length of the value is {godotenv} for godotenv and {docker} for docker")]
    Differs {
        /// The first line with a difference.
        line: usize,
        /// How long its value is for godotenv.
        godotenv: usize,
        /// How long its value is for docker.
        docker: usize,
    },
    /// It is not clear to godotenv.
    #[error(transparent)]
    Unclear(#[from] DotenvError),
}

/// Reads a text whose dialect nobody has said: as godotenv does, unless docker reads something else.
///
/// What docker can't read at all, as `export A=b`, was not written for it.
pub fn parse_undecided(text: &str) -> Result<Vec<Entry>, UndecidedError> {
    let entries = parse(text, Dialect::Godotenv)?;
    let Ok(docker) = parse(text, Dialect::Docker) else { return Ok(entries) };
    match entries.iter().zip(&docker).find(|(one, other)| one != other) {
        Some((one, other)) => Err(UndecidedError::Differs {
            line: one.line,
            godotenv: one.value.len(),
            docker: other.value.len(),
        }),
        None => Ok(entries),
    }
}

/// Reads all variables in their order; no name comes twice.
pub fn parse(text: &str, dialect: Dialect) -> Result<Vec<Entry>, DotenvError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut entries = Vec::new();
    let mut lines_of_keys = BTreeMap::new();
    let mut rest = text;
    let mut line = 1;
    while !rest.is_empty() {
        let this = rest.split_inclusive('\n').next().unwrap_or_default();
        let content = this.strip_suffix('\n').unwrap_or(this);
        let content = content.strip_suffix('\r').unwrap_or(content);
        let start = content.len() - content.trim_start().len();
        if content[start..].is_empty() || content[start..].starts_with('#') {
            rest = &rest[this.len()..];
            line += 1;
            continue;
        }
        let fail = |column: usize, problem| {
            let column = content[..column].chars().count() + 1;
            DotenvError { at: Position { line, column }, problem }
        };
        let (key_start, key, value_start) =
            split_line(content, start, dialect).map_err(|problem| fail(start, problem))?;
        if let Some(&first) = lines_of_keys.get(key) {
            return Err(fail(key_start, DotenvProblem::Duplicate { line: first }));
        }
        lines_of_keys.insert(key, line);
        let (value, length) = match (dialect, rest.as_bytes().get(value_start)) {
            (Dialect::Godotenv, Some(quote @ (b'"' | b'\''))) => {
                let (value, length) =
                    quoted(&rest[value_start + 1..], *quote).map_err(|problem| fail(value_start, problem))?;
                let end = value_start + 1 + length;
                let tail = rest[end..].split_inclusive('\n').next().unwrap_or_default();
                if !matches!(tail.trim_start().bytes().next(), None | Some(b'#')) {
                    let closing_line = line + rest[..end].matches('\n').count();
                    let column = rest[..end].rsplit('\n').next().unwrap_or_default().chars().count() + 1;
                    let at = Position { line: closing_line, column };
                    return Err(DotenvError { at, problem: DotenvProblem::AfterQuote });
                }
                (value, end + tail.len())
            }
            (Dialect::Godotenv, _) => {
                let value = bare(&content[value_start..], content[..value_start].ends_with(is_space));
                (value.map_err(|problem| fail(value_start, problem))?, this.len())
            }
            (Dialect::Docker, _) => (Plaintext::new(content[value_start..].into()), this.len()),
        };
        entries.push(Entry { key: key.to_owned(), value, line });
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    Ok(entries)
}

/// The name, where it starts, and where its value starts.
fn split_line(line: &str, start: usize, dialect: Dialect) -> Result<(usize, &str, usize), DotenvProblem> {
    let equals = line.find('=').ok_or(DotenvProblem::NoEquals)?;
    let mut key = &line[start..equals];
    let mut value = equals + 1;
    if dialect == Dialect::Godotenv {
        if let Some(exported) = key.strip_prefix("export").filter(|rest| rest.starts_with(is_space)) {
            key = exported.trim_start_matches(is_space);
        }
        value += line[value..].len() - line[value..].trim_start_matches(is_space).len();
    }
    let key_start = equals - key.len();
    if dialect == Dialect::Godotenv {
        key = key.trim_end();
    }
    if is_data_key(key) { Ok((key_start, key, value)) } else { Err(DotenvProblem::Key) }
}

/// What godotenv takes for space within a line.
fn is_space(c: char) -> bool {
    matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{85}' | '\u{a0}')
}

/// A value without quotes: a comment needs space before it, and `\$` is the only escape.
fn bare(value: &str, follows_space: bool) -> Result<Plaintext, DotenvProblem> {
    let is_comment = |&(at, _): &(usize, &str)| match at {
        0 => follows_space,
        _ => value[..at].ends_with(is_space),
    };
    let mut comments = value.match_indices('#').filter(is_comment).map(|(at, _)| at);
    // Of several, godotenv takes the last and shells the first; for one right behind `=`, godotenv knows only values.
    let end = match (comments.next(), comments.next()) {
        (None, _) => value.len(),
        (Some(at), None) if at > 0 => at,
        (Some(_), _) => return Err(DotenvProblem::Comment),
    };
    let value = value[..end].trim_matches(is_space);
    if value.contains('\r') {
        return Err(DotenvProblem::CarriageReturn);
    }
    let mut bytes = Vec::with_capacity(value.len());
    for (index, piece) in value.split("\\$").enumerate() {
        if index > 0 {
            bytes.push(b'$');
        }
        bytes.extend_from_slice(piece.as_bytes());
    }
    Ok(Plaintext::new(bytes))
}

/// The bytes with the line breaks of Windows made plain, as godotenv does before anything else.
fn plain_line_breaks(text: &str) -> impl Iterator<Item = u8> + '_ {
    let bytes = text.as_bytes();
    let kept = move |&(at, &byte): &(usize, &u8)| byte != b'\r' || bytes.get(at + 1) != Some(&b'\n');
    bytes.iter().enumerate().filter(kept).map(|(_, &byte)| byte)
}

/// The value up to the closing mark, and how many bytes that took.
fn quoted(text: &str, quote: u8) -> Result<(Plaintext, usize), DotenvProblem> {
    if quote == b'\'' {
        let end = text.find('\'').ok_or(DotenvProblem::UnclosedQuote)?;
        let mut value = Vec::with_capacity(end);
        value.extend(plain_line_breaks(&text[..end]));
        return Ok((Plaintext::new(value), end + 1));
    }
    let mut end = None;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' if !escaped => {
                end = Some(at);
                break;
            }
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    let end = end.ok_or(DotenvProblem::UnclosedQuote)?;
    // Never longer than what it is made of, so no copy is left behind by growing.
    let mut value = Zeroizing::new(Vec::with_capacity(end));
    let mut bytes = plain_line_breaks(&text[..end]);
    while let Some(byte) = bytes.next() {
        value.push(match byte {
            b'\\' => match bytes.next() {
                Some(b'n') => b'\n',
                Some(b'r') => b'\r',
                Some(b't') => b'\t',
                // `\"`, `\\`, `\$`; godotenv drops the backslash before anything else as well.
                Some(other) => other,
                None => break,
            },
            other => other,
        });
    }
    Ok((Plaintext::new(std::mem::take(&mut *value)), end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, dialect: Dialect) -> Vec<(String, String)> {
        let entries = parse(text, dialect).unwrap();
        entries
            .into_iter()
            .map(|entry| (entry.key, String::from_utf8(entry.value.expose().to_vec()).unwrap()))
            .collect()
    }

    #[test]
    fn godotenv_reads_quotes_escapes_and_comments_and_expands_nothing() {
        for (line, value) in [
            ("A=b", "b"),
            ("A = b ", "b"),
            ("export A=b", "b"),
            ("  A=b # c", "b"),
            ("A=b#c", "b#c"),
            ("A=#fff # c", "#fff"),
            ("A=a\\$b\\c", "a$b\\c"),
            ("A=\u{a0}b\u{a0}\u{2003}", "b\u{a0}\u{2003}"),
            ("A=", ""),
            ("A=a=b", "a=b"),
            ("A=$HOME/${X}", "$HOME/${X}"),
            ("A='a\\n$x\"' # c", "a\\n$x\""),
            (r#"A="a\n\r\t\"\\\$x$y""#, "a\n\r\t\"\\$x$y"),
            (r#"A="пароль\é""#, "парольé"),
            ("A=\"one\ntwo\"\n", "one\ntwo"),
            ("A=\"one\r\ntwo\"\r\n", "one\ntwo"),
            ("A='one\r\ntwo\r'\r\n", "one\ntwo\r"),
            ("A=\"ends with backslash\\\\\"", "ends with backslash\\"),
            ("A=it's", "it's"),
        ] {
            assert_eq!(read(line, Dialect::Godotenv), [("A".to_owned(), value.to_owned())], "{line}");
        }
    }

    #[test]
    fn docker_reads_everything_behind_the_equals_sign() {
        for (line, value) in [
            ("A=b # c ", "b # c "),
            ("A=\"b\"", "\"b\""),
            ("A='b'\r\n", "'b'"),
            ("A=b\r\r\n", "b\r"),
            ("A= b", " b"),
            ("A=a\\nb", "a\\nb"),
        ] {
            assert_eq!(read(line, Dialect::Docker), [("A".to_owned(), value.to_owned())], "{line}");
        }
    }

    #[test]
    fn lines_are_counted_through_values_of_several_lines() {
        let text = "\u{feff}# c\r\n\r\nA=\"1\r\n2\"\nB='x\ny' # c\nC=3";
        let lines: Vec<usize> =
            parse(text, Dialect::Godotenv).unwrap().into_iter().map(|entry| entry.line).collect();
        assert_eq!(lines, [3, 5, 7]);
    }

    #[test]
    fn errors_say_where_and_show_nothing() {
        for (text, dialect, message) in [
            (
                "A=1\nhunter2",
                Dialect::Docker,
                "line 2, column 1: there is no `=`; write KEY=value, or `#` in front of a comment",
            ),
            (
                "A=1\n\nexport A=2",
                Dialect::Godotenv,
                "line 3, column 8: this key is already defined on line 1",
            ),
            (
                "export A=2",
                Dialect::Docker,
                "line 1, column 1: the name before `=` may have letters, digits, `-`, `_` and `.` only",
            ),
            (
                "п=1",
                Dialect::Godotenv,
                "line 1, column 1: the name before `=` may have letters, digits, `-`, `_` and `.` only",
            ),
            ("A=1\nB='hunter2\n", Dialect::Godotenv, "line 2, column 3: this quotation mark is not closed"),
            ("B=\"hunter2\\\"", Dialect::Godotenv, "line 1, column 3: this quotation mark is not closed"),
            (
                "A=\"1\né\"hunter2\n",
                Dialect::Godotenv,
                "line 2, column 3: only a comment may follow the closing quotation mark",
            ),
            (
                "A=1\nB= # fill this in",
                Dialect::Godotenv,
                "line 2, column 4: programs differ in where a comment starts here; put the value into quotation marks",
            ),
            (
                "A=80 # see # 12",
                Dialect::Godotenv,
                "line 1, column 3: programs differ in where a comment starts here; put the value into quotation marks",
            ),
            (
                "A=1\rB=2\r",
                Dialect::Godotenv,
                "line 1, column 3: there is a carriage return within the line; save the file with line breaks of one kind",
            ),
        ] {
            assert_eq!(parse(text, dialect).unwrap_err().to_string(), message, "{text}");
        }
    }
    #[test]
    fn without_a_dialect_only_what_both_read_alike_or_only_one_can_read_is_taken() {
        for text in ["A=b\nC=d=e f\n# c\n", "export A=\"b\"", "A = 'b'", ""] {
            assert_eq!(parse_undecided(text), Ok(parse(text, Dialect::Godotenv).unwrap()), "{text}");
        }
        for (text, message) in [
            ("A=b\nC=\"d\"", "line 2: the length of the value is 1 for godotenv and 3 for docker"),
            ("A=b # c", "line 1: the length of the value is 1 for godotenv and 5 for docker"),
            ("A=\"1\nB=2\"", "line 1: the length of the value is 5 for godotenv and 2 for docker"),
            ("A='b", "line 1, column 3: this quotation mark is not closed"),
        ] {
            assert_eq!(parse_undecided(text).unwrap_err().to_string(), message, "{text}");
        }
    }
}
