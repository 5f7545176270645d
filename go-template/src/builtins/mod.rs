//! Go's own functions.

mod compare;
mod escape;
mod index;

use crate::call::{Arguments, Call, Function};
use crate::error::Fault;
use crate::format;
use crate::types::Type;
use crate::value::Value;

const ANY: Option<Type> = Some(Type::Any);
const REFLECT: Option<Type> = Some(Type::Reflect);

/// All of them.
pub const ALL: &[Function] = &[
    // Evaluated by the renderer, which leaves out the arguments that are not needed.
    Function { name: "and", params: &[Type::Reflect], rest: REFLECT, body: last },
    Function { name: "or", params: &[Type::Reflect], rest: REFLECT, body: last },
    Function { name: "not", params: &[Type::Reflect], rest: None, body: not },
    Function { name: "call", params: &[Type::Reflect], rest: REFLECT, body: call },
    Function { name: "len", params: &[Type::Reflect], rest: None, body: index::len },
    Function { name: "index", params: &[Type::Reflect], rest: REFLECT, body: index::index },
    Function { name: "slice", params: &[Type::Reflect], rest: REFLECT, body: index::slice },
    Function { name: "eq", params: &[Type::Reflect], rest: REFLECT, body: compare::eq },
    Function { name: "ne", params: &[Type::Reflect, Type::Reflect], rest: None, body: compare::ne },
    Function { name: "lt", params: &[Type::Reflect, Type::Reflect], rest: None, body: compare::lt },
    Function { name: "le", params: &[Type::Reflect, Type::Reflect], rest: None, body: compare::le },
    Function { name: "gt", params: &[Type::Reflect, Type::Reflect], rest: None, body: compare::gt },
    Function { name: "ge", params: &[Type::Reflect, Type::Reflect], rest: None, body: compare::ge },
    Function { name: "print", params: &[], rest: ANY, body: print },
    Function { name: "println", params: &[], rest: ANY, body: println },
    Function { name: "printf", params: &[Type::Str], rest: ANY, body: printf },
    Function { name: "html", params: &[], rest: ANY, body: escape::html },
    Function { name: "js", params: &[], rest: ANY, body: escape::js },
    Function { name: "urlquery", params: &[], rest: ANY, body: escape::urlquery },
];

fn last(_: &mut Call<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    Ok(arguments.last().cloned().unwrap_or(Value::Missing))
}

fn not(_: &mut Call<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    Ok(Value::Bool(!arguments[0].truth()))
}

fn call(_: &mut Call<'_>, _: &[Value]) -> Result<Value, Fault> {
    Err(Fault::new("no value is a function"))
}

fn print(call: &mut Call<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    format::sprint(call, arguments).map(Value::Str)
}

fn println(call: &mut Call<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    format::sprintln(call, arguments).map(Value::Str)
}

fn printf(call: &mut Call<'_>, arguments: &[Value]) -> Result<Value, Fault> {
    format::sprintf(call, arguments.str(0), &arguments[1..]).map(Value::Str)
}
