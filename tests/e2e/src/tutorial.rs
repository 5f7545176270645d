//! Reads a tutorial: its commands, and what it says that the reader sees.
//!
//! A fence ```` ```sh ```` holds commands, a fence ```` ```text ```` after it what they print (see
//! [`crate::expected`]); commands without one print nothing. Fences without a word, and of `yaml`, are only looked
//! at. An HTML comment `<!-- test: … -->` right before the commands says what readers do and the test can't see:
//!
//! | comment | means |
//! |---|---|
//! | `settings` | the reader puts in values of their own; so does the test, for the same names |
//! | `page` | the reader seals at the page before, for one of two ways |
//! | `instead of the page` | the other way |
//! | `second terminal` | the commands go on until the end |
//! | `fails` | the last command is meant to fail |
//! | `not run: REASON` | the test can't |

use thiserror::Error;

/// How a block of commands is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// As it stands, and every command succeeds.
    Run,
    /// With the test's values for the names that it exports.
    Settings,
    /// As it stands, after the page was used.
    Page,
    /// As it stands, where the page was not used.
    InsteadOfPage,
    /// As it stands, beside the rest.
    SecondTerminal,
    /// As it stands, and the last command fails.
    Fails,
    /// Not at all, for this reason.
    NotRun(String),
}

/// Commands that are run together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The heading above it.
    pub heading: String,
    /// The line of its fence, counted from 1.
    pub line: usize,
    /// How it is run.
    pub mark: Mark,
    /// The commands, word for word.
    pub commands: String,
    /// What they print.
    pub expected: String,
}

/// Something that would be overlooked.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum TutorialError {
    /// A fence in a list or quotation, or with more than three marks.
    #[error("line {0}: a fence does not stand alone at the start of its line")]
    Indented(usize),
    /// A fence of a language that is neither run nor only looked at.
    #[error("line {line}: a fence of {language:?}; commands are in `sh`, what they print in `text`")]
    Language {
        /// Of the fence.
        line: usize,
        /// As it is written.
        language: String,
    },
    /// An output that belongs to no commands.
    #[error("line {0}: an output without commands before it")]
    NoCommands(usize),
    /// A fence that does not end.
    #[error("line {0}: a fence without an end")]
    Open(usize),
    /// A comment that means nothing.
    #[error("line {line}: {words:?} is no mark")]
    UnknownMark {
        /// Of the comment.
        line: usize,
        /// After `test:`.
        words: String,
    },
    /// A mark with something else than commands after it.
    #[error("line {0}: a mark without commands after it")]
    LooseMark(usize),
}

/// All blocks of commands of a tutorial, in order.
pub fn blocks(markdown: &str) -> Result<Vec<Block>, TutorialError> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut heading = String::new();
    let mut mark: Option<(usize, Mark)> = None;
    // Whether an output could belong to the last block.
    let mut may_print = false;
    let mut lines = markdown.lines().enumerate().map(|(index, line)| (index + 1, line));
    while let Some((number, line)) = lines.next() {
        if let Some(words) = line.trim().strip_prefix("<!-- test:") {
            if let Some((earlier, _)) = mark {
                return Err(TutorialError::LooseMark(earlier));
            }
            let words = words.strip_suffix("-->").unwrap_or(words).trim();
            let known = read_mark(words)
                .ok_or_else(|| TutorialError::UnknownMark { line: number, words: words.to_owned() })?;
            mark = Some((number, known));
            continue;
        }
        let Some(language) = fence(number, line)? else {
            if let (Some((earlier, _)), false) = (&mark, line.is_empty()) {
                return Err(TutorialError::LooseMark(*earlier));
            }
            if let Some(title) = line.strip_prefix('#') {
                heading = title.trim_start_matches('#').trim().to_owned();
            }
            continue;
        };
        let mut content = String::new();
        loop {
            match lines.next() {
                Some((_, "```")) => break,
                Some((_, line)) => content.extend([line, "\n"]),
                None => return Err(TutorialError::Open(number)),
            }
        }
        if let (Some((earlier, _)), true) = (&mark, language != "sh") {
            return Err(TutorialError::LooseMark(*earlier));
        }
        match language {
            "sh" => blocks.push(Block {
                heading: heading.clone(),
                line: number,
                mark: mark.take().map_or(Mark::Run, |(_, mark)| mark),
                commands: content,
                expected: String::new(),
            }),
            "text" => match blocks.last_mut() {
                Some(block) if may_print => block.expected = content,
                _ => return Err(TutorialError::NoCommands(number)),
            },
            "" | "yaml" => {}
            other => {
                return Err(TutorialError::Language { line: number, language: other.to_owned() });
            }
        }
        may_print = language == "sh";
    }
    match mark {
        Some((line, _)) => Err(TutorialError::LooseMark(line)),
        None => Ok(blocks),
    }
}

/// The names that a block of settings exports.
pub fn exported(commands: &str) -> Vec<&str> {
    let exports = commands.lines().filter_map(|line| line.strip_prefix("export "));
    exports.filter_map(|assignment| Some(assignment.split_once('=')?.0)).collect()
}

/// The word after a fence's marks, if the line begins a fence.
fn fence(number: usize, line: &str) -> Result<Option<&str>, TutorialError> {
    match line.strip_prefix("```") {
        Some(language) if !language.contains('`') => Ok(Some(language)),
        None if !line.trim_start_matches([' ', '\t', '>', '-', '*']).starts_with("```") => Ok(None),
        _ => Err(TutorialError::Indented(number)),
    }
}

fn read_mark(words: &str) -> Option<Mark> {
    Some(match words {
        "settings" => Mark::Settings,
        "page" => Mark::Page,
        "instead of the page" => Mark::InsteadOfPage,
        "second terminal" => Mark::SecondTerminal,
        "fails" => Mark::Fails,
        _ => match words.strip_prefix("not run:")?.trim() {
            "" => return None,
            reason => Mark::NotRun(reason.to_owned()),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(heading: &str, line: usize, mark: Mark, commands: &str, expected: &str) -> Block {
        Block {
            heading: heading.to_owned(),
            line,
            mark,
            commands: commands.to_owned(),
            expected: expected.to_owned(),
        }
    }

    #[test]
    fn commands_are_read_with_heading_line_and_output() {
        let markdown =
            "# One\n\n```sh\na\nb # c\n```\nprints:\n```text\nx\n\n```\n## Two\n```\nlook\n```\n```sh\n```\n";
        let expected =
            [block("One", 3, Mark::Run, "a\nb # c\n", "x\n\n"), block("Two", 16, Mark::Run, "", "")];
        assert_eq!(blocks(markdown).unwrap(), expected);
    }

    #[test]
    fn a_heading_inside_a_fence_is_none() {
        let markdown = "# One\n```sh\n# not a heading\n```\n```sh\n```";
        assert!(blocks(markdown).unwrap().iter().all(|block| block.heading == "One"));
    }

    #[test]
    fn marks_belong_to_the_commands_after_them() {
        let cases = [
            ("settings", Mark::Settings),
            ("page", Mark::Page),
            ("instead of the page", Mark::InsteadOfPage),
            ("second terminal", Mark::SecondTerminal),
            ("fails", Mark::Fails),
            ("not run: no network", Mark::NotRun("no network".to_owned())),
        ];
        for (words, mark) in cases {
            let markdown = format!("<!-- test: {words} -->\n\n```sh\na\n```\n```sh\nb\n```\n");
            let marks: Vec<_> = blocks(&markdown).unwrap().into_iter().map(|block| block.mark).collect();
            assert_eq!(marks, [mark, Mark::Run], "{words}");
        }
    }

    #[test]
    fn what_would_be_overlooked_is_an_error() {
        let language = |line, language: &str| TutorialError::Language { line, language: language.to_owned() };
        let unknown = |words: &str| TutorialError::UnknownMark { line: 1, words: words.to_owned() };
        let cases = [
            ("```bash\na\n```", language(1, "bash")),
            ("\n```sh title\na\n```", language(2, "sh title")),
            ("1. x\n   ```sh\n   a\n   ```", TutorialError::Indented(2)),
            ("> ```sh\n> a\n> ```", TutorialError::Indented(1)),
            ("````sh\na\n````", TutorialError::Indented(1)),
            ("```sh\na\n", TutorialError::Open(1)),
            ("```text\na\n```", TutorialError::NoCommands(1)),
            ("```sh\n```\n```text\n```\n```text\n```", TutorialError::NoCommands(5)),
            ("```sh\n```\n```yaml\n```\n```text\n```", TutorialError::NoCommands(5)),
            ("<!-- test: failing -->\n```sh\n```", unknown("failing")),
            ("<!-- test: not run: -->\n```sh\n```", unknown("not run:")),
            ("<!-- test: fails -->\nwords\n```sh\n```", TutorialError::LooseMark(1)),
            ("<!-- test: fails -->\n```text\n```", TutorialError::LooseMark(1)),
            ("<!-- test: fails -->\n<!-- test: page -->\n```sh\n```", TutorialError::LooseMark(1)),
            ("<!-- test: fails -->", TutorialError::LooseMark(1)),
        ];
        for (markdown, error) in cases {
            assert_eq!(blocks(markdown).unwrap_err(), error, "{markdown}");
        }
    }

    #[test]
    fn exported_names_are_those_of_whole_lines() {
        assert_eq!(exported("export A=1\nexport B=\"$A=2\"\necho export C=3\n"), ["A", "B"]);
    }
}
