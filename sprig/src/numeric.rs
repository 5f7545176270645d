//! Numbers: conversions, arithmetic and sequences.

pub(crate) mod cast;
mod decimal;
mod float;
mod sequence;

use go_template::{Arguments as _, Call, Fault, Function, Type, Value};

use cast::{to_float64, to_int64};

const ANY: Option<Type> = Some(Type::Any);
const ONE: &[Type] = &[Type::Any];
const TWO: &[Type] = &[Type::Any, Type::Any];
const THREE_INTS: &[Type] = &[Type::Int, Type::Int, Type::Int];
const ROUNDED: &[Type] = &[Type::Any, Type::Int];

pub(crate) const ALL: &[Function] = &[
    Function { name: "atoi", params: &[Type::Str], rest: None, body: cast::atoi },
    Function { name: "int", params: ONE, rest: None, body: cast::int },
    Function { name: "int64", params: ONE, rest: None, body: cast::int64 },
    Function { name: "float64", params: ONE, rest: None, body: cast::float64 },
    Function { name: "toDecimal", params: ONE, rest: None, body: cast::to_decimal },
    Function { name: "seq", params: &[], rest: Some(Type::Int), body: sequence::seq },
    Function { name: "until", params: &[Type::Int], rest: None, body: sequence::until },
    Function { name: "untilStep", params: THREE_INTS, rest: None, body: sequence::until_step },
    Function { name: "add1", params: ONE, rest: None, body: add1 },
    Function { name: "add", params: &[], rest: ANY, body: add },
    Function { name: "sub", params: TWO, rest: None, body: sub },
    Function { name: "mul", params: ONE, rest: ANY, body: mul },
    Function { name: "div", params: TWO, rest: None, body: div },
    Function { name: "mod", params: TWO, rest: None, body: modulo },
    Function { name: "max", params: ONE, rest: ANY, body: max },
    Function { name: "biggest", params: ONE, rest: ANY, body: max },
    Function { name: "min", params: ONE, rest: ANY, body: min },
    Function { name: "add1f", params: ONE, rest: None, body: decimal::add1f },
    Function { name: "addf", params: &[], rest: ANY, body: decimal::addf },
    Function { name: "subf", params: ONE, rest: ANY, body: decimal::subf },
    Function { name: "mulf", params: ONE, rest: ANY, body: decimal::mulf },
    Function { name: "divf", params: ONE, rest: ANY, body: decimal::divf },
    Function { name: "maxf", params: ONE, rest: ANY, body: maxf },
    Function { name: "minf", params: ONE, rest: ANY, body: minf },
    Function { name: "ceil", params: ONE, rest: None, body: ceil },
    Function { name: "floor", params: ONE, rest: None, body: floor },
    Function { name: "round", params: ROUNDED, rest: Some(Type::Float), body: round },
];

/// The numbers folded from the left, the first one to begin with.
fn fold(args: &[Value], operation: fn(i64, i64) -> i64) -> Result<Value, Fault> {
    Ok(Value::Int64(args.iter().map(to_int64).reduce(operation).unwrap_or(0)))
}

fn add1(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    Ok(Value::Int64(to_int64(&args[0]).wrapping_add(1)))
}

fn add(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    fold(args, i64::wrapping_add)
}

fn sub(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    fold(args, i64::wrapping_sub)
}

fn mul(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    fold(args, i64::wrapping_mul)
}

fn max(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    fold(args, i64::max)
}

fn min(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    fold(args, i64::min)
}

fn div(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    divided(args, i64::wrapping_div)
}

fn modulo(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    divided(args, i64::wrapping_rem)
}

fn divided(args: &[Value], operation: fn(i64, i64) -> i64) -> Result<Value, Fault> {
    match to_int64(&args[1]) {
        0 => Err(Fault::new("division by zero")),
        divisor => Ok(Value::Int64(operation(to_int64(&args[0]), divisor))),
    }
}

fn maxf(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    Ok(Value::Float(args.iter().map(to_float64).reduce(float::max).unwrap_or(0.0)))
}

fn minf(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    // The same, seen from below.
    Ok(Value::Float(args.iter().map(to_float64).reduce(|a, b| -float::max(-a, -b)).unwrap_or(0.0)))
}

fn ceil(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    Ok(Value::Float(to_float64(&args[0]).ceil()))
}

fn floor(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    Ok(Value::Float(to_float64(&args[0]).floor()))
}

fn round(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let threshold = if args.len() > 2 { args.float(2) } else { 0.5 };
    Ok(Value::Float(float::round(to_float64(&args[0]), args.int(1), threshold)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists::testing::{int, s, show};

    fn f(value: f64) -> Value {
        Value::Float(value)
    }

    #[test]
    fn integers_wrap_and_are_divided_towards_zero() {
        for (name, args, expected) in [
            ("add", vec![], "0L"),
            ("add", vec![int(1), s("2"), f(3.7)], "6L"),
            ("add1", vec![int(i64::MAX)], "-9223372036854775808L"),
            ("sub", vec![int(i64::MIN), int(1)], "9223372036854775807L"),
            ("mul", vec![int(2)], "2L"),
            ("mul", vec![int(3), int(4), int(5)], "60L"),
            ("mul", vec![int(1 << 62), int(4)], "0L"),
            ("div", vec![int(-7), int(2)], "-3L"),
            ("div", vec![int(i64::MIN), int(-1)], "-9223372036854775808L"),
            ("div", vec![int(1), int(0)], "error: division by zero"),
            ("mod", vec![int(-7), int(2)], "-1L"),
            ("mod", vec![int(i64::MIN), int(-1)], "0L"),
            ("mod", vec![int(1), s("x")], "error: division by zero"),
            ("max", vec![int(1), s("5"), f(3.9)], "5L"),
            ("biggest", vec![int(1)], "1L"),
            ("min", vec![int(1), s("-5"), int(3)], "-5L"),
        ] {
            assert_eq!(show(name, &args), expected, "{name}");
        }
    }

    #[test]
    fn the_greatest_and_least_float_know_infinity_and_signs() {
        let (nan, inf) = (f64::NAN, f64::INFINITY);
        for (name, args, expected) in [
            ("maxf", vec![int(1), f(2.5), s("3.5")], "3.5"),
            ("minf", vec![int(1), f(2.5), s("-3.5")], "-3.5"),
            ("maxf", vec![f(nan), int(1)], "NaN"),
            ("maxf", vec![f(nan), f(inf)], "inf"),
            ("minf", vec![int(1), f(nan)], "NaN"),
            ("minf", vec![f(-inf), f(nan)], "-inf"),
            ("maxf", vec![int(0), f(-0.0)], "0.0"),
            ("minf", vec![int(0), f(-0.0)], "-0.0"),
            ("maxf", vec![f(-0.0), f(-0.0)], "-0.0"),
            ("ceil", vec![f(-1.2)], "-1.0"),
            ("ceil", vec![f(-0.2)], "-0.0"),
            ("floor", vec![s("-1.2")], "-2.0"),
            ("ceil", vec![s("x")], "0.0"),
        ] {
            assert_eq!(show(name, &args), expected, "{name} {args:?}");
        }
    }
}
