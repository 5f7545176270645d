//! The road from git to a Secret that is used: people commit, an operator applies, the controller opens.
//!
//! The tests run one after another in one cluster; each has namespaces and repositories of its own.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use std::process::ExitCode;

use sealwright_e2e::harness;
use sealwright_e2e::road::{self, Road};

mod database;
mod flux;
mod health;
mod plain;
mod shipped;
mod tutorial;
mod unseen;

fn main() -> ExitCode {
    let tests = [
        shipped::TESTS,
        database::TESTS,
        flux::TESTS,
        plain::TESTS,
        health::TESTS,
        tutorial::TESTS,
        unseen::TESTS,
    ];
    harness::main(road::peers, Road::start, &tests)
}
