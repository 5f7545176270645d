//! The controllers in a real control plane: whatever seals, whichever controller opens, the Secret is the same.
//!
//! Everything runs in a network namespace of its own. The tests run one after another, since they share the
//! cluster and take turns with the controllers.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};
use sealwright_test_cluster::netns;

mod acceptance;
mod world;

use world::World;

/// Set for the program that runs inside the network namespace.
const INSIDE: &str = "SEALWRIGHT_E2E_INSIDE";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    if arguments.list {
        return libtest_mimic::run(&arguments, trials(None)).exit_code();
    }
    if std::env::var_os(INSIDE).is_none() {
        return outside();
    }
    let world = Arc::new(World::start());
    let arguments = Arguments { test_threads: Some(1), ..arguments };
    let conclusion = libtest_mimic::run(&arguments, trials(Some(&world)));
    drop(world);
    conclusion.exit_code()
}

/// Builds what needs the network, then starts this program again without one.
fn outside() -> ExitCode {
    let kubernetes = sealwright_test_cluster::binaries::ensure_or_skip().unwrap();
    let upstream = sealwright_interop::binaries::ensure_or_skip().unwrap();
    if kubernetes.is_none() || upstream.is_none() {
        return ExitCode::SUCCESS;
    }
    let program = std::env::current_exe().expect("a running program has a path");
    let status = netns::wrap("setpriv", ["--pdeathsig", "KILL"])
        .arg(program)
        .args(std::env::args_os().skip(1))
        .env(INSIDE, "1")
        .status()
        .expect("unshare, of util-linux, is installed");
    if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn trials(world: Option<&Arc<World>>) -> Vec<Trial> {
    acceptance::TESTS
        .iter()
        .map(|(name, test)| {
            let world = world.cloned();
            Trial::test(*name, move || {
                test(&world.expect("tests run inside the namespace, where there is a world"));
                Ok(())
            })
        })
        .collect()
}
