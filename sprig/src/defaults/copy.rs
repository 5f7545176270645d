//! Deep copies.

use std::collections::BTreeMap;

use go_template::{Call, Fault, List, Value};

/// A copy that shares no map with the value. What never changes is not copied: strings, and the host's
/// objects.
pub(crate) fn deep_copy(call: &mut Call<'_>, value: &Value) -> Result<Value, Fault> {
    call.spend(1)?;
    match value {
        Value::List(list) if !list.is_nil() => call.nested(|call| {
            call.take(size_of_val(&**list))?;
            let items = list.iter().map(|item| deep_copy(call, item)).collect::<Result<_, Fault>>()?;
            Ok(Value::List(List::new(list.element, items)))
        }),
        Value::Map(map) if !map.is_nil() => call.nested(|call| {
            call.spend(map.len())?;
            let copied = |(key, value)| Ok((key, deep_copy(call, &value)?));
            let entries =
                map.snapshot().into_iter().map(copied).collect::<Result<BTreeMap<_, _>, Fault>>()?;
            call.map(map.element, entries).map(Value::Map)
        }),
        other => Ok(other.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists::testing::{dict, int, list, map, nil_list, s, show, text, with_call};
    use go_template::{Limit, Map, Type};

    #[test]
    fn copies_are_of_the_same_types_and_share_no_map() {
        let inner = dict([("x", int(1))]);
        let value = dict([
            ("a", Value::Nil),
            ("b", list([Value::Nil, inner.clone()])),
            ("c", nil_list()),
            ("d", list([])),
            ("e", map(&Type::Str, [("_0", s("x"))])),
            ("f", Value::Map(Map::nil(&Type::Any))),
        ]);
        let copy = with_call(|call| {
            let copy = deep_copy(call, &value)?;
            show("set", &[inner, s("x"), int(2)]);
            Ok::<_, Fault>(text(&copy))
        });
        let expected =
            r#"{a: nil, b: [nil, {x: 1}], c: []interface {}(nil), d: [], e: map[string]string{_0: "x"}, "#;
        assert_eq!(copy, Ok(format!("{expected}f: map[string]interface {{}}(nil)}}")));
        assert!(text(&value).contains("{x: 2}"));
        assert_eq!(show("deepCopy", &[int(1)]), "1");
        assert_eq!(show("mustDeepCopy", &[Value::Nil]), "error: nil cannot be copied");
    }

    #[test]
    fn a_map_within_itself_ends_at_the_limit() {
        let result = with_call(|call| {
            let map = call.map(&Type::Any, BTreeMap::new())?;
            map.insert("self".into(), Value::Map(map.clone()))?;
            deep_copy(call, &Value::Map(map))
        });
        assert_eq!(result.err(), Some(Fault::Limit(Limit::Depth)));
    }
}
