//! What Go makes of templates. They are written by hand, without a result; those of the formats are made here.

use sealwright_interop::vectors::{TemplateCase, Vectors};
use sealwright_interop::{Oracle, OracleError};

use crate::{Makers, Result, formats};

/// How often each is rendered: a template whose result varies, by the order of a map or by chance, is no vector.
const TIMES: usize = 8;
/// The longest result: a template can make an enormous one.
const LONGEST: usize = 64 << 10;

pub(crate) fn all(makers: &mut Makers) -> Result<()> {
    for (topic, mut cases) in Vectors::load()?.templates()? {
        if topic == "printf" {
            let there: Vec<_> = cases.iter().map(|case| case.template.clone()).collect();
            cases.extend(formats::all().filter(|case| !there.contains(&case.template)));
        }
        let mut anew = 0;
        for case in cases.iter_mut().filter(|case| !case.is_recorded()) {
            let result = record(&mut makers.oracle, case).map_err(|error| format!("{topic}: {error}"))?;
            case.record(result);
            anew += 1;
        }
        if anew > 0 {
            eprintln!("{topic}: {anew} of {} recorded", cases.len());
            makers.folder.replace_lines(&format!("templates/{topic}.json"), &cases)?;
        }
    }
    Ok(())
}

fn record(oracle: &mut Oracle, case: &TemplateCase) -> Result<Option<Vec<u8>>> {
    let mut render = || match oracle.render(case.key(), &case.template, &case.values()) {
        Ok(output) => Ok(Ok(output)),
        Err(OracleError::Refused(words)) if !words.starts_with("endless: ") => Ok(Err(words)),
        Err(error) => Err(format!("{}: {error}", case.title())),
    };
    let first = render()?.map_err(|words| eprintln!("refused: {}: {words}", case.title())).ok();
    for _ in 1..TIMES {
        if render()?.ok() != first {
            return Err(format!("{}: rendered differently each time", case.title()).into());
        }
    }
    if first.as_ref().is_some_and(|output| output.len() > LONGEST) {
        return Err(format!("{}: gives too much to be written down", case.title()).into());
    }
    Ok(first)
}
