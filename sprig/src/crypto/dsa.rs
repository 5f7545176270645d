//! New DSA keys, of 2048 and 256 bits.
//!
//! The `dsa` crate would make them too, in two seconds and more: it tries numbers without a sieve.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Limb, NonZero, Odd, Resize};
use crypto_primes::{Flavor, is_prime, random_prime};
use der::asn1::UintRef;
use der::{Encode, Sequence};
use rand_core::Rng;
use zeroize::Zeroizing;

use super::Random;

const P_BITS: u32 = 2048;
const Q_BITS: u32 = 256;

/// The form that OpenSSL gave such keys.
#[derive(Sequence)]
pub(super) struct DsaPrivateKey<'a> {
    version: u8,
    p: UintRef<'a>,
    q: UintRef<'a>,
    g: UintRef<'a>,
    y: UintRef<'a>,
    x: UintRef<'a>,
}

/// A new key with parameters of its own.
pub(super) fn generate(random: &mut Random<'_>) -> Option<Zeroizing<Vec<u8>>> {
    let q: BoxedUint = random_prime(random, Flavor::Any, Q_BITS);
    let wide_q = Option::<NonZero<_>>::from(NonZero::new((&q).resize(P_BITS)))?;
    let p = prime_above_multiple(random, &wide_q)?;

    let params = BoxedMontyParams::new_vartime(p.clone());
    let power = |base: &BoxedUint, exponent: &BoxedUint| {
        BoxedMontyForm::new(base.clone(), &params).pow(exponent).retrieve()
    };
    let one = BoxedUint::one_with_precision(P_BITS);
    let (cofactor, _) = p.as_ref().wrapping_sub(&one).div_rem(&wide_q);
    let mut base = one.clone();
    let generator = loop {
        base = base.wrapping_add(&one);
        let generator = power(&base, &cofactor);
        if generator != one {
            break generator;
        }
    };

    let secret = below(random, &q);
    let public = power(&generator, &secret);
    let bytes = [p.as_ref(), &q, &generator, &public].map(BoxedUint::to_be_bytes);
    let secret = Zeroizing::new(secret.to_be_bytes());
    let [p, q, generator, public] = &bytes;
    let key = DsaPrivateKey {
        version: 0,
        p: UintRef::new(p).ok()?,
        q: UintRef::new(q).ok()?,
        g: UintRef::new(generator).ok()?,
        y: UintRef::new(public).ok()?,
        x: UintRef::new(&secret).ok()?,
    };
    key.to_der().map(Zeroizing::new).ok()
}

/// A number from 1 up to, but not, `q`; all are equally likely.
fn below(random: &mut Random<'_>, q: &BoxedUint) -> BoxedUint {
    loop {
        let mut bytes = Zeroizing::new([0; Q_BITS as usize / 8]);
        random.fill_bytes(&mut *bytes);
        let drawn = BoxedUint::from_be_slice_truncated(&*bytes, Q_BITS);
        if !bool::from(drawn.is_zero()) && drawn < *q {
            return drawn;
        }
    }
}

/// A prime of 2048 bits that is 1 more than a multiple of `q`.
fn prime_above_multiple(random: &mut Random<'_>, q: &NonZero<BoxedUint>) -> Option<Odd<BoxedUint>> {
    /// Steps from one start. One in 300 starts has no prime so near.
    const STEPS: usize = 4096;
    let primes = small_primes();
    let one = BoxedUint::one_with_precision(P_BITS);
    // An even step leaves all candidates odd.
    let step = Option::<NonZero<_>>::from(NonZero::new(q.as_ref().wrapping_add(q.as_ref())))?;
    loop {
        let mut bytes = [0; P_BITS as usize / 8];
        random.fill_bytes(&mut bytes);
        bytes[0] |= 0x80;
        let start = BoxedUint::from_be_slice_truncated(&bytes, P_BITS);
        let start = start.wrapping_sub(start.rem_vartime(&step)).wrapping_add(&one);

        let mut composite = vec![false; STEPS];
        for &prime in &primes {
            let (first, step) = (remainder(&start, prime), remainder(step.as_ref(), prime));
            let mut rest = first;
            for marked in &mut composite {
                *marked |= rest == 0;
                rest = (rest + step) % prime;
            }
        }
        let mut candidate = start;
        for composite in composite {
            // The start may lie below 2^2047 by less than a step, and the last ones above 2^2048.
            let fits = candidate.bit_width_vartime() == P_BITS;
            if fits && !composite && is_prime(Flavor::Any, &candidate) {
                return Option::from(Odd::new(candidate));
            }
            candidate = candidate.wrapping_add(step.as_ref());
        }
    }
}

fn remainder(number: &BoxedUint, prime: u64) -> u64 {
    number.as_words().iter().rev().fold(0, |rest, &word| {
        let number = (u128::from(rest) << Limb::BITS) | u128::from(word);
        (number % u128::from(prime)) as u64
    })
}

/// The odd primes of 13 bits.
fn small_primes() -> Vec<u64> {
    let is_prime =
        |number: &u64| (3..).step_by(2).take_while(|d| d * d <= *number).all(|d| !number.is_multiple_of(d));
    (3..8192).step_by(2).filter(is_prime).collect()
}

#[cfg(test)]
impl DsaPrivateKey<'_> {
    /// Asserts what makes a DSA key one.
    pub fn check(&self) {
        let number = |uint: &UintRef<'_>| BoxedUint::from_be_slice(uint.as_bytes(), P_BITS).unwrap();
        let [p, q, g, y, x] = [&self.p, &self.q, &self.g, &self.y, &self.x].map(number);
        assert_eq!((p.bit_width_vartime(), q.bit_width_vartime()), (P_BITS, Q_BITS));
        assert!(is_prime(Flavor::Any, &p) && is_prime(Flavor::Any, &q) && x < q);
        let one = BoxedUint::one_with_precision(P_BITS);
        let wide_q = NonZero::new(q.clone()).unwrap();
        assert_eq!(p.wrapping_sub(&one).rem_vartime(&wide_q), BoxedUint::zero_with_precision(P_BITS));
        let params = BoxedMontyParams::new_vartime(Odd::new(p).unwrap());
        let power = |exponent: &BoxedUint| BoxedMontyForm::new(g.clone(), &params).pow(exponent).retrieve();
        assert!(g != one && power(&q) == one && power(&x) == y);
    }
}
