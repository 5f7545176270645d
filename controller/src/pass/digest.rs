//! What a Secret holds, as 32 bytes that tell nobody anything.

use std::collections::BTreeMap;

use aws_lc_rs::hmac;
use sealer_core::Plaintext;

/// A keyed digest of values; two are equal where the values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest([u8; 32]);

/// Makes digests that only this process can make: who reads its memory can't try out passwords on them elsewhere.
#[derive(Debug)]
pub struct Digester(hmac::Key);

impl Digester {
    /// One with this key, drawn anew by each process.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The digest of all these values.
    pub fn all(&self, data: &BTreeMap<String, Plaintext>) -> Digest {
        self.some(data, |_| true)
    }

    /// The digest of those values whose keys count.
    pub fn some(&self, data: &BTreeMap<String, Plaintext>, counts: impl Fn(&str) -> bool) -> Digest {
        let mut context = hmac::Context::with_key(&self.0);
        for (key, value) in data.iter().filter(|(key, _)| counts(key)) {
            // Exposed to the keyed digest, which shows nothing of it.
            for part in [key.as_bytes(), value.expose()] {
                context.update(&(part.len() as u64).to_be_bytes());
                context.update(part);
            }
        }
        let tag = context.sign();
        Digest(tag.as_ref().try_into().expect("SHA-256 has 32 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(pairs: &[(&str, &str)]) -> BTreeMap<String, Plaintext> {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), Plaintext::new(value.as_bytes().to_vec())))
            .collect()
    }

    #[test]
    fn digests_are_equal_where_keys_and_values_are_and_differ_between_processes() {
        let digester = Digester::new(&[1; 32]);
        let one = data(&[("a", "1"), ("b", "2")]);
        assert_eq!(digester.all(&one), digester.all(&one.clone()));
        for other in
            [data(&[]), data(&[("a", "1")]), data(&[("a", "1"), ("b", "3")]), data(&[("a", "1b"), ("", "2")])]
        {
            assert_ne!(digester.all(&one), digester.all(&other));
        }
        assert_ne!(digester.all(&one), Digester::new(&[2; 32]).all(&one));
    }

    #[test]
    fn of_a_shared_secret_only_the_keys_that_count_matter() {
        let digester = Digester::new(&[1; 32]);
        let own = digester.all(&data(&[("a", "1")]));
        let shared = data(&[("a", "1"), ("theirs", "x")]);
        assert_eq!(digester.some(&shared, |key| key == "a"), own);
        assert_ne!(digester.some(&shared, |_| true), own);
    }
}
