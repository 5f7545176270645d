//! Objects made to open what they should not, or to stop the controller: they do neither.
//!
//! The tests run one after another in one cluster.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use std::process::ExitCode;

use sealwright_e2e::sealing::Sealing;
use sealwright_e2e::world::World;
use sealwright_e2e::{harness, secret};

mod damaged;
mod escapes;
mod metadata;
mod policies;

fn main() -> ExitCode {
    // A limit that the hundred requests of one test don't meet.
    let start = || World::start_with(&["--rate-limit=100", "--rate-limit-burst=100"]);
    harness::main(
        harness::kubernetes_and_upstream,
        start,
        &[escapes::TESTS, damaged::TESTS, metadata::TESTS, policies::TESTS],
    )
}

/// Nothing broke off, and an object that came last is opened like any other.
fn still_works(world: &World, sealing: &mut Sealing, namespace: &str) {
    let data = [("password".to_owned(), b"still here".to_vec())].into();
    let good = sealing.seal(&secret::manifest(namespace, "good", &data));
    world.create(&[good]);
    world.wait_synced(namespace, "good", "true");
    assert_eq!(secret::data(&world.get("secret", namespace, "good")), data);
    let log = world.log();
    for words in ["panicked", "this is a bug"] {
        assert!(!log.contains(words), "{words:?} is in the log:\n{log}");
    }
}
