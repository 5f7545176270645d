//! A network of one's own: loopback, and one address that isn't loopback.
//!
//! The API server's service proxy refuses loopback addresses. Inside such a namespace [`ADDRESS`] is ours on
//! every machine; API server, controller and clients all have to run inside it.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::net::Ipv4Addr;
use std::process::Command;

use crate::namespace;
use crate::process::owned_prefix;

/// The address that every namespace of ours has beside 127.0.0.1.
pub const ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 2);

/// Names the file by which a test that runs inside says that it came to its end.
const DONE_VARIABLE: &str = "SEALWRIGHT_TEST_INSIDE_NETNS";

/// The command line that runs a program inside a new network namespace; more arguments may be added.
///
/// There is no way out of the namespace: what has to be downloaded or built is done before. Without root the
/// program is mapped to root inside a user namespace.
pub fn wrap<I, S>(program: impl AsRef<OsStr>, arguments: I) -> Command
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    let mut command = namespace::unshare();
    command
        .args(["--net", "sh", "-c"])
        .arg(format!(r#"ip link set lo up && ip address add {ADDRESS}/32 dev lo && exec "$@""#))
        .arg("sh")
        .arg(program)
        .args(arguments);
    command
}

/// Runs the body of a test inside a namespace of its own; `test` is the test's full name.
///
/// The test program is started again for this one test, and that program runs the body. All that it prints goes
/// to standard error: standard output is where test runners' results are counted, and this test is counted already.
pub fn run_test_inside(test: &str, body: impl FnOnce()) -> io::Result<()> {
    if let Some(done) = env::var_os(DONE_VARIABLE) {
        body();
        return fs::write(done, test);
    }
    let folder = tempfile::tempdir()?;
    let done = folder.path().join("done");
    // The inner program, not only `unshare`, ends with this one.
    let prefix = owned_prefix();
    let status = wrap(&prefix[0], &prefix[1..])
        .arg(env::current_exe()?)
        .args(["--exact", test, "--include-ignored", "--nocapture"])
        .env(DONE_VARIABLE, &done)
        .stdout(io::stderr())
        .status()?;
    // A name that matches no test ends well too.
    match fs::read_to_string(&done) {
        Ok(ran) if status.success() && ran == test => Ok(()),
        _ => Err(io::Error::other(format!(
            "{test} failed inside its network namespace, or did not run: {status}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn the_address_is_ours_inside() {
        run_test_inside("netns::tests::the_address_is_ours_inside", || {
            TcpListener::bind((ADDRESS, 8080)).unwrap();
            TcpListener::bind((Ipv4Addr::LOCALHOST, 8080)).unwrap();
        })
        .unwrap();
    }

    #[test]
    fn a_test_that_runs_inside_is_counted_once() {
        let output = Command::new(env::current_exe().unwrap())
            .args(["--exact", "netns::tests::the_address_is_ours_inside", "--nocapture"])
            .output()
            .unwrap();
        assert!(output.status.success());
        assert_eq!(String::from_utf8_lossy(&output.stdout).matches("test result:").count(), 1);
        assert_eq!(String::from_utf8_lossy(&output.stderr).matches("test result:").count(), 1);
    }

    #[test]
    fn a_test_that_does_not_exist_is_an_error() {
        let error = run_test_inside("netns::tests::no_such_test", || {}).unwrap_err();
        assert!(error.to_string().contains("no_such_test"));
    }
}
