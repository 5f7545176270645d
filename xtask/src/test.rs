//! `cargo xtask test`: every check of the project, part by part, with what each counted.

use std::error::Error;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use clap::ValueEnum;

use crate::process::{cargo, heading, root, run, run_lines, target};
use crate::{demo, generate, npm, page, peers, tools};

/// A part of the checks that can be run alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Formatting, lints, and generated files that must not have drifted.
    Lint,
    /// Unit, property, transcript and vector tests of every crate.
    Crates,
    /// The page, the page as one file and the npm package, in headless Chromium.
    Page,
    /// Our programs and upstream's, each opening what the other sealed.
    Crossing,
    /// The controllers in a real control plane.
    Cluster,
    /// From git over Flux to a database that uses the Secret.
    Road,
    /// What the README promises a newcomer, done by a script in a browser.
    Demo,
}

/// How many tests a part ran.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tally {
    passed: u32,
    failed: u32,
    skipped: u32,
}

/// Runs the parts in their order, all of them unless some are named, and prints what each counted.
pub fn test(parts: &[Part]) -> Result<ExitCode, Box<dyn Error>> {
    let parts = if parts.is_empty() { Part::value_variants() } else { parts };
    prepare(parts)?;
    let mut rows = Vec::new();
    for part in parts {
        heading(&format!("{part:?}"));
        let start = Instant::now();
        let tally = run_part(*part)?;
        rows.push((*part, tally, start.elapsed()));
    }
    Ok(if summarise(&rows) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Brings what the parts need: tools, the page (the controller carries it), the programs under test, the peers.
fn prepare(parts: &[Part]) -> Result<(), Box<dyn Error>> {
    let wants = |wanted: &[Part]| parts.iter().any(|part| wanted.contains(part));
    if wants(&[Part::Page, Part::Crossing, Part::Cluster, Part::Road, Part::Demo]) {
        heading("The page");
        page::build()?;
        tools::ensure_browser()?;
    }
    if wants(&[Part::Page]) {
        heading("The npm package");
        npm::build()?;
    }
    // Without Go its tests are skipped, and need no database either.
    if wants(&[Part::Road]) && peers::go_is_there() {
        heading("What stands on the road: Flux, git and a database");
        tools::ensure_database()?;
        peers::ensure_road()?;
    }
    if wants(&[Part::Crates, Part::Crossing, Part::Cluster, Part::Road, Part::Demo]) {
        heading("Peers: Kubernetes and upstream, built from source");
        peers::ensure()?;
    }
    if wants(&[Part::Page, Part::Crossing, Part::Cluster, Part::Road, Part::Demo]) {
        heading("The programs");
        run(&mut demo::build_programs())?;
    }
    Ok(())
}

fn run_part(part: Part) -> Result<Tally, Box<dyn Error>> {
    match part {
        Part::Lint => lint(),
        Part::Crates => counted(cargo([
            "test",
            "--workspace",
            "--exclude",
            "sealwright-e2e",
            "--no-fail-fast",
            "--quiet",
        ])),
        Part::Page => {
            let mut node = Command::new("node");
            node.current_dir(root().join("tests/browser")).args(["--test", "--test-reporter=spec"]);
            node.env("SEALWRIGHT_PROGRAMS", target()?.join("debug"));
            counted(node)
        }
        Part::Crossing => counted(cargo(["test", "-p", "sealwright-e2e", "--test", "crossing"])),
        Part::Cluster => counted(cargo([
            "test",
            "-p",
            "sealwright-e2e",
            "--no-fail-fast",
            "--test",
            "cluster",
            "--test",
            "upstream",
            "--test",
            "hostile",
            "--test",
            "faults",
        ])),
        // Its steps say how long each took; nothing hides what it prints.
        Part::Road => counted(cargo([
            "test",
            "-p",
            "sealwright-e2e",
            "--no-fail-fast",
            // What the tests themselves are made of.
            "--lib",
            "--test",
            "road",
            "--test",
            "older",
        ])),
        Part::Demo => Ok(demos()),
    }
}

fn lint() -> Result<Tally, Box<dyn Error>> {
    let mut tally = Tally::default();
    let mut clippy = cargo(["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]);
    for command in [&mut cargo(["fmt", "--all", "--check"]), &mut clippy] {
        tally.count(run(command).is_ok());
    }
    tally.count(generate::check()?);
    Ok(tally)
}

fn demos() -> Tally {
    let mut tally = Tally::default();
    for place in [demo::Place::Directory, demo::Place::Cluster] {
        if place == demo::Place::Cluster && !peers::go_is_there() {
            eprintln!("SKIPPED: the demo in a cluster needs Go; install Go 1.26 or newer");
            tally.skipped += 1;
            continue;
        }
        let result = demo::check(place, None);
        if let Err(error) = &result {
            eprintln!("error: {error}");
        }
        tally.count(result.is_ok());
    }
    tally
}

/// Runs a test runner, shows what it says and adds up what it counted.
fn counted(mut command: Command) -> Result<Tally, Box<dyn Error>> {
    let mut tally = Tally::default();
    let status = run_lines(&mut command, |line| {
        println!("{line}");
        tally.add(line);
    })?;
    // A runner that dies before it counts, or does not compile, has failed all the same.
    if !status.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}

impl Tally {
    fn count(&mut self, passed: bool) {
        if passed {
            self.passed += 1;
        } else {
            self.failed += 1;
        }
    }

    /// Reads one line of `cargo test` (`test result: ok. 3 passed; 0 failed; 1 ignored; …`) or of Node's runner
    /// (`ℹ pass 3`).
    fn add(&mut self, line: &str) {
        if let Some((_, counts)) =
            line.split_once("test result: ").and_then(|(_, rest)| rest.split_once(". "))
        {
            for count in counts.split("; ") {
                match count.split_once(' ') {
                    Some((number, "passed")) => self.passed += number.parse::<u32>().unwrap_or(0),
                    Some((number, "failed")) => self.failed += number.parse::<u32>().unwrap_or(0),
                    Some((number, "ignored")) => self.skipped += number.parse::<u32>().unwrap_or(0),
                    _ => {}
                }
            }
        } else if let Some((name, number)) = line.strip_prefix("ℹ ").and_then(|rest| rest.split_once(' ')) {
            let number = number.parse::<u32>().unwrap_or(0);
            match name {
                "pass" => self.passed += number,
                "fail" => self.failed += number,
                "skipped" => self.skipped += number,
                _ => {}
            }
        }
    }
}

fn summarise(rows: &[(Part, Tally, Duration)]) -> bool {
    println!("\n{:<10} {:>7} {:>7} {:>8} {:>8}", "part", "passed", "failed", "skipped", "seconds");
    let mut total = Tally::default();
    for (part, tally, took) in rows {
        let name = format!("{part:?}").to_lowercase();
        let Tally { passed, failed, skipped } = *tally;
        println!("{name:<10} {passed:>7} {failed:>7} {skipped:>8} {:>8}", took.as_secs());
        total.passed += passed;
        total.failed += failed;
        total.skipped += skipped;
    }
    println!("\n{} passed, {} failed, {} skipped", total.passed, total.failed, total.skipped);
    total.failed == 0 && total.passed > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_runners_lines_are_added_up_and_other_lines_are_not() {
        let mut tally = Tally::default();
        for line in [
            "running 4 tests",
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s",
            "ℹ tests 9",
            "ℹ pass 7",
            "ℹ fail 1",
            "ℹ skipped 1",
        ] {
            tally.add(line);
        }
        assert_eq!(tally, Tally { passed: 11, failed: 3, skipped: 2 });
    }
}
