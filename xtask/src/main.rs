//! Every verb of this repository: `cargo xtask demo`, `cargo xtask test` and the rest.

#![forbid(unsafe_code)]

mod bench;
mod controller;
mod demo;
mod dist;
mod generate;
mod npm;
mod one_file;
mod packing;
mod page;
mod peers;
mod process;
mod test;
mod tools;

use std::error::Error;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use clap::{Parser, Subcommand};

/// Builds, shows and tests Sealwright. Each verb installs what it needs and is missing.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Runs the product on this machine and says what to do next.
    Demo {
        /// In a real Kubernetes control plane instead of a directory; needs Go.
        #[arg(long)]
        cluster: bool,
        /// Does as a person would, in headless Chromium, and ends.
        #[arg(long)]
        check: bool,
        /// With `--check`: where pictures of the page go.
        #[arg(long, requires = "check")]
        screenshots: Option<PathBuf>,
    },
    /// Runs every check, or the named parts, and says how many tests each ran.
    Test {
        /// Parts to run; all of them when none is named.
        parts: Vec<test::Part>,
    },
    /// Goes the road from git over Flux to a database that uses the Secret, and says how long each step took; needs
    /// Go.
    Road,
    /// Measures bytes, times and memory.
    Bench {
        #[command(subcommand)]
        of: Option<Benchmark>,
    },
    /// Builds the page into `dist/`, and beside it the page as one file, `dist/sealer.html`.
    Page,
    /// Builds the npm package into `target/npm/package/`.
    Npm,
    /// Writes the files that are made from code.
    Gen,
    /// Builds what a release publishes into `target/dist/`: the programs, the controller with the page inside, the page, the
    /// page as one file, the npm package, and the hashes of all.
    Dist,
    /// Starts or ends a Kubernetes control plane on loopback; needs Go.
    Cluster {
        #[command(subcommand)]
        step: ClusterStep,
    },
}

#[derive(Subcommand)]
enum Benchmark {
    /// Our kubeseal beside upstream's, and sealing a repository again; needs Go.
    Cli,
    /// The page: what it weighs, how soon it is usable and how fast it seals; writes `docs/benchmarks-page.md`.
    Page {
        /// The page as it lies in `dist/`, without building it first.
        #[arg(long)]
        as_built: bool,
    },
    /// Our controller beside upstream's, on a real control plane; needs Go. `--help` says what can be chosen.
    #[command(disable_help_flag = true)]
    Controller {
        /// Handed on to the program that measures.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
}

#[derive(Subcommand)]
enum ClusterStep {
    /// Starts it and prints its kubeconfig.
    Up,
    /// Ends it.
    Down,
}

fn main() -> ExitCode {
    match run(Arguments::parse().verb) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            let mut cause = error.source();
            while let Some(error) = cause {
                eprintln!("  because: {error}");
                cause = error.source();
            }
            ExitCode::FAILURE
        }
    }
}

fn run(verb: Verb) -> Result<ExitCode, Box<dyn Error>> {
    match verb {
        Verb::Demo { cluster, check, screenshots } => {
            let place = if cluster { demo::Place::Cluster } else { demo::Place::Directory };
            demo::prepare(place, check)?;
            if check { demo::check(place, screenshots.as_deref())? } else { demo::show(place)? }
        }
        Verb::Test { parts } => return test::test(&parts),
        Verb::Road => return test::test(&[test::Part::Road]),
        Verb::Bench { of: None } => bench::bench()?,
        Verb::Bench { of: Some(Benchmark::Cli) } => bench::command_line()?,
        Verb::Bench { of: Some(Benchmark::Page { as_built }) } => bench::page(as_built)?,
        Verb::Bench { of: Some(Benchmark::Controller { arguments }) } => bench::controller(&arguments)?,
        Verb::Page => page::build()?,
        Verb::Gen => generate::generate()?,
        Verb::Npm => npm::build()?,
        Verb::Dist => dist::build()?,
        Verb::Cluster { step } => cluster(&step)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The profile that the command line is published in; its programs are in the folder of that name.
const COMMAND_LINE: &str = "cli";

/// Builds packages in a profile, as they are published: no path of this machine is in them.
fn release<const N: usize>(profile: &str, packages: [&str; N]) -> Command {
    let mut command = process::cargo(["build", "--locked", "--profile", profile]);
    command.args(packages.iter().flat_map(|package| ["-p", package]));
    command.env("CARGO_ENCODED_RUSTFLAGS", page::remapped().join("\u{1f}"));
    command
}

fn cluster(step: &ClusterStep) -> Result<(), Box<dyn Error>> {
    let folder = process::root().join("target/cluster");
    match step {
        ClusterStep::Up => {
            let kubeconfig =
                sealwright_test_cluster::detached::up(&folder, &mut |text| eprintln!("    {text}"))?;
            println!("export KUBECONFIG={}", kubeconfig.display());
        }
        ClusterStep::Down => {
            for name in sealwright_test_cluster::detached::down(&folder)? {
                println!("ended {name}");
            }
        }
    }
    Ok(())
}
