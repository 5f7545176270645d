//! Reads the files and brings together what is found in each and in all of them.

use std::path::{Path, PathBuf};

use sealer_core::lint::{self, Checked, Finding, Place, Rule, TemplateText};
use unsealer::check_template;

use crate::input::{self, Input};
use crate::sealwright::paths::{self, shown};
use crate::sealwright::verdict::Failure;

/// What was found, and in how many files it was looked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) files: usize,
    /// In the order of the files and of their lines, each with the path that is shown.
    pub(super) findings: Vec<(String, Finding)>,
}

/// Checks all files under the paths.
pub(super) fn check(paths: &[PathBuf]) -> Result<Found, Failure> {
    let files = paths::manifests(paths)?;
    let mut checked = Vec::new();
    for file in &files {
        let result = one(file)?;
        // Only these have anything to say, or to be compared.
        if !result.findings.is_empty() || result.has_sealed_secrets() {
            checked.push((shown(file), result));
        }
    }
    let all: Vec<(&str, &Checked)> = checked.iter().map(|(path, result)| (path.as_str(), result)).collect();
    let shared = lint::across(&all);
    for (file, finding) in shared {
        checked[file].1.findings.push(finding);
    }
    let findings = checked
        .into_iter()
        .flat_map(|(path, mut result)| {
            result.findings.sort_by_key(|finding| (finding.place.start, finding.rule));
            result.findings.into_iter().map(move |finding| (path.clone(), finding))
        })
        .collect();
    Ok(Found { files: files.len(), findings })
}

fn one(file: &Path) -> Result<Checked, Failure> {
    let bytes = if file == Path::new("-") {
        input::open(&Input::Stdin { prompt: None })?.value()?
    } else {
        input::value(file)?
    };
    // Exposed to the check, whose findings repeat no value.
    let bytes = bytes.expose();
    let Ok(text) = std::str::from_utf8(bytes) else {
        let mut checked = lint::check("");
        if is_manifest(bytes) {
            let message = "the file is not UTF-8";
            checked.findings.push(Finding::new(Rule::Encoding, Place::beginning(), None, message));
        }
        return Ok(checked);
    };
    let mut checked = lint::check(text);
    let faults: Vec<Finding> = checked.templates.iter().filter_map(fault).collect();
    let faults: Vec<Finding> = faults.into_iter().filter(|finding| !checked.allows(finding)).collect();
    checked.findings.extend(faults);
    Ok(checked)
}

/// Whether bytes that are no text seem to be a manifest all the same, in UTF-16 or in an old encoding.
fn is_manifest(bytes: &[u8]) -> bool {
    let wide = |text: &str| text.bytes().flat_map(|byte| [byte, 0]).collect::<Vec<u8>>();
    let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    ["kind: SealedSecret", "kind: Secret"].iter().any(|mark| holds(mark.as_bytes()) || holds(&wide(mark)[..]))
}

fn fault(template: &TemplateText) -> Option<Finding> {
    let error = check_template(&template.key, &template.text).err()?;
    let function = error.function.as_ref().map(|name| format!("function {name}: ")).unwrap_or_default();
    let message = format!("the template is not valid: {function}{}", error.fault);
    let place = template.place(error.line, error.column);
    Some(Finding::new(Rule::TemplateSyntax, place, template.object.clone(), message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_is_known_in_any_encoding() {
        let wide: Vec<u8> = "kind: Secret\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, manifest) in [
            (&wide[..], true),
            (b"kind: SealedSecret\nname: \xe9\n", true),
            (b"\x89PNG\r\n", false),
            (b"", false),
        ] {
            assert_eq!(is_manifest(bytes), manifest, "{bytes:?}");
        }
    }
}
