//! Merging maps, as `dario.cat/mergo` does it for Sprig: into the first map and the maps inside it, which all
//! who hold them see. Maps and lists that the first one lacks are not copied but shared.

use std::collections::BTreeMap;

use go_template::{Arguments as _, Call, Fault, Map, Str, Type, Value};

use super::put;
use crate::numeric::cast::time_integer;

/// What becomes of the entries that both maps have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Those that are set stay; empty ones are filled.
    Fill,
    /// The later map's replace them, also when they are empty or nil.
    Overwrite,
}

/// How a merge ended. In Go a clash is an error, which `merge` swallows and `mustMerge` does not.
#[derive(PartialEq, Eq)]
enum Outcome {
    Done,
    Clash,
}

const CLASH: Fault = Fault::new("a map and a value that is none cannot be merged");

pub(super) fn merge(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    // Go hides the error and gives an empty string for a map.
    Ok(merge_all(call, args, Mode::Fill)?.unwrap_or_else(|| Value::text("")))
}

pub(super) fn must_merge(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    merge_all(call, args, Mode::Fill)?.ok_or(CLASH)
}

pub(super) fn merge_overwrite(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    Ok(merge_all(call, args, Mode::Overwrite)?.unwrap_or_else(|| Value::text("")))
}

pub(super) fn must_merge_overwrite(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    merge_all(call, args, Mode::Overwrite)?.ok_or(CLASH)
}

/// The first map with all others merged into it; `None` if two values clash.
fn merge_all(call: &mut Call<'_>, args: &[Value], mode: Mode) -> Result<Option<Value>, Fault> {
    let mut into = args.map(0).clone();
    for at in 1..args.len() {
        let from = args.map(at);
        if into.is_nil() && !from.is_nil() {
            into = call.map(&Type::Any, BTreeMap::new())?;
        }
        if merge_map(call, &into, from, mode)? == Outcome::Clash {
            return Ok(None);
        }
    }
    Ok(Some(Value::Map(into)))
}

fn merge_map(call: &mut Call<'_>, into: &Map, from: &Map, mode: Mode) -> Result<Outcome, Fault> {
    call.spend(from.len())?;
    for (key, _) in from.snapshot() {
        call.spend(1 + key.len())?;
        // Both may be one map, or hold each other: what counts is what is there now.
        let Some(value) = from.get(&key) else { continue };
        let present = into.get(&key);
        if let Value::Nil = value {
            if mode == Mode::Overwrite {
                assign(call, into, from, key, value)?;
            }
            continue;
        }
        if let Some(present) = &present
            && merge_inner(call, present, &value, mode)? == Outcome::Clash
        {
            return Ok(Outcome::Clash);
        }
        // Looked at only now: merging may have filled a map.
        let replace = match &present {
            None => true,
            Some(present) if is_empty(present) => true,
            Some(Value::Map(_)) if matches!(value, Value::Map(_)) => false,
            Some(_) => mode == Mode::Overwrite,
        };
        if replace {
            assign(call, into, from, key, value)?;
        }
    }
    Ok(Outcome::Done)
}

/// Merges what can be changed in place: maps.
fn merge_inner(call: &mut Call<'_>, present: &Value, value: &Value, mode: Mode) -> Result<Outcome, Fault> {
    match (present, value) {
        (Value::Map(into), Value::Map(from)) if !into.is_nil() => {
            call.nested(|call| merge_map(call, into, from, mode))
        }
        // Of what is behind a pointer Go wants the same type, except from a nil map.
        (Value::Object(object), Value::Map(from))
            if mode == Mode::Fill && object.type_name().starts_with('*') && !from.is_nil() =>
        {
            Ok(Outcome::Clash)
        }
        _ => Ok(Outcome::Done),
    }
}

/// Sets an entry, if the map may hold values of that type.
fn assign(call: &mut Call<'_>, into: &Map, from: &Map, key: Str, value: Value) -> Result<(), Fault> {
    if *into.element != Type::Any && into.element != from.element {
        return Err(Fault::new("a map of strings cannot hold values of another map"));
    }
    put(call, into, key, value)
}

/// What counts as not set. Unlike in `empty`, complex numbers never do.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Complex(..) => false,
        Value::Object(object) => time_integer(&**object) == Some(0),
        other => !other.truth(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists::testing::{Sample, dict, int, list, map, nil_list, s, show, text, with_call};
    use go_template::Limit;

    fn nil_dict() -> Value {
        Value::Map(Map::nil(&Type::Any))
    }

    #[test]
    fn what_is_set_stays_and_what_is_empty_is_filled() {
        let into = dict([("a", int(1)), ("n", Value::Nil), ("s", s("")), ("z", int(0))]);
        let from = dict([("a", int(2)), ("n", int(3)), ("new", int(0)), ("s", s("x")), ("z", int(5))]);
        assert_eq!(show("merge", &[into.clone(), from]), r#"{a: 1, n: 3, new: 0, s: "x", z: 5}"#);
        assert_eq!(text(&into), r#"{a: 1, n: 3, new: 0, s: "x", z: 5}"#);
        let nils = dict([("a", Value::Nil), ("b", Value::Nil)]);
        assert_eq!(show("merge", &[dict([("a", int(1))]), nils]), "{a: 1}");
        let later = [dict([("a", int(1))]), dict([("b", int(2))]), dict([("b", int(3)), ("c", int(4))])];
        assert_eq!(show("merge", &later), "{a: 1, b: 2, c: 4}");
    }

    #[test]
    fn what_is_overwritten_may_become_empty() {
        let into = dict([("a", int(1)), ("b", int(2)), ("c", int(3)), ("d", list([int(1)]))]);
        let from = || dict([("a", int(0)), ("b", s("")), ("c", Value::Nil), ("d", list([]))]);
        assert_eq!(show("mergeOverwrite", &[into.clone(), from()]), r#"{a: 0, b: "", c: nil, d: []}"#);
        let into = dict([("a", int(1))]);
        assert_eq!(show("mustMergeOverwrite", &[into, from()]), r#"{a: 0, b: "", c: nil, d: []}"#);
    }

    #[test]
    fn each_pair_of_values_gives_what_go_gives() {
        for (present, value, expected, _) in pairs() {
            let case = format!("{present:?} {value:?}");
            let result = show("merge", &[dict([("a", present)]), dict([("a", value)])]);
            assert_eq!(result, format!("{{a: {expected}}}"), "{case}");
        }
        for (present, value, _, expected) in pairs() {
            let case = format!("{present:?} {value:?}");
            let result = show("mergeOverwrite", &[dict([("a", present)]), dict([("a", value)])]);
            assert_eq!(result, format!("{{a: {expected}}}"), "{case}");
        }
    }

    /// What one map has and another, and what becomes of them: filled and overwritten.
    fn pairs() -> Vec<(Value, Value, &'static str, &'static str)> {
        let x = |value| dict([("x", int(value))]);
        vec![
            (list([]), list([int(1)]), "[1]", "[1]"),
            (list([int(2)]), list([int(1)]), "[2]", "[1]"),
            (s("x"), list([int(1)]), r#""x""#, "[1]"),
            (s(""), list([int(1)]), "[1]", "[1]"),
            (list([int(1)]), nil_list(), "[1]", "[]interface {}(nil)"),
            (x(1), dict([("x", int(2)), ("y", int(3))]), "{x: 1, y: 3}", "{x: 2, y: 3}"),
            (x(1), int(3), "{x: 1}", "3"),
            (int(3), x(1), "3", "{x: 1}"),
            (list([int(1)]), x(1), "[1]", "{x: 1}"),
            (x(1), list([int(2)]), "{x: 1}", "[2]"),
            (nil_dict(), x(1), "{x: 1}", "{x: 1}"),
            (x(1), nil_dict(), "{x: 1}", "{x: 1}"),
            (Value::Float(0.0), int(1), "1", "1"),
        ]
    }

    #[test]
    fn nil_maps_are_merged() {
        let a = || dict([("a", int(1))]);
        assert_eq!(show("merge", &[nil_dict(), a()]), "{a: 1}");
        assert_eq!(show("merge", &[nil_dict(), nil_dict()]), "map[string]interface {}(nil)");
        assert_eq!(show("merge", &[nil_dict()]), "map[string]interface {}(nil)");
        assert_eq!(show("merge", &[a(), nil_dict()]), "{a: 1}");
    }

    #[test]
    fn maps_that_the_first_lacks_are_shared() {
        let x = || dict([("x", int(1))]);
        for (into, inner, shared) in [
            (dict([]), x(), true),
            (dict([("a", Value::Nil)]), x(), true),
            (dict([("a", dict([]))]), dict([]), true),
            (dict([("a", dict([]))]), x(), false),
            (dict([("a", dict([("p", int(1))]))]), x(), false),
        ] {
            show("merge", &[into.clone(), dict([("a", inner.clone())])]);
            let Value::Map(into) = into else { unreachable!() };
            let (Some(Value::Map(merged)), Value::Map(inner)) = (into.get(b"a"), inner) else {
                unreachable!()
            };
            assert_eq!(merged.same(&inner), shared, "{}", text(&Value::Map(into)));
        }
    }

    #[test]
    fn maps_of_strings_only_take_strings() {
        let letter = || map(&Type::Str, [("_0", s("x"))]);
        let refused = "error: a map of strings cannot hold values of another map";
        for (present, value, expected) in [
            (letter(), dict([("_1", s("q"))]), refused),
            (letter(), dict([("_0", s("q"))]), r#"{a: map[string]string{_0: "x"}}"#),
            (dict([("_1", int(1))]), letter(), r#"{a: {_0: "x", _1: 1}}"#),
            (letter(), map(&Type::Str, [("_1", s("y"))]), r#"{a: map[string]string{_0: "x", _1: "y"}}"#),
        ] {
            assert_eq!(show("merge", &[dict([("a", present)]), dict([("a", value)])]), expected);
        }
    }

    #[test]
    fn pointers_clash_with_maps() {
        let version = || dict([("a", Sample::value("*semver.Version", s("1.2.3")))]);
        let other = || dict([("a", dict([("b", int(1))]))]);
        assert_eq!(show("merge", &[version(), other()]), r#""""#);
        assert_eq!(
            show("mustMerge", &[version(), other()]),
            "error: a map and a value that is none cannot be merged"
        );
        assert_eq!(show("mergeOverwrite", &[version(), other()]), "{a: {b: 1}}");
        assert_eq!(show("merge", &[version(), dict([("a", int(1))])]), "{a: <*semver.Version>}");
        let time = dict([("a", Sample::value("time.Time", s("now")))]);
        assert_eq!(show("merge", &[time, other()]), "{a: <time.Time>}");
    }

    #[test]
    fn a_map_within_itself_ends_at_the_limit() {
        let result = with_call(|call| {
            let maps: Vec<Map> =
                (0..2).map(|_| call.map(&Type::Any, BTreeMap::new())).collect::<Result<_, _>>()?;
            for map in &maps {
                map.insert("self".into(), Value::Map(map.clone()))?;
            }
            merge(call, &[Value::Map(maps[0].clone()), Value::Map(maps[1].clone())])
        });
        assert_eq!(result.err(), Some(Fault::Limit(Limit::Depth)));
    }
}
