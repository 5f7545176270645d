//! `--merge-into` of ours beside upstream's: files as people write them, with the same values merged into both, open to
//! the same Secret; and upstream reads what ours left.

use std::fs;
use std::path::{Path, PathBuf};

use sealwright_e2e::programs;
use sealwright_interop::vectors::{Scope, Vectors};
use sealwright_interop::{Kubeseal, Run};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::both;

/// The files that upstream can't merge into, and what it says.
const UPSTREAM_FAILS: [(&str, &str); 8] = [
    ("json-by-four-with-windows-line-breaks", "panic: assignment to entry in nil map"),
    ("null-values", "panic: assignment to entry in nil map"),
    ("refused-braces-all-over", "error: couldn't get version/kind"),
    // It looks at the first document only.
    ("separators-with-comments", "error: converting (v1.ServiceAccount) to (v1alpha1.SealedSecret)"),
    ("several-documents", "error: converting (v1.Namespace) to (v1alpha1.SealedSecret)"),
    ("several-json-values", "error: couldn't get version/kind"),
    ("spec-missing", "panic: assignment to entry in nil map"),
    ("values-missing", "panic: assignment to entry in nil map"),
];

/// The file of which upstream takes the first SealedSecret, whatever the input is called, and drops the second.
const SEVERAL: &str = "two-sealed-secrets";

/// One file of the corpus with real sealed values in it.
struct Case {
    name: String,
    file: &'static str,
    text: String,
    scope: Scope,
}

/// A kubeseal, and files for it to work on.
struct Desk {
    kubeseal: Kubeseal,
    folder: TempDir,
    certificate: String,
    key: String,
}

impl Desk {
    fn new(kubeseal: &Kubeseal) -> Self {
        let vectors = Vectors::load().unwrap();
        let key = vectors.key(2048).unwrap();
        let path =
            |name: &str| programs::repository().join("vectors").join(name).to_str().unwrap().to_owned();
        Self {
            kubeseal: kubeseal.clone(),
            folder: tempfile::tempdir().unwrap(),
            certificate: path(&key.certificate),
            key: path(&key.pkcs1),
        }
    }

    fn run(&self, arguments: &[&str], input: &[u8]) -> Run {
        self.kubeseal.run(self.folder.path(), arguments, input).unwrap()
    }

    /// One value, sealed for where the file says.
    fn sealed(&self, scope: Scope, value: &str) -> String {
        let run = self.run(
            &[
                "--raw",
                "--cert",
                &self.certificate,
                "--scope",
                scope.flag(),
                "--name",
                "db",
                "--namespace",
                "payments",
            ],
            value.as_bytes(),
        );
        assert_eq!(run.exit, Some(0), "{}", run.stderr);
        String::from_utf8(run.stdout).unwrap()
    }

    /// Merges a new `password` and a `token`, with labels where there are some, and gives the text that is left, if it went well.
    fn merge(&self, case: &Case, more: &[&str]) -> Result<String, String> {
        let mut input = json!({
            "metadata": { "name": "other", "namespace": "payments" },
            "stringData": { "password": "new password", "token": "new token" },
        });
        // Without labels in the file upstream ends in a panic.
        if case.text.contains("labels:") {
            input["metadata"]["labels"] = json!({ "app": "shop", "tier": "data" });
        }
        let path = self.folder.path().join(case.file);
        fs::write(&path, &case.text).unwrap();
        let mut arguments = vec!["--cert", &self.certificate, "--merge-into", case.file];
        arguments.extend(more);
        let run = self.run(&arguments, input.to_string().as_bytes());
        match run.exit {
            Some(0) => Ok(fs::read_to_string(path).unwrap()),
            _ => Err(run.stderr),
        }
    }

    /// The Secret that a document opens to.
    fn opened(&self, document: &str) -> Value {
        // Where the file leaves the namespace to kustomize.
        let document = if document.contains("namespace: payments") || document.contains("\"namespace\"") {
            document.to_owned()
        } else {
            document.replace("name: db\n", "name: db\n  namespace: payments\n")
        };
        let run = self.run(&["--recovery-unseal", "--recovery-private-key", &self.key], document.as_bytes());
        assert_eq!(run.exit, Some(0), "{}\n{document}", run.stderr);
        let mut secret: Value = serde_json::from_slice(&run.stdout).unwrap();
        // Upstream names an owner without a UID.
        secret["metadata"].as_object_mut().unwrap().remove("ownerReferences");
        secret
    }
}

fn scope_of(text: &str) -> Scope {
    Scope::ALL
        .into_iter()
        .find(|scope| text.contains(&format!("sealedsecrets.bitnami.com/{}", scope.flag())))
        .unwrap_or(Scope::Strict)
}

/// The corpus, each word that stands for a sealed value replaced by one that opens to this word.
fn cases(desk: &Desk) -> Vec<Case> {
    let corpus = programs::repository().join("vectors/merge");
    let mut folders: Vec<PathBuf> =
        fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders.retain(|folder| !folder.ends_with(SEVERAL));
    folders.iter().map(|folder| case(desk, folder)).collect()
}

fn case(desk: &Desk, folder: &Path) -> Case {
    let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
    let file = if folder.join("before.json").exists() { "before.json" } else { "before.yaml" };
    let mut text = fs::read_to_string(folder.join(file)).unwrap();
    let scope = scope_of(&text);
    while let Some(start) = text.find("AQOld") {
        let word = text[start..].split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap().to_owned();
        text = text.replace(&format!("{word}="), &desk.sealed(scope, &word));
    }
    Case { name, file, text, scope }
}

/// The one document that is a SealedSecret.
fn sealed_document(text: &str, file: &str) -> String {
    let text = text.trim_start_matches('\u{feff}');
    if file.ends_with(".json") {
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>().map(Result::unwrap);
        return values.find(|value| value["kind"] == "SealedSecret").unwrap().to_string();
    }
    let mut documents = vec![String::new()];
    for line in text.split_inclusive('\n') {
        if line.starts_with("---") {
            documents.push(String::new());
        } else {
            documents.last_mut().unwrap().push_str(line);
        }
    }
    let is_sealed = |document: &String| {
        document
            .lines()
            .any(|line| !line.starts_with(' ') && line.contains("kind") && line.contains("SealedSecret"))
    };
    documents.into_iter().find(is_sealed).unwrap()
}

#[test]
fn files_of_all_kinds_open_to_what_upstreams_merge_makes_of_them() {
    let Some((upstream, ours)) = both() else { return };
    let (upstream, ours) = (Desk::new(&upstream), Desk::new(&ours));
    let (mut same, mut failed) = (0, Vec::new());
    for case in cases(&upstream) {
        let name = &case.name;
        let merged = ours.merge(&case, &[]).unwrap_or_else(|stderr| panic!("{name}: {stderr}"));
        let document = sealed_document(&merged, case.file);
        let secret = upstream.opened(&document);
        assert_eq!(secret["data"]["password"], "bmV3IHBhc3N3b3Jk", "{name}");
        assert_eq!(secret["data"]["token"], "bmV3IHRva2Vu", "{name}");
        assert_eq!(ours.opened(&document), secret, "{name}: what ours opens of ours");

        let format = if case.file.ends_with(".json") { "json" } else { "yaml" };
        match upstream.merge(&case, &["--scope", case.scope.flag(), "-o", format]) {
            Ok(text) => {
                let document = sealed_document(&text, case.file);
                assert_eq!(upstream.opened(&document), secret, "{name}: upstream's merge");
                same += 1;
            }
            Err(stderr) => failed.push((name.clone(), stderr.lines().next().unwrap_or_default().to_owned())),
        }
    }
    let as_known = |((name, line), (known, start)): (&(String, String), &(&str, &str))| {
        name == known && line.starts_with(start)
    };
    let known = failed.len() == UPSTREAM_FAILS.len() && failed.iter().zip(&UPSTREAM_FAILS).all(as_known);
    assert!(known, "upstream can't merge into {failed:#?}");
    assert!(same > 40, "only {same} compared");
}
