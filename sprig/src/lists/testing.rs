//! What the tests of these modules share: values in short, calls, and results as text with their types.

use std::rc::Rc;

use go_template::{Call, Fault, Host, Limits, Map, Object, Str, Type, Value};

struct NoHost;

impl Host for NoHost {
    fn now(&mut self) -> (i64, u32) {
        (0, 0)
    }
    fn random(&mut self, buffer: &mut [u8]) {
        buffer.fill(0);
    }
}

/// Runs something with a budget that suffices, but ends.
pub(crate) fn with_call<T>(run: impl FnOnce(&mut Call<'_>) -> T) -> T {
    let limits = Limits { fuel: 1_000_000, memory: 1_000_000, depth: 100 };
    run(&mut Call::new(&mut NoHost, limits))
}

/// Calls a function by its name and shows what it gives.
pub(crate) fn show(name: &str, args: &[Value]) -> String {
    let function = crate::functions().find(|function| function.name == name).expect("the function exists");
    with_call(|call| match (function.body)(call, args) {
        Ok(value) => text(&value),
        Err(fault) => format!("error: {fault}"),
    })
}

/// Values in one notation: `1` is an int, `1L` an int64, `1.0` a float64; lists and maps of other elements
/// than `interface {}` and nil ones have their type before them.
pub(crate) fn text(value: &Value) -> String {
    let type_name = || value.type_of().map_or_else(String::new, |type_| type_.to_string());
    let join = |items: Vec<String>| items.join(", ");
    match value {
        Value::Missing => "missing".into(),
        Value::Nil => "nil".into(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Int64(value) => format!("{value}L"),
        Value::Float(value) => format!("{value:?}"),
        Value::Str(value) => format!("{:?}", String::from_utf8_lossy(value)),
        Value::List(list) if list.is_nil() => format!("{}(nil)", type_name()),
        Value::Map(map) if map.is_nil() => format!("{}(nil)", type_name()),
        Value::List(list) => {
            let prefix = if *list.element == Type::Any { String::new() } else { type_name() };
            format!("{prefix}[{}]", join(list.iter().map(text).collect()))
        }
        Value::Map(map) => {
            let prefix = if *map.element == Type::Any { String::new() } else { type_name() };
            let show =
                |(key, value): (Str, Value)| format!("{}: {}", String::from_utf8_lossy(&key), text(&value));
            format!("{prefix}{{{}}}", join(map.snapshot().into_iter().map(show).collect()))
        }
        other => format!("{other:?}"),
    }
}

/// An `int`.
pub(crate) fn int(value: i64) -> Value {
    Value::Int(value)
}

/// A `string`.
pub(crate) fn s(text: &str) -> Value {
    Value::text(text)
}

/// A `[]interface {}`.
pub(crate) fn list<const N: usize>(items: [Value; N]) -> Value {
    Value::list(items.into())
}

/// The nil `[]interface {}`.
pub(crate) fn nil_list() -> Value {
    Value::List(go_template::List::nil(&Type::Any))
}

/// A `map[string]interface {}`.
pub(crate) fn dict<const N: usize>(entries: [(&str, Value); N]) -> Value {
    map(&Type::Any, entries)
}

/// A map of elements of a type.
pub(crate) fn map<const N: usize>(element: &'static Type, entries: [(&str, Value); N]) -> Value {
    Value::Map(Map::new(element, entries.into_iter().map(|(key, value)| (key.into(), value)).collect()))
}

/// A value of a host's type, of which only the name and what JSON sees matter.
pub(crate) struct Sample {
    type_name: &'static str,
    json: Value,
}

impl Sample {
    pub(crate) fn value(type_name: &'static str, json: Value) -> Value {
        Value::Object(Rc::new(Self { type_name, json }))
    }
}

impl Object for Sample {
    fn type_name(&self) -> &'static str {
        self.type_name
    }
    fn member(&self, _: &str, _: &[Value], _: &mut Call<'_>) -> Option<Result<Value, Fault>> {
        None
    }
    fn display(&self) -> Str {
        text(&self.json()).into()
    }
    fn json(&self) -> Value {
        self.json.clone()
    }
    fn number(&self) -> Option<Value> {
        Some(self.json.clone()).filter(|number| matches!(number, Value::Int(_) | Value::Int64(_)))
    }
    fn equals(&self, other: &dyn Object) -> bool {
        text(&self.json()) == text(&other.json())
    }
}
