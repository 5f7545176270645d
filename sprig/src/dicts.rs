//! Maps. Where Go gives keys and values in random order, here they come in the order of the keys.

mod merge;

use std::collections::BTreeMap;

use go_template::{Arguments as _, Call, Fault, Function, Map, Str, Type, Value, format};

const KEYED: &[Type] = &[Type::DICT, Type::Str];
const ANY: Option<Type> = Some(Type::Any);
const DICTS: Option<Type> = Some(Type::DICT);
const KEYS: Option<Type> = Some(Type::Str);

pub(crate) const ALL: &[Function] = &[
    Function { name: "dict", params: &[], rest: ANY, body: dict },
    Function { name: "get", params: KEYED, rest: None, body: get },
    Function { name: "set", params: &[Type::DICT, Type::Str, Type::Any], rest: None, body: set },
    Function { name: "unset", params: KEYED, rest: None, body: unset },
    Function { name: "hasKey", params: KEYED, rest: None, body: has_key },
    Function { name: "pluck", params: &[Type::Str], rest: DICTS, body: pluck },
    Function { name: "keys", params: &[], rest: DICTS, body: keys },
    Function { name: "values", params: &[Type::DICT], rest: None, body: values },
    Function { name: "pick", params: &[Type::DICT], rest: KEYS, body: pick },
    Function { name: "omit", params: &[Type::DICT], rest: KEYS, body: omit },
    Function { name: "dig", params: &[], rest: ANY, body: dig },
    Function { name: "merge", params: &[Type::DICT], rest: DICTS, body: merge::merge },
    Function { name: "mustMerge", params: &[Type::DICT], rest: DICTS, body: merge::must_merge },
    Function { name: "mergeOverwrite", params: &[Type::DICT], rest: DICTS, body: merge::merge_overwrite },
    Function {
        name: "mustMergeOverwrite",
        params: &[Type::DICT],
        rest: DICTS,
        body: merge::must_merge_overwrite,
    },
];

/// Sets an entry, its memory taken.
fn put(call: &mut Call<'_>, map: &Map, key: Str, value: Value) -> Result<(), Fault> {
    call.take(key.len() + 2 * size_of::<Value>())?;
    map.insert(key, value)
}

/// `dict key value ...`: any value may be a key, as it prints. A last key without a value gets `""`.
fn dict(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let mut entries = BTreeMap::new();
    for pair in args.chunks(2) {
        let key = match &pair[0] {
            Value::Str(key) => key.clone(),
            other => format::display(call, other)?,
        };
        entries.insert(key, pair.get(1).cloned().unwrap_or_else(|| Value::text("")));
    }
    call.dict(entries)
}

fn get(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    Ok(args.map(0).get(args.str(1)).unwrap_or_else(|| Value::text("")))
}

fn set(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    put(call, args.map(0), args.str(1).clone(), args[2].clone())?;
    Ok(args[0].clone())
}

fn unset(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    args.map(0).remove(args.str(1));
    Ok(args[0].clone())
}

fn has_key(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    Ok(Value::Bool(args.map(0).get(args.str(1)).is_some()))
}

fn pluck(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let key = args.str(0);
    let found = (1..args.len()).filter_map(|at| args.map(at).get(key)).collect();
    call.list(found)
}

fn keys(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let keys = (0..args.len()).flat_map(|at| args.map(at).snapshot()).map(|(key, _)| key);
    call.strings(keys)
}

fn values(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    call.list(args.map(0).snapshot().into_iter().map(|(_, value)| value).collect())
}

fn pick(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let map = args.map(0);
    let keys = (1..args.len()).map(|at| args.str(at));
    let picked = keys.filter_map(|key| Some((key.clone(), map.get(key)?))).collect();
    call.dict(picked)
}

fn omit(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let mut entries: BTreeMap<Str, Value> = args.map(0).snapshot().into_iter().collect();
    for at in 1..args.len() {
        entries.remove(args.str(at));
    }
    call.dict(entries)
}

/// `dig key ... default map`: the value at the end of the keys, the default where a key is missing.
fn dig(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    const NO_MAP: Fault = Fault::new("every step but the last has to be a map from strings to any values");
    let [keys @ .., default, map] = args else {
        return Err(Fault::new("at least a key, a default and a map are needed"));
    };
    if keys.is_empty() {
        return Err(Fault::new("at least a key, a default and a map are needed"));
    }
    if !keys.iter().all(|key| matches!(key, Value::Str(_))) {
        return Err(Fault::new("every key has to be a string"));
    }
    let mut found = map.clone();
    for at in 0..keys.len() {
        let next = match &found {
            Value::Map(map) if *map.element == Type::Any => map.get(keys.str(at)),
            _ => return Err(NO_MAP),
        };
        match next {
            Some(next) => found = next,
            None => return Ok(default.clone()),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists::testing::{dict, int, map, s, show, text};

    fn nil_dict() -> Value {
        Value::Map(Map::nil(&Type::Any))
    }

    #[test]
    fn dicts_are_made_of_keys_and_values() {
        assert_eq!(show("dict", &[]), "{}");
        assert_eq!(show("dict", &[s("a")]), r#"{a: ""}"#);
        assert_eq!(show("dict", &[s("b"), int(1), s("a"), Value::Nil, s("b"), int(2)]), "{a: nil, b: 2}");
    }

    #[test]
    fn entries_are_read() {
        let ab = || dict([("a", int(1)), ("b", Value::Nil)]);
        assert_eq!(show("get", &[ab(), s("a")]), "1");
        assert_eq!(show("get", &[ab(), s("b")]), "nil");
        assert_eq!(show("get", &[ab(), s("c")]), r#""""#);
        assert_eq!(show("get", &[nil_dict(), s("c")]), r#""""#);
        assert_eq!(show("hasKey", &[ab(), s("b")]), "true");
        assert_eq!(show("hasKey", &[ab(), s("c")]), "false");
        assert_eq!(show("pluck", &[s("b")]), "[]");
        assert_eq!(show("pluck", &[s("b"), ab(), dict([]), dict([("b", int(2))])]), "[nil, 2]");
        assert_eq!(show("keys", &[]), "[]string[]");
        assert_eq!(show("keys", &[dict([("z", int(1))]), ab(), nil_dict()]), r#"[]string["z", "a", "b"]"#);
        assert_eq!(show("values", &[ab()]), "[1, nil]");
        assert_eq!(show("values", &[nil_dict()]), "[]");
        assert_eq!(show("pick", &[ab(), s("b"), s("c")]), "{b: nil}");
        assert_eq!(show("omit", &[ab(), s("b"), s("c")]), "{a: 1}");
        assert_eq!(show("omit", &[nil_dict()]), "{}");
    }

    #[test]
    fn entries_are_set_and_removed_for_all_who_hold_the_map() {
        let map = dict([("a", int(1))]);
        assert_eq!(show("set", &[map.clone(), s("b"), int(2)]), "{a: 1, b: 2}");
        assert_eq!(text(&map), "{a: 1, b: 2}");
        assert_eq!(show("unset", &[map.clone(), s("a")]), "{b: 2}");
        assert_eq!(text(&map), "{b: 2}");
        assert_eq!(show("unset", &[nil_dict(), s("a")]), "map[string]interface {}(nil)");
        assert_eq!(show("set", &[nil_dict(), s("a"), int(1)]), "error: assignment to entry in nil map");
    }

    #[test]
    fn keys_lead_into_the_depth() {
        let deep = || dict([("a", dict([("b", int(1))])), ("n", Value::Nil)]);
        let letters = map(&Type::Str, [("_0", s("x"))]);
        let no_map = "error: every step but the last has to be a map from strings to any values";
        for (args, expected) in [
            (vec![s("a"), s("b"), s("def"), deep()], "1"),
            (vec![s("a"), s("c"), s("def"), deep()], r#""def""#),
            (vec![s("x"), s("c"), s("def"), deep()], r#""def""#),
            (vec![s("n"), s("def"), deep()], "nil"),
            (vec![s("a"), s("def"), nil_dict()], r#""def""#),
            (vec![s("a"), s("b"), s("c"), s("def"), deep()], no_map),
            (vec![s("n"), s("b"), s("def"), deep()], no_map),
            (vec![s("a"), s("def"), Value::Nil], no_map),
            (vec![s("_0"), s("def"), letters], no_map),
            (vec![int(1), int(2), deep()], "error: every key has to be a string"),
            (vec![int(2), deep()], "error: at least a key, a default and a map are needed"),
            (vec![], "error: at least a key, a default and a map are needed"),
        ] {
            assert_eq!(show("dig", &args), expected, "{args:?}");
        }
    }
}
