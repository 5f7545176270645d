//! What stands in for empty values, and copies.

pub(crate) mod copy;

use go_template::{Arguments as _, Call, Fault, Function, Type, Value};

use crate::numeric::cast::time_integer;

const ANY: Option<Type> = Some(Type::Any);
const ONE: &[Type] = &[Type::Any];
const THREE: &[Type] = &[Type::Any, Type::Any, Type::Bool];

pub(crate) const ALL: &[Function] = &[
    Function { name: "default", params: ONE, rest: ANY, body: default },
    Function { name: "empty", params: ONE, rest: None, body: is_empty },
    Function { name: "coalesce", params: &[], rest: ANY, body: coalesce },
    Function { name: "all", params: &[], rest: ANY, body: all },
    Function { name: "any", params: &[], rest: ANY, body: any },
    Function { name: "fail", params: &[Type::Str], rest: None, body: fail },
    Function { name: "ternary", params: THREE, rest: None, body: ternary },
    Function { name: "deepCopy", params: ONE, rest: None, body: deep_copy },
    Function { name: "mustDeepCopy", params: ONE, rest: None, body: deep_copy },
];

/// Ends the rendering. What the template says of it is not repeated: it may be made of values.
fn fail(_: &mut Call<'_>, _: &[Value]) -> Result<Value, Fault> {
    Err(Fault::new("the template gives up here"))
}

/// Whether a value is nil, false, zero or without elements. Structs never are.
pub(crate) fn empty(value: &Value) -> bool {
    match value {
        Value::Object(object) => time_integer(&**object) == Some(0),
        other => !other.truth(),
    }
}

/// `default otherwise given`; only the first value given counts.
fn default(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    Ok(args.get(1).filter(|given| !empty(given)).unwrap_or(&args[0]).clone())
}

fn is_empty(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    Ok(Value::Bool(empty(&args[0])))
}

fn coalesce(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    Ok(args.iter().find(|value| !empty(value)).cloned().unwrap_or(Value::Nil))
}

fn all(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    Ok(Value::Bool(!args.iter().any(empty)))
}

fn any(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    Ok(Value::Bool(!args.iter().all(empty)))
}

fn ternary(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    Ok(args[if args.bool(2) { 0 } else { 1 }].clone())
}

fn deep_copy(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    if let Value::Nil = args[0] {
        return Err(Fault::new("nil cannot be copied"));
    }
    copy::deep_copy(call, &args[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists::testing::{Sample, dict, int, list, nil_list, s, show};

    #[test]
    fn nil_false_zero_and_nothing_are_empty() {
        let duration = |value| Sample::value("time.Duration", Value::Int64(value));
        for (value, expected) in [
            (Value::Nil, true),
            (Value::Bool(false), true),
            (int(0), true),
            (Value::Int64(0), true),
            (Value::Float(0.0), true),
            (Value::Float(-0.0), true),
            (Value::Complex(0.0, 0.0), true),
            (s(""), true),
            (list([]), true),
            (nil_list(), true),
            (dict([]), true),
            (duration(0), true),
            (Value::Bool(true), false),
            (int(-1), false),
            (Value::Float(f64::NAN), false),
            (s("0"), false),
            (list([Value::Nil]), false),
            (dict([("", Value::Nil)]), false),
            (duration(1), false),
            (Sample::value("time.Time", s("")), false),
        ] {
            assert_eq!(show("empty", std::slice::from_ref(&value)), expected.to_string(), "{value:?}");
        }
    }

    #[test]
    fn the_first_that_is_not_empty_is_chosen() {
        assert_eq!(show("default", &[s("a")]), r#""a""#);
        assert_eq!(show("default", &[s("a"), s(""), s("b")]), r#""a""#);
        assert_eq!(show("default", &[s("a"), s("c"), s("")]), r#""c""#);
        assert_eq!(show("default", &[s("a"), Value::Nil]), r#""a""#);
        assert_eq!(show("coalesce", &[]), "nil");
        assert_eq!(show("coalesce", &[int(0), s(""), Value::Nil, int(2), int(3)]), "2");
        assert_eq!(show("coalesce", &[int(0)]), "nil");
        assert_eq!(show("ternary", &[int(1), int(2), Value::Bool(true)]), "1");
        assert_eq!(show("ternary", &[int(1), int(2), Value::Bool(false)]), "2");
    }

    #[test]
    fn all_and_any_ask_every_value() {
        for (args, all, any) in [
            (vec![], "true", "false"),
            (vec![int(1), int(0)], "false", "true"),
            (vec![int(1), s("x")], "true", "true"),
            (vec![int(0), s("")], "false", "false"),
        ] {
            assert_eq!(show("all", &args), all);
            assert_eq!(show("any", &args), any);
        }
    }
}
