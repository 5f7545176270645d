//! A parsed template. Every place (`at`) is a byte in its text.

use crate::call::Function;
use crate::literal::Number;
use crate::value::Str;

/// What is rendered one after the other.
pub type Body = Vec<Node>;

/// A piece of a template.
#[derive(Debug)]
pub enum Node {
    /// Text as it is.
    Text { at: usize, text: Box<[u8]> },
    /// `{{pipeline}}`
    Action { at: usize, pipe: Pipe },
    /// `{{if}}` and `{{with}}`
    Branch { with: bool, pipe: Pipe, then: Body, otherwise: Body },
    /// `{{range}}`
    Range { pipe: Pipe, body: Body, otherwise: Body },
    /// `{{template "name" pipeline}}`
    Template { at: usize, name: Str, pipe: Option<Pipe> },
    /// `{{break}}`
    Break,
    /// `{{continue}}`
    Continue,
}

/// Commands that hand their results on, and the variables that take the last one.
#[derive(Debug)]
pub struct Pipe {
    pub at: usize,
    pub variables: Vec<Box<str>>,
    /// `=` instead of `:=`
    pub assigns: bool,
    pub commands: Vec<Vec<Operand>>,
}

/// What stands in a command: its first operand is called, printed or handed on, the others are arguments.
#[derive(Debug)]
pub struct Operand {
    pub at: usize,
    pub term: Term,
}

#[derive(Debug)]
pub enum Term {
    Dot,
    Nil,
    Bool(bool),
    Number(Number),
    Str(Str),
    /// `.a.b`
    Fields(Vec<Box<str>>),
    /// `$x.a.b`
    Variable(Box<str>, Vec<Box<str>>),
    Function(Function),
    Pipe(Pipe),
    /// `(pipeline).a.b` or `function.a.b`
    Chain(Box<Operand>, Vec<Box<str>>),
}
