//! The controllers in a real control plane: whatever seals, whichever controller opens, the Secret is the same.
//!
//! The tests run one after another in one cluster, and take turns with the controllers.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use std::process::ExitCode;

use sealwright_e2e::{harness, world};

mod acceptance;
mod creating;
mod drift;
mod http;
mod keys;
mod kubeseals;
mod modes;
mod tasks;
mod templates;
mod verifying;

fn main() -> ExitCode {
    let tests = [
        acceptance::TESTS,
        tasks::TESTS,
        creating::TESTS,
        drift::TESTS,
        http::TESTS,
        kubeseals::TESTS,
        modes::TESTS,
        templates::TESTS,
        verifying::TESTS,
        keys::TESTS,
    ];
    harness::main(harness::kubernetes_and_upstream, world::World::start, &tests)
}
