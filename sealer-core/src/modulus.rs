//! Powers modulo an RSA modulus, in a time that tells nothing of the base.
//!
//! Montgomery's multiplication on the limbs of crypto-bigint. That crate has powers of its own, which are made for private keys as well and
//! weigh forty times as much on the page (docs/DESIGN.md); the tests hold these against them.

use crypto_bigint::{Limb, Word};
use zeroize::Zeroizing;

/// Digits, the lowest first, as many as the modulus has.
type Digits = Zeroizing<Vec<Limb>>;

/// An odd number of more than one digit.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Modulus {
    digits: Vec<Limb>,
    /// The inverse of the negated lowest digit modulo `Word::MAX + 1`.
    inverse: Limb,
    /// `R²` modulo the number, where `R` is the first power of two with more digits than it.
    r_squared: Digits,
}

impl Modulus {
    /// A number from its bytes, the highest first and not zero; none if it is even or has a single digit.
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
        let digits = digits(bytes, bytes.len().div_ceil(Limb::BYTES));
        let lowest = digits.first()?.0;
        if lowest & 1 == 0 || digits.len() < 2 {
            return None;
        }
        // Newton: an odd number is its own inverse modulo 8, and each step doubles how many bits are right.
        let mut inverse = lowest;
        for _ in 0..Word::BITS.ilog2() {
            inverse = inverse.wrapping_mul(Word::wrapping_sub(2, lowest.wrapping_mul(inverse)));
        }
        let inverse = Limb(inverse.wrapping_neg());
        let mut modulus = Self { digits: digits.to_vec(), inverse, r_squared: Digits::default() };
        modulus.r_squared = modulus.r_squared();
        Some(modulus)
    }

    /// The number in bits.
    pub(crate) fn bits(&self) -> usize {
        let highest = self.digits.last().map_or(0, |digit| digit.0.leading_zeros() as usize);
        self.digits.len() * Word::BITS as usize - highest
    }

    /// The number in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.bits().div_ceil(8)
    }

    /// `base` to the power of `exponent`, as long as the modulus. Both numbers are smaller than the modulus and the exponent, which may
    /// show in the time, is not zero.
    pub(crate) fn power(&self, base: &[u8], exponent: u64) -> Vec<u8> {
        let base = self.product(&digits(base, self.digits.len()), &self.r_squared);
        let power = self.product(&self.raised(&base, exponent), &digits(&[1], self.digits.len()));
        let mut bytes = Vec::with_capacity(power.len() * Limb::BYTES);
        for digit in power.iter().rev() {
            bytes.extend_from_slice(&digit.0.to_be_bytes());
        }
        bytes.split_off(bytes.len() - self.bytes())
    }

    /// `2R` is two in Montgomery's form, and to the power of the bits of `R` it is `R` in this form.
    fn r_squared(&self) -> Digits {
        let bits = self.digits.len() * Word::BITS as usize;
        // The highest power of two in the modulus, doubled until it is 2R.
        let mut two = digits(&[1], self.digits.len());
        let mut at = self.bits() - 1;
        two[0] = Limb::ZERO;
        two[at / Word::BITS as usize] = Limb(1 << (at % Word::BITS as usize));
        while at <= bits {
            two = self.doubled(&two);
            at += 1;
        }
        self.raised(&two, bits as u64)
    }

    /// A power in Montgomery's form.
    fn raised(&self, base: &Digits, exponent: u64) -> Digits {
        let mut power = base.clone();
        for bit in (0..exponent.ilog2()).rev() {
            power = self.product(&power, &power);
            if exponent >> bit & 1 == 1 {
                power = self.product(&power, base);
            }
        }
        power
    }

    /// `a · b / R` modulo the number: after each digit of `a`, a multiple of the modulus makes the lowest digit zero, which is dropped.
    fn product(&self, a: &Digits, b: &Digits) -> Digits {
        let mut sum = Zeroizing::new(vec![Limb::ZERO; self.digits.len()]);
        let mut above = Limb::ZERO;
        for digit in a.iter() {
            let mut carry = Limb::ZERO;
            for (sum, b) in sum.iter_mut().zip(b.iter()) {
                (*sum, carry) = digit.carrying_mul_add(*b, *sum, carry);
            }
            let (high, higher) = above.carrying_add(carry, Limb::ZERO);

            let multiple = sum[0].wrapping_mul(self.inverse);
            let (_, mut carry) = multiple.carrying_mul_add(self.digits[0], sum[0], Limb::ZERO);
            for at in 1..sum.len() {
                (sum[at - 1], carry) = multiple.carrying_mul_add(self.digits[at], sum[at], carry);
            }
            let last = sum.len() - 1;
            (sum[last], carry) = high.carrying_add(carry, Limb::ZERO);
            above = higher.wrapping_add(carry);
        }
        self.reduced(&sum, above)
    }

    fn doubled(&self, number: &Digits) -> Digits {
        let mut carry = Limb::ZERO;
        let mut doubled = number.clone();
        for digit in doubled.iter_mut() {
            (*digit, carry) = digit.carrying_add(*digit, carry);
        }
        self.reduced(&doubled, carry)
    }

    /// A number below twice the modulus, of which one digit stands above the others: less the modulus unless it is smaller already.
    fn reduced(&self, number: &Digits, above: Limb) -> Digits {
        let mut less = number.clone();
        let mut borrow = Limb::ZERO;
        for (digit, modulus) in less.iter_mut().zip(&self.digits) {
            (*digit, borrow) = digit.borrowing_sub(*modulus, borrow);
        }
        // All ones where the number is smaller, else all zeros.
        let (_, smaller) = above.borrowing_sub(Limb::ZERO, borrow);
        for (less, digit) in less.iter_mut().zip(number.iter()) {
            *less = (*digit & smaller) | (*less & !smaller);
        }
        less
    }
}

fn digits(bytes: &[u8], count: usize) -> Digits {
    let mut digits = Zeroizing::new(vec![Limb::ZERO; count]);
    for (digit, bytes) in digits.iter_mut().zip(bytes.rchunks(Limb::BYTES)) {
        *digit = Limb(bytes.iter().fold(0, |digit, byte| digit << 8 | Word::from(*byte)));
    }
    digits
}

#[cfg(test)]
mod tests {
    use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
    use crypto_bigint::{BoxedUint, Odd};
    use proptest::prelude::*;

    use super::*;

    fn by_crypto_bigint(modulus: &[u8], base: &[u8], exponent: u64) -> Vec<u8> {
        let number =
            |bytes| BoxedUint::from_be_slice(bytes, modulus.len().next_multiple_of(8) as u32 * 8).unwrap();
        let params = BoxedMontyParams::new(Odd::new(number(modulus)).unwrap());
        let base = number(base).rem(&number(modulus).to_nz().unwrap());
        let power = BoxedMontyForm::new(base, &params).pow(&BoxedUint::from(exponent)).retrieve();
        let bytes = power.to_be_bytes();
        bytes[bytes.len() - modulus.len()..].to_vec()
    }

    /// Numbers whose digits are all ones or all zeros here and there, where carries go far.
    fn bytes(length: impl Strategy<Value = usize>) -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![Just(0xff), Just(0), any::<u8>()];
        let run = (byte, 1usize..20).prop_map(|(byte, length)| vec![byte; length]);
        (length, prop::collection::vec(run, 60))
            .prop_map(|(length, runs)| runs.concat().into_iter().cycle().take(length).collect())
    }

    proptest! {
        #[test]
        fn a_power_is_the_one_that_crypto_bigint_finds(
            mut modulus in bytes(20usize..70),
            base in bytes(Just(80usize)),
            exponent in prop_oneof![Just(1u64), Just(3), Just(65537), 1u64..1 << 33],
            top in 1u8..,
        ) {
            modulus[0] = top;
            *modulus.last_mut().unwrap() |= 1;
            // Smaller than the modulus in its first byte.
            let base = [&[top - 1], &base[..modulus.len() - 1]].concat();
            let power = Modulus::new(&modulus).unwrap().power(&base, exponent);
            prop_assert_eq!(power, by_crypto_bigint(&modulus, &base, exponent));
        }
    }

    #[test]
    fn the_edges_of_the_base_come_out_right() {
        let modulus = [&[0x80; 255][..], &[0x81]].concat();
        let minus_one = [&[0x80; 255][..], &[0x80]].concat();
        let number = Modulus::new(&modulus).unwrap();
        assert_eq!(number.bits(), 2048);
        assert_eq!(number.power(&[], 65537), [0; 256]);
        assert_eq!(number.power(&[1], 65537), [&[0; 255][..], &[1]].concat());
        assert_eq!(number.power(&minus_one, 3), minus_one);
        assert_eq!(number.power(&minus_one, 2), [&[0; 255][..], &[1]].concat());
    }

    #[test]
    fn a_number_that_is_even_or_of_one_digit_is_no_modulus() {
        assert!(Modulus::new(&[]).is_none());
        assert!(Modulus::new(&[3]).is_none());
        assert!(Modulus::new(&[0x80; 256]).is_none());
    }
}
