//! Figures as a table, and the table as a document.

use std::fmt::Write as _;

use crate::controller::Who;
use crate::figures::{FIGURES, Figure, Quantity, Target};
use crate::store::{Measured, Store};

const HEAD: [&str; 6] = ["measure", "upstream", "ours", "ours / upstream", "target", "met"];

/// A value with its unit.
pub fn amount(figure: Figure, value: f64) -> String {
    match figure.quantity {
        Quantity::Wall | Quantity::Cpu => format!("{value:.2} s"),
        Quantity::Writes | Quantity::Reads | Quantity::Decryptions => format!("{value:.0}"),
        Quantity::WritesEach => format!("{value:.2}"),
        Quantity::Peak => format!("{value:.1} MiB"),
        Quantity::Median | Quantity::P99 if value < 1_000.0 => format!("{value:.1} ms"),
        Quantity::Median | Quantity::P99 => format!("{:.2} s", value / 1_000.0),
        Quantity::CpuEach => format!("{value:.4} ms"),
    }
}

/// What is known as a table in Markdown, columns aligned.
pub fn known(store: &Store) -> String {
    table(store, |figure| [Who::Upstream, Who::Ours].iter().any(|who| store.of(figure, *who).is_some()))
}

fn table(store: &Store, shown: impl Fn(Figure) -> bool) -> String {
    let mut rows = vec![HEAD.map(str::to_owned), HEAD.map(|_| "---".to_owned())];
    for &(phase, quantity, target) in &FIGURES {
        let figure = Figure { phase, quantity };
        if shown(figure) {
            rows.push(row(store, figure, target));
        }
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: [usize; HEAD.len()] = std::array::from_fn(width);
    let mut text = String::new();
    for row in &rows {
        for (cell, width) in row.iter().zip(widths) {
            write!(text, "| {cell:width$} ").expect("writing to a string does not fail");
        }
        text.push_str("|\n");
    }
    text
}

fn row(store: &Store, figure: Figure, target: Target) -> [String; HEAD.len()] {
    let (upstream, ours) = (store.of(figure, Who::Upstream), store.of(figure, Who::Ours));
    let ratio = upstream.zip(ours).map(|(upstream, ours)| ours.median() / upstream.median());
    let aim = match target {
        Target::OfUpstream(part) => format!("≤ {part} of upstream's"),
        Target::AtMost(value) => format!("≤ {}", limit(figure, value)),
        Target::None => String::new(),
    };
    let met = match target {
        Target::OfUpstream(part) => ratio.map(|ratio| ratio <= part),
        Target::AtMost(value) => ours.map(|ours| ours.median() <= value),
        Target::None => None,
    };
    let cell = |measured: Option<&Measured>| measured.map_or("–".to_owned(), |one| with_range(figure, one));
    let ratio = ratio.filter(|ratio| ratio.is_finite());
    [
        figure.to_string(),
        cell(upstream),
        cell(ours),
        ratio.map_or("–".to_owned(), |ratio| format!("{ratio:.3}")),
        aim,
        met.map_or("", |met| if met { "yes" } else { "no" }).to_owned(),
    ]
}

/// A target in the unit of its figure, without zeros that say nothing.
fn limit(figure: Figure, value: f64) -> String {
    let shown = amount(figure, value);
    let (number, unit) = shown.split_at(shown.find(' ').unwrap_or(shown.len()));
    let number =
        if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number };
    format!("{number}{unit}")
}

/// The median and, of several runs, the least and the most.
fn with_range(figure: Figure, measured: &Measured) -> String {
    let median = amount(figure, measured.median());
    if measured.values.len() < 2 {
        return median;
    }
    let least = measured.values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = measured.values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    format!("{median} ({} to {})", amount(figure, least), amount(figure, most))
}

/// The whole table, also what is not known, and what has to be known about it.
pub fn document(store: &Store, machine: &[String]) -> String {
    let table = table(store, |_| true);
    let facts = machine.iter().map(|fact| format!("- {fact}\n")).collect::<String>();
    let period = |who: Who| match store.period(who) {
        None => format!("{who}: not measured"),
        Some((first, last)) if first == last => format!("{who}: {first}"),
        Some((first, last)) => format!("{who}: {first} to {last}"),
    };
    format!(
        "<!-- Written by `cargo xtask bench controller`; changes here are lost. -->\n\
         # The controller, measured\n\n\
         Our controller and upstream's, in turn, on the same kind of fresh control plane (etcd, kube-apiserver, \
         garbage collector) with the same objects under the same RSA-4096 key. Every scenario starts a control plane \
         of its own.\n\n\
         ## The machine\n\n{facts}- measured at (UTC): {}; {}\n\n\
         ## The figures\n\n{table}\n\
         Several runs: the median, and the least and the most in parentheses. `–`: not measured, or not counted by \
         that controller.\n\n{NOTES}",
        period(Who::Upstream),
        period(Who::Ours),
    )
}

/// How each figure is taken.
const NOTES: &str = "\
## How it is measured

- **Cold sync**: the objects are there before the controller is started. Wall time is from the start of the process
  until every object has its Secret and its status, as a watcher of the API server sees it.
- **Restart**: until every object is judged. Ours says so in its log; upstream is done when its log shows
  that it began with the last one.
- **CPU time** is user and system time of the process until it is quiet again, from `/proc`. **Peak memory** is
  `VmHWM`.
- **Writes** are the API server's own count of creations and changes of Secrets, SealedSecrets and events.
- **One new object**: from the moment the creation is sent until a watcher sees the Secret; 30 objects, one after the
  other.
- **At once**: 64 requests under way at a time, each timed from the moment it is sent.
- **New objects during a cold sync**: one every 50 ms, from the moment a fiftieth of the backlog has its Secret.
- **Requests**: CPU time of the controller divided by the number of requests (20,000 and 500), one after the other
  on one connection, with the rate limits of both out of the way.
- **`git push`**: a repository on loopback that Flux v1.9's controllers look at every 2 s and apply with `wait: true`; each side
  has its own kubeseal and its own controller. 40 pushes of one new file each, spread evenly over the time between two looks, from the
  end of the push until a watcher sees the Secret. Nearly all of it is Flux's: waiting for the next look, then fetching
  and applying, which differ from push to push by more than the controllers do. So the controller's part is shown alone as well: from the
  moment that a watcher sees the SealedSecret.
- Upstream runs with `--kubeclient-qps=-1`, because its own limit of 5 requests a second hides everything else; ours
  has no limit. `defaults` and `road` run both as they come; `defaults` has 200 objects, and multiplies the time by 5.

## Running it

```sh
cargo xtask bench controller                          # everything but `defaults`, about 16 minutes on 2 cores
cargo xtask bench controller --with-defaults          # with them, 4 minutes more
cargo xtask bench controller sync-1000 idle           # named scenarios only
cargo xtask bench controller sync-5000 --runs 3       # in turn, medians
cargo xtask bench controller --only ours              # beside upstream's figures of an earlier run
cargo xtask bench controller --small                  # a twentieth of the objects, to try the tool; keeps nothing
```

Scenarios: `sync-1000`, `sync-5000`, `idle`, `burst`, `newcomers`, `http`, `road`, `defaults`. It needs Go, and nothing else
should run on the machine meanwhile. With `--runs`, restarts are measured in the first run alone. Figures
of earlier runs are kept in `target/bench/controller.json`; what is measured anew replaces them.
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::Phase;

    const WALL: Figure = Figure { phase: Phase::Cold1000, quantity: Quantity::Wall };
    const RESTART: Figure = Figure { phase: Phase::Restart1000, quantity: Quantity::Writes };

    #[test]
    fn a_row_compares_medians_with_the_target() {
        let mut store = Store::default();
        for (value, first) in [(30.0, true), (28.0, false), (31.0, false)] {
            store.add(WALL, Who::Upstream, value, first);
        }
        store.add(WALL, Who::Ours, 12.0, true);
        let met = row(&store, WALL, Target::OfUpstream(0.45));
        assert_eq!(
            met[1..],
            ["30.00 s (28.00 s to 31.00 s)", "12.00 s", "0.400", "≤ 0.45 of upstream's", "yes"]
        );
        assert_eq!(row(&store, WALL, Target::AtMost(10.0))[5], "no");
    }

    #[test]
    fn what_was_not_measured_is_neither_met_nor_missed() {
        let mut store = Store::default();
        let cells = row(&store, RESTART, Target::AtMost(0.0));
        assert_eq!(cells[1..], ["–", "–", "–", "≤ 0", ""]);
        store.add(RESTART, Who::Ours, 0.0, true);
        store.add(RESTART, Who::Upstream, 0.0, true);
        assert_eq!(row(&store, RESTART, Target::AtMost(0.0))[2..], ["0", "–", "≤ 0", "yes"]);
    }

    #[test]
    fn a_target_is_written_in_the_unit_of_its_figure() {
        let cases = [
            (Quantity::Median, 11.0, "11 ms"),
            (Quantity::P99, 8_000.0, "8 s"),
            (Quantity::CpuEach, 0.02, "0.02 ms"),
            (Quantity::Writes, 0.0, "0"),
            (Quantity::WritesEach, 3.0, "3"),
            (Quantity::Peak, 50.0, "50 MiB"),
        ];
        for (quantity, value, shown) in cases {
            assert_eq!(limit(Figure { phase: Phase::Burst, quantity }, value), shown);
        }
    }

    #[test]
    fn the_document_holds_every_row_of_the_table_once() {
        let store = Store::default();
        let text = document(&store, &["a machine".to_owned()]);
        for (phase, quantity, _) in FIGURES {
            let title = format!("| {} ", Figure { phase, quantity });
            assert_eq!(text.matches(&title).count(), 1, "{title}");
        }
    }
}
