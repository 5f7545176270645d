//! What a function is, and what it may use while it runs: a budget, a clock and random bytes.

use std::collections::{BTreeMap, HashMap};

use crate::error::{Fault, Limit};
use crate::types::Type;
use crate::value::{Entries, List, Map, Str, Value};

/// A function that templates can call.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// Its name in templates.
    pub name: &'static str,
    /// The types of its first parameters.
    pub params: &'static [Type],
    /// The type of all further ones, if it takes any number.
    pub rest: Option<Type>,
    /// What it does. It is given arguments that fit the parameters, in number and type: [`Call`] and [`Arguments`]
    /// take them apart.
    pub body: fn(&mut Call<'_>, &[Value]) -> Result<Value, Fault>,
}

/// The functions of a template, by name. Go's own are always there; a name given again replaces the one before.
#[derive(Debug, Clone)]
pub struct Functions(HashMap<&'static str, Function>);

impl Functions {
    /// Go's own functions and these.
    pub fn new(functions: impl IntoIterator<Item = Function>) -> Self {
        let all = crate::builtins::ALL.iter().copied().chain(functions);
        Self(all.map(|function| (function.name, function)).collect())
    }

    /// The function of that name.
    pub fn get(&self, name: &str) -> Option<&Function> {
        self.0.get(name)
    }

    /// All names, in no order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.keys().copied()
    }
}

/// What rendering may cost at most. What exceeds it ends with [`Fault::Limit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Steps: one for each node that is executed, and one for each byte or element that a function looks at.
    pub fuel: u64,
    /// Bytes that values made on the way take, in sum, whether they live on or not.
    pub memory: u64,
    /// Templates that call each other, and values inside values.
    pub depth: usize,
}

/// The host's clock and source of random bytes. With the same answers, a template gives the same output.
pub trait Host {
    /// The time that counts as now: seconds and nanoseconds since 1970 in UTC.
    fn now(&mut self) -> (i64, u32);

    /// Fills the buffer with random bytes.
    fn random(&mut self, buffer: &mut [u8]);
}

/// One rendering, as its functions see it.
pub struct Call<'h> {
    /// The host's clock and random source.
    pub host: &'h mut dyn Host,
    fuel: u64,
    memory: u64,
    depth: usize,
    /// All maps that were made. A map within itself would never be freed, and a long chain of maps would be freed on
    /// the stack: so they stay until the end, and then are emptied one by one.
    maps: Vec<Entries>,
}

impl<'h> Call<'h> {
    /// A rendering with its whole budget ahead.
    pub fn new(host: &'h mut dyn Host, limits: Limits) -> Self {
        Self { host, fuel: limits.fuel, memory: limits.memory, depth: limits.depth, maps: Vec::new() }
    }

    /// What is left of the budget, for another rendering of the same kind.
    pub fn left(&self) -> Limits {
        Limits { fuel: self.fuel, memory: self.memory, depth: self.depth }
    }

    /// Spends steps. To be called before the work is done.
    pub fn spend(&mut self, steps: usize) -> Result<(), Fault> {
        let left = self.fuel.checked_sub(steps as u64).ok_or(Fault::Limit(Limit::Fuel));
        self.fuel = left.unwrap_or(0);
        left.map(drop)
    }

    /// Takes memory, and the steps to fill it. To be called before it is filled.
    pub fn take(&mut self, bytes: usize) -> Result<(), Fault> {
        self.spend(bytes)?;
        let left = self.memory.checked_sub(bytes as u64).ok_or(Fault::Limit(Limit::Memory));
        self.memory = left.unwrap_or(0);
        left.map(drop)
    }

    /// Runs something one level deeper: everything that follows the nesting of values goes through here.
    pub fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        self.enter()?;
        let result = inner(self);
        self.leave();
        result
    }

    pub(crate) fn enter(&mut self) -> Result<(), Fault> {
        self.depth = self.depth.checked_sub(1).ok_or(Fault::Limit(Limit::Depth))?;
        Ok(())
    }

    pub(crate) fn leave(&mut self) {
        self.depth += 1;
    }

    /// A string, its memory taken.
    pub fn text(&mut self, bytes: impl Into<Str>) -> Result<Value, Fault> {
        let text = bytes.into();
        self.take(text.len())?;
        Ok(Value::Str(text))
    }

    /// A `[]interface {}`, its memory taken.
    pub fn list(&mut self, items: Vec<Value>) -> Result<Value, Fault> {
        self.take(items.len() * size_of::<Value>())?;
        Ok(Value::list(items))
    }

    /// A `[]string`, its memory taken.
    pub fn strings<T: Into<Str>>(&mut self, items: impl IntoIterator<Item = T>) -> Result<Value, Fault> {
        let items: Vec<Str> = items.into_iter().map(Into::into).collect();
        self.take(items.iter().map(|item| item.len() + size_of::<Value>()).sum())?;
        Ok(Value::strings(items))
    }

    /// A new map, its memory taken. It is emptied when the rendering ends.
    pub fn map(&mut self, element: &'static Type, entries: BTreeMap<Str, Value>) -> Result<Map, Fault> {
        self.take(entries.keys().map(|key| key.len() + 2 * size_of::<Value>()).sum::<usize>() + 64)?;
        let map = Map::new(element, entries);
        self.maps.extend(map.entries().cloned());
        Ok(map)
    }

    /// A new `map[string]interface {}`, its memory taken.
    pub fn dict(&mut self, entries: BTreeMap<Str, Value>) -> Result<Value, Fault> {
        self.map(&Type::Any, entries).map(Value::Map)
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        for map in &self.maps {
            let entries = std::mem::take(&mut *map.borrow_mut());
            drop(entries);
        }
    }
}

/// Takes arguments apart that fit their parameters.
///
/// Each panics where the parameter has another type than the one asked for: a mistake in the function's
/// declaration, which no template can cause.
pub trait Arguments {
    /// A `bool`.
    fn bool(&self, index: usize) -> bool;
    /// An `int` or `int64`.
    fn int(&self, index: usize) -> i64;
    /// A `float64`.
    fn float(&self, index: usize) -> f64;
    /// A `string`.
    fn str(&self, index: usize) -> &Str;
    /// A slice.
    fn list(&self, index: usize) -> &List;
    /// A map.
    fn map(&self, index: usize) -> &Map;
}

const DECLARED: &str = "arguments are checked against the function's declaration";

impl Arguments for [Value] {
    fn bool(&self, index: usize) -> bool {
        let Value::Bool(value) = self[index] else { panic!("{DECLARED}") };
        value
    }
    fn int(&self, index: usize) -> i64 {
        let (Value::Int(value) | Value::Int64(value)) = self[index] else { panic!("{DECLARED}") };
        value
    }
    fn float(&self, index: usize) -> f64 {
        let Value::Float(value) = self[index] else { panic!("{DECLARED}") };
        value
    }
    fn str(&self, index: usize) -> &Str {
        let Value::Str(value) = &self[index] else { panic!("{DECLARED}") };
        value
    }
    fn list(&self, index: usize) -> &List {
        let Value::List(value) = &self[index] else { panic!("{DECLARED}") };
        value
    }
    fn map(&self, index: usize) -> &Map {
        let Value::Map(value) = &self[index] else { panic!("{DECLARED}") };
        value
    }
}
