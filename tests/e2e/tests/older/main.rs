//! The older pipeline, as people have it in their notes: every command word for word, and what it says.
//!
//! Each test installs the controller itself, so each has a cluster of its own.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use std::process::ExitCode;

use sealwright_e2e::harness::{self, Test};

mod machine;
mod notes;

const TESTS: &[Test<()>] = &[
    ("the_notes_work_with_create", |()| notes::follow("create")),
    ("the_notes_work_with_apply", |()| notes::follow("apply")),
];

fn main() -> ExitCode {
    harness::main(machine::peers, || (), &[TESTS])
}
