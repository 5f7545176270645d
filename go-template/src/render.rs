//! Renders the nodes of a template.

use zeroize::Zeroizing;

use crate::ast::{Body, Node, Pipe};
use crate::call::Call;
use crate::error::{Fault, Limit};
use crate::format;
use crate::parse::Templates;
use crate::value::{Str, Value};

/// Steps that a node or a command costs, in bytes looked at.
pub(crate) const STEP: usize = 32;

/// A template that does not render: where, the function concerned, and why.
pub(crate) struct Stop {
    pub at: usize,
    pub function: Option<&'static str>,
    pub fault: Fault,
}

pub(crate) type Result<T, E = Stop> = std::result::Result<T, E>;

/// How a node ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    Next,
    Break,
    Continue,
}

/// One rendering.
pub(crate) struct Renderer<'t, 'c, 'h> {
    pub templates: &'t Templates,
    pub call: &'c mut Call<'h>,
    /// The variables in scope, the newest last.
    pub variables: Vec<(&'t str, Value)>,
    /// What is being rendered, for errors.
    pub at: usize,
    output: Zeroizing<Vec<u8>>,
    limit: usize,
}

impl<'t, 'c, 'h> Renderer<'t, 'c, 'h> {
    pub(crate) fn new(templates: &'t Templates, call: &'c mut Call<'h>, limit: usize) -> Self {
        Self { templates, call, variables: Vec::new(), at: 0, output: Zeroizing::default(), limit }
    }

    /// Renders the template of that name with `data` as `.` and `$`.
    pub(crate) fn run(mut self, name: &[u8], data: &Value) -> Result<Zeroizing<Vec<u8>>> {
        self.template(name, data)?;
        Ok(self.output)
    }

    pub(crate) fn stop(&self, fault: Fault) -> Stop {
        Stop { at: self.at, function: None, fault }
    }

    pub(crate) fn refuse<T>(&self, words: &'static str) -> Result<T> {
        Err(self.stop(Fault::new(words)))
    }

    pub(crate) fn spend(&mut self, steps: usize) -> Result<()> {
        self.call.spend(steps).map_err(|fault| self.stop(fault))
    }

    /// Goes one level deeper, into a template, an action's body or a parenthesis.
    pub(crate) fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.call.enter().map_err(|fault| self.stop(fault))?;
        let result = inner(self);
        self.call.leave();
        result
    }

    fn template(&mut self, name: &[u8], dot: &Value) -> Result<()> {
        let Some(body) = self.templates.get(name) else {
            return self.refuse("there is no template of this name");
        };
        let outer = std::mem::replace(&mut self.variables, vec![("$", dot.clone())]);
        let result = self.nested(|inner| inner.body(dot, body));
        self.variables = outer;
        // The parser lets break and continue stand inside range only.
        result.map(drop)
    }

    fn body(&mut self, dot: &Value, body: &'t Body) -> Result<Flow> {
        for node in body {
            let flow = self.node(dot, node)?;
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn node(&mut self, dot: &Value, node: &'t Node) -> Result<Flow> {
        self.spend(STEP)?;
        match node {
            Node::Text { at, text } => {
                self.at = *at;
                self.write(text)?;
            }
            Node::Action { at, pipe } => {
                let value = self.pipeline(dot, pipe)?;
                if pipe.variables.is_empty() {
                    self.at = *at;
                    self.print(&value)?;
                }
            }
            Node::Branch { with, pipe, then, otherwise } => {
                return self.scoped(|inner| {
                    let value = inner.pipeline(dot, pipe)?;
                    if value.truth() {
                        inner.nested(|inner| inner.body(if *with { &value } else { dot }, then))
                    } else {
                        inner.nested(|inner| inner.body(dot, otherwise))
                    }
                });
            }
            Node::Range { pipe, body, otherwise } => {
                return self.scoped(|inner| inner.nested(|inner| inner.range(dot, pipe, body, otherwise)));
            }
            Node::Template { at, name, pipe } => {
                let value = match pipe {
                    Some(pipe) => self.pipeline(dot, pipe)?,
                    None => Value::Missing,
                };
                self.at = *at;
                self.template(name, &value)?;
            }
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::Next)
    }

    /// Forgets the variables that come into scope inside.
    fn scoped<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let mark = self.variables.len();
        let result = inner(self);
        self.variables.truncate(mark);
        result
    }

    fn range(&mut self, dot: &Value, pipe: &'t Pipe, body: &'t Body, otherwise: &'t Body) -> Result<Flow> {
        let over = self.pipeline(dot, pipe)?;
        self.at = pipe.at;
        let mut count = |make: fn(i64) -> Value, end: i64| -> Result<bool> {
            if pipe.variables.len() > 1 {
                return self.refuse("a number gives one variable only");
            }
            for number in 0..end {
                if !self.iteration(pipe, Value::Missing, &make(number), body)? {
                    break;
                }
            }
            Ok(end > 0)
        };
        let any = match &over {
            Value::Int(end) => count(Value::Int, *end)?,
            Value::Int64(end) => count(Value::Int64, *end)?,
            Value::Uint8(end) => count(|number| Value::Uint8(number as u8), (*end).into())?,
            // No loop reaches the end of such a number: the budget ends before.
            Value::Uint64(end) => {
                count(|number| Value::Uint64(number as u64), i64::try_from(*end).unwrap_or(i64::MAX))?
            }
            Value::List(list) => {
                for (index, item) in list.iter().enumerate() {
                    if !self.iteration(pipe, Value::Int(index as i64), item, body)? {
                        break;
                    }
                }
                !list.is_empty()
            }
            Value::Map(map) => {
                // What a body sets or removes does not change what is gone through.
                let entries = map.snapshot();
                self.spend(entries.len())?;
                for (key, value) in &entries {
                    if !self.iteration(pipe, Value::Str(key.clone()), value, body)? {
                        break;
                    }
                }
                !entries.is_empty()
            }
            Value::Missing | Value::Nil => false,
            Value::Bool(_) | Value::Float(_) | Value::Complex(..) | Value::Str(_) | Value::Object(_) => {
                return self.refuse("range needs a list, a map or a whole number");
            }
        };
        if any { Ok(Flow::Next) } else { self.body(dot, otherwise) }
    }

    /// One time round; false if it was the last.
    fn iteration(&mut self, pipe: &'t Pipe, index: Value, item: &Value, body: &'t Body) -> Result<bool> {
        self.spend(STEP)?;
        match pipe.variables.as_slice() {
            [] => {}
            [one] if pipe.assigns => self.assign(one, item.clone())?,
            [first, second] if pipe.assigns => {
                self.assign(first, index)?;
                self.assign(second, item.clone())?;
            }
            [_] => self.set_top(1, item.clone()),
            _ => {
                self.set_top(1, item.clone());
                self.set_top(2, index);
            }
        }
        let flow = self.scoped(|inner| inner.body(item, body))?;
        Ok(flow != Flow::Break)
    }

    /// The variables that a range declares are the newest in scope.
    fn set_top(&mut self, from_top: usize, value: Value) {
        let at = self.variables.len() - from_top;
        self.variables[at].1 = value;
    }

    /// Sets a variable that was declared before.
    pub(crate) fn assign(&mut self, name: &str, value: Value) -> Result<()> {
        match self.variables.iter_mut().rev().find(|(known, _)| *known == name) {
            Some((_, variable)) => {
                *variable = value;
                Ok(())
            }
            None => self.refuse("the variable is not defined"),
        }
    }

    fn print(&mut self, value: &Value) -> Result<()> {
        let text: Str = match value {
            Value::Str(text) => text.clone(),
            Value::Missing => "<no value>".into(),
            other => format::display(self.call, other).map_err(|fault| self.stop(fault))?,
        };
        self.write(&text)
    }

    fn write(&mut self, text: &[u8]) -> Result<()> {
        self.spend(text.len())?;
        if self.output.len() + text.len() > self.limit {
            return Err(self.stop(Fault::Limit(Limit::Output)));
        }
        self.output.extend_from_slice(text);
        Ok(())
    }
}
