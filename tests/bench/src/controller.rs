//! A controller under measurement: started as in a Pod, watched through `/proc`.

use std::fmt;
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use kube::{Client, Config};
use sealwright_test_cluster::{Binaries, Cluster, Process, in_pod, installation};
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use crate::Failure;
use crate::counters;

/// Longer than any phase takes; only what hangs meets it.
const LIMIT: Duration = Duration::from_secs(900);
/// Between two looks at something that has no event to wait for.
const LOOK: Duration = Duration::from_millis(5);
/// Between two looks at the CPU time, to see whether it still grows.
const QUIET: Duration = Duration::from_millis(500);
/// What ours says when it has judged everything that was there at its start.
const CAUGHT_UP: &str = "caught up: every SealedSecret was looked at";
/// What upstream says when it begins to judge an object. Asking its metrics instead would cost it time.
const UPSTREAM_JUDGES: &str = "msg=Updating key=";
/// What ours counts for every private-key operation.
const OUR_DECRYPTIONS: &str = "sealwright_decrypt_trials_total";

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
pub enum Who {
    /// Sealwright's.
    Ours,
    /// Upstream's.
    Upstream,
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ours => "ours",
            Self::Upstream => "upstream",
        })
    }
}

/// Where the programs are.
pub struct Programs {
    /// Our controller.
    pub ours: PathBuf,
    /// Our kubeseal.
    pub our_kubeseal: PathBuf,
    /// Upstream's programs.
    pub upstream: sealwright_interop::Binaries,
    /// Flux and a git server.
    pub gitops: sealwright_gitops::Binaries,
    /// The control plane.
    pub control_plane: Binaries,
}

impl Programs {
    fn controller(&self, who: Who) -> &Path {
        match who {
            Who::Ours => &self.ours,
            Who::Upstream => &self.upstream.controller,
        }
    }

    /// What seals for the controller.
    pub fn kubeseal(&self, who: Who) -> &Path {
        match who {
            Who::Ours => &self.our_kubeseal,
            Who::Upstream => &self.upstream.kubeseal,
        }
    }
}

/// How a controller is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limits {
    /// Without a limit of requests to the API server, nor of requests to itself.
    Off,
    /// As its authors chose.
    Default,
}

/// A running controller; ended when dropped.
pub struct Controller {
    who: Who,
    process: Process,
    started: Instant,
    read: u64,
    metrics: Client,
}

impl Controller {
    /// Starts it with the token, the certificate and the variables of a Pod.
    pub fn start(who: Who, programs: &Programs, cluster: &Cluster, limits: Limits) -> Result<Self, Failure> {
        let (namespace, account) = (installation::NAMESPACE, installation::NAME);
        let mut command = in_pod::command(cluster, namespace, account, programs.controller(who))?;
        command.env("POD_NAMESPACE", namespace);
        if limits == Limits::Off {
            command.args(["--rate-limit=1000000", "--rate-limit-burst=1000000"]);
            if who == Who::Upstream {
                command.arg("--kubeclient-qps=-1");
            }
        }
        let log = cluster.folder().join(format!("{who}.log"));
        let read = fs::metadata(&log).map_or(0, |file| file.len());
        let metrics = Client::try_from(Config::new("http://127.0.0.1:8081".parse()?))?;
        let started = Instant::now();
        let process = Process::spawn(&who.to_string(), &command, &log)?;
        Ok(Self { who, process, started, read, metrics })
    }

    /// When it was started.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// Waits for something, unless the controller ends before or it takes far too long.
    pub async fn until<T>(&mut self, what: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let ended = async {
            while self.process.ended().is_none() {
                sleep(QUIET).await;
            }
        };
        let outcome = tokio::select! {
            outcome = what => return outcome,
            () = ended => "ended",
            () = sleep(LIMIT) => "hangs",
        };
        Err(format!("the controller ({}) {outcome}; it said:\n{}", self.who, self.process.log_tail()).into())
    }

    /// Waits until it has judged all objects that were there at its start, and says when that was.
    pub async fn judged(&mut self, objects: usize) -> Result<Instant, Failure> {
        let (line, mut missing) = match self.who {
            Who::Ours => (CAUGHT_UP, 1),
            Who::Upstream => (UPSTREAM_JUDGES, objects),
        };
        let (log, mut read) = (self.process.log().to_owned(), self.read);
        self.until(async move {
            while missing > 0 {
                sleep(LOOK).await;
                missing = missing.saturating_sub(said(&log, &mut read, line)?);
            }
            Ok(Instant::now())
        })
        .await
    }

    /// Waits until it does nothing any more: what it still had to write is written then.
    pub async fn quiet(&self) -> Result<(), Failure> {
        let deadline = Instant::now() + LIMIT;
        let (mut before, mut quiet) = (self.cpu()?, 0);
        while quiet < 2 && Instant::now() < deadline {
            sleep(QUIET).await;
            let now = self.cpu()?;
            // A fiftieth of a core: both look at a clock now and then.
            quiet = if now - before <= QUIET.as_secs_f64() / 50.0 { quiet + 1 } else { 0 };
            before = now;
        }
        Ok(())
    }

    /// User and system time up to now, in seconds.
    pub fn cpu(&self) -> Result<f64, Failure> {
        let stat = self.proc("stat")?;
        // The name, in parentheses, may hold spaces.
        let (_, fields) = stat.rsplit_once(')').ok_or("the kernel's stat has no name")?;
        let mut times = fields.split_whitespace().skip(11).map(str::parse::<u64>);
        let (Some(Ok(user)), Some(Ok(system))) = (times.next(), times.next()) else {
            return Err("the kernel's stat has no times".into());
        };
        Ok((user + system) as f64 / rustix::param::clock_ticks_per_second() as f64)
    }

    /// The most memory that was resident at any time, in MiB.
    pub fn peak(&self) -> Result<f64, Failure> {
        let status = self.proc("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes: f64 =
            line.ok_or("the kernel says no VmHWM")?.trim().trim_end_matches(" kB").trim().parse()?;
        Ok(kilobytes / 1024.0)
    }

    /// Private-key operations up to now, if it counts them.
    pub async fn decryptions(&self) -> Option<f64> {
        match self.who {
            Who::Ours => counters::metric(&self.metrics, OUR_DECRYPTIONS).await.ok().flatten(),
            Who::Upstream => None,
        }
    }

    fn proc(&self, file: &str) -> Result<String, Failure> {
        Ok(fs::read_to_string(format!("/proc/{}/{file}", self.process.pid()))?)
    }
}

/// How many new lines of the log hold the text.
fn said(log: &Path, read: &mut u64, text: &str) -> Result<usize, Failure> {
    let mut file = File::open(log)?;
    file.seek(SeekFrom::Start(*read))?;
    let mut new = String::new();
    file.read_to_string(&mut new)?;
    // Half a line is read again.
    let whole = new.rfind('\n').map_or(0, |end| end + 1);
    *read += whole as u64;
    Ok(new[..whole].lines().filter(|line| line.contains(text)).count())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_line_counts_once_it_is_whole_and_only_behind_what_was_read() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let mut read = 0;
        write!(file, "first\n{CAUGHT_UP}").unwrap();
        assert_eq!(said(file.path(), &mut read, CAUGHT_UP).unwrap(), 0);
        write!(file, "\n{CAUGHT_UP}\n").unwrap();
        assert_eq!(said(file.path(), &mut read, CAUGHT_UP).unwrap(), 2);
        assert_eq!(said(file.path(), &mut read, CAUGHT_UP).unwrap(), 0);
    }
}
