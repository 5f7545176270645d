//! `cargo xtask bench controller`: our controller and upstream's, measured in turn on the same control plane.
//!
//! It runs in a network namespace of its own, where the controllers' usual ports are free.

#![forbid(unsafe_code)]

mod arrivals;
mod controller;
mod counters;
mod figures;
mod machine;
mod report;
mod scenarios;
mod sealed;
mod store;
mod world;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, ValueEnum};

use crate::controller::{Programs, Who};
use crate::scenarios::{Bench, Scenario};
use crate::store::Store;

/// What any step may fail with: it ends the measurement, and a person reads it.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Measures our controller and upstream's in turn on the same kind of control plane, and writes a table.
#[derive(Parser)]
#[command(
    name = "cargo xtask bench controller",
    bin_name = "cargo xtask bench controller",
    override_usage = "cargo xtask bench controller [OPTIONS] [SCENARIOS]..."
)]
struct Arguments {
    /// What to measure; everything but `defaults` when nothing is named.
    scenarios: Vec<Scenario>,
    /// Measures only one of the two; the other's figures are those of an earlier run.
    #[arg(long)]
    only: Option<Who>,
    /// How often each is measured, in turn. Restarts are measured the first time alone.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// Measures `defaults` as well: minutes, because upstream throttles itself.
    #[arg(long)]
    with_defaults: bool,
    /// A twentieth of the objects, to try the tool itself; nothing is kept.
    #[arg(long)]
    small: bool,
    /// Our controller.
    #[arg(long, hide = true)]
    ours: PathBuf,
    /// Our kubeseal.
    #[arg(long, hide = true)]
    kubeseal: PathBuf,
    /// Where figures are kept between runs.
    #[arg(long, hide = true)]
    store: PathBuf,
    /// The document that is written.
    #[arg(long, hide = true)]
    report: PathBuf,
}

fn main() -> ExitCode {
    let ended = tokio::runtime::Runtime::new()
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(run(&Arguments::parse())));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            let mut cause = failure.source();
            while let Some(error) = cause {
                eprintln!("  because: {error}");
                cause = error.source();
            }
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut progress = |text: &str| println!("    {text}");
    let programs = Programs {
        ours: arguments.ours.clone(),
        our_kubeseal: arguments.kubeseal.clone(),
        upstream: sealwright_interop::binaries::ensure(&mut progress)?,
        gitops: sealwright_gitops::binaries::ensure(&mut progress)?,
        control_plane: sealwright_test_cluster::binaries::ensure(&mut progress)?,
    };
    let mut bench = Bench::new(programs, if arguments.small { 20 } else { 1 })?;
    let mut store = if arguments.small { Store::default() } else { Store::read(&arguments.store)? };
    for scenario in chosen(arguments) {
        for run in 0..arguments.runs {
            for who in arguments.only.map_or(vec![Who::Upstream, Who::Ours], |who| vec![who]) {
                println!("==> {scenario}, {who}, run {} of {}", run + 1, arguments.runs);
                let (first, started) = (run == 0, Instant::now());
                for (figure, value) in bench.run(scenario, who, first).await? {
                    println!("    {figure}: {}", report::amount(figure, value));
                    store.add(figure, who, value, first);
                }
                println!("    took {:.0} s in all", started.elapsed().as_secs_f64());
                // Kept after every scenario: what was measured is not lost with what fails later.
                if !arguments.small {
                    store.write(&arguments.store)?;
                }
            }
        }
    }
    println!("\n{}", report::known(&store));
    if arguments.small {
        println!("A twentieth of the objects: these figures say nothing, and nothing is kept.");
    } else {
        std::fs::write(&arguments.report, report::document(&store, &machine::describe()?))?;
        println!("written: {}", arguments.report.display());
    }
    Ok(())
}

fn chosen(arguments: &Arguments) -> Vec<Scenario> {
    let named = |scenario: &Scenario| match arguments.scenarios.as_slice() {
        [] => *scenario != Scenario::Defaults || arguments.with_defaults,
        named => named.contains(scenario),
    };
    Scenario::value_variants().iter().copied().filter(named).collect()
}
