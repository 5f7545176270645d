//! Arithmetic with decimals, as `github.com/shopspring/decimal` does it: exact, but for division, which is
//! rounded to 16 places.

use go_template::{Call, Fault, Value};
use num_bigint::{BigInt, Sign};

use super::cast::to_float64;

/// How many decimal places a quotient has.
const PLACES: i64 = 16;

/// `digits * 10^exponent`.
struct Decimal {
    digits: BigInt,
    exponent: i64,
}

type Operation = fn(&mut Call<'_>, Decimal, Decimal) -> Result<Decimal, Fault>;

pub(super) fn add1f(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    fold(call, &args[0], &[Value::Int(1)], add)
}

pub(super) fn addf(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    fold(call, &Value::Int(0), args, add)
}

pub(super) fn subf(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    fold(call, &args[0], &args[1..], |call, left, right| {
        add(call, left, Decimal { digits: -right.digits, exponent: right.exponent })
    })
}

pub(super) fn mulf(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    fold(call, &args[0], &args[1..], |call, left, right| {
        call.spend(size(&left.digits) + size(&right.digits))?;
        Ok(Decimal { digits: left.digits * right.digits, exponent: left.exponent + right.exponent })
    })
}

pub(super) fn divf(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    fold(call, &args[0], &args[1..], divide)
}

fn fold(call: &mut Call<'_>, first: &Value, others: &[Value], operation: Operation) -> Result<Value, Fault> {
    let mut result = decimal(first)?;
    for other in others {
        result = operation(call, result, decimal(other)?)?;
    }
    to_float(call, &result).map(Value::Float)
}

/// The shortest decimal that is read as this float.
fn decimal(value: &Value) -> Result<Decimal, Fault> {
    const INFINITE: Fault = Fault::new("every number has to be finite");
    let value = to_float64(value);
    if !value.is_finite() {
        return Err(INFINITE);
    }
    let text = format!("{value:e}");
    let (mantissa, exponent) = text.split_once('e').ok_or(INFINITE)?;
    let places = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len()) as i64;
    let digits: i64 = mantissa.replace('.', "").parse().map_err(|_| INFINITE)?;
    let exponent: i64 = exponent.parse().map_err(|_| INFINITE)?;
    Ok(Decimal { digits: digits.into(), exponent: exponent - places })
}

/// The float that is nearest.
fn to_float(call: &mut Call<'_>, decimal: &Decimal) -> Result<f64, Fault> {
    // Writing the digits takes quadratic time.
    let size = size(&decimal.digits);
    call.spend(size * size)?;
    let text = format!("{}e{}", decimal.digits, decimal.exponent);
    text.parse().map_err(|_| Fault::new("the result is no number"))
}

fn add(call: &mut Call<'_>, left: Decimal, right: Decimal) -> Result<Decimal, Fault> {
    let exponent = left.exponent.min(right.exponent);
    let left = raised(call, left.digits, left.exponent - exponent)?;
    let right = raised(call, right.digits, right.exponent - exponent)?;
    Ok(Decimal { digits: left + right, exponent })
}

/// The quotient, halves rounded away from zero.
fn divide(call: &mut Call<'_>, left: Decimal, right: Decimal) -> Result<Decimal, Fault> {
    if right.digits.sign() == Sign::NoSign {
        return Err(Fault::new("division by zero"));
    }
    let shift = left.exponent - right.exponent + PLACES;
    let dividend = raised(call, left.digits, shift.max(0))?;
    let divisor = raised(call, right.digits, (-shift).max(0))?;
    call.spend(size(&dividend) * size(&divisor))?;
    let (quotient, rest) = (&dividend / &divisor, &dividend % &divisor);
    let up = rest.magnitude() * 2_u32 >= *divisor.magnitude();
    let step = match (up, dividend.sign() == divisor.sign()) {
        (false, _) => 0,
        (true, true) => 1,
        (true, false) => -1,
    };
    Ok(Decimal { digits: quotient + step, exponent: -PLACES })
}

/// `digits * 10^power`.
fn raised(call: &mut Call<'_>, digits: BigInt, power: i64) -> Result<BigInt, Fault> {
    // Exponents of floats are less than 700 apart.
    let power = u32::try_from(power).map_err(|_| Fault::new("the numbers are too far apart"))?;
    call.spend(size(&digits) + power as usize)?;
    Ok(digits * BigInt::from(10).pow(power))
}

/// How many machine words the digits fill.
fn size(digits: &BigInt) -> usize {
    1 + digits.bits() as usize / 64
}

#[cfg(test)]
mod tests {
    use crate::lists::testing::{s, show, with_call};
    use go_template::{Fault, Limit, Value};

    #[test]
    fn decimals_are_exact_where_floats_are_not() {
        for (name, args, expected) in [
            ("add1f", &[1.1] as &[f64], "2.1"),
            ("addf", &[], "0.0"),
            ("addf", &[0.1, 0.2], "0.3"),
            ("addf", &[1e308, 1e308], "inf"),
            ("addf", &[1e300, 1e-300], "1e300"),
            ("subf", &[1.1, 1.0], "0.1"),
            ("subf", &[5.0], "5.0"),
            ("mulf", &[1.1, 1.1], "1.21"),
            ("mulf", &[1.6, 3.0, -2.0], "-9.6"),
            ("mulf", &[1e200, 1e200], "inf"),
            ("mulf", &[-1e-200, 1e-200], "-0.0"),
            ("mulf", &[0.0, -1.0], "0.0"),
            ("divf", &[1.0, 3.0], "0.3333333333333333"),
            ("divf", &[-2.0, 3.0], "-0.6666666666666667"),
            ("divf", &[10.0, 2.0, 4.0], "1.25"),
            ("divf", &[1e300, 1e-300], "inf"),
            ("divf", &[1e-17, 2.0], "0.0"),
            ("divf", &[-1e-16, 2.0], "-1e-16"),
            ("divf", &[1.0, -3e20], "0.0"),
            ("divf", &[0.0, 5.0], "0.0"),
            ("divf", &[5e-324, 5e-324], "1.0"),
            ("divf", &[123456789.0, 0.00003], "4115226300000.0"),
            ("divf", &[7.0, 0.3, 1.7, -2.3], "-5.967604433077579"),
            ("divf", &[1.0, 0.0], "error: division by zero"),
            ("addf", &[f64::INFINITY], "error: every number has to be finite"),
            ("addf", &[f64::NAN, 1.0], "error: every number has to be finite"),
        ] {
            let args: Vec<Value> = args.iter().copied().map(Value::Float).collect();
            assert_eq!(show(name, &args), expected, "{name} {args:?}");
        }
        assert_eq!(show("addf", &[Value::Int(1), s("3.5")]), "4.5");
    }

    #[test]
    fn long_products_are_paid_for() {
        let args = vec![Value::Float(1.234567890123456); 100_000];
        let result = with_call(|call| super::mulf(call, &args));
        assert_eq!(result.err(), Some(Fault::Limit(Limit::Fuel)));
    }
}
