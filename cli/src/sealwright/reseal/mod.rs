//! `sealwright reseal`: a whole repository for another key, with the formatting that people gave it.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::error::report;
use crate::kubeconfig::Surroundings;
use crate::output::{self, Output, Privacy};
use crate::sealwright::args::ClusterArgs;
use crate::sealwright::verdict::{Failure, Verdict};
use crate::sealwright::{paths, progress};

mod file;
mod offline;
mod online;

use file::{Fault, Mode, Resealed};

/// What is sealed again, for which key, and who opens it.
#[derive(Debug, Args)]
#[command(after_help = "\
With --private-key the values are opened here, and only those that are not on the key of the certificate are sealed
again. The certificate's own private key belongs among them: without it, a value that is on the new key already is one
that does not open. Without --private-key the controller seals every value again with its newest key; which ones were
on it already, it does not tell.

Only the sealed values change: comments, order, quoting and every other byte stay. A file of which one value does not
open, or that can't be edited in place, stays as it is and is named; the others are done, and the exit code is 1. It is
2 where the controller can't be asked at all.

Examples:
  After a rotation, through the cluster:   sealwright reseal .
  For a new cluster, without either:       sealwright reseal --cert new.pem --private-key keys-backup.yaml apps/
  In CI, which files are on an old key:    sealwright reseal --check --cert new.pem --private-key keys.yaml .")]
pub struct ResealArgs {
    /// Files, and directories whose YAML and JSON files are taken as git sees them
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The certificate to seal for, a file or a URL [default: the controller's]
    #[arg(long, value_name = "FILE|URL", requires = "private_keys")]
    pub cert: Option<String>,
    /// Open here, with the private keys of this file: PEM, or a backup of key Secrets; may be given several times
    #[arg(long = "private-key", value_name = "FILE")]
    pub private_keys: Vec<PathBuf>,
    /// Write nothing; list the files with values that are not on the key of the certificate, and exit with 1 if any
    #[arg(long, requires = "private_keys", conflicts_with = "dry_run")]
    pub check: bool,
    /// Write nothing; print what would change as a unified diff
    #[arg(long)]
    pub dry_run: bool,
    /// The cluster.
    #[command(flatten)]
    pub cluster: ClusterArgs,
}

/// Carries the command out.
pub fn run(args: &ResealArgs, surroundings: &Surroundings) -> Result<Verdict, Failure> {
    let mode = match (args.check, args.dry_run) {
        (true, _) => Mode::Check,
        (false, true) => Mode::DryRun,
        (false, false) => Mode::Write,
    };
    let files = paths::manifests(&args.paths)?;
    let progress = progress::bar(files.len(), "files");
    let (done, end) = if args.private_keys.is_empty() {
        online::reseal(args, &files, mode, &progress, surroundings)?
    } else {
        (offline::reseal(args, &files, mode, &progress, surroundings)?, None)
    };
    progress.finish_and_clear();
    let verdict = tell(&done, files.len() - done.len(), mode)?;
    end.map_or(Ok(verdict), |given_up| Err(given_up.into()))
}

/// Results go to stdout, everything else to stderr.
fn tell(done: &[Resealed], left: usize, mode: Mode) -> Result<Verdict, Failure> {
    let stdout: String = done.iter().map(|file| file.shown(mode)).collect();
    output::write(&Output::Stdout, stdout.as_bytes(), Privacy::Public)?;
    for file in done {
        for fault in &file.faults {
            eprint!("{}", report(&Named { path: &file.path, fault }, fault.hint().as_deref()));
        }
    }
    eprintln!("{}", summary(done, left, mode));
    let is_faulty = done.iter().any(|file| !file.faults.is_empty());
    let is_finding = mode == Mode::Check && done.iter().any(|file| file.values > 0);
    Ok(if is_faulty || is_finding { Verdict::No } else { Verdict::Yes })
}

/// A fault, and the file that it is in, unless it says that itself.
#[derive(Debug, thiserror::Error)]
#[error("{}{fault}", if fault.names_the_file() { String::new() } else { format!("{}: ", path.display()) })]
struct Named<'f> {
    path: &'f Path,
    fault: &'f Fault,
}

fn summary(done: &[Resealed], left: usize, mode: Mode) -> String {
    let values: usize = done.iter().map(|file| file.values).sum();
    let files = done.iter().filter(|file| file.values > 0).count();
    let current: usize = done.iter().map(|file| file.current).sum();
    let faulty = done.iter().filter(|file| !file.faults.is_empty()).count();
    let mut line = match mode {
        Mode::Write => format!("sealed {} again in {}", counted(values, "value"), counted(files, "file")),
        Mode::DryRun => {
            format!("would seal {} again in {}", counted(values, "value"), counted(files, "file"))
        }
        Mode::Check => format!("{} in {} not on this key", counted(values, "value"), counted(files, "file")),
    };
    if current > 0 {
        line.push_str(&format!("; {} on it already", counted(current, "value")));
    }
    if faulty > 0 {
        line.push_str(&format!("; {} left as found", counted(faulty, "file")));
    }
    if left > 0 {
        line.push_str(&format!("; {} not reached", counted(left, "file")));
    }
    line
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resealed(values: usize, current: usize, is_faulty: bool) -> Resealed {
        let faults = if is_faulty { vec![Fault::Encoding] } else { Vec::new() };
        Resealed { path: "a.yaml".into(), values, current, diff: String::new(), faults }
    }

    #[test]
    fn the_summary_counts_values_and_files() {
        for (done, left, mode, line) in [
            (vec![], 0, Mode::Write, "sealed 0 values again in 0 files"),
            (vec![resealed(1, 0, false)], 0, Mode::Write, "sealed 1 value again in 1 file"),
            (
                vec![resealed(1, 0, false)],
                2,
                Mode::Write,
                "sealed 1 value again in 1 file; 2 files not reached",
            ),
            (
                vec![resealed(2, 3, false), resealed(0, 1, false), resealed(0, 0, true)],
                0,
                Mode::DryRun,
                "would seal 2 values again in 1 file; 4 values on it already; 1 file left as found",
            ),
            (
                vec![resealed(2, 0, false), resealed(1, 0, false)],
                0,
                Mode::Check,
                "3 values in 2 files not on this key",
            ),
        ] {
            assert_eq!(summary(&done, left, mode), line);
        }
    }

    #[test]
    fn a_finding_or_a_fault_is_a_no() {
        for (done, mode, verdict) in [
            (resealed(1, 0, false), Mode::Write, Verdict::Yes),
            (resealed(1, 0, false), Mode::DryRun, Verdict::Yes),
            (resealed(1, 0, false), Mode::Check, Verdict::No),
            (resealed(0, 1, false), Mode::Check, Verdict::Yes),
            (resealed(0, 0, true), Mode::Write, Verdict::No),
        ] {
            assert_eq!(tell(&[done], 0, mode).unwrap(), verdict, "{mode:?}");
        }
    }
}
