//! Comments that allow a finding: `# sealwright: allow RULE, RULE`.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Rule;

const MARK: &str = "# sealwright: allow ";

/// Which rules are allowed on which lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Allowances(BTreeSet<(usize, Rule)>);

impl Allowances {
    /// Reads the comments of a text; also gives where a word is that is the id of no rule.
    ///
    /// A comment holds for its line, and for the next one with content if it stands alone. Lines are searched as text: in
    /// a block scalar such a line counts as well, and whoever can write it can write the comment.
    pub(super) fn read(text: &str) -> (Self, Vec<Range<usize>>) {
        let (mut allowed, mut unknown, mut above) = (BTreeSet::new(), Vec::new(), Vec::new());
        let mut start = 0;
        for (index, line) in text.split_inclusive('\n').enumerate() {
            let number = index + 1;
            let content = line.trim();
            let alone = content.starts_with('#');
            if !alone && !content.is_empty() {
                allowed.extend(above.drain(..).map(|rule| (number, rule)));
            }
            if let Some(mark) = line.find(MARK) {
                let mut at = mark + MARK.len();
                for word in line[at..].split([',', ' ', '\t', '\r', '\n']) {
                    match word.parse() {
                        Ok(rule) if alone => above.push(rule),
                        Ok(rule) => drop(allowed.insert((number, rule))),
                        Err(_) if word.is_empty() => {}
                        Err(_) => unknown.push(start + at..start + at + word.len()),
                    }
                    at += word.len() + 1;
                }
            }
            start += line.len();
        }
        (Self(allowed), unknown)
    }

    pub(super) fn cover(&self, rule: Rule, line: usize) -> bool {
        self.0.contains(&(line, rule))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_allows_on_its_line_and_below() {
        let text = "# sealwright: allow name, base64\n# why\n\na: 1\nb: 2 # sealwright: allow moved\nc: 3\n";
        let (allowances, unknown) = Allowances::read(text);
        assert_eq!(allowances.0, BTreeSet::from([(4, Rule::Name), (4, Rule::Base64), (5, Rule::Moved)]));
        assert_eq!(unknown, []);
    }

    #[test]
    fn words_that_are_no_rules_are_told_where_they_stand() {
        let text = "a: 1\n# sealwright: allow nmae, name\r\nb: 2\r\n";
        let (allowances, unknown) = Allowances::read(text);
        assert_eq!(allowances.0, BTreeSet::from([(3, Rule::Name)]));
        assert_eq!(unknown.iter().map(|bytes| &text[bytes.clone()]).collect::<Vec<_>>(), ["nmae"]);
    }
}
