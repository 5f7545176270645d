//! A hold on one process that no other process with the same number can slip into.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// How long a process may take to end by itself.
const GRACE: Duration = Duration::from_secs(5);
/// How long the kernel may take to end a killed process.
const KILLED: Duration = Duration::from_secs(10);

/// A process, running or ended.
pub(crate) struct Pidfd(OwnedFd);

impl Pidfd {
    /// `None` when no process has this number.
    pub(crate) fn open(pid: u32) -> io::Result<Option<Self>> {
        let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else { return Ok(None) };
        match pidfd_open(pid, PidfdFlags::empty()) {
            Ok(fd) => Ok(Some(Self(fd))),
            Err(Errno::SRCH) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Asks the process to end, kills it when it takes too long, and says whether it is gone.
    pub(crate) fn end(&self) -> bool {
        self.signal(Signal::TERM);
        if self.wait(GRACE) {
            return true;
        }
        self.signal(Signal::KILL);
        self.wait(KILLED)
    }

    /// Waits until the process has ended, and says whether it has.
    pub(crate) fn wait(&self, at_most: Duration) -> bool {
        let timeout = Timespec::try_from(at_most).ok();
        // A pidfd becomes readable when its process ends.
        loop {
            match poll(&mut [PollFd::new(&self.0, PollFlags::IN)], timeout.as_ref()) {
                Err(Errno::INTR) => {}
                outcome => return outcome.is_ok_and(|ready| ready > 0),
            }
        }
    }

    fn signal(&self, signal: Signal) {
        // The only failure that matters, a process that is still there, shows in `wait`.
        let _ = pidfd_send_signal(&self.0, signal);
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_process_that_ignores_the_request_is_killed_and_gone() {
        // The shell says that the trap is set before it is asked to end.
        let mut child = Command::new("sh")
            .args(["-c", "trap '' TERM; echo; exec sleep 600"])
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut [0]).unwrap();
        let pidfd = Pidfd::open(child.id()).unwrap().unwrap();
        pidfd.signal(Signal::TERM);
        assert!(!pidfd.wait(Duration::from_millis(50)));
        pidfd.signal(Signal::KILL);
        assert!(pidfd.wait(KILLED));
        assert!(!child.wait().unwrap().success());
        assert!(pidfd.end());
    }
}
