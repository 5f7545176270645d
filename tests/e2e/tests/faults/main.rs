//! What must hold while things break: no value is told to anybody, and the end is the same.
//!
//! Each test has a cluster of its own.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use std::process::ExitCode;

use sealwright_e2e::harness::{self, Test};

mod canaries;
mod kill;

const TESTS: &[Test<()>] = &[
    ("no_value_is_told_to_anybody", canaries::no_value_is_told_to_anybody),
    ("killed_at_any_moment_it_comes_to_the_same_end", kill::killed_at_any_moment_it_comes_to_the_same_end),
];

fn main() -> ExitCode {
    harness::main(harness::kubernetes_and_upstream, || (), &[TESTS])
}
