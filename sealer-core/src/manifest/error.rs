//! Why a manifest could not be read. No message repeats a piece of the input, the names of data keys apart.

use std::fmt;

/// Where in the text: both count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character in its line.
    pub column: usize,
}

/// A text could not be read as manifests.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// Nothing in the text is a Secret. The text is kubeseal's.
    #[error("no secrets found. Ensure the input is valid and UTF-8 encoded")]
    NoSecrets,
    /// No document could be read; the first one's reason. Starts with kubeseal's text.
    #[error("{}: {_0}", ManifestError::NoSecrets)]
    NoneReadable(Box<ManifestError>),
    /// Nothing in the text is a SealedSecret.
    #[error("no SealedSecret found; make sure that the input is not empty")]
    NoSealedSecrets,
    /// Something is wrong at one place.
    #[error("line {}, column {}: {problem}", at.line, at.column)]
    At {
        /// The place.
        at: Position,
        /// What is wrong there.
        problem: Problem,
    },
}

/// What is wrong at one place of a manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Longer than anything that a cluster would take.
    #[error("the text goes on for more than {} MiB", super::MAX_BYTES >> 20)]
    TooLong,
    /// Nested deeper than any manifest is.
    #[error("nested too deeply")]
    TooDeep,
    /// Aliases that multiply.
    #[error("aliases expand to too much; write the content out")]
    TooManyAliases,
    /// An alias of something that it is a part of.
    #[error("this alias stands for something that contains it")]
    AliasOfItself,
    /// An alias without its anchor.
    #[error("this alias has no anchor before it")]
    UnknownAnchor,
    /// A tab where YAML wants spaces.
    #[error("a tab can't indent or separate here; use spaces")]
    Tab,
    /// A quotation mark without its partner.
    #[error("a quotation mark is not closed")]
    UnclosedQuote,
    /// A bracket or brace without its partner.
    #[error("a bracket or brace is not closed, or closed without being opened")]
    UnclosedBracket,
    /// An escape sequence that does not exist.
    #[error("this is no escape sequence; write a backslash twice, or use single quotes")]
    Escape,
    /// A character that YAML wants escaped or quoted.
    #[error("this character can't stand here; put the text in quotes")]
    Character,
    /// A character that ends a line for YAML 1.1 alone.
    #[error(
        "YAML 1.1 ends the line at this invisible character and YAML 1.2 does not; remove it, or write it as an \
         escape in double quotes"
    )]
    LineBreak,
    /// Indentation that fits no level.
    #[error("the indentation fits no line above")]
    Indentation,
    /// A `%` line.
    #[error("directives (lines that start with `%`) are not read; remove the line")]
    Directive,
    /// Content on the line that separates documents.
    #[error("only a comment may follow `---` on its line")]
    Separator,
    /// A second document in the place of one.
    #[error("another document starts here without a `---` before it")]
    SecondDocument,
    /// Any other mistake in YAML.
    #[error("not valid YAML from here on")]
    Yaml,
    /// A mistake in JSON.
    #[error("not valid JSON from here on")]
    Json,
    /// The same key twice.
    #[error("this key is already defined on line {line}")]
    Duplicate {
        /// The line of the first.
        line: usize,
    },
    /// A merge key; YAML 1.2 has none.
    #[error("`<<` merges in YAML 1.1 and is a plain key in YAML 1.2; write the keys out")]
    MergeKey,
    /// A tag that changes what is read.
    #[error("tags (`!!…`) are not read here, `!!str` apart; write the value without one")]
    Tag,
    /// A plain scalar that readers take for different things.
    #[error("write it in quotes, \"…\": {}", ambiguous(*yaml_1_1, *yaml_1_2))]
    Ambiguous {
        /// What YAML 1.1 makes of it.
        yaml_1_1: Reading,
        /// What YAML 1.2 makes of it.
        yaml_1_2: Reading,
    },
    /// Nothing where a text belongs.
    #[error("there is no value here; write \"\" for an empty text")]
    NoValue,
    /// One thing where another belongs.
    #[error("{_0} is expected here")]
    Expected(Shape),
    /// A value of `data` that is not base64.
    #[error("{} under `data` is not base64; move it to `stringData`", named(key.as_ref()))]
    NotBase64 {
        /// The data key, if it is one that Kubernetes would take.
        key: Option<String>,
    },
    /// A field name in the wrong case, which the API server would not know.
    #[error("names of fields are case-sensitive: write `{field}`")]
    FieldCase {
        /// How it is written.
        field: &'static str,
    },
    /// A field that the object does not have.
    #[error("{kind} has no such field")]
    UnknownField {
        /// The object, with its article.
        kind: &'static str,
    },
    /// No `kind` at all.
    #[error("`kind: {kind}` is missing")]
    NoKind {
        /// What was expected.
        kind: &'static str,
    },
    /// Another kind of object than a Secret.
    #[error("this is {}, not a {wanted}", found.unwrap_or("another kind of object"))]
    OtherKind {
        /// The kind found with its article, where it is one that everybody knows.
        found: Option<&'static str>,
        /// The kind that was expected.
        wanted: &'static str,
    },
    /// A SealedSecret where a Secret was expected.
    #[error("this is a SealedSecret: it is sealed already")]
    AlreadySealed,
    /// A SealedSecret that is an item of a List, where one is to be edited.
    #[error("a SealedSecret inside a List is not edited; write it as a document of its own")]
    SealedInList,
    /// A name that only the API server would choose.
    #[error("`generateName` leaves the name open, and sealing needs to know it; write `name`")]
    GenerateName,
}

/// What YAML makes of a plain scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Nothing.
    Null,
    /// True or false.
    Boolean,
    /// A whole number.
    Integer,
    /// A number with a fraction or an exponent.
    Float,
    /// A date or a moment.
    Timestamp,
    /// Just text.
    Text,
}

/// What belongs at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Names with values.
    Mapping,
    /// Entries in an order.
    List,
    /// One text.
    Text,
    /// True or false.
    Boolean,
}

/// What is wrong with a scalar without quotes. Of a number, both may read one and still not the same.
fn ambiguous(yaml_1_1: Reading, yaml_1_2: Reading) -> String {
    if yaml_1_1 == yaml_1_2 {
        format!("this is {yaml_1_1}, and a text is expected")
    } else {
        format!("YAML 1.1 reads {yaml_1_1} here and YAML 1.2 reads {yaml_1_2}")
    }
}

impl ManifestError {
    pub(super) fn at(at: Position, problem: Problem) -> Self {
        Self::At { at, problem }
    }

    /// Where in the text, if it is wrong at one place.
    pub fn position(&self) -> Option<Position> {
        match self {
            Self::NoSecrets | Self::NoSealedSecrets => None,
            Self::NoneReadable(cause) => cause.position(),
            Self::At { at, .. } => Some(*at),
        }
    }

    /// What is wrong, if it is wrong at one place.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::NoSecrets | Self::NoSealedSecrets => None,
            Self::NoneReadable(cause) => cause.problem(),
            Self::At { problem, .. } => Some(problem),
        }
    }

    /// A word for programs; it stays when messages change.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSecrets => "no-secrets",
            Self::NoSealedSecrets => "no-sealed-secrets",
            Self::NoneReadable(cause) => cause.code(),
            Self::At { problem, .. } => problem.code(),
        }
    }
}

impl Problem {
    /// A word for programs; it stays when messages change.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "too-long",
            Self::TooDeep => "too-deep",
            Self::TooManyAliases | Self::AliasOfItself => "alias-expansion",
            Self::UnknownAnchor => "unknown-anchor",
            Self::Tab => "tab",
            Self::LineBreak => "line-break",
            Self::UnclosedQuote
            | Self::UnclosedBracket
            | Self::Escape
            | Self::Character
            | Self::Indentation
            | Self::Directive
            | Self::Separator
            | Self::SecondDocument
            | Self::Yaml => "yaml-syntax",
            Self::Json => "json-syntax",
            Self::Duplicate { .. } => "duplicate-key",
            Self::MergeKey => "merge-key",
            Self::Tag => "tag",
            Self::Ambiguous { .. } => "ambiguous-scalar",
            Self::NoValue => "no-value",
            Self::Expected(_) => "wrong-type",
            Self::NotBase64 { .. } => "not-base64",
            Self::FieldCase { .. } => "field-case",
            Self::UnknownField { .. } => "unknown-field",
            Self::NoKind { .. } => "no-kind",
            Self::OtherKind { .. } => "other-kind",
            Self::AlreadySealed => "already-sealed",
            Self::SealedInList => "sealed-in-list",
            Self::GenerateName => "generate-name",
        }
    }
}

fn named(key: Option<&String>) -> String {
    key.map_or_else(|| "a value".to_owned(), |key| format!("`{key}`"))
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Integer => "an integer",
            Self::Float => "a decimal number",
            Self::Timestamp => "a timestamp",
            Self::Text => "a text",
        })
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mapping => "a mapping (`name: value`)",
            Self::List => "a list",
            Self::Text => "a text",
            Self::Boolean => "`true` or `false`",
        })
    }
}
