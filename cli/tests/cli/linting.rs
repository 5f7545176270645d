//! `sealwright lint`: a repository as people have it, and the report that code scanning reads.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{sealwright, told};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint")
}

fn lint(folder: &Path, args: &[&str]) -> (i32, String, String) {
    told(&sealwright(folder, &[&["lint"], args].concat(), b""))
}

#[test]
fn the_sarif_report_is_as_written() {
    let (code, stdout, stderr) = lint(&folder().join("repository"), &["--format", "sarif"]);
    assert_eq!(code, 1, "{stderr}");
    let golden = fs::read_to_string(folder().join("repository.sarif")).unwrap();
    let version = format!("\"semanticVersion\": \"{}\"", env!("CARGO_PKG_VERSION"));
    assert_eq!(stdout, golden.replace("\"semanticVersion\": \"0.1.0\"", &version));
}

#[test]
fn every_result_names_a_rule_and_a_region_of_a_file_that_is_there() {
    let (_, stdout, _) = lint(&folder().join("repository"), &["--format", "sarif"]);
    let report: Value = serde_json::from_str(&stdout).unwrap();
    let run = &report["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert!(results.len() > 10);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        let file = folder().join("repository").join(place["artifactLocation"]["uri"].as_str().unwrap());
        let lines = fs::read_to_string(file).unwrap().lines().count() as u64;
        let region = &place["region"];
        let (start, end) = (region["startLine"].as_u64().unwrap(), region["endLine"].as_u64().unwrap());
        assert!(1 <= start && start <= end && end <= lines, "{result}");
        assert!(!result.to_string().contains("hunter2"));
    }
}

#[test]
fn a_report_goes_to_a_file_and_the_count_to_stderr() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("plain.yaml"), "kind: Secret\nstringData: {a: hunter2}\n").unwrap();
    let (code, stdout, stderr) = lint(place.path(), &["--output", "report.txt"]);
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (1, "", "1 error in 1 file\n"));
    let report = fs::read_to_string(place.path().join("report.txt")).unwrap();
    assert!(report.starts_with("plain.yaml:2:14: error[plaintext]: "), "{report}");
    assert!(!report.contains("hunter2"), "{report}");
}

#[test]
fn what_powershell_wrote_is_no_clean_file() {
    let place = tempfile::tempdir().unwrap();
    let wide: Vec<u8> = "\u{feff}kind: SealedSecret\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(place.path().join("wide.yaml"), wide).unwrap();
    fs::write(place.path().join("other.json"), [0xff, 0xfe, 0x00]).unwrap();
    let (code, stdout, _) = lint(place.path(), &[]);
    assert_eq!(code, 1);
    assert!(stdout.starts_with("wide.yaml:1:1: error[encoding]: "), "{stdout}");
    assert!(!stdout.contains("other.json"), "{stdout}");
}
