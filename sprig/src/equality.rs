//! Go's `reflect.DeepEqual`.

use go_template::{Call, Fault, List, Map, Value};

/// Whether two values are of one type and hold the same, all the way down.
///
/// As in Go, a nil slice or map differs from an empty one, NaN from itself, and a `[]string` from an
/// `[]interface {}`; but a slice or map is equal to itself whatever it holds.
pub(crate) fn deep_equal(call: &mut Call<'_>, left: &Value, right: &Value) -> Result<bool, Fault> {
    equal(call, left, right, None)
}

/// Whether one of the values is equal to `wanted`.
pub(crate) fn contains(call: &mut Call<'_>, values: &[Value], wanted: &Value) -> Result<bool, Fault> {
    for value in values {
        if deep_equal(call, wanted, value)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The pairs of maps that are being compared, innermost first.
#[derive(Clone, Copy)]
struct Path<'p> {
    left: &'p Map,
    right: &'p Map,
    outer: Option<&'p Path<'p>>,
}

fn equal(call: &mut Call<'_>, left: &Value, right: &Value, path: Option<&Path<'_>>) -> Result<bool, Fault> {
    call.spend(1)?;
    Ok(match (left, right) {
        (Value::Missing | Value::Nil, Value::Missing | Value::Nil) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Int(left), Value::Int(right)) | (Value::Int64(left), Value::Int64(right)) => left == right,
        (Value::Uint8(left), Value::Uint8(right)) => left == right,
        (Value::Uint64(left), Value::Uint64(right)) => left == right,
        (Value::Float(left), Value::Float(right)) => left == right,
        (Value::Complex(left, left_i), Value::Complex(right, right_i)) => (left, left_i) == (right, right_i),
        (Value::Str(left), Value::Str(right)) => {
            left.len() == right.len() && {
                call.spend(left.len())?;
                left == right
            }
        }
        (Value::List(left), Value::List(right)) => lists(call, left, right, path)?,
        (Value::Map(left), Value::Map(right)) => maps(call, left, right, path)?,
        (Value::Object(left), Value::Object(right)) => {
            left.type_name() == right.type_name() && left.deep_equals(&**right)
        }
        _ => false,
    })
}

fn lists(call: &mut Call<'_>, left: &List, right: &List, path: Option<&Path<'_>>) -> Result<bool, Fault> {
    if left.element != right.element || left.is_nil() != right.is_nil() || left.len() != right.len() {
        return Ok(false);
    }
    if left.same(right) {
        return Ok(true);
    }
    call.nested(|call| {
        for (left, right) in left.iter().zip(right.iter()) {
            if !equal(call, left, right, path)? {
                return Ok(false);
            }
        }
        Ok(true)
    })
}

fn maps(call: &mut Call<'_>, left: &Map, right: &Map, path: Option<&Path<'_>>) -> Result<bool, Fault> {
    if left.element != right.element || left.is_nil() != right.is_nil() || left.len() != right.len() {
        return Ok(false);
    }
    if left.same(right) {
        return Ok(true);
    }
    // Maps that hold themselves are equal if nothing on the way round differs.
    let mut outer = path;
    while let Some(pair) = outer {
        call.spend(1)?;
        if (pair.left.same(left) && pair.right.same(right))
            || (pair.left.same(right) && pair.right.same(left))
        {
            return Ok(true);
        }
        outer = pair.outer;
    }
    call.spend(left.len())?;
    let path = Path { left, right, outer: path };
    call.nested(|call| {
        for (key, value) in left.snapshot() {
            call.spend(key.len())?;
            let Some(other) = right.get(&key) else { return Ok(false) };
            if !equal(call, &value, &other, Some(&path))? {
                return Ok(false);
            }
        }
        Ok(true)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use go_template::{Limit, Type};

    use super::*;
    use crate::lists::testing::with_call;

    fn check(left: &Value, right: &Value, expected: bool) {
        assert_eq!(with_call(|call| deep_equal(call, left, right)), Ok(expected), "{left:?} {right:?}");
        assert_eq!(with_call(|call| deep_equal(call, right, left)), Ok(expected), "{right:?} {left:?}");
    }

    #[test]
    fn values_are_equal_only_within_a_type() {
        check(&Value::Int(1), &Value::Int(1), true);
        check(&Value::Int(1), &Value::Int64(1), false);
        check(&Value::Int(1), &Value::Float(1.0), false);
        check(&Value::Nil, &Value::Nil, true);
        check(&Value::Nil, &Value::Int(0), false);
        check(&Value::text("a"), &Value::text("a"), true);
        check(&Value::text("a"), &Value::text("b"), false);
        check(&Value::strings(["a"]), &Value::list(vec![Value::text("a")]), false);
        check(&Value::list(vec![]), &Value::list(vec![]), true);
        check(&Value::list(vec![]), &Value::List(List::nil(&Type::Any)), false);
        check(&Value::Float(0.0), &Value::Float(-0.0), true);
    }

    #[test]
    fn not_a_number_differs_from_itself_but_not_within_one_slice() {
        let nan = || Value::list(vec![Value::Float(f64::NAN)]);
        check(&Value::Float(f64::NAN), &Value::Float(f64::NAN), false);
        check(&nan(), &nan(), false);
        let list = nan();
        check(&list, &list, true);
    }

    #[test]
    fn maps_that_hold_themselves_are_compared() {
        let result = with_call(|call| {
            let mut map = |inner: Option<&Map>| {
                let map = call.map(&Type::Any, BTreeMap::from([("a".into(), Value::Int(1))]))?;
                map.insert("s".into(), Value::Map(inner.unwrap_or(&map).clone()))?;
                Ok::<_, Fault>(map)
            };
            let (left, right) = (map(None)?, map(None)?);
            let inner = map(Some(&left))?;
            let outer = map(Some(&inner))?;
            let pairs = [(&left, &right), (&left, &outer), (&outer, &left)];
            let compare =
                |(a, b): (&Map, &Map)| deep_equal(call, &Value::Map(a.clone()), &Value::Map(b.clone()));
            Ok::<_, Fault>(pairs.map(compare))
        });
        assert_eq!(result, Ok([Ok(true), Ok(true), Ok(true)]));
    }

    #[test]
    fn deep_values_end_at_the_limit() {
        let deep = || (0..200).fold(Value::Nil, |inner, _| Value::list(vec![inner]));
        let result = with_call(|call| deep_equal(call, &deep(), &deep()));
        assert_eq!(result, Err(Fault::Limit(Limit::Depth)));
    }
}
