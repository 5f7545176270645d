//! Types and kinds of values, and whether values are equal.

use go_template::{Arguments as _, Call, Fault, Function, Type, Value};

use crate::equality::deep_equal;

const TWO: &[Type] = &[Type::Any, Type::Any];
const NAMED: &[Type] = &[Type::Str, Type::Any];

pub(crate) const ALL: &[Function] = &[
    Function { name: "typeOf", params: &[Type::Any], rest: None, body: type_of },
    Function { name: "typeIs", params: NAMED, rest: None, body: type_is },
    Function { name: "typeIsLike", params: NAMED, rest: None, body: type_is_like },
    Function { name: "kindOf", params: &[Type::Any], rest: None, body: kind_of },
    Function { name: "kindIs", params: NAMED, rest: None, body: kind_is },
    Function { name: "deepEqual", params: TWO, rest: None, body: equal },
];

fn type_name(value: &Value) -> String {
    value.type_of().map_or_else(|| "<nil>".to_owned(), |type_| type_.to_string())
}

fn kind(value: &Value) -> &'static str {
    let number = match value {
        Value::Object(object) => object.number(),
        _ => None,
    };
    number.as_ref().unwrap_or(value).type_of().map_or("invalid", Type::kind)
}

fn type_of(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    call.text(type_name(&args[0]))
}

fn type_is(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    Ok(Value::Bool(**args.str(0) == *type_name(&args[1]).as_bytes()))
}

fn type_is_like(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let (target, name) = (args.str(0), type_name(&args[1]));
    let pointed_at = name.strip_prefix('*').is_some_and(|pointed_at| **target == *pointed_at.as_bytes());
    Ok(Value::Bool(pointed_at || **target == *name.as_bytes()))
}

fn kind_of(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    call.text(kind(&args[0]))
}

fn kind_is(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    Ok(Value::Bool(**args.str(0) == *kind(&args[1]).as_bytes()))
}

fn equal(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    deep_equal(call, &args[0], &args[1]).map(Value::Bool)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists::testing::{Sample, show};

    #[test]
    fn types_and_kinds_are_named_as_go_names_them() {
        let cases = [
            (Value::Nil, "<nil>", "invalid"),
            (Value::Int(1), "int", "int"),
            (Value::Int64(1), "int64", "int64"),
            (Value::Float(1.0), "float64", "float64"),
            (Value::Complex(0.0, 1.0), "complex128", "complex128"),
            (Value::list(vec![]), "[]interface {}", "slice"),
            (Value::strings(["a"]), "[]string", "slice"),
            (Value::Map(go_template::Map::nil(&Type::Any)), "map[string]interface {}", "map"),
            (Value::Map(go_template::Map::nil(&Type::Str)), "map[string]string", "map"),
            (Sample::value("*semver.Version", Value::Nil), "*semver.Version", "ptr"),
            (Sample::value("time.Time", Value::Nil), "time.Time", "struct"),
        ];
        for (value, name, kind) in cases {
            assert_eq!(show("typeOf", std::slice::from_ref(&value)), format!("{name:?}"));
            assert_eq!(show("kindOf", std::slice::from_ref(&value)), format!("{kind:?}"));
            assert_eq!(show("typeIs", &[Value::text(name), value.clone()]), "true");
            assert_eq!(show("kindIs", &[Value::text(kind), value.clone()]), "true");
            assert_eq!(show("typeIsLike", &[Value::text(name), value.clone()]), "true");
            assert_eq!(show("typeIs", &[Value::text("x"), value]), "false");
        }
        let version = Sample::value("*semver.Version", Value::Nil);
        assert_eq!(show("typeIsLike", &[Value::text("semver.Version"), version.clone()]), "true");
        assert_eq!(show("typeIs", &[Value::text("semver.Version"), version]), "false");
    }
}
