//! A host and calls for the tests of this folder.

use go_template::{Call, Fault, Host, Limits, Value};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

/// A host whose bytes follow from a number, and for which it is 2024-02-29 23:59:58.9 UTC.
pub(super) struct Seeded(ChaCha20Rng);

pub(super) fn seeded(seed: u64) -> Seeded {
    Seeded(ChaCha20Rng::seed_from_u64(seed))
}

impl Host for Seeded {
    fn now(&mut self) -> (i64, u32) {
        (1_709_251_198, 900_000_000)
    }
    fn random(&mut self, buffer: &mut [u8]) {
        self.0.fill_bytes(buffer);
    }
}

pub(super) const LIMITS: Limits = Limits { fuel: 500_000_000, memory: 64 << 20, depth: 100 };

/// What the function of that name gives, with a whole budget.
pub(super) fn call_named(host: &mut dyn Host, name: &str, args: &[Value]) -> Result<Value, Fault> {
    let function =
        crate::functions().find(|function| function.name == name).expect("a function of that name");
    (function.body)(&mut Call::new(host, LIMITS), args)
}

pub(super) fn text(value: &Value) -> String {
    let Value::Str(text) = value else { panic!("a string") };
    text.utf8().expect("UTF-8").to_owned()
}
