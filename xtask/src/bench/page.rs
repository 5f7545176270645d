//! `cargo xtask bench page`: what the page weighs, how soon it is there and how fast it seals, each next to its target.

use std::error::Error;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use super::machine;
use crate::process::{heading, output, root};
use crate::{one_file, page, tools};

/// What `tests/browser/measure.mjs` prints.
#[derive(Debug, Deserialize)]
struct Figures {
    browser: String,
    load: Load,
    seal_small_ms: f64,
    seal_20_keys_ms: f64,
    seal_1_mib_ms: f64,
    usable: Usable,
    longest_task: LongestTask,
    steps: Tasks,
    heap: Heap,
}

#[derive(Debug, Deserialize)]
struct Load {
    requests: u32,
}

#[derive(Debug, Deserialize)]
struct Usable {
    median_ms: u32,
    least_ms: u32,
    most_ms: u32,
    loads: u32,
}

/// Nothing where no task took 50 ms, the shortest that the browser tells of.
#[derive(Debug, Deserialize)]
struct LongestTask {
    typing_ms: Option<u32>,
    pasting_128_kib_ms: Option<u32>,
}

#[derive(Debug, Deserialize)]
struct Tasks {
    one_value: Steps,
    a_manifest: Steps,
    /// Nothing where the page does not take SealedSecrets.
    a_value_for_a_file: Option<Steps>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
struct Steps {
    pastes: u32,
    fields: u32,
    clicks: u32,
}

#[derive(Debug, Deserialize)]
struct Heap {
    values_sealed: u32,
    values_found: u32,
    /// `None` where the kernel does not let other processes' memory be read.
    values_in_process: Option<u32>,
}

/// One file of the page under all its encodings.
pub(super) struct Weight {
    pub name: String,
    pub raw: u64,
    pub gzip: u64,
    pub brotli: u64,
}

/// Measures, prints and writes the document. `as_built`: the page that is in `dist/`, whatever it was built from.
pub fn page(as_built: bool) -> Result<(), Box<dyn Error>> {
    if !as_built {
        page::build()?;
    }
    tools::ensure_browser()?;
    heading("The page in Chromium");
    let mut measure = Command::new("node");
    measure.current_dir(root().join("tests/browser")).arg("measure.mjs");
    let figures = serde_json::from_slice(&output(&mut measure)?)?;
    let text = document(&figures, &weights(&root().join(page::DIST))?, &machine()?);
    println!("{text}");
    Ok(fs::write(root().join("docs/benchmarks-page.md"), text)?)
}

/// Every file that a browser loads, the heaviest first.
pub(super) fn weights(dist: &Path) -> io::Result<Vec<Weight>> {
    let mut weights = Vec::new();
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
            let (gzip, brotli) = (of(".gz").unwrap_or(raw), of(".br").unwrap_or(raw));
            weights.push(Weight { name, raw, gzip, brotli });
        }
    }
    weights.sort_by_key(|weight| std::cmp::Reverse(weight.raw));
    Ok(weights)
}

fn document(figures: &Figures, weights: &[Weight], machine: &str) -> String {
    let Figures { load, usable, longest_task, steps, heap, .. } = figures;
    let sum = |of: fn(&Weight) -> u64| weights.iter().map(of).sum::<u64>();
    let wasm: u64 = weights.iter().filter(|each| each.name.ends_with(".wasm")).map(|each| each.brotli).sum();
    let all = sum(|weight| weight.brotli);
    let rows = [
        row("the sealing code (wasm), brotli", &bytes(wasm), "≤ 200,000 B", wasm <= 200_000),
        row("first load, everything, brotli", &bytes(all), "≤ 240,000 B", all <= 240_000),
        row(
            "requests of the first load, besides the icon",
            &load.requests.to_string(),
            "≤ 8",
            load.requests <= 8,
        ),
        row(
            "usable at 1.6 Mbit/s, 150 ms, 4× CPU",
            &format!("{} ms ({} to {})", usable.median_ms, usable.least_ms, usable.most_ms),
            "≤ 2,500 ms",
            usable.median_ms <= 2_500,
        ),
        time("seal one small value", figures.seal_small_ms, 10.0),
        time("seal 20 keys", figures.seal_20_keys_ms, 150.0),
        time("seal 1 MiB", figures.seal_1_mib_ms, 100.0),
        longest("longest task while typing, 4× CPU", longest_task.typing_ms),
        longest("longest task while pasting and sealing 128 KiB, 4× CPU", longest_task.pasting_128_kib_ms),
        taken("one value, nothing known", Some(steps.one_value), Steps { pastes: 1, fields: 2, clicks: 1 }),
        taken("a manifest", Some(steps.a_manifest), Steps { pastes: 1, fields: 0, clicks: 1 }),
        taken(
            "one value more for a SealedSecret",
            steps.a_value_for_a_file,
            Steps { pastes: 2, fields: 0, clicks: 1 },
        ),
    ];
    format!(
        "<!-- Written by `cargo xtask bench page`; changes here are lost. -->\n\
         # The page, measured\n\n\
         {} on {machine}. All seal for RSA-4096. *Usable*: from going to the page until it seals, with nothing in any \
         cache; the median of {} loads, the line and the slower machine played by the browser. Sealing: the best of \
         seven, on the machine as it is. *Longest task*: of the page's thread, the median of as many; the browser tells of those from 50 ms \
         on. Steps: what a script pastes, fills in and clicks until the file is downloaded.\n\n\
         | measure | figure | target | met |\n| --- | --- | --- | --- |\n{}\n\
         Of {} values that were sealed and cleared away, {} were found in JavaScript's heap, where of a long string only the \
         beginning can be looked at{}. None is in the memory of the sealing code, and that is a test.\n\n\
         ## Beside others\n\n\
         | | bytes, all static files | gzip | one value | a manifest | one value more for a SealedSecret |\n\
         | --- | --- | --- | --- | --- | --- |\n\
         | Sealwright | {} | {} | {} | {} | {} |\n{PEERS}",
        figures.browser,
        usable.loads,
        rows.concat(),
        heap.values_sealed,
        heap.values_found,
        in_process(heap.values_in_process),
        bytes(sum(|weight| weight.raw)),
        bytes(sum(|weight| weight.gzip)),
        words(Some(steps.one_value)),
        words(Some(steps.a_manifest)),
        words(steps.a_value_for_a_file),
    )
}

/// The rest of a sentence.
fn in_process(values: Option<u32>) -> String {
    values.map_or_else(String::new, |values| {
        format!(", and {values} in the whole memory of the browser's process for the page, where what is freed is not wiped")
    })
}

/// Counted by hand in the peers' sources in November 2026.
const PEERS: &str = "\
| sealed-secrets-web | 2,394,463 B | 872,329 B | 5 edits of a sample, 2 clicks | 1 paste, 2 clicks | as one value, then one line by hand |
| kubeseal-webgui | not counted | not counted | 3 fields, 4 clicks | not possible | as one value, then one line by hand |

The peers' figures were counted in their sources in November 2026: the files of bakito/sealed-secrets-web's static folder, which \
it sends uncompressed, and the steps of its page and of Jaydee94/kubeseal-webgui's. Both send the plaintext to their \
server.
";

fn row(what: &str, figure: &str, target: &str, met: bool) -> String {
    format!("| {what} | {figure} | {target} | {} |\n", if met { "yes" } else { "no" })
}

fn time(what: &str, milliseconds: f64, target: f64) -> String {
    row(what, &format!("{milliseconds:.1} ms"), &format!("≤ {target:.0} ms"), milliseconds <= target)
}

fn longest(what: &str, milliseconds: Option<u32>) -> String {
    let figure = milliseconds.map_or_else(|| "under 50 ms".to_owned(), |longest| format!("{longest} ms"));
    row(what, &figure, "≤ 50 ms", milliseconds.is_none_or(|longest| longest <= 50))
}

fn taken(what: &str, steps: Option<Steps>, target: Steps) -> String {
    let met = steps.is_some_and(|steps| {
        steps.pastes <= target.pastes && steps.fields <= target.fields && steps.clicks <= target.clicks
    });
    row(what, &words(steps), &words(Some(target)), met)
}

fn words(steps: Option<Steps>) -> String {
    let Some(Steps { pastes, fields, clicks }) = steps else { return "not possible".to_owned() };
    let counted = [(pastes, "paste"), (fields, "field"), (clicks, "click")];
    let parts = counted.iter().filter(|(count, _)| *count > 0);
    let parts = parts.map(|(count, what)| format!("{count} {what}{}", if *count == 1 { "" } else { "s" }));
    parts.collect::<Vec<_>>().join(", ")
}

/// With a comma between thousands.
fn bytes(count: u64) -> String {
    let digits = count.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    format!("{} B", groups.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_people_write_them() {
        assert_eq!(bytes(7), "7 B");
        assert_eq!(bytes(199_632), "199,632 B");
        assert_eq!(bytes(2_394_463), "2,394,463 B");
        assert_eq!(words(Some(Steps { pastes: 1, fields: 2, clicks: 1 })), "1 paste, 2 fields, 1 click");
        assert_eq!(words(Some(Steps { pastes: 2, fields: 0, clicks: 1 })), "2 pastes, 1 click");
        assert_eq!(words(None), "not possible");
        assert!(
            in_process(Some(7)).starts_with(", and 7 in the whole memory") && in_process(None).is_empty()
        );
    }

    #[test]
    fn a_target_is_met_at_its_bound_and_missed_beyond() {
        assert!(time("x", 10.0, 10.0).ends_with("| yes |\n"));
        assert!(time("x", 10.1, 10.0).ends_with("| no |\n"));
        assert!(longest("x", None).ends_with("| yes |\n"));
        assert!(longest("x", Some(51)).ends_with("| no |\n"));
        let target = Steps { pastes: 1, fields: 0, clicks: 1 };
        assert!(taken("x", Some(target), target).ends_with("| yes |\n"));
        assert!(taken("x", Some(Steps { clicks: 2, ..target }), target).ends_with("| no |\n"));
        assert!(taken("x", None, target).ends_with("| no |\n"));
    }
}
