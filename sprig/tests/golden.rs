//! Every template in `vectors/templates` gives what Go gave; `vectors/README.md` says how that was recorded.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::{fs, iter};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use go_template::{Call, Functions, Host, Limits, Map, Str, Template, Type, Value};
use serde::Deserialize;

/// Where we differ on purpose: the topic, the case and the reason.
const ALLOWED: &[(&str, &str, &str)] = &[
    (
        "lists",
        r#"{{$l := splitList "," "c,a,b"}}{{$s := sortAlpha $l}}{{$l}} {{$s}}"#,
        "Sprig sorts a []string in place, so the list that it was given changes; here lists never change",
    ),
    (
        "printf",
        r#"{{printf "%d" (semver "1.2.3-rc.1+b")}}"#,
        "Go prints the fields of its own struct, which say nothing to anybody; here it is a wrong verb",
    ),
];

const LIMITS: Limits = Limits { fuel: 500_000_000, memory: 64 << 20, depth: 150 };
const OUTPUT: usize = 1 << 20;

/// As `vectors/README.md` says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(default)]
    name: String,
    #[serde(default)]
    key: String,
    template: String,
    #[serde(default)]
    values: BTreeMap<String, String>,
    #[serde(default)]
    values64: BTreeMap<String, String>,
    output: Option<String>,
    output64: Option<String>,
    #[serde(default)]
    error: bool,
}

#[derive(PartialEq, Eq)]
enum Outcome {
    Output(Vec<u8>),
    /// Go's words are not recorded, so any are right.
    Error(String),
    Panic,
}

impl Case {
    fn title(&self) -> &str {
        if self.name.is_empty() { &self.template } else { &self.name }
    }

    /// What Go rendered; `None` where it refused.
    fn golden(&self) -> Option<Vec<u8>> {
        let binary = self.output64.as_ref().map(|output| STANDARD.decode(output).unwrap());
        let golden = self.output.clone().map(String::into_bytes).or(binary);
        assert_eq!(golden.is_none(), self.error, "{}: without a result", self.title());
        golden
    }

    fn root(&self) -> Value {
        let text = self.values.iter().map(|(key, value)| (key, value.clone().into_bytes()));
        let binary = self.values64.iter().map(|(key, value)| (key, STANDARD.decode(value).unwrap()));
        let entries = text.chain(binary).map(|(key, value)| (Str::from(key.as_str()), Value::text(value)));
        Value::Map(Map::new(&Type::Str, entries.collect()))
    }

    fn outcome(&self, functions: &Functions) -> Outcome {
        let key = if self.key.is_empty() { "rendered" } else { &self.key };
        let render = || {
            let mut host = Fixed { next: 0 };
            let mut call = Call::new(&mut host, LIMITS);
            Template::parse(key, &self.template, functions)?.render(&self.root(), OUTPUT, &mut call)
        };
        match catch_unwind(AssertUnwindSafe(render)) {
            Ok(Ok(output)) => Outcome::Output(output.to_vec()),
            Ok(Err(error)) => Outcome::Error(error.to_string()),
            Err(_) => Outcome::Panic,
        }
    }
}

/// Always the same time, and bytes in a row.
struct Fixed {
    next: u8,
}

impl Host for Fixed {
    fn now(&mut self) -> (i64, u32) {
        (1_800_000_000, 0)
    }

    fn random(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            *byte = self.next;
            self.next = self.next.wrapping_add(1);
        }
    }
}

fn topics() -> BTreeMap<String, Vec<Case>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/templates");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|file| {
            let topic = file.file_stem().unwrap().to_str().unwrap().to_owned();
            let cases = serde_json::from_slice(&fs::read(&file).unwrap());
            (topic, cases.unwrap_or_else(|error| panic!("{}: {error}", file.display())))
        })
        .collect()
}

/// Both from a little before their first difference; from their beginning where that is near.
fn apart(want: &[u8], got: &[u8]) -> (String, String) {
    let first = iter::zip(want, got).take_while(|(want, got)| want == got).count();
    let from = if first > 80 { first - 40 } else { 0 };
    let piece = |bytes: &[u8]| {
        let piece = &bytes[from..bytes.len().min(from + 240)];
        let more = if from + piece.len() < bytes.len() { "..." } else { "" };
        format!("{}\"{}\"{more}", if from > 0 { "..." } else { "" }, piece.escape_ascii())
    };
    (piece(want), piece(got))
}

fn difference(case: &Case, outcome: &Outcome) -> Option<String> {
    let (want, got) = match (case.golden(), outcome) {
        (None, Outcome::Error(_)) => return None,
        (Some(want), Outcome::Output(got)) if want == *got => return None,
        (Some(want), Outcome::Output(got)) => apart(&want, got),
        (Some(want), Outcome::Error(words)) => (apart(&want, b"").0, format!("error: {words}")),
        (Some(want), Outcome::Panic) => (apart(&want, b"").0, "a panic".to_owned()),
        (None, Outcome::Output(got)) => ("an error".to_owned(), apart(b"", got).1),
        (None, Outcome::Panic) => ("an error".to_owned(), "a panic".to_owned()),
    };
    let template =
        if case.name.is_empty() { String::new() } else { format!("\n  in    {:?}", case.template) };
    Some(format!("{}{template}\n  want  {want}\n  got   {got}", case.title()))
}

#[test]
fn every_template_gives_what_go_gives() {
    let functions = Functions::new(sprig::functions());
    let topics = topics();
    let mut wrong = 0;
    for (topic, cases) in &topics {
        let mut differ = 0;
        for case in cases {
            let allowed = ALLOWED.iter().find(|(of, title, _)| of == topic && *title == case.title());
            match (difference(case, &case.outcome(&functions)), allowed) {
                (Some(difference), None) => {
                    println!("{topic}: {difference}\n");
                    differ += 1;
                }
                (None, Some((_, title, _))) => {
                    println!("{topic}: {title}\n  is allowed to differ and does not\n");
                    differ += 1;
                }
                (Some(_), Some(_)) | (None, None) => {}
            }
        }
        println!("{topic}: {differ} of {} differ\n", cases.len());
        wrong += differ;
    }
    let all: usize = topics.values().map(Vec::len).sum();
    assert_eq!(wrong, 0, "of {all}");
}

#[test]
fn every_allowed_difference_names_a_case() {
    let topics = topics();
    for (topic, title, reason) in ALLOWED {
        assert!(topics[*topic].iter().any(|case| case.title() == *title), "{topic}: {title}: {reason}");
    }
}

#[test]
fn no_two_templates_have_one_title() {
    for (topic, cases) in topics() {
        let mut titles: Vec<_> = cases.iter().map(Case::title).collect();
        titles.sort_unstable();
        for pair in titles.windows(2) {
            assert_ne!(pair[0], pair[1], "{topic}");
        }
    }
}
