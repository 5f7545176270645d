//! `cargo xtask bench cli`: our `kubeseal` beside upstream's, in turn, on the same input.

use std::error::Error;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sealwright_interop::binaries::UPSTREAM;

use super::machine;
use crate::process::{ProcessError, heading, output, root, run};
use crate::{COMMAND_LINE, release};

/// How often each of the two is run for a figure; the median counts.
const ROUNDS: usize = 101;
/// The same where one run takes a while.
const LONG_ROUNDS: usize = 11;
/// Documents in a stream, and files in a repository.
const MANY: usize = 1_000;
/// All with RSA-4096, as controllers make it.
const CERT: &str = "vectors/keys/4096.crt";

/// One thing that both programs do.
struct Task {
    what: &'static str,
    arguments: &'static [&'static str],
    input: &'static str,
    rounds: usize,
    /// At most this part of upstream's time.
    target: f64,
}

const TASKS: [Task; 4] = [
    Task {
        what: "start-up (`--version`)",
        arguments: &["--version"],
        input: "empty",
        rounds: ROUNDS,
        target: 0.2,
    },
    Task {
        what: "one small Secret",
        arguments: &["--cert", CERT, "-o", "yaml"],
        input: "one",
        rounds: ROUNDS,
        target: 1.0 / 3.0,
    },
    Task {
        what: "one value (`--raw`)",
        arguments: &["--cert", CERT, "--raw", "--scope", "cluster-wide"],
        input: "one",
        rounds: ROUNDS,
        target: 1.0 / 3.0,
    },
    Task {
        what: "a stream of 1,000 Secrets",
        arguments: &["--cert", CERT, "-o", "yaml"],
        input: "many",
        rounds: LONG_ROUNDS,
        target: 0.5,
    },
];

/// Measures, prints and writes the document.
pub fn command_line() -> Result<(), Box<dyn Error>> {
    let upstream = sealwright_interop::binaries::ensure(&mut |text| println!("    {text}"))?.kubeseal;
    run(&mut release(COMMAND_LINE, ["sealwright-cli"]))?;
    let folder = root().join("target").join(COMMAND_LINE);
    let ours = folder.join("kubeseal");
    let place = tempfile::tempdir()?;
    fs::write(place.path().join("empty"), "")?;
    fs::write(place.path().join("one"), secret(0))?;
    fs::write(place.path().join("many"), (0..MANY).map(secret).collect::<String>())?;

    heading("The command line, beside upstream's");
    let mut rows = vec![
        ["measure", "upstream", "ours", "ours / upstream", "target", "met"].map(str::to_owned),
        ["---"; 6].map(str::to_owned),
    ];
    for task in &TASKS {
        let input = place.path().join(task.input);
        let (theirs, own) = in_turn(task, &upstream, &ours, &input)?;
        let ratio = own.as_secs_f64() / theirs.as_secs_f64();
        rows.push(row(task.what, milliseconds(theirs), milliseconds(own), ratio, task.target));
    }
    let (theirs, own) = (fs::metadata(&upstream)?.len(), fs::metadata(&ours)?.len());
    let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    let ratio = own as f64 / theirs as f64;
    rows.push(row("size of the program", megabytes(theirs), megabytes(own), ratio, 1.0 / 3.0));
    let table = table(&rows);
    println!("{table}");

    let reseal = reseal(&folder, place.path())?;
    println!("{reseal}");
    Ok(fs::write(root().join("docs/benchmarks-cli.md"), document(&table, &reseal)?)?)
}

/// A Secret with two small values.
fn secret(number: usize) -> String {
    format!(
        "---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: db-{number}\n  namespace: payments\n\
         stringData:\n  user: app\n  password: not-a-real-one-{number}\n"
    )
}

/// The medians of both; they take turns, so that whatever slows the machine down slows both.
fn in_turn(
    task: &Task,
    upstream: &Path,
    ours: &Path,
    input: &Path,
) -> Result<(Duration, Duration), Box<dyn Error>> {
    let mut times = (Vec::new(), Vec::new());
    for _ in 0..task.rounds {
        times.0.push(timed(kubeseal(task, upstream, input)?)?);
        times.1.push(timed(kubeseal(task, ours, input)?)?);
    }
    Ok((median(times.0), median(times.1)))
}

fn kubeseal(task: &Task, program: &Path, input: &Path) -> Result<Command, Box<dyn Error>> {
    let mut command = Command::new(program);
    command.current_dir(root()).env_clear().env("HOME", input.parent().ok_or("a file is in a folder")?);
    command.args(task.arguments).stdin(File::open(input)?).stdout(Stdio::null());
    Ok(command)
}

fn timed(mut command: Command) -> Result<Duration, ProcessError> {
    let start = Instant::now();
    run(&mut command)?;
    Ok(start.elapsed())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// A whole repository sealed again for another key: how long it takes, and how many cores work on it.
fn reseal(programs: &Path, place: &Path) -> Result<String, Box<dyn Error>> {
    let repository = place.join("repository");
    fs::create_dir(&repository)?;
    let key = |name: &str| root().join("vectors/keys").join(name);
    for number in 0..MANY {
        let source = place.join("secret");
        fs::write(&source, secret(number))?;
        let mut seal = Command::new(programs.join("kubeseal"));
        seal.arg("--cert").arg(key("2048.crt")).args(["-o", "yaml"]).stdin(File::open(&source)?);
        fs::write(repository.join(format!("db-{number}.yaml")), output(&mut seal)?)?;
    }
    let mut reseal = Command::new(programs.join("sealwright"));
    reseal.arg("reseal").arg(&repository).arg("--cert").arg(key("4096.crt"));
    reseal.arg("--private-key").arg(key("2048.pkcs8.pem")).stdout(Stdio::null()).stderr(Stdio::null());
    let before = children_seconds()?;
    let wall = timed(reseal)?.as_secs_f64();
    let cpu = children_seconds()? - before;
    Ok(format!(
        "Sealing {MANY} files with two values each again, from a key of 2048 bits to one of 4096: {wall:.2} s, \
         {cpu:.2} s of CPU time, so {:.1} of {} cores.",
        cpu / wall,
        std::thread::available_parallelism()?
    ))
}

/// CPU time of all programs that this one has run so far, from `/proc/self/stat` (proc(5), fields 16 and 17).
fn children_seconds() -> Result<f64, Box<dyn Error>> {
    /// `USER_HZ`, which is the same on every architecture that Rust runs on under Linux.
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name in parentheses may hold spaces; the third field comes after it.
    let (_, fields) = stat.rsplit_once(") ").ok_or("/proc/self/stat has no name")?;
    let ticks: Result<Vec<f64>, _> = fields.split(' ').skip(13).take(2).map(str::parse).collect();
    Ok(ticks?.iter().sum::<f64>() / TICKS_PER_SECOND)
}

fn row(what: &str, theirs: String, ours: String, ratio: f64, target: f64) -> [String; 6] {
    let met = if ratio <= target { "yes" } else { "no" };
    [what.into(), theirs, ours, format!("{ratio:.2}"), format!("≤ {target:.2}"), met.into()]
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

fn table(rows: &[[String; 6]]) -> String {
    let mut text = String::new();
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            let width = rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
            write!(text, "| {cell:width$} ").expect("writing to a string does not fail");
        }
        text.push_str("|\n");
    }
    text
}

fn document(table: &str, reseal: &str) -> Result<String, Box<dyn Error>> {
    let machine = machine()?;
    Ok(format!(
        "<!-- Written by `cargo xtask bench cli`; changes here are lost. -->\n\
         # The command line, measured\n\n\
         Our `kubeseal` {} and sealed-secrets' {UPSTREAM} in turn on {machine}: the median of {ROUNDS} \
         runs of each, of {LONG_ROUNDS} for the stream, from the start of the process to its end. All seal for \
         RSA-4096, without a cluster.\n\n{table}\n{reseal}\n",
        env!("CARGO_PKG_VERSION")
    ))
}
