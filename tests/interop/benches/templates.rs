//! How long templates as people write them take, parsed and rendered, beside Go's own time in the same run.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use go_template::{Call, Functions, Host, Limits, Map, Str, Template, Type, Value};
use sealwright_interop::{Oracle, binaries};
use serde::Deserialize;

/// How often each is rendered before anybody looks at the clock, and then in turn.
const TIMES: u32 = 2_000;
const ROUNDS: usize = 5;

#[derive(Deserialize)]
struct Case {
    #[serde(default)]
    name: String,
    template: String,
    #[serde(default)]
    values: BTreeMap<String, String>,
    #[serde(default)]
    values64: BTreeMap<String, String>,
    #[serde(default)]
    error: bool,
}

struct NoHost;

impl Host for NoHost {
    fn now(&mut self) -> (i64, u32) {
        (0, 0)
    }
    fn random(&mut self, _: &mut [u8]) {}
}

fn ours(case: &Case, functions: &Functions) -> Duration {
    let start = Instant::now();
    for _ in 0..TIMES {
        let entries =
            case.values.iter().map(|(key, value)| (Str::from(key.as_str()), Value::text(value.as_str())));
        let data = Value::Map(Map::new(&Type::Str, entries.collect()));
        let mut host = NoHost;
        let limits = Limits { fuel: u64::MAX, memory: u64::MAX, depth: 100 };
        let mut call = Call::new(&mut host, limits);
        let template = Template::parse("t", &case.template, functions).expect("Go parses it");
        template.render(&data, usize::MAX, &mut call).expect("Go renders it");
    }
    start.elapsed() / TIMES
}

fn gos(case: &Case, oracle: &mut Oracle) -> Duration {
    let values = case.values.iter().map(|(key, value)| (key.clone(), value.clone().into_bytes())).collect();
    let rendered = oracle.render_timed("t", &case.template, &values, TIMES).expect("Go renders it");
    Duration::from_nanos(rendered.nanoseconds) / TIMES
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn main() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/templates/real.json");
    let text = std::fs::read(path).expect("the vectors are part of the repository");
    let cases: Vec<Case> = serde_json::from_slice(&text).expect("they are JSON");
    let is_text = |case: &Case| !case.error && !case.name.is_empty() && case.values64.is_empty();
    let cases: Vec<Case> = cases.into_iter().filter(is_text).collect();
    let functions = Functions::new(sprig::functions());
    let built = binaries::ensure(&mut |text| eprintln!("    {text}")).expect("Go builds the oracle");
    let mut oracle = Oracle::start(&built.oracle).expect("it starts");
    let mut ratios = Vec::new();
    println!("{:<60} {:>9} {:>9} {:>6}", "template", "Go", "ours", "ratio");
    for case in &cases {
        let rounds: Vec<(Duration, Duration)> =
            (0..ROUNDS).map(|_| (gos(case, &mut oracle), ours(case, &functions))).collect();
        let go = median(rounds.iter().map(|round| round.0).collect());
        let ours = median(rounds.iter().map(|round| round.1).collect());
        let ratio = ours.as_secs_f64() / go.as_secs_f64();
        ratios.push(ratio);
        let micros = |time: Duration| time.as_secs_f64() * 1e6;
        let name: String = case.name.chars().take(60).collect();
        println!("{name:<60} {:>6.1} µs {:>6.1} µs {ratio:>6.2}", micros(go), micros(ours));
    }
    ratios.sort_by(f64::total_cmp);
    println!("median of {} ratios: {:.2}", ratios.len(), ratios[ratios.len() / 2]);
}
