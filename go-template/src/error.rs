//! Why a template does not parse or render. Nothing here can hold a value, an argument or a piece of output.

use std::fmt;

use crate::types::Type;

/// A template does not parse or render: where, in which function, and why.
///
/// The text is made of the template's name, a place in it, names that stand in the template and fixed words. It may
/// be shown to everybody who may know the template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The name that the template was parsed under.
    pub template: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in bytes, from 1.
    pub column: usize,
    /// The function concerned.
    pub function: Option<String>,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong, in fixed words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Something that a function or the language refuses.
    #[error("{0}")]
    Refused(&'static str),
    /// An argument is of another type than the parameter.
    #[error("wrong type for argument; expected {expected}, got {}", name(.got))]
    Type {
        /// What the function takes.
        expected: Type,
        /// What it was given; `None` for nil or no value.
        got: Option<Type>,
    },
    /// Too few or too many arguments.
    #[error("wrong number of arguments: wants {}{wants}, got {got}", at_least(*.more))]
    Count {
        /// How many it takes.
        wants: usize,
        /// Whether more are welcome.
        more: bool,
        /// How many it was given.
        got: usize,
    },
    /// The rendering would cost too much.
    #[error("{0}")]
    Limit(Limit),
}

/// A bound on what rendering may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    /// Steps and bytes looked at.
    #[error("takes too long to render")]
    Fuel,
    /// Bytes made on the way, in sum.
    #[error("takes too much memory to render")]
    Memory,
    /// Bytes of the result.
    #[error("gives too much output")]
    Output,
    /// Templates, parentheses, actions or values inside each other.
    #[error("is nested too deeply")]
    Depth,
}

impl Fault {
    /// A field or method that takes none was given arguments.
    pub const ARGUMENTS: Self = Self::new("takes no arguments");

    /// A refusal, in words that hold for every input.
    pub const fn new(words: &'static str) -> Self {
        Self::Refused(words)
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: ", self.template, self.line, self.column)?;
        if let Some(function) = &self.function {
            write!(f, "function {function}: ")?;
        }
        write!(f, "{}", self.fault)
    }
}

fn name(type_: &Option<Type>) -> String {
    type_.map_or_else(|| "no value".to_owned(), |type_| type_.to_string())
}

fn at_least(more: bool) -> &'static str {
    if more { "at least " } else { "" }
}
