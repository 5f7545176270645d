//! Pipelines: declarations, commands, operands and terms.

use super::{ParseError, Parser, Result, fault};
use crate::ast::{Operand, Pipe, Term};
use crate::error::Fault;
use crate::lex::Kind;
use crate::literal::{Number, unquote};

/// What a pipeline belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    Action,
    Branch,
    Range,
    Parenthesis,
}

impl Parser<'_> {
    pub(super) fn pipeline(&mut self, context: Context) -> Result<Pipe> {
        let end = if context == Context::Parenthesis { Kind::RightParen } else { Kind::RightDelim };
        let mut pipe = Pipe {
            at: self.peek_past_space().at,
            variables: Vec::new(),
            assigns: false,
            commands: Vec::new(),
        };
        self.declarations(context, &mut pipe)?;
        loop {
            let token = self.peek_past_space();
            match token.kind {
                kind if kind == end => {
                    self.take();
                    return checked(pipe, token.at);
                }
                Kind::Bool
                | Kind::Number
                | Kind::Dot
                | Kind::Field
                | Kind::Identifier
                | Kind::Nil
                | Kind::Str
                | Kind::Variable
                | Kind::LeftParen => pipe.commands.push(self.command()?),
                _ => return Err(fault(token.at, "unexpected in a pipeline")),
            }
        }
    }

    /// `$x :=`, `$x =` and `$i, $x :=` in front of a pipeline.
    fn declarations(&mut self, context: Context, pipe: &mut Pipe) -> Result<()> {
        loop {
            let variable = self.peek_past_space();
            if variable.kind != Kind::Variable {
                return Ok(());
            }
            let start = self.next;
            self.take();
            let next = self.take_past_space();
            match next.kind {
                Kind::Assign | Kind::Declare | Kind::Comma => {
                    pipe.variables.push(variable.text.into());
                    self.scope.variables.push(variable.text.into());
                }
                _ => {
                    self.next = start;
                    return Ok(());
                }
            }
            if next.kind != Kind::Comma {
                pipe.assigns = next.kind == Kind::Assign;
                return Ok(());
            }
            if context != Context::Range || pipe.variables.len() == 2 {
                return Err(fault(next.at, "too many variables"));
            }
            if self.peek_past_space().kind != Kind::Variable {
                return Err(fault(next.at, "range can only set variables"));
            }
        }
    }

    fn command(&mut self) -> Result<Vec<Operand>> {
        let mut operands = Vec::new();
        loop {
            self.peek_past_space();
            operands.extend(self.operand()?);
            let token = self.peek();
            match token.kind {
                Kind::Space => continue,
                Kind::RightDelim | Kind::RightParen => {}
                Kind::Pipe => drop(self.take()),
                _ => return Err(fault(token.at, "unexpected behind an operand")),
            }
            if operands.is_empty() {
                return Err(fault(token.at, "the command is empty"));
            }
            return Ok(operands);
        }
    }

    /// A term with the fields that hang on it; none where no term begins.
    fn operand(&mut self) -> Result<Option<Operand>> {
        let Some(mut operand) = self.term()? else { return Ok(None) };
        let mut fields: Vec<Box<str>> = Vec::new();
        while self.peek().kind == Kind::Field {
            fields.push(self.take().text[1..].into());
        }
        if fields.is_empty() {
            return Ok(Some(operand));
        }
        operand.term = match operand.term {
            Term::Fields(mut first) => {
                first.extend(fields);
                Term::Fields(first)
            }
            Term::Variable(name, _) => Term::Variable(name, fields),
            Term::Bool(_) | Term::Str(_) | Term::Number(_) | Term::Nil | Term::Dot => {
                return Err(fault(operand.at, "this has no fields"));
            }
            term => Term::Chain(Box::new(Operand { at: operand.at, term }), fields),
        };
        Ok(Some(operand))
    }

    fn term(&mut self) -> Result<Option<Operand>> {
        let token = self.peek();
        let at = token.at;
        let malformed = |fault| ParseError { at, function: None, fault };
        let term = match token.kind {
            Kind::Dot => Term::Dot,
            Kind::Nil => Term::Nil,
            Kind::Bool => Term::Bool(token.text == "true"),
            Kind::Number => Term::Number(Number::parse(token.text).map_err(malformed)?),
            Kind::Str => Term::Str(unquote(token.text).map_err(malformed)?),
            Kind::Field => Term::Fields(vec![token.text[1..].into()]),
            Kind::Variable => {
                if !self.scope.variables.iter().any(|name| **name == *token.text) {
                    return Err(fault(at, "the variable is not defined"));
                }
                Term::Variable(token.text.into(), Vec::new())
            }
            Kind::Identifier => match self.functions.get(token.text) {
                Some(function) => Term::Function(*function),
                None => {
                    let function = Some(token.text.to_owned());
                    return Err(ParseError { at, function, fault: Fault::new("is not defined") });
                }
            },
            Kind::LeftParen => {
                self.take();
                let pipe = self.nested(at, |parser| parser.pipeline(Context::Parenthesis))?;
                return Ok(Some(Operand { at, term: Term::Pipe(pipe) }));
            }
            _ => return Ok(None),
        };
        self.take();
        Ok(Some(Operand { at, term }))
    }
}

/// What is handed on needs something that takes it.
fn checked(pipe: Pipe, end: usize) -> Result<Pipe> {
    let Some((_, later)) = pipe.commands.split_first() else {
        return Err(fault(end, "a value is missing"));
    };
    for command in later {
        if let Term::Bool(_) | Term::Dot | Term::Nil | Term::Number(_) | Term::Str(_) = command[0].term {
            return Err(fault(command[0].at, "what is piped into this is lost"));
        }
    }
    Ok(pipe)
}
