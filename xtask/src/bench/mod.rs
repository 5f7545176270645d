//! `cargo xtask bench`: bytes, times and memory, each next to its target.

mod command_line;

use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

use sealwright_test_cluster::netns;
use serde_json::Value;

pub use command_line::command_line;

use crate::controller::Controller;
use crate::process::{cargo, heading, output, root, run};
use crate::{one_file, page, peers, release, tools};

/// Measures everything; builds in release mode first.
pub fn bench() -> Result<(), Box<dyn Error>> {
    page::build()?;
    tools::ensure_browser()?;
    run(&mut release(["sealwright-controller"]))?;

    heading("Bytes of the page (wasm: at most 200 kB with brotli)");
    sizes(&root().join("dist"))?;

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
    run(&mut release(["sealwright-controller", "sealwright-cli", "sealwright-bench"]))?;
    let programs = root().join("target/release");
    let mut measure = netns::wrap(programs.join("sealwright-bench"), arguments);
    measure.arg("--ours").arg(programs.join("sealwright-controller"));
    measure.arg("--kubeseal").arg(programs.join("kubeseal"));
    measure.arg("--store").arg(root().join("target/bench/controller.json"));
    measure.arg("--report").arg(root().join("docs/benchmarks.md"));
    Ok(run(&mut measure)?)
}

/// Raw, gzip and brotli bytes of every file, and the sum.
fn sizes(dist: &Path) -> Result<(), Box<dyn Error>> {
    let mut rows = Vec::new();
    for entry in fs::read_dir(dist)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // The one file is no part of what a browser loads.
        if path.is_file() && !name.ends_with(".gz") && !name.ends_with(".br") && name != one_file::NAME {
            let of = |extension: &str| {
                fs::metadata(dist.join(format!("{name}{extension}"))).map(|file| file.len())
            };
            let raw = of("")?;
            // What does not shrink has no compressed form and is sent as it is.
            rows.push((name.clone(), raw, of(".gz").unwrap_or(raw), of(".br").unwrap_or(raw)));
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.1));
    println!("{:<44} {:>9} {:>9} {:>9}", "file", "raw", "gzip", "brotli");
    let mut sum = (0, 0, 0);
    for (name, raw, gzip, brotli) in &rows {
        println!("{name:<44} {raw:>9} {gzip:>9} {brotli:>9}");
        sum = (sum.0 + raw, sum.1 + gzip, sum.2 + brotli);
    }
    println!("{:<44} {:>9} {:>9} {:>9}", "together", sum.0, sum.1, sum.2);
    Ok(())
}

fn resident_kilobytes(pid: u32) -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("the kernel says no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
