//! Whether a command printed what a tutorial shows, where some of it differs from run to run.
//!
//! In what is shown, `…` stands for any characters of a line, none among them, and a line of nothing but `…` for any
//! lines, none among them. How many blanks stand between two words, and at a line's end, does not matter: the columns
//! of a table are as wide as their content.

/// The sign for what differs.
const ANY: char = '…';

/// Whether `printed` is what `shown` shows.
pub fn fits(shown: &str, printed: &str) -> bool {
    let shown: Vec<String> = shown.lines().map(single_blanks).collect();
    let printed: Vec<String> = printed.lines().map(single_blanks).collect();
    let any = |line: &String| line.trim() == ANY.to_string();
    matches(&shown, &printed, any, |shown, printed| {
        let (shown, printed): (Vec<_>, Vec<_>) = (shown.chars().collect(), printed.chars().collect());
        matches(&shown, &printed, |sign| *sign == ANY, |shown, printed| shown == printed)
    })
}

/// Whether a pattern matches, in which some parts stand for any sequence.
///
/// When the rest does not match, the last such part takes one more: the earlier ones never have to be tried again.
fn matches<T>(pattern: &[T], text: &[T], any: impl Fn(&T) -> bool, same: impl Fn(&T, &T) -> bool) -> bool {
    let (mut at, mut next) = (0, 0);
    let mut last_any = None;
    while next < text.len() {
        match pattern.get(at) {
            Some(part) if any(part) => {
                last_any = Some((at, next));
                at += 1;
            }
            Some(part) if same(part, &text[next]) => (at, next) = (at + 1, next + 1),
            _ => {
                let Some((of, taken)) = last_any else { return false };
                last_any = Some((of, taken + 1));
                (at, next) = (of + 1, taken + 1);
            }
        }
    }
    pattern[at..].iter().all(any)
}

fn single_blanks(line: &str) -> String {
    let indent = line.len() - line.trim_start().len();
    let words: Vec<&str> = line.split_whitespace().collect();
    if words.is_empty() { String::new() } else { line[..indent].to_owned() + &words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_fits_what_is_printed() {
        let cases = [
            ("", "", true),
            ("", "a\n", false),
            ("a\n", "", false),
            ("a\n", "a", true),
            ("a\nb\n", "a\nb\n", true),
            ("a\n", "a\nb\n", false),
            ("a\n", "b\n", false),
            // Columns.
            ("NAME  AGE\nx  1s", "NAME            AGE   \nx               1s\n", true),
            ("a b", "ab", false),
            ("  a", "a", false),
            // Parts of a line.
            ("x …", "x 12s", true),
            ("x …", "x", false),
            ("x…", "x", true),
            ("… of … done", "3 of 4 done", true),
            ("… of … done", "3 of 4 left", false),
            ("a…b…c", "abbbcbbc", true),
            ("a…b…c", "acbb", false),
            ("a…", "b", false),
            // Lines.
            ("…", "", true),
            ("…", "a\nb\n", true),
            ("a\n…\nz", "a\nz", true),
            ("a\n…\nz", "a\nb\nc\nz", true),
            ("a\n…\nz", "a\nb\nc", false),
            ("…\nz", "z\ny\nz", true),
            ("…\nb…\n…", "a\nbc\nd\ne", true),
            ("…\nb…\n…", "a\ncb\nd", false),
        ];
        for (shown, printed, fit) in cases {
            assert_eq!(fits(shown, printed), fit, "{shown:?} and {printed:?}");
        }
    }
}
