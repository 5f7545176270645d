//! A rendering for tests: its clock stands still, its budget is ample.

use go_template::{Call, Fault, Function, Host, Limits, Value};

use crate::json;

pub(crate) const LIMITS: Limits = Limits { fuel: 10_000_000, memory: 10_000_000, depth: 100 };

/// 2024-02-29 12:34:56.789 UTC
pub(crate) const NOW: (i64, u32) = (1_709_210_096, 789_000_000);

struct Still;

impl Host for Still {
    fn now(&mut self) -> (i64, u32) {
        NOW
    }
    fn random(&mut self, buffer: &mut [u8]) {
        buffer.fill(0);
    }
}

pub(crate) fn with_call<T>(body: impl FnOnce(&mut Call<'_>) -> T) -> T {
    body(&mut Call::new(&mut Still, LIMITS))
}

/// Runs a function of a module by its name.
pub(crate) fn run(call: &mut Call<'_>, all: &[Function], name: &str, args: &[Value]) -> Result<Value, Fault> {
    let function = all.iter().find(|function| function.name == name).unwrap();
    (function.body)(call, args)
}

/// The bytes of a result that is a string.
pub(crate) fn text(value: &Value) -> Vec<u8> {
    let Value::Str(text) = value else { panic!("expected a string, got {value:?}") };
    text.to_vec()
}

/// An argument in a table of cases.
pub(crate) enum Arg {
    S(&'static [u8]),
    I(i64),
    L(i64),
}

/// A function, its arguments, and its result as JSON; nothing where Go has an error.
pub(crate) type Case = (&'static str, &'static [Arg], Option<&'static str>);

/// Checks what Go was seen to do.
pub(crate) fn check(all: &[Function], cases: &[Case]) {
    for (name, args, expected) in cases {
        let values: Vec<Value> = args
            .iter()
            .map(|arg| match arg {
                Arg::S(text) => Value::text(*text),
                Arg::I(number) => Value::Int(*number),
                Arg::L(number) => Value::Int64(*number),
            })
            .collect();
        with_call(|call| {
            let shown: Vec<_> = values.iter().map(|value| json_of(call, value)).collect();
            let got = run(call, all, name, &values).ok().map(|value| json_of(call, &value));
            assert_eq!(got.as_deref(), *expected, "{name} {}", shown.join(" "));
        });
    }
}

fn json_of(call: &mut Call<'_>, value: &Value) -> String {
    let json = run(call, json::ALL, "toRawJson", std::slice::from_ref(value)).unwrap();
    String::from_utf8(text(&json)).unwrap()
}
