//! Runs tests that share something large, one after another, in a network of their own.

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};
use sealwright_test_cluster::netns;

/// The name of a test and what it does with what all of them share.
pub type Test<S> = (&'static str, fn(&S));

/// Set for the program that runs inside the network namespace.
const INSIDE: &str = "SEALWRIGHT_E2E_INSIDE";

/// The `main` of a test program without libtest's harness.
///
/// `peers` builds what needs the network, and says whether everything is there; if not, all tests are counted as
/// ignored. Then `start` makes what the tests share, inside the namespace.
pub fn main<S: Send + Sync + 'static>(
    peers: fn() -> bool,
    start: fn() -> S,
    tests: &[&[Test<S>]],
) -> ExitCode {
    let arguments = Arguments::from_args();
    if arguments.list {
        return libtest_mimic::run(&arguments, trials(tests, None)).exit_code();
    }
    if std::env::var_os(INSIDE).is_none() {
        return if peers() { outside() } else { skip_all(arguments, tests) };
    }
    let shared = Arc::new(start());
    let arguments = Arguments { test_threads: Some(1), ..arguments };
    let conclusion = libtest_mimic::run(&arguments, trials(tests, Some(&shared)));
    drop(shared);
    conclusion.exit_code()
}

/// Builds the control plane and upstream's programs; says so, and gives `false`, where they can't be built.
pub fn kubernetes_and_upstream() -> bool {
    let kubernetes =
        sealwright_test_cluster::binaries::ensure_or_skip().expect("the control plane can be built");
    let upstream = sealwright_interop::binaries::ensure_or_skip().expect("upstream's programs can be built");
    kubernetes.is_some() && upstream.is_some()
}

/// Counts every test as ignored, whatever else was asked for.
fn skip_all<S: Send + Sync + 'static>(arguments: Arguments, tests: &[&[Test<S>]]) -> ExitCode {
    let arguments = Arguments { ignored: false, include_ignored: false, ..arguments };
    let trials = trials(tests, None).into_iter().map(|trial| trial.with_ignored_flag(true));
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

/// Starts this program again, inside a network namespace.
fn outside() -> ExitCode {
    let program = std::env::current_exe().expect("a running program has a path");
    let status = netns::wrap("setpriv", ["--pdeathsig", "KILL"])
        .arg(program)
        .args(std::env::args_os().skip(1))
        .env(INSIDE, "1")
        .status()
        .expect("unshare, of util-linux, is installed");
    if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn trials<S: Send + Sync + 'static>(tests: &[&[Test<S>]], shared: Option<&Arc<S>>) -> Vec<Trial> {
    let tests = tests.iter().copied().flatten();
    tests
        .map(|&(name, test)| {
            let shared = shared.cloned();
            Trial::test(name, move || {
                test(&shared.expect("tests run inside the namespace, where everything is there"));
                Ok(())
            })
        })
        .collect()
}
