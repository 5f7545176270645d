//! `sealwright cert`: the certificate that is sealed with.

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use sealer_core::{CertError, SealingCert, Timestamp, cert};
use serde_json::json;

use crate::cert_source::CertSourceError;
use crate::clock::now;
use crate::kubeconfig::Surroundings;
use crate::output::{self, Output, Privacy};
use crate::sealwright::args::ClusterArgs;
use crate::sealwright::verdict::{Advice, Failure, Verdict};

/// Which of the two.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sealwright cert show
  sealwright cert fetch -o pub-cert.pem")]
pub struct CertArgs {
    /// What to do with it.
    #[command(subcommand)]
    pub command: CertCommand,
}

/// What is done with the certificate.
#[derive(Debug, Subcommand)]
pub enum CertCommand {
    /// Print its fingerprint, size and validity; exit with 1 if it has expired
    Show(ShowArgs),
    /// Write it as PEM, for sealing without a cluster
    Fetch(FetchArgs),
}

/// Which certificate, and how it is printed.
#[derive(Debug, Args)]
#[command(after_help = "\
The fingerprint is what `openssl x509 -noout -fingerprint -sha256` prints.

Examples:
  sealwright cert show
  sealwright cert show pub-cert.pem --format json")]
pub struct ShowArgs {
    /// A file or a URL [default: the controller's]
    #[arg(value_name = "FILE|URL")]
    pub cert: Option<String>,
    /// How it is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// The cluster.
    #[command(flatten)]
    pub cluster: ClusterArgs,
}

/// How facts are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Where the certificate goes, and which one it has to be.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sealwright cert fetch -o pub-cert.pem
  sealwright cert fetch --expect 3A:...:9F > pub-cert.pem")]
pub struct FetchArgs {
    /// A file or a URL [default: the controller's]
    #[arg(long, value_name = "FILE|URL")]
    pub cert: Option<String>,
    /// The file to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Refuse a certificate with another SHA-256 fingerprint; with or without colons
    #[arg(long, value_name = "FINGERPRINT")]
    pub expect: Option<String>,
    /// The cluster.
    #[command(flatten)]
    pub cluster: ClusterArgs,
}

/// It is another certificate than the one that was expected.
#[derive(Debug, thiserror::Error)]
#[error("the certificate has the fingerprint {found}, which is not the one that is expected")]
pub struct OtherCert {
    found: String,
}

impl Advice for OtherCert {
    fn hint(&self) -> Option<String> {
        Some(
            "nothing was written; either the key was renewed, or somebody stands between you and the controller: ask \
             whoever runs it for the fingerprint"
                .to_owned(),
        )
    }
}

/// Carries the command out.
pub fn run(args: &CertArgs, surroundings: &Surroundings) -> Result<Verdict, Failure> {
    match &args.command {
        CertCommand::Show(args) => show(args, surroundings),
        CertCommand::Fetch(args) => fetch(args, surroundings),
    }
}

fn show(args: &ShowArgs, surroundings: &Surroundings) -> Result<Verdict, Failure> {
    let (pem, cert) = load(args.cert.as_deref(), &args.cluster, surroundings)?;
    let (blocks, now) = (blocks(&pem), now());
    let text = match args.format {
        Format::Text => as_text(&cert, blocks, now),
        Format::Json => as_json(&cert, blocks, now),
    };
    output::write(&Output::Stdout, text.as_bytes(), Privacy::Public)?;
    Ok(if cert.check(now).is_ok() { Verdict::Yes } else { Verdict::No })
}

fn fetch(args: &FetchArgs, surroundings: &Surroundings) -> Result<Verdict, Failure> {
    let target = args.output.clone().map_or(Output::Stdout, Output::File);
    output::check(&target)?;
    let (pem, cert) = load(args.cert.as_deref(), &args.cluster, surroundings)?;
    let found = cert.fingerprint();
    if args.expect.as_deref().is_some_and(|expected| digits(expected) != digits(&found)) {
        return Err(OtherCert { found }.into());
    }
    output::write(&target, pem.as_bytes(), Privacy::Public)?;
    eprintln!("SHA-256 fingerprint: {found}");
    Ok(Verdict::Yes)
}

fn load(
    cert: Option<&str>,
    cluster: &ClusterArgs,
    surroundings: &Surroundings,
) -> Result<(String, SealingCert), Failure> {
    let source = cluster.cert_source(cert, std::io::stderr().is_terminal());
    let pem = match source.load(surroundings) {
        // What to do about the cluster is another thing for those who seal.
        Err(CertSourceError::Cluster(error)) => return Err(error.into()),
        pem => String::from_utf8(pem?).map_err(|_| CertSourceError::Encoding)?,
    };
    // Neither printed nor passed on, wherever in the text it is.
    if cert::contains_private_key(&pem) {
        return Err(CertSourceError::from(CertError::PrivateKey).into());
    }
    let cert = cert::parse(&pem).map_err(CertSourceError::from)?;
    Ok((pem, cert))
}

/// A fingerprint as people write it: `openssl` puts colons in and a word in front, others neither.
fn digits(fingerprint: &str) -> String {
    let text = fingerprint.rsplit('=').next().unwrap_or_default();
    text.chars().filter(|c| *c != ':' && !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect()
}

fn blocks(pem: &str) -> usize {
    pem.lines().filter(|line| line.trim() == "-----BEGIN CERTIFICATE-----").count()
}

fn as_text(cert: &SealingCert, blocks: usize, now: Timestamp) -> String {
    let mut text = format!(
        "fingerprint  {}\nkey          RSA, {} bits\nnot before   {} ({})\nnot after    {} ({})\n",
        cert.fingerprint(),
        cert.bits(),
        cert.not_before(),
        distance(cert.not_before(), now),
        cert.not_after(),
        if cert.check(now).is_ok() {
            distance(cert.not_after(), now)
        } else {
            format!("expired {}", distance(cert.not_after(), now))
        },
    );
    if blocks > 1 {
        // Writing to a String never fails.
        let _ = writeln!(text, "there are {blocks} certificates; only the first is sealed with");
    }
    text
}

fn as_json(cert: &SealingCert, blocks: usize, now: Timestamp) -> String {
    let facts = json!({
        "fingerprint": cert.fingerprint(),
        "bits": cert.bits(),
        "notBefore": cert.not_before().to_string(),
        "notAfter": cert.not_after().to_string(),
        "expired": cert.check(now).is_err(),
        "certificates": blocks,
    });
    format!("{facts:#}\n")
}

/// How far a moment is from the present, in the largest unit of which there are two: `40 days ago`, `in 9 years`.
pub(super) fn distance(moment: Timestamp, now: Timestamp) -> String {
    const UNITS: [(u64, &str); 5] = [
        (365 * 86_400, "years"),
        (30 * 86_400, "months"),
        (86_400, "days"),
        (3_600, "hours"),
        (60, "minutes"),
    ];
    let seconds = moment.unix_seconds().abs_diff(now.unix_seconds());
    let Some((unit, name)) = UNITS.into_iter().find(|(unit, _)| seconds >= 2 * unit) else {
        return "just now".to_owned();
    };
    let count = seconds / unit;
    if moment > now { format!("in {count} {name}") } else { format!("{count} {name} ago") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_is_told_in_the_largest_unit_of_which_there_are_two() {
        const DAY: u64 = 86_400;
        let now = 1_000 * DAY;
        for (moment, text) in [
            (now, "just now"),
            (now - 119, "just now"),
            (now - 120, "2 minutes ago"),
            (now + 7_200, "in 2 hours"),
            (now - 2 * DAY, "2 days ago"),
            (now - 59 * DAY, "59 days ago"),
            (now - 60 * DAY, "2 months ago"),
            (now - 729 * DAY, "24 months ago"),
            (now + 730 * DAY, "in 2 years"),
        ] {
            let moment = Timestamp::from_unix_seconds(moment);
            assert_eq!(distance(moment, Timestamp::from_unix_seconds(now)), text);
        }
    }

    #[test]
    fn a_fingerprint_is_compared_however_it_is_written() {
        for same in ["AB:CD", "ab:cd", "abcd", " AB CD\n", "sha256 Fingerprint=AB:CD"] {
            assert_eq!(digits(same), "ABCD");
        }
        assert_ne!(digits("AB:CE"), "ABCD");
    }
}
