//! Reads `KEY=value` lines. Nothing is ever expanded: `$` is a character like any other.

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
            DotenvProblem::Duplicate { .. } => "duplicate-key",
        }
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
        let content = this.trim_end_matches('\n').trim_end_matches('\r');
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
            (Dialect::Godotenv, _) => (Plaintext::new(bare(&content[value_start..]).into()), this.len()),
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
        if let Some(exported) = key.strip_prefix("export").filter(|rest| rest.starts_with([' ', '\t'])) {
            key = exported.trim_start();
        }
        value += line[value..].len() - line[value..].trim_start_matches([' ', '\t']).len();
    }
    let key_start = equals - key.len();
    if dialect == Dialect::Godotenv {
        key = key.trim_end();
    }
    if is_data_key(key) { Ok((key_start, key, value)) } else { Err(DotenvProblem::Key) }
}

/// A value without quotes: a comment needs space before it.
fn bare(value: &str) -> &str {
    let comment = value
        .char_indices()
        .find(|&(at, c)| c == '#' && (at == 0 || value[..at].ends_with([' ', '\t'])))
        .map_or(value.len(), |(at, _)| at);
    value[..comment].trim()
}

/// The value up to the closing mark, and how many bytes that took.
fn quoted(text: &str, quote: u8) -> Result<(Plaintext, usize), DotenvProblem> {
    if quote == b'\'' {
        let end = text.find('\'').ok_or(DotenvProblem::UnclosedQuote)?;
        return Ok((Plaintext::new(text[..end].into()), end + 1));
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
    let mut bytes = text[..end].bytes();
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
            ("A=# c", ""),
            ("A=", ""),
            ("A=a=b", "a=b"),
            ("A=$HOME/${X}", "$HOME/${X}"),
            ("A='a\\n$x\"' # c", "a\\n$x\""),
            (r#"A="a\n\r\t\"\\\$x$y""#, "a\n\r\t\"\\$x$y"),
            (r#"A="пароль\é""#, "парольé"),
            ("A=\"one\ntwo\"\n", "one\ntwo"),
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
        ] {
            assert_eq!(parse(text, dialect).unwrap_err().to_string(), message, "{text}");
        }
    }
}
