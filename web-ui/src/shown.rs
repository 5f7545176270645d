//! The sealed YAML as it is shown: long ciphertexts folded, field names apart from values.

/// Ciphertexts longer than this are folded; what is copied and downloaded is whole.
const FOLD_OVER: usize = 72;
/// How much of a folded ciphertext is shown.
const FOLD_TO: usize = 32;

/// One line of YAML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its leading spaces.
    pub indent: &'a str,
    /// The field name; empty where the line has none.
    pub key: &'a str,
    /// What follows the name, colon included.
    pub rest: &'a str,
    /// How many characters the whole value has, if only its beginning is in `rest`.
    pub folded: Option<usize>,
}

/// Splits a text that sealer-core's emitter wrote.
pub fn lines(yaml: &str) -> impl Iterator<Item = Line<'_>> {
    yaml.lines().map(line)
}

fn line(text: &str) -> Line<'_> {
    let body = text.trim_start_matches(' ');
    let indent = &text[..text.len() - body.len()];
    let key_end = body.find(": ").or_else(|| body.strip_suffix(':').map(str::len)).unwrap_or(0);
    let (key, rest) = body.split_at(key_end);
    // Base64 is ASCII, so that any place may be cut.
    if rest.len() > FOLD_OVER && rest.is_ascii() {
        let value = rest.trim_start_matches(": ");
        let shown = rest.len() - value.len() + FOLD_TO;
        return Line { indent, key, rest: &rest[..shown], folded: Some(value.len()) };
    }
    Line { indent, key, rest, folded: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_told_apart() {
        let yaml = "kind: SealedSecret\nspec:\n  encryptedData:\n    a: AgBy\n---\n";
        let shown: Vec<_> = lines(yaml).map(|line| (line.indent, line.key, line.rest)).collect();
        let expected = [
            ("", "kind", ": SealedSecret"),
            ("", "spec", ":"),
            ("  ", "encryptedData", ":"),
            ("    ", "a", ": AgBy"),
            ("", "", "---"),
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_long_ciphertext_is_folded_and_counted() {
        let value = "A".repeat(728);
        let yaml = format!("    password: {value}");
        let line = lines(&yaml).next().unwrap();
        assert_eq!(line.key, "password");
        assert_eq!(line.rest, format!(": {}", &value[..FOLD_TO]));
        assert_eq!(line.folded, Some(728));
    }

    #[test]
    fn long_text_that_is_no_ciphertext_stays_whole() {
        let yaml = format!("  note: {}", "é".repeat(80));
        assert_eq!(lines(&yaml).next().unwrap().folded, None);
    }
}
