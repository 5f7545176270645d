//! `docs/tutorial.md`, word for word.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use sealwright_e2e::expected::fits;
use sealwright_e2e::harness::Test;
use sealwright_e2e::person::seal_on_page;
use sealwright_e2e::programs::repository;
use sealwright_e2e::road::Road;
use sealwright_e2e::session::{Session, Way};
use sealwright_e2e::steps::Steps;
use sealwright_e2e::tutorial::{self, Block, Mark};

pub const TESTS: &[Test<Road>] = &[
    ("the_tutorial_works_as_it_is_written_with_the_page", |road| follow(road, Sealing::Page)),
    ("the_tutorial_works_as_it_is_written_with_the_command_line", |road| follow(road, Sealing::CommandLine)),
];

/// Where the tutorial opens the page.
const PAGE: &str = "http://localhost:8090";
/// How many blocks are not run: Flux's installation, which needs the network, and the wait for Argo CD.
const NOT_RUN: usize = 2;

/// The reader seals in one of two ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sealing {
    Page,
    CommandLine,
}

impl Sealing {
    /// Whether a block is run on this way.
    fn meets(self, block: &Block) -> bool {
        match block.mark {
            Mark::NotRun(_) => false,
            Mark::Page => self == Self::Page,
            Mark::InsteadOfPage => self == Self::CommandLine,
            Mark::Run | Mark::Settings | Mark::SecondTerminal | Mark::Fails => true,
        }
    }
}

/// What a reader has: a shell, a repository, and values of their own.
struct Reader {
    session: Session,
    settings: Vec<(&'static str, String)>,
}

fn follow(road: &Road, sealing: Sealing) {
    let markdown = fs::read_to_string(repository().join("docs/tutorial.md")).unwrap();
    assert!(markdown.contains(&format!("<{PAGE}>")), "the tutorial opens the page somewhere else");
    let blocks = tutorial::blocks(&markdown).unwrap();
    let not_run = blocks.iter().filter(|block| matches!(block.mark, Mark::NotRun(_))).count();
    assert_eq!(not_run, NOT_RUN, "a block can't be run any more, or can again");

    let folder = tempfile::tempdir().unwrap();
    let [home, downloads, temporary] = ["home", "downloads", "tmp"].map(|name| folder.path().join(name));
    for path in [&home, &downloads, &temporary] {
        fs::create_dir(path).unwrap();
    }
    let name = match sealing {
        Sealing::Page => "tutorial-page",
        Sealing::CommandLine => "tutorial-command-line",
    };
    let settings = vec![
        ("SEALWRIGHT", repository().canonicalize().unwrap().display().to_string()),
        ("IMAGE", "sealwright-controller:of-the-reader".to_owned()),
        ("REPO", road.git.create(name).unwrap().url().to_owned()),
        ("DOWNLOADS", downloads.display().to_string()),
    ];
    know_applications(road);
    let mut variables = road.shell.command("");
    // What a failed run leaves goes with the rest.
    variables.env("TMPDIR", &temporary);
    let session = Session::start(&variables, &home, &folder.path().join("session"));
    let mut reader = Reader { session, settings };
    let steps = Steps::begin();
    for block in blocks.iter().filter(|block| sealing.meets(block)) {
        let shown = format!("{} (line {})", block.heading, block.line);
        steps.step(shown, || {
            if let Err(why) = reader.run(block) {
                panic!("docs/tutorial.md:{}: {:?}: {why}\n{}", block.line, block.heading, block.commands);
            }
        });
    }
    // Argo CD would do it when the Application is deleted.
    let patch = r#"--patch={"metadata":{"finalizers":null}}"#;
    road.world.kubectl(&["patch", "application/mysql", "-n", "argocd", "--type=merge", patch]);
    road.world.kubectl(&["delete", "application/mysql", "-n", "argocd"]);
}

/// Argo CD as far as its API: nobody acts on an Application.
fn know_applications(road: &Road) {
    let binaries = sealwright_gitops::binaries::ensure(&mut |_| {}).unwrap();
    let definition = binaries.judges.argo.application.display().to_string();
    road.world.kubectl(&["apply", "--server-side", "-f", &definition]);
    road.world.kubectl(&["wait", "--for=condition=Established", "--timeout=60s", "-f", &definition]);
    road.world.cluster.apply("{apiVersion: v1, kind: Namespace, metadata: {name: argocd}}").unwrap();
}

impl Reader {
    /// Does what a block says, and looks whether the reader sees what stands under it.
    fn run(&mut self, block: &Block) -> Result<(), String> {
        let commands = match block.mark {
            Mark::Settings => self.own(&block.commands),
            _ => block.commands.clone(),
        };
        let way = match block.mark {
            Mark::SecondTerminal => {
                return self.session.run_beside(&commands, |printed| fits(&block.expected, printed));
            }
            Mark::Page => {
                self.seal();
                Way::Succeed
            }
            Mark::Fails => Way::Fail,
            _ => Way::Succeed,
        };
        let printed = self.session.run(&commands, way)?;
        if fits(&block.expected, &printed) {
            Ok(())
        } else {
            Err(format!("it printed\n{printed}where the tutorial shows\n{}after", block.expected))
        }
    }

    /// Seals at the page what the tutorial says, and downloads it to where it says.
    fn seal(&mut self) {
        let [private, downloads] = ["PRIVATE", "DOWNLOADS"].map(|name| self.session.variable(name));
        seal_on_page(PAGE, None, &Path::new(&private).join("mysql.yaml"), Path::new(&downloads));
    }

    /// The test's own values for exactly the names that the tutorial sets.
    fn own(&self, commands: &str) -> String {
        let names: Vec<_> = self.settings.iter().map(|(name, _)| *name).collect();
        assert_eq!(tutorial::exported(commands), names, "the settings of the tutorial");
        let mut own = String::new();
        for (name, value) in &self.settings {
            writeln!(own, "export {name}='{value}'").unwrap();
        }
        own
    }
}
