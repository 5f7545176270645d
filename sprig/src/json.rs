//! JSON, written and read as `encoding/json` does.

mod decode;
mod encode;

use go_template::{Arguments, Call, Fault, Function, Type, Value};

use encode::Style;

pub(crate) const ALL: &[Function] = &[
    Function { name: "fromJson", params: &[Type::Str], rest: None, body: from_json },
    Function { name: "mustFromJson", params: &[Type::Str], rest: None, body: must_from_json },
    Function { name: "toJson", params: &[Type::Any], rest: None, body: to_json },
    Function { name: "mustToJson", params: &[Type::Any], rest: None, body: must_to_json },
    Function { name: "toPrettyJson", params: &[Type::Any], rest: None, body: to_pretty_json },
    Function { name: "mustToPrettyJson", params: &[Type::Any], rest: None, body: must_to_pretty_json },
    Function { name: "toRawJson", params: &[Type::Any], rest: None, body: to_raw_json },
    Function { name: "mustToRawJson", params: &[Type::Any], rest: None, body: to_raw_json },
];

const COMPACT: Style = Style { html: true, pretty: false };
const PRETTY: Style = Style { html: true, pretty: true };
const RAW: Style = Style { html: false, pretty: false };

fn from_json(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    match decode::decode(call, args.str(0)) {
        Ok(decoded) => Ok(decoded.value),
        Err(Fault::Refused(_)) => Ok(Value::Nil),
        Err(fault) => Err(fault),
    }
}

fn must_from_json(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let decoded = decode::decode(call, args.str(0))?;
    if !decoded.in_range {
        return Err(Fault::new("the JSON has a number that a float64 cannot hold"));
    }
    Ok(decoded.value)
}

fn to_json(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    or_empty(must_to_json(call, args))
}

fn must_to_json(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    encode::encode(call, &args[0], COMPACT)
}

fn to_pretty_json(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    or_empty(must_to_pretty_json(call, args))
}

fn must_to_pretty_json(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    encode::encode(call, &args[0], PRETTY)
}

/// Also without `must`, Sprig's panics where the value has no JSON.
fn to_raw_json(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    encode::encode(call, &args[0], RAW)
}

/// Sprig gives the empty string for what has no JSON.
fn or_empty(encoded: Result<Value, Fault>) -> Result<Value, Fault> {
    match encoded {
        Err(Fault::Refused(_)) => Ok(Value::text("")),
        other => other,
    }
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
