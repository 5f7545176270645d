//! Whether a decimal number fits into a 64-bit float, told from its digits.

/// Where a fraction `0.1797…` with these digits has to be put for the least number that no float holds any more:
/// halfway between the greatest one and 2^1024, and a tie goes to the even neighbour, which is infinity.
const LIMIT_ORDER: i64 = 309;
const LIMIT: &str = "\
    179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587\
    207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711\
    531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093\
    042880177904174497792";

/// Whether a number in the form `[-+]?[0-9]*\.?[0-9]*([eE][-+]?[0-9]+)?` is finite as a float.
pub(super) fn is_finite(text: &str) -> bool {
    let unsigned = text.trim_start_matches(['+', '-']);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    let zeros = digits().take_while(|&digit| digit == b'0').count();
    if zeros == whole.len() + fraction.len() {
        return true;
    }
    // What does not fit into a number has an exponent far beyond any float.
    let exponent = exponent.trim_start_matches('+').parse::<i64>();
    let exponent =
        exponent.unwrap_or(if text.contains("e-") || text.contains("E-") { -(1 << 40) } else { 1 << 40 });
    let length = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let order = (length(whole.len()) - length(zeros)).saturating_add(exponent);
    // As long as both begin alike, the longer one is the greater: the limit is without its zeros at the end.
    let limit = LIMIT.trim_end_matches('0').bytes();
    order < LIMIT_ORDER || (order == LIMIT_ORDER && digits().skip(zeros).lt(limit))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn agrees(text: &str) {
        let number: f64 = text.parse().unwrap();
        assert_eq!(is_finite(text), number.is_finite(), "{text}");
    }

    #[test]
    fn the_limit_is_where_the_standard_library_has_it() {
        let below = format!("{}{}", &LIMIT[..308], "79");
        for text in [
            LIMIT,
            &LIMIT[..308],
            &below,
            &format!("{LIMIT}.0"),
            &format!("{LIMIT}.1"),
            &format!("{LIMIT}e0"),
        ] {
            agrees(text);
        }
        agrees(&format!("0.{LIMIT}e309"));
        agrees(&format!("0.000{LIMIT}e+312"));
        agrees(&format!("{}.{}e-691", LIMIT, "0".repeat(9)));
        agrees(&format!("{LIMIT}0e-1"));
        agrees(&format!("{}79", &LIMIT[..307]));
    }

    #[test]
    fn extremes_of_every_part_are_judged_right() {
        for text in [
            "0",
            "0e999",
            "-0.0e9999999999999999999999",
            "1e308",
            "1e309",
            "-1e309",
            "1.8e308",
            "1.7e308",
            "1e999",
            "1e-999",
            "1e-99999999999999999999",
            "1e99999999999999999999",
            "1E+400",
            "1E-400",
            ".5e309",
            ".05e310",
            "00000000001e308",
            "179769313486231570e291",
            "1797693134862315807e290",
            "1797693134862315808e290",
            "1797693134862315809e290",
        ] {
            agrees(text);
        }
    }

    proptest! {
        #[test]
        fn digits_and_the_standard_library_agree(
            whole in "[0-9]{1,320}", fraction in "[0-9]{0,40}", exponent in -700i32..400,
        ) {
            agrees(&format!("{whole}.{fraction}e{exponent}"));
        }

        #[test]
        fn they_agree_near_the_limit(kept in 1usize..309, tail in "[0-9]{0,6}", shift in -3i32..3) {
            agrees(&format!("0.{}{tail}e{}", &LIMIT[..kept], 309 + shift));
        }
    }
}
