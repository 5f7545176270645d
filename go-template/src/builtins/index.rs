//! `len`, `index` and `slice`.

use crate::call::Call;
use crate::error::Fault;
use crate::types::Type;
use crate::value::{List, Map, Str, Value};

type Result<T = Value> = std::result::Result<T, Fault>;

pub(super) fn len(_: &mut Call<'_>, arguments: &[Value]) -> Result {
    let length = match &arguments[0] {
        Value::Str(text) => text.len(),
        Value::List(list) => list.len(),
        Value::Map(map) => map.len(),
        _ => return Err(Fault::new("only strings, lists and maps have a length")),
    };
    Ok(Value::Int(length as i64))
}

/// An element, of an element, and so on.
pub(super) fn index(_: &mut Call<'_>, arguments: &[Value]) -> Result {
    let (item, indexes) = arguments.split_first().expect("there is a first argument");
    if let Value::Missing | Value::Nil = item {
        return Err(Fault::new("nil has no elements"));
    }
    let mut item = item.clone();
    for index in indexes {
        item = element(&item, index)?;
    }
    Ok(item)
}

fn element(item: &Value, index: &Value) -> Result {
    const OUT_OF_RANGE: Fault = Fault::new("the index is out of range");
    match item {
        Value::Str(text) => {
            let byte = text.get(position(index, text.len())?).ok_or(OUT_OF_RANGE)?;
            Ok(Value::Uint8(*byte))
        }
        Value::List(list) => list.get(position(index, list.len())?).cloned().ok_or(OUT_OF_RANGE),
        Value::Map(map) => match index {
            Value::Str(key) => Ok(map.get(key).unwrap_or_else(|| zero(*map.element))),
            Value::Missing | Value::Nil => Err(Fault::new("nil is no key of this map")),
            _ => Err(Fault::new("the keys of maps are strings")),
        },
        _ => Err(Fault::new("only strings, lists and maps have elements")),
    }
}

/// The zero value of a type, which Go's maps answer for keys that they lack.
fn zero(type_: Type) -> Value {
    match type_ {
        Type::Bool => Value::Bool(false),
        Type::Int => Value::Int(0),
        Type::Int64 => Value::Int64(0),
        Type::Uint8 => Value::Uint8(0),
        Type::Uint64 => Value::Uint64(0),
        Type::Float => Value::Float(0.0),
        Type::Complex => Value::Complex(0.0, 0.0),
        Type::Str => Value::Str(Str::from("")),
        Type::List(element) => Value::List(List::nil(element)),
        Type::Map(element) => Value::Map(Map::nil(element)),
        Type::Any | Type::Reflect | Type::Object(_) => Value::Nil,
    }
}

/// A whole number from 0 up to the length, which `slice` may name.
fn position(index: &Value, length: usize) -> Result<usize> {
    let position = match index {
        Value::Int(value) | Value::Int64(value) => usize::try_from(*value).ok(),
        Value::Uint8(value) => Some((*value).into()),
        Value::Uint64(value) => usize::try_from(*value).ok(),
        _ => return Err(Fault::new("the index is no whole number")),
    };
    position.filter(|position| *position <= length).ok_or(Fault::new("the index is out of range"))
}

/// A part of a string or list: from, to, and the end of what it may grow to.
pub(super) fn slice(call: &mut Call<'_>, arguments: &[Value]) -> Result {
    let (item, indexes) = arguments.split_first().expect("there is a first argument");
    let length = match item {
        Value::Str(_) if indexes.len() == 3 => {
            return Err(Fault::new("a string takes two indexes at most"));
        }
        Value::Str(text) => text.len(),
        Value::List(list) => list.len(),
        _ => return Err(Fault::new("only strings and lists can be sliced")),
    };
    if indexes.len() > 3 {
        return Err(Fault::new("too many indexes"));
    }
    let mut bounds = [0, length, length];
    for (bound, index) in bounds.iter_mut().zip(indexes) {
        *bound = position(index, length)?;
    }
    let [from, to, most] = bounds;
    if from > to || to > most {
        return Err(Fault::new("the indexes are in the wrong order"));
    }
    match item {
        Value::List(list) if list.is_nil() => Ok(item.clone()),
        Value::List(list) => {
            call.take((to - from) * size_of::<Value>())?;
            Ok(Value::List(List::new(list.element, list[from..to].to_vec())))
        }
        Value::Str(text) => call.text(&text[from..to]),
        _ => unreachable!("everything else has no length"),
    }
}
