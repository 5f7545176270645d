//! Our controller and our kubeseal in the place of upstream's: under its rights, before its own tests, and with its
//! objects.
//!
//! Each test has a cluster of its own.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use std::process::ExitCode;

use sealwright_e2e::harness::{self, Test};

mod suite;
mod swap;

const TESTS: &[Test<()>] = &[
    ("upstreams_own_suite_passes", suite::upstreams_own_suite_passes),
    ("upstreams_own_suite_passes_with_our_kubeseal", suite::upstreams_own_suite_passes_with_our_kubeseal),
    (
        "no_secret_changes_when_the_controller_is_swapped",
        swap::no_secret_changes_when_the_controller_is_swapped,
    ),
];

fn main() -> ExitCode {
    harness::main(harness::kubernetes_and_upstream, || (), &[TESTS])
}
