//! What can go wrong, as one line for stderr and a hint below it.

use std::error::Error;
use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;

/// The text for stderr: `error:`, the whole chain of causes on one line, then the hint.
pub fn report(error: &dyn Error, hint: Option<&str>) -> String {
    let mut line = format!("error: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        line.push_str(": ");
        line.push_str(&cause.to_string());
        source = cause.source();
    }
    let mut text = one_line(&line);
    text.push('\n');
    if let Some(hint) = hint {
        text.push_str(&one_line(hint));
        text.push('\n');
    }
    text
}

/// Writes to stderr. That nobody reads it is no error of its own: there is no place left to say so.
pub fn say(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Control characters, which names of files and answers of servers may hold, become spaces.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A file can't be read. The text is that of Go's programs: `open PATH: no such file or directory`.
#[derive(Debug, thiserror::Error)]
#[error("{step} {}: {cause}", path.display())]
pub struct FileError {
    /// What failed: `open` or `read`.
    pub step: &'static str,
    /// The file.
    pub path: PathBuf,
    /// The cause.
    pub cause: OsCause,
}

/// What the operating system says, in the words of Go's programs: lower case, without the number.
#[derive(Debug)]
pub struct OsCause(io::Error);

impl OsCause {
    /// Whether there is no such file.
    pub fn is_not_found(&self) -> bool {
        self.0.kind() == io::ErrorKind::NotFound
    }

    /// Whether nobody reads any more.
    pub fn is_broken_pipe(&self) -> bool {
        self.0.kind() == io::ErrorKind::BrokenPipe
    }
}

impl From<io::Error> for OsCause {
    fn from(error: io::Error) -> Self {
        Self(error)
    }
}

impl Error for OsCause {}

impl fmt::Display for OsCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        let text = text.rsplit_once(" (os error ").map_or(text.as_str(), |(words, _number)| words);
        let mut rest = text.chars();
        match rest.next() {
            Some(first) => write!(f, "{}{}", first.to_lowercase(), rest.as_str()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_of_the_system_read_as_in_gos_programs() {
        for (number, text) in [
            (2, "no such file or directory"),
            (13, "permission denied"),
            (21, "is a directory"),
            (111, "connection refused"),
        ] {
            assert_eq!(OsCause(io::Error::from_raw_os_error(number)).to_string(), text);
        }
    }
}
