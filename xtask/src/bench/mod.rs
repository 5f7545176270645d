//! `cargo xtask bench`: bytes, times and memory, each next to its target.

mod command_line;
mod page;

use std::error::Error;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::{fs, io};

use sealwright_test_cluster::netns;
use serde_json::Value;

pub use command_line::command_line;
pub use page::page;

use crate::controller::Controller;
use crate::process::{cargo, heading, output, root, run};
use crate::{peers, release, tools};

/// Measures everything; builds in release mode first.
pub fn bench() -> Result<(), Box<dyn Error>> {
    crate::page::build()?;
    tools::ensure_browser()?;
    run(&mut release("release", ["sealwright-controller"]))?;

    heading("Bytes of the page (wasm: at most 200 kB with brotli)");
    sizes(&root().join(crate::page::DIST))?;

    let folder = tempfile::tempdir()?;
    let program = root().join("target/release/sealwright-controller");
    let controller = Controller::watching(&program, folder.path())?;
    heading("Memory of the idle controller");
    println!("resident: {} kB", resident_kilobytes(controller.pid())?);

    heading("Sealing in Chromium, RSA-4096 (small: at most 10 ms, 1 MiB: at most 100 ms)");
    let mut measure = Command::new("node");
    measure.current_dir(root().join("tests/browser")).args(["measure.mjs", "--url", &controller.page]);
    let figures: Value = serde_json::from_slice(&output(&mut measure)?)?;
    println!("{figures:#}");

    heading("Opening");
    run(&mut cargo(["bench", "--quiet", "-p", "unsealer", "--bench", "unwrap"]))?;

    if peers::go_is_there() {
        heading("Templates, beside Go's own time");
        run(&mut cargo(["bench", "--quiet", "-p", "sealwright-interop", "--bench", "templates"]))?;
    }
    Ok(())
}

/// Measures our controller beside upstream's, in a network of their own, where their ports are free.
pub fn controller(arguments: &[OsString]) -> Result<(), Box<dyn Error>> {
    // From inside that network nothing can be downloaded.
    peers::ensure()?;
    run(&mut release("release", ["sealwright-controller", "sealwright-cli", "sealwright-bench"]))?;
    let programs = root().join("target/release");
    let mut measure = netns::wrap(programs.join("sealwright-bench"), arguments);
    measure.arg("--ours").arg(programs.join("sealwright-controller"));
    measure.arg("--kubeseal").arg(programs.join("kubeseal"));
    measure.arg("--store").arg(root().join("target/bench/controller.json"));
    measure.arg("--report").arg(root().join("docs/benchmarks.md"));
    Ok(run(&mut measure)?)
}

/// Raw, gzip and brotli bytes of every file, and the sum.
fn sizes(dist: &Path) -> io::Result<()> {
    println!("{:<44} {:>9} {:>9} {:>9}", "file", "raw", "gzip", "brotli");
    let mut sum = (0, 0, 0);
    for page::Weight { name, raw, gzip, brotli } in page::weights(dist)? {
        println!("{name:<44} {raw:>9} {gzip:>9} {brotli:>9}");
        sum = (sum.0 + raw, sum.1 + gzip, sum.2 + brotli);
    }
    println!("{:<44} {:>9} {:>9} {:>9}", "together", sum.0, sum.1, sum.2);
    Ok(())
}

/// How many cores of what this machine has, in words.
fn machine() -> io::Result<String> {
    let cpu = fs::read_to_string("/proc/cpuinfo")?;
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown CPU", |(_, model)| model);
    Ok(format!("{} cores of {model}", std::thread::available_parallelism()?))
}

fn resident_kilobytes(pid: u32) -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("the kernel says no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
