//! Go's arithmetic of floats, where Rust's differs.

/// `math.Max`: infinity wins over NaN, and NaN over all else; 0 is greater than -0.
pub(super) fn max(left: f64, right: f64) -> f64 {
    if left == f64::INFINITY || right == f64::INFINITY {
        f64::INFINITY
    } else if left.is_nan() || right.is_nan() {
        f64::NAN
    } else if left == right {
        // They differ in sign only if they are zeros.
        if left.is_sign_positive() { left } else { right }
    } else {
        left.max(right)
    }
}

/// Sprig's `round`: up from a fraction of `threshold` on. Fractions below zero never reach it, so that
/// negative numbers are always rounded down.
pub(super) fn round(value: f64, places: i64, threshold: f64) -> f64 {
    let power = power_of_ten(places as f64);
    let shifted = value * power;
    let whole = if shifted.fract() >= threshold { shifted.ceil() } else { shifted.floor() };
    whole / power
}

/// `math.Pow(10, exponent)`, whose last digits depend on the order of the multiplications.
fn power_of_ten(exponent: f64) -> f64 {
    const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
    // Ten is 0.625 * 2^4. Mantissa and exponent of the squares go their own ways.
    let (mut result, mut result_exponent) = (1.0, 0);
    let (mut square, mut square_exponent) = (0.625, 4_i64);
    let mut left = if exponent.abs() < TWO_TO_63 { exponent.abs() as u64 } else { u64::MAX };
    while left != 0 {
        if square_exponent > 1 << 12 {
            // Far out of the range of floats already.
            result_exponent += square_exponent;
            break;
        }
        if left & 1 == 1 {
            result *= square;
            result_exponent += square_exponent;
        }
        square *= square;
        square_exponent *= 2;
        if square < 0.5 {
            square += square;
            square_exponent -= 1;
        }
        left >>= 1;
    }
    if exponent < 0.0 { scale(1.0 / result, -result_exponent) } else { scale(result, result_exponent) }
}

/// `value * 2^exponent` for a positive normal value, rounded once.
fn scale(value: f64, exponent: i64) -> f64 {
    const MANTISSA: u64 = (1 << 52) - 1;
    let bits = value.to_bits();
    let exponent = (bits >> 52).cast_signed() - 1023 + exponent;
    let with_exponent =
        |exponent: i64| f64::from_bits(bits & MANTISSA | (exponent + 1023).cast_unsigned() << 52);
    match exponent {
        1024.. => f64::INFINITY,
        -1022..1024 => with_exponent(exponent),
        // Not a normal float: made of one.
        -1075..-1022 => with_exponent(exponent + 53) / (1_u64 << 53) as f64,
        ..-1075 => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_as_go_rounds_them() {
        let (nan, inf) = (f64::NAN, f64::INFINITY);
        for (value, places, threshold, expected) in [
            (123.555555, 3, 0.5, 123.556),
            (123.555555, 3, 1.0, 123.555),
            (-1.2, 0, 0.5, -2.0),
            (-1.5, 0, 0.5, -2.0),
            (1234.5, -2, 0.5, 1200.0),
            (1250.0, -2, 0.5, 1300.0),
            (10.5, 0, 0.5, 11.0),
            (2.345, 2, 0.7, 2.34),
            (1.2345, 1, 0.1, 1.3),
            (1.0, 400, 0.5, nan),
            (1.0, -400, 0.5, nan),
            (0.0, 400, 0.5, nan),
            (1.5, -310, 0.5, 0.0),
            (1e300, -305, 0.5, 0.0),
            (1.23e-30, 40, 0.5, 1.2299999999999999e-30),
            (3.14159e-22, 25, 0.5, 3.1419999999999995e-22),
            (9.87654321e-280, 285, 0.5, 9.876539999999995e-280),
            (1.1, 308, 0.5, 1.1),
            (1e-320, 323, 0.5, nan),
            (1.0, i64::MAX, 0.5, nan),
            (1.0, i64::MIN, 0.5, nan),
            (inf, 2, 0.5, inf),
            (3.0, 1, 0.5, 3.0),
        ] {
            let result = round(value, places, threshold);
            assert_eq!(format!("{result:?}"), format!("{expected:?}"), "{value} {places}");
        }
    }

    #[test]
    fn powers_of_ten_are_those_of_go() {
        for (exponent, expected) in POWERS {
            assert_eq!(power_of_ten(*exponent).to_bits(), *expected, "{exponent}");
        }
    }

    const POWERS: &[(f64, u64)] = &[
        (0_f64, 0x3ff0000000000000),
        (1_f64, 0x4024000000000000),
        (2_f64, 0x4059000000000000),
        (22_f64, 0x4480f0cf064dd592),
        (23_f64, 0x44b52d02c7e14af6),
        (29_f64, 0x45f431e0fae6d721),
        (100_f64, 0x54b249ad2594c37e),
        (155_f64, 0x601dd55745cbb7ef),
        (200_f64, 0x6974e718d7d7625d),
        (285_f64, 0x7b1ae64521f75962),
        (300_f64, 0x7e37e43c880075a0),
        (308_f64, 0x7fe1ccf385ebc8a3),
        (309_f64, 0x7ff0000000000000),
        (5000_f64, 0x7ff0000000000000),
        (1e+18_f64, 0x7ff0000000000000),
        (9.223372036854776e+18_f64, 0x7ff0000000000000),
        (-1_f64, 0x3fb999999999999a),
        (-5_f64, 0x3ee4f8b588e368f1),
        (-22_f64, 0x3b5e392010175ee6),
        (-23_f64, 0x3b282db34012b252),
        (-100_f64, 0x2b2bff2ee48e052e),
        (-285_f64, 0x4c308a831868ac6),
        (-305_f64, 0x9c16c5c5253571),
        (-307_f64, 0x31fa182c40c60b),
        (-308_f64, 0x730d67819e8d1),
        (-310_f64, 0x12688b70e62b),
        (-320_f64, 0x7e8),
        (-323_f64, 0x2),
        (-324_f64, 0x0),
        (-325_f64, 0x0),
        (-5000_f64, 0x0),
        (-9.223372036854776e+18_f64, 0x0),
    ];
}
