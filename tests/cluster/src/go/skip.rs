//! Tests that need Go, where there is none.

use std::io::{self, Write as _};
use std::thread;

use super::BuildError;

/// Builds with the progress on standard error; `None`, after one loud line, when Go is needed and missing.
///
/// `what` names what the tests need in that line.
pub fn built_or_skipped<T>(
    what: &str,
    build: impl FnOnce(&mut dyn FnMut(&str)) -> Result<T, BuildError>,
) -> Result<Option<T>, BuildError> {
    match build(&mut announce) {
        Ok(built) => Ok(Some(built)),
        Err(error @ BuildError::GoMissing { .. }) => {
            skipped(what, &error.to_string());
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Says that the running test does nothing, because something that it needs is missing.
pub fn skipped(what: &str, why: &str) {
    let thread = thread::current();
    // Programs with a harness of their own have the thread `main` only.
    let test = thread.name().filter(|name| *name != "main").unwrap_or("these tests");
    announce(&format!("SKIPPED {test}, for want of {what}: {why}"));
}

/// Writes past the test harness, which hides what successful tests print.
fn announce(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_that_fails_is_no_reason_to_skip() {
        let failed =
            BuildError::Fetch { module: "example.com/tool".to_owned(), output: "no network".to_owned() };
        assert_eq!(built_or_skipped("a tool", |_| Ok("tool")).unwrap(), Some("tool"));
        assert!(built_or_skipped("a tool", |_| Err::<(), _>(failed)).is_err());
    }
}
