//! `cargo xtask demo`: the whole product on this machine, for a person to try, or tried by a script in a browser.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sealer_core::{Policy, manifest};
use sealwright_test_cluster::{Cluster, installation};
use serde_json::Value;

use crate::controller::Controller;
use crate::process::{cargo, heading, output, root, run};
use crate::{page, peers, tools};

/// Where the controller works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A directory: no cluster needed.
    Directory,
    /// A real etcd and kube-apiserver on loopback.
    Cluster,
}

/// What the script pastes, and must find again as a Secret.
const PASTED: &str = r#"apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: payments
  labels:
    app: shop
stringData:
  DB_USER: shop
  DB_PASSWORD: correct horse battery staple
  motto: "пароль – 秘密 🔑\nsecond line\n"
"#;

/// The values of [`PASTED`].
const EXPECTED: [(&str, &str); 3] = [
    ("DB_USER", "shop"),
    ("DB_PASSWORD", "correct horse battery staple"),
    ("motto", "пароль – 秘密 🔑\nsecond line\n"),
];

/// Long enough for a slow machine; only what hangs meets it.
const LIMIT: Duration = Duration::from_secs(60);

#[derive(Debug, thiserror::Error)]
enum DemoError {
    #[error("{what} did not appear within {} s", LIMIT.as_secs())]
    Missing { what: String },
    #[error("the Secret does not hold what was pasted")]
    Differs,
    #[error("kubectl shows no `True` for the SealedSecret:\n{0}")]
    NotSynced(String),
    #[error("the browser script did not say which file it downloaded")]
    NoDownload,
}

/// The controller and kubeseal, as the tests and the demo use them.
pub fn build_programs() -> Command {
    cargo(["build", "-p", "sealwright-controller", "-p", "sealwright-cli"])
}

/// Builds what the demo needs.
pub fn prepare(place: Place, check: bool) -> Result<(), Box<dyn Error>> {
    heading("The page");
    page::build()?;
    heading("The programs");
    run(&mut build_programs())?;
    if place == Place::Cluster {
        heading("Kubernetes, built from source");
        peers::ensure()?;
    }
    if check {
        tools::ensure_browser()?;
    }
    Ok(())
}

/// Runs the product for a person until they end it.
pub fn show(place: Place) -> Result<(), Box<dyn Error>> {
    match place {
        Place::Directory => {
            let folder = root().join("target/demo");
            let mut controller = Controller::in_directory(&folder)?;
            println!("\nThe page:  {}\n", controller.page);
            println!(
                "  1. Open it and paste a Secret, or KEY=value lines. Everything is encrypted in your browser."
            );
            println!("  2. Download the SealedSecret and put it into {}/sealed/", folder.display());
            println!("  3. The controller opens it: look into {}/secrets/\n", folder.display());
            println!("Ctrl-C ends the demo.");
            controller.wait()
        }
        Place::Cluster => {
            let folder = tempfile::tempdir()?;
            let cluster = start_cluster(folder.path())?;
            let mut controller = Controller::in_cluster(&cluster)?;
            println!("\nThe page:  {}\n", controller.page);
            println!("  export KUBECONFIG={}", cluster.kubeconfig().display());
            println!("  1. Open the page, paste a Secret and download the SealedSecret.");
            println!("  2. kubectl apply -f THE-FILE  (its namespace has to exist)");
            println!("  3. kubectl get sealedsecrets,secrets -A\n");
            println!("Ctrl-C ends the demo and the cluster.");
            controller.wait()
        }
    }
}

/// Does as a person would, in headless Chromium, and finds the pasted bytes in the Secret; pictures of the page go
/// to `screenshots`, those of its states into `states` there.
pub fn check(place: Place, screenshots: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    // The scripts run in a folder of their own.
    let screenshots = screenshots.map(std::path::absolute).transpose()?;
    let screenshots = screenshots.as_deref();
    match place {
        Place::Directory => check_directory(&folder.path().join("demo"), screenshots)?,
        Place::Cluster => check_cluster(folder.path(), screenshots)?,
    }
    println!("checked: pasted, sealed in the browser, downloaded, opened; the Secret holds the same bytes");
    Ok(())
}

fn check_directory(folder: &Path, screenshots: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let controller = Controller::in_directory(folder)?;
    let file = seal_as_a_person(&controller.page, folder, screenshots)?;
    fs::copy(&file, folder.join("sealed").join(file.file_name().ok_or(DemoError::NoDownload)?))?;
    let secret = folder.join("secrets/payments/db.yaml");
    until(&format!("{}", secret.display()), || secret.is_file())?;
    let secrets = manifest::read_secrets(&fs::read_to_string(&secret)?, Policy::Strict)?;
    let data = &secrets.first().ok_or(DemoError::Differs)?.data;
    // Exposed to be compared with what was pasted, which is no secret here.
    let same =
        |(key, value): (&&str, &&str)| data.get(*key).is_some_and(|there| there.expose() == value.as_bytes());
    if data.len() == EXPECTED.len() && EXPECTED.iter().map(|(key, value)| (key, value)).all(same) {
        Ok(())
    } else {
        Err(DemoError::Differs.into())
    }
}

fn check_cluster(folder: &Path, screenshots: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let cluster = start_cluster(folder)?;
    let controller = Controller::in_cluster(&cluster)?;
    cluster.run(&["create", "namespace", "payments"])?;
    let file = seal_as_a_person(&controller.page, folder, screenshots)?;
    cluster.run(&["apply", "-f", &file.to_string_lossy()])?;
    cluster.run(&["wait", "sealedsecret/db", "-n", "payments", "--for=condition=Synced", "--timeout=60s"])?;
    let secret: Value =
        serde_json::from_str(&cluster.run(&["get", "secret", "db", "-n", "payments", "-o", "json"])?)?;
    if EXPECTED.iter().any(|(key, value)| secret["data"][key] != STANDARD.encode(value)) {
        return Err(DemoError::Differs.into());
    }
    let table = cluster.run(&["get", "sealedsecret", "-n", "payments"])?;
    if !table.split_whitespace().any(|word| word == "True") {
        return Err(DemoError::NotSynced(table).into());
    }
    print!("{table}");
    Ok(())
}

fn start_cluster(folder: &Path) -> Result<Cluster, Box<dyn Error>> {
    let cluster = Cluster::start_or_existing(&folder.join("cluster"), &mut |text| println!("    {text}"))?;
    installation::apply(&cluster)?;
    Ok(cluster)
}

/// Opens the page, pastes, downloads: `tests/browser/person.mjs`. Gives the downloaded file.
fn seal_as_a_person(url: &str, folder: &Path, screenshots: Option<&Path>) -> Result<PathBuf, Box<dyn Error>> {
    let pasted = folder.join("pasted.yaml");
    fs::write(&pasted, PASTED)?;
    let mut person = node("person.mjs");
    person.args(["--url", url, "--secret"]).arg(&pasted).arg("--out").arg(folder);
    if let Some(screenshots) = screenshots {
        person.arg("--screenshot-dir").arg(screenshots);
        run(node("pictures.mjs").arg("--out").arg(screenshots.join("states")))?;
    }
    let answer: Value = serde_json::from_slice(&output(&mut person)?)?;
    Ok(answer["file"].as_str().ok_or(DemoError::NoDownload)?.into())
}

/// A script of `tests/browser`.
fn node(script: &str) -> Command {
    let mut node = Command::new("node");
    node.current_dir(root().join("tests/browser")).arg(script);
    node
}

fn until(what: &str, mut there: impl FnMut() -> bool) -> Result<(), DemoError> {
    let deadline = Instant::now() + LIMIT;
    while !there() {
        if Instant::now() > deadline {
            return Err(DemoError::Missing { what: what.to_owned() });
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
