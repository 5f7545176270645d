//! Any template ends within its budget, gives the same twice, and no error shows a value.

use std::sync::LazyLock;

use go_template::{Call, Error, Functions, Host, Limits, Map, Str, Template, Type, Value};

use crate::MemoryLimit;

static FUNCTIONS: LazyLock<Functions> = LazyLock::new(|| Functions::new(sprig::functions()));

/// Small, so that many templates are tried; what costs most is not tried at all.
const LIMITS: Limits = Limits { fuel: 3_000_000, memory: 4 << 20, depth: 100 };
const CANARY: &str = "hunter2-canary-hunter2";

struct Fixed(u8);

impl Host for Fixed {
    fn now(&mut self) -> (i64, u32) {
        (1_700_000_000, 5)
    }

    fn random(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            self.0 = self.0.wrapping_mul(5).wrapping_add(3);
            *byte = self.0;
        }
    }
}

fn render(text: &str) -> Result<Vec<u8>, Error> {
    let values: [(&str, &[u8]); 4] =
        [("a", CANARY.as_bytes()), ("b", b"7"), ("c", b"\xff\x00"), ("d", b"{\"x\":[1,2]}")];
    let values = values.map(|(key, value)| (Str::from(key), Value::text(value)));
    let data = Value::Map(Map::new(&Type::Str, values.into()));
    let mut host = Fixed(1);
    let mut call = Call::new(&mut host, LIMITS);
    Template::parse("t", text, &FUNCTIONS)?.render(&data, 1 << 18, &mut call).map(|output| output.to_vec())
}

/// The claim about one input; a panic says that it does not hold.
pub fn holds(text: &str) {
    let _limit = MemoryLimit::for_input(text.len());
    let first = render(text);
    if let Err(error) = &first
        && !text.contains(CANARY)
    {
        assert!(!format!("{error} {error:?}").contains(CANARY));
    }
    assert_eq!(first, render(text));
}
