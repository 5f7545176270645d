//! Evaluates pipelines: fields, variables, constants and calls.

use crate::ast::{Operand, Pipe, Term};
use crate::call::Function;
use crate::error::{Fault, Limit};
use crate::render::{Renderer, Result, STEP, Stop};
use crate::types::Type;
use crate::value::{List, Map, Value};

/// Lists inside each other that a value may have: freeing them takes as much stack.
const HEIGHT: usize = 1000;

impl<'t> Renderer<'t, '_, '_> {
    /// The result of a pipeline's last command, after the variables in front of it have got it.
    pub(crate) fn pipeline(&mut self, dot: &Value, pipe: &'t Pipe) -> Result<Value> {
        self.at = pipe.at;
        let mut last: Option<Value> = None;
        for command in &pipe.commands {
            last = Some(match self.command(dot, command, last)? {
                // Go looks into the interface, and there is nothing.
                Value::Nil => Value::Missing,
                value => value,
            });
        }
        let value = last.unwrap_or(Value::Missing);
        for name in &pipe.variables {
            if pipe.assigns {
                self.assign(name, value.clone())?;
            } else {
                self.variables.push((name, value.clone()));
            }
        }
        Ok(value)
    }

    /// One command; `last` is the result of the one before, and its final argument.
    fn command(&mut self, dot: &Value, operands: &'t [Operand], last: Option<Value>) -> Result<Value> {
        self.spend(STEP)?;
        let (first, arguments) = operands.split_first().expect("the parser makes no empty command");
        self.at = first.at;
        match &first.term {
            Term::Fields(names) => self.fields(dot, dot.clone(), names, arguments, last),
            Term::Chain(of, names) => {
                let value = self.chained(dot, of)?;
                self.at = first.at;
                self.fields(dot, value, names, arguments, last)
            }
            Term::Variable(name, names) if !names.is_empty() => {
                let value = self.variable(name)?;
                self.fields(dot, value, names, arguments, last)
            }
            Term::Function(function) => self.function(dot, function, first.at, arguments, last),
            term => {
                if !arguments.is_empty() || last.is_some() {
                    return self.refuse("this is no function and takes no arguments");
                }
                match term {
                    Term::Pipe(pipe) => self.nested(|inner| inner.pipeline(dot, pipe)),
                    Term::Variable(name, _) => self.variable(name),
                    Term::Dot => Ok(dot.clone()),
                    Term::Nil => self.refuse("nil is no command"),
                    constant => self.constant(constant),
                }
            }
        }
    }

    /// The value of what stands in front of fields.
    fn chained(&mut self, dot: &Value, of: &'t Operand) -> Result<Value> {
        self.at = of.at;
        match &of.term {
            Term::Pipe(pipe) => self.nested(|inner| inner.pipeline(dot, pipe)),
            Term::Function(function) => self.function(dot, function, of.at, &[], None),
            _ => unreachable!("only parentheses and functions are chained to fields"),
        }
    }

    fn constant(&self, term: &Term) -> Result<Value> {
        match term {
            Term::Bool(value) => Ok(Value::Bool(*value)),
            Term::Str(text) => Ok(Value::Str(text.clone())),
            Term::Number(number) => number.ideal().map_err(|fault| self.stop(fault)),
            _ => unreachable!("everything else was matched before"),
        }
    }

    fn variable(&self, name: &str) -> Result<Value> {
        match self.variables.iter().rev().find(|(known, _)| *known == name) {
            Some((_, value)) => Ok(value.clone()),
            None => self.refuse("the variable is not defined"),
        }
    }

    /// `value.a.b.c`; the last of them may be a method with arguments.
    fn fields(
        &mut self,
        dot: &Value,
        mut value: Value,
        names: &'t [Box<str>],
        arguments: &'t [Operand],
        last: Option<Value>,
    ) -> Result<Value> {
        let (final_name, names) = names.split_last().expect("the parser makes no empty list of fields");
        for name in names {
            value = self.field(dot, &value, name, &[], None)?;
        }
        self.field(dot, &value, final_name, arguments, last)
    }

    fn field(
        &mut self,
        dot: &Value,
        value: &Value,
        name: &str,
        arguments: &'t [Operand],
        last: Option<Value>,
    ) -> Result<Value> {
        let at = self.at;
        match value {
            Value::Missing => Ok(Value::Missing),
            Value::Map(map) => {
                if !arguments.is_empty() || last.is_some() {
                    return self.refuse("this is no function and takes no arguments");
                }
                Ok(map.get(name.as_bytes()).unwrap_or(Value::Missing))
            }
            Value::Object(object) => {
                let mut values = Vec::with_capacity(arguments.len() + 1);
                for argument in arguments {
                    values.push(self.argument(dot, Type::Any, argument)?);
                }
                values.extend(last);
                self.at = at;
                match object.member(name, &values, self.call) {
                    Some(result) => result.map_err(|fault| self.stop(fault)),
                    None => self.refuse("there is no such field or method"),
                }
            }
            Value::Nil => self.refuse("nil has no fields"),
            _ => self.refuse("only maps have fields"),
        }
    }

    fn function(
        &mut self,
        dot: &Value,
        function: &Function,
        at: usize,
        operands: &'t [Operand],
        last: Option<Value>,
    ) -> Result<Value> {
        let named = |stop: Stop| Stop { function: stop.function.or(Some(function.name)), ..stop };
        let stop = |fault| Stop { at, function: Some(function.name), fault };
        let got = operands.len() + usize::from(last.is_some());
        let wants = function.params.len();
        if got < wants || (got > wants && function.rest.is_none()) {
            return Err(stop(Fault::Count { wants, more: function.rest.is_some(), got }));
        }
        if let "and" | "or" = function.name {
            return self.short_circuit(dot, function.name == "or", operands, last);
        }
        let type_of = |index: usize| function.params.get(index).copied().or(function.rest);
        let type_of = |index| type_of(index).expect("their number fits");
        let mut arguments = Vec::with_capacity(got);
        for (index, operand) in operands.iter().enumerate() {
            // A fault inside an argument's own call names that call, not this one.
            arguments.push(match &operand.term {
                Term::Pipe(_) | Term::Function(_) | Term::Chain(..) => {
                    let value = self.argument(dot, Type::Reflect, operand)?;
                    fit(value, type_of(index))
                        .map_err(|fault| named(Stop { at: operand.at, function: None, fault }))?
                }
                _ => self.argument(dot, type_of(index), operand).map_err(named)?,
            });
        }
        if let Some(last) = last {
            arguments.push(fit(last, type_of(operands.len())).map_err(stop)?);
        }
        let weight: usize = arguments.iter().map(Value::weight).sum();
        self.at = at;
        self.call.spend(weight).map_err(stop)?;
        let value = (function.body)(self.call, &arguments).map_err(stop)?;
        if value.height() > HEIGHT {
            return Err(stop(Fault::Limit(Limit::Depth)));
        }
        Ok(value)
    }

    /// `and` and `or` evaluate no more arguments than they need.
    fn short_circuit(
        &mut self,
        dot: &Value,
        or: bool,
        operands: &'t [Operand],
        last: Option<Value>,
    ) -> Result<Value> {
        let mut value = Value::Missing;
        for operand in operands {
            value = self.argument(dot, Type::Reflect, operand)?;
            if value.truth() == or {
                return Ok(value);
            }
        }
        Ok(last.unwrap_or(value))
    }

    /// The value of an argument for a parameter of that type.
    fn argument(&mut self, dot: &Value, type_: Type, operand: &'t Operand) -> Result<Value> {
        self.spend(STEP)?;
        self.at = operand.at;
        let value = match &operand.term {
            Term::Dot => dot.clone(),
            Term::Nil => {
                if !type_.can_be_nil() {
                    return Err(self.stop(Fault::Type { expected: type_, got: None }));
                }
                Value::Missing
            }
            Term::Fields(names) => self.fields(dot, dot.clone(), names, &[], None)?,
            Term::Variable(name, names) => {
                let value = self.variable(name)?;
                if names.is_empty() { value } else { self.fields(dot, value, names, &[], None)? }
            }
            Term::Chain(of, names) => {
                let value = self.chained(dot, of)?;
                self.fields(dot, value, names, &[], None)?
            }
            Term::Pipe(_) | Term::Function(_) => self.chained(dot, operand)?,
            Term::Number(number) => {
                let number = match type_ {
                    Type::Int => number.int.map(Value::Int),
                    Type::Int64 => number.int.map(Value::Int64),
                    Type::Uint8 => number.uint.map(|value| Value::Uint8(value as u8)),
                    Type::Uint64 => number.uint.map(Value::Uint64),
                    Type::Float => number.float.map(Value::Float),
                    Type::Complex => number.complex.map(|(real, imaginary)| Value::Complex(real, imaginary)),
                    _ => Some(self.constant(&operand.term)?),
                };
                match number {
                    Some(value) => value,
                    None => return Err(self.stop(Fault::new("the number does not fit the parameter"))),
                }
            }
            constant => self.constant(constant)?,
        };
        self.at = operand.at;
        fit(value, type_).map_err(|fault| self.stop(fault))
    }
}

/// The value as an argument for a parameter of that type, if Go allows the assignment.
fn fit(value: Value, type_: Type) -> Result<Value, Fault> {
    match (value, type_) {
        (Value::Missing, Type::Any) => Ok(Value::Nil),
        (Value::Missing, Type::List(element)) => Ok(Value::List(List::nil(element))),
        (Value::Missing, Type::Map(element)) => Ok(Value::Map(Map::nil(element))),
        (value, Type::Any | Type::Reflect) => Ok(value),
        (value, type_) if value.type_of() == Some(type_) => Ok(value),
        (value, type_) => Err(Fault::Type { expected: type_, got: value.type_of() }),
    }
}
