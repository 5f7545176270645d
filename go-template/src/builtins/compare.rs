//! `eq` and its kin.

use std::cmp::Ordering;

use crate::call::Call;
use crate::error::Fault;
use crate::value::Value;

const INCOMPATIBLE: Fault = Fault::new("values of these types can't be compared");

type Result<T = Value> = std::result::Result<T, Fault>;

/// Whether the first equals one of the others.
pub(super) fn eq(_: &mut Call<'_>, arguments: &[Value]) -> Result {
    let [first, others @ ..] = arguments else { unreachable!("there is a first argument") };
    if others.is_empty() {
        return Err(Fault::new("there is nothing to compare with"));
    }
    for other in others {
        if equal(first, other)? {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

pub(super) fn ne(_: &mut Call<'_>, arguments: &[Value]) -> Result {
    equal(&arguments[0], &arguments[1]).map(|equal| Value::Bool(!equal))
}

pub(super) fn lt(_: &mut Call<'_>, arguments: &[Value]) -> Result {
    less(&arguments[0], &arguments[1]).map(Value::Bool)
}

pub(super) fn le(_: &mut Call<'_>, arguments: &[Value]) -> Result {
    less_or_equal(&arguments[0], &arguments[1]).map(Value::Bool)
}

pub(super) fn gt(_: &mut Call<'_>, arguments: &[Value]) -> Result {
    less_or_equal(&arguments[0], &arguments[1]).map(|it| Value::Bool(!it))
}

pub(super) fn ge(_: &mut Call<'_>, arguments: &[Value]) -> Result {
    less(&arguments[0], &arguments[1]).map(|less| Value::Bool(!less))
}

/// Whole numbers of all widths, which may be compared with each other.
fn integer(value: &Value) -> Option<i128> {
    match value {
        Value::Int(value) | Value::Int64(value) => Some((*value).into()),
        Value::Uint8(value) => Some((*value).into()),
        Value::Uint64(value) => Some((*value).into()),
        Value::Object(object) => object.number().as_ref().and_then(integer),
        _ => None,
    }
}

fn is_nil(value: &Value) -> bool {
    match value {
        Value::Missing | Value::Nil => true,
        Value::List(list) => list.is_nil(),
        Value::Map(map) => map.is_nil(),
        _ => false,
    }
}

fn equal(left: &Value, right: &Value) -> Result<bool> {
    if let (Some(left), Some(right)) = (integer(left), integer(right)) {
        return Ok(left == right);
    }
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => Ok(left == right),
        (Value::Float(left), Value::Float(right)) => Ok(left == right),
        (Value::Complex(r1, i1), Value::Complex(r2, i2)) => Ok(r1 == r2 && i1 == i2),
        (Value::Str(left), Value::Str(right)) => Ok(left == right),
        (Value::Object(left), Value::Object(right)) => Ok(left.equals(&**right)),
        // Nothing equals nil but nil, and whatever may be nil.
        (Value::Missing | Value::Nil, other) | (other, Value::Missing | Value::Nil) => Ok(is_nil(other)),
        (Value::List(_), Value::List(_)) | (Value::Map(_), Value::Map(_))
            if is_nil(left) || is_nil(right) =>
        {
            Ok(is_nil(left) && is_nil(right))
        }
        _ => Err(INCOMPATIBLE),
    }
}

fn less(left: &Value, right: &Value) -> Result<bool> {
    if let (Some(left), Some(right)) = (integer(left), integer(right)) {
        return Ok(left < right);
    }
    match (left, right) {
        (Value::Float(left), Value::Float(right)) => Ok(left.partial_cmp(right) == Some(Ordering::Less)),
        (Value::Str(left), Value::Str(right)) => Ok(left < right),
        _ => Err(INCOMPATIBLE),
    }
}

fn less_or_equal(left: &Value, right: &Value) -> Result<bool> {
    Ok(less(left, right)? || equal(left, right)?)
}
