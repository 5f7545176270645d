//! What kubeseal does when it is called. The invocations are written by hand, without a result.

use std::collections::BTreeMap;

use sealwright_interop::RunError;
use sealwright_interop::vectors::{RunCase, RunResult, Vectors};

use crate::{Makers, Result};

pub(crate) fn all(makers: &Makers) -> Result<()> {
    for (topic, mut cases) in Vectors::load()?.runs()? {
        let mut anew = 0;
        for case in cases.iter_mut().filter(|case| case.result.is_none()) {
            let result = record(makers, case).map_err(|error| format!("{topic}: {}: {error}", case.about))?;
            case.result = Some(result);
            anew += 1;
        }
        if anew > 0 {
            eprintln!("{topic}: {anew} of {} recorded", cases.len());
            makers.folder.replace_lines(&format!("runs/{topic}.json"), &cases)?;
        }
    }
    Ok(())
}

fn record(makers: &Makers, case: &RunCase) -> Result<RunResult> {
    let place = tempfile::tempdir()?;
    case.prepare(makers.folder.root(), place.path())?;
    let kubeseal = makers.kubeseal.clone().with_environment(&case.env);
    match kubeseal.run(place.path(), &case.args, case.stdin()) {
        Ok(run) => Ok(RunResult {
            exit: run.exit,
            stdout: usage_folded(&String::from_utf8(run.stdout)?),
            stderr: trace_cut(&run.stderr),
            written: case.written(place.path())?,
        }),
        Err(RunError::Hangs { .. }) => Ok(RunResult {
            exit: None,
            stdout: String::new(),
            stderr: String::new(),
            written: BTreeMap::new(),
        }),
        Err(error) => Err(error.into()),
    }
}

/// The list of flags is long, and once in `kubeseal-errors.json` is enough.
fn usage_folded(text: &str) -> String {
    let is_flag = |line: &&str| line.starts_with("  -") || line.starts_with("      --");
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let Some(start) = lines.windows(2).position(|pair| pair.iter().all(is_flag)) else {
        return text.to_owned();
    };
    let flags = lines[start..].iter().take_while(|line| line.starts_with("  ")).count();
    format!("{}{{usage}}\n{}", lines[..start].concat(), lines[start + flags..].concat())
}

/// A stack trace holds addresses.
fn trace_cut(text: &str) -> String {
    if text.starts_with("panic: ") { text.split_inclusive('\n').take(1).collect() } else { text.to_owned() }
}
