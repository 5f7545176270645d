//! Upstream's own integration suite, run against whatever controller stands in a cluster.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;
use thiserror::Error;

/// What the suite is run against.
#[derive(Clone, Copy, Debug)]
pub struct Subjects<'a> {
    /// The administrator's kubeconfig.
    pub kubeconfig: &'a Path,
    /// The namespace of the controller and its keys.
    pub namespace: &'a str,
    /// The command line under test.
    pub kubeseal: &'a Path,
    /// The controller's program; the suite asks it for its version only.
    pub controller: &'a Path,
}

/// How one spec ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// The names of its containers and its own, in this order.
    pub name: String,
    /// `passed`, or another of Ginkgo's words.
    pub state: String,
    /// Why it failed; empty if it passed.
    pub failure: String,
}

impl Spec {
    /// Whether it passed.
    pub fn passed(&self) -> bool {
        self.state == "passed"
    }
}

/// Why there is no report.
#[derive(Debug, Error)]
pub enum SuiteError {
    /// The suite could not be run.
    #[error("can't run {}", program.display())]
    Process {
        /// The suite's program.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The suite left no report.
    #[error("the suite left no report; it said:\n{output}")]
    NoReport {
        /// What it wrote.
        output: String,
        /// Why the report can't be read.
        source: io::Error,
    },
    /// The report has another form.
    #[error("the suite's report can't be read")]
    Report(#[from] serde_json::Error),
}

/// Runs all specs, one after another, in Ginkgo's usual order, and reads the report. `folder` takes the suite's files.
pub fn run(suite: &Path, folder: &Path, subjects: Subjects<'_>) -> Result<Vec<Spec>, SuiteError> {
    let failed = |source| SuiteError::Process { program: suite.to_owned(), source };
    fs::create_dir_all(folder).map_err(failed)?;
    let report = folder.join("report.json");
    let output = Command::new(suite)
        .current_dir(folder)
        .arg(format!("-ginkgo.json-report={}", report.display()))
        .arg("-kubeconfig")
        .arg(subjects.kubeconfig)
        .args(["-namespace", subjects.namespace])
        .arg("-kubeseal-bin")
        .arg(subjects.kubeseal)
        .arg("-controller-bin")
        .arg(subjects.controller)
        .env("TMPDIR", folder)
        .env_remove("KUBECONFIG")
        .stdin(Stdio::null())
        .output()
        .map_err(failed)?;
    let text = fs::read(&report).map_err(|source| SuiteError::NoReport {
        output: String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
        source,
    })?;
    read_report(&text)
}

fn read_report(text: &[u8]) -> Result<Vec<Spec>, SuiteError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Suite {
        spec_reports: Option<Vec<Report>>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Report {
        container_hierarchy_texts: Option<Vec<String>>,
        leaf_node_type: String,
        leaf_node_text: String,
        state: String,
        failure: Option<Failure>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Failure {
        message: String,
    }
    let suites: Vec<Suite> = serde_json::from_slice(text)?;
    let reports = suites.into_iter().flat_map(|suite| suite.spec_reports.unwrap_or_default());
    // Set-up that stands beside the specs is reported in the same list.
    let specs = reports.filter(|report| report.leaf_node_type == "It").map(|report| Spec {
        name: [report.container_hierarchy_texts.unwrap_or_default(), vec![report.leaf_node_text]]
            .concat()
            .join(" / "),
        state: report.state,
        failure: report.failure.unwrap_or_default().message,
    });
    Ok(specs.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_becomes_its_specs() {
        let report = r#"[{ "SpecReports": [
            { "ContainerHierarchyTexts": null, "LeafNodeType": "BeforeSuite", "LeafNodeText": "", "State": "passed" },
            { "ContainerHierarchyTexts": ["create", "twice"], "LeafNodeType": "It", "LeafNodeText": "works",
              "State": "passed" },
            { "ContainerHierarchyTexts": ["delete"], "LeafNodeType": "It", "LeafNodeText": "works",
              "State": "failed", "Failure": { "Message": "it did not" } }
        ] }, { "SpecReports": null }]"#;
        let specs = read_report(report.as_bytes()).unwrap();
        assert_eq!(specs.len(), 2);
        assert_eq!(specs[0].name, "create / twice / works");
        assert!(specs[0].passed());
        assert!(!specs[1].passed());
        assert_eq!(specs[1].failure, "it did not");
    }

    #[test]
    fn a_suite_that_leaves_no_report_shows_what_it_said() {
        let folder = tempfile::tempdir().unwrap();
        let nowhere = Path::new("/nowhere");
        let subjects =
            Subjects { kubeconfig: nowhere, namespace: "n", kubeseal: nowhere, controller: nowhere };
        let error = run(Path::new("echo"), folder.path(), subjects).unwrap_err();
        assert!(error.to_string().contains("-kubeconfig /nowhere"), "{error}");
    }
}
