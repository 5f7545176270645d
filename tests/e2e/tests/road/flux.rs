//! The whole story: people commit, Flux applies, the controller opens, a database is reached with the password.

use std::fs;
use std::path::Path;

use sealwright_e2e::database::Refusal;
use sealwright_e2e::harness::Test;
use sealwright_e2e::person;
use sealwright_e2e::programs::repository;
use sealwright_e2e::road::Road;
use sealwright_e2e::road::application::Application;
use sealwright_e2e::secret;
use sealwright_e2e::steps::Steps;
use sealwright_e2e::world::PAGE;
use serde_json::Value;

pub const TESTS: &[Test<Road>] = &[
    ("a_password_sealed_on_the_page_travels_by_git_to_the_database", |road| {
        story(road, "by-page", |road, folder| {
            // What was typed is in no folder of the repository.
            let pasted = road.world.file("pasted.yaml", road.shell.run(folder, FIRST_SECRET));
            let downloaded = person::seal_on_page(PAGE, None, &pasted, road.world.folder.path());
            fs::copy(downloaded, folder.join(SEALED)).unwrap();
        });
    }),
    ("a_password_sealed_by_kubeseal_travels_by_git_to_the_database", |road| {
        story(road, "by-kubeseal", |road, folder| {
            road.shell.run(folder, &format!("{FIRST_SECRET} | kubeseal --format=yaml > {SEALED}"));
        });
    }),
];

/// The file that holds the SealedSecret, in the repository.
const SEALED: &str = "mysql/secret/sealedsecret.yaml";

/// How the message begins where no key opens an object.
const UNSEALABLE: &str = "no key could decrypt secret (motto, password, replication)";

/// As people write it; the second value is the one that nobody changes.
const FIRST_SECRET: &str = "kubectl create secret generic mysql --namespace=mysql \
    --from-literal=password='correct horse, $taple' --from-literal=motto='stays as it is' \
    --dry-run=client --output=yaml";
const FIRST: &str = "correct horse, $taple";

/// One value changed, one new.
const SECOND_SECRET: &str = "kubectl create secret generic mysql --namespace=mysql \
    --from-literal=password='battery \"2\" пароль' --from-literal=replication='another one' \
    --dry-run=client --output=yaml";
const SECOND: &str = "battery \"2\" пароль";

/// Everything that happens to one SealedSecret, from its first commit to its last.
fn story(road: &Road, name: &str, seal: fn(&Road, &Path)) {
    let steps = Steps::begin();
    let mut story = Story { road, steps: &steps, app: Application::new(road, name, "mysql") };
    story.begins(seal);
    story.changes();
    story.breaks_and_is_mended();
    story.ends();
    let Story { app, .. } = story;
    steps.step("everything removed", || app.remove());
}

struct Story<'a> {
    road: &'a Road,
    steps: &'a Steps,
    app: Application<'a>,
}

/// What must stay while a commit is wrong.
#[derive(Debug, PartialEq, Eq)]
struct Untouched {
    secret_version: Value,
    secret_uid: Value,
    pod_uid: Value,
    restarts: Value,
}

impl Story<'_> {
    fn begins(&mut self, seal: fn(&Road, &Path)) {
        let (road, steps) = (self.road, self.steps);
        let folder = self.app.folder().to_owned();
        let commit = steps.step("sealed, committed and pushed", || {
            copy_example(&folder);
            seal(road, &folder);
            let commit = self.app.push("A database with a sealed password");
            road.shell.run(&folder, "! git grep --quiet 'correct horse'");
            commit
        });
        self.app.hand_to_flux(flux_example(self.app.url()));
        steps.step("Flux's objects → Secret", || road.wait_for("create", "secret/mysql", "mysql"));
        steps.step("Secret → SealedSecret healthy for Flux", || self.app.applied("mysql-secret", &commit));
        steps.step("healthy → database ready", || self.app.applied("mysql-app", &commit));
        assert_eq!(
            secret::data(&road.world.get("secret", "mysql", "mysql")),
            [
                ("password".to_owned(), FIRST.as_bytes().to_vec()),
                ("motto".to_owned(), b"stays as it is".to_vec())
            ]
            .into()
        );
        steps.step("logged in with the sealed password only", || self.opens_with(FIRST, &[SECOND, ""]));
    }

    /// The second commit: one value changed and one added, by merging into the same file.
    fn changes(&self) {
        let (road, steps, folder) = (self.road, self.steps, self.app.folder());
        let before = sealed_values(road, folder);
        let commit = steps.step("a new password merged, committed and pushed", || {
            road.shell.run(folder, &format!("{SECOND_SECRET} | kubeseal --merge-into {SEALED}"));
            // What the manifest says to do so that the database starts anew.
            road.shell.run(
                folder,
                &format!(
                    "sed -i \"s/sealed-with: .*/sealed-with: $(git hash-object {SEALED})/\" mysql/app/deployment.yaml"
                ),
            );
            self.app.push("Another password, and one for replication")
        });
        let pushed = |road: &Road| {
            road.until("the new password in the Secret", || {
                let secret = road.find("secret", "mysql", "mysql")?;
                (secret::data(&secret)["password"] == SECOND.as_bytes()).then_some(())
            });
        };
        steps.step("pushed → Secret changed", || pushed(road));
        steps.step("changed → new database ready", || self.app.applied("mysql-app", &commit));
        steps.step("logged in with the new password only", || self.opens_with(SECOND, &[FIRST, ""]));
        assert_eq!(
            secret::data(&road.world.get("secret", "mysql", "mysql"))["replication"],
            b"another one".to_vec()
        );
        let after = sealed_values(road, folder);
        assert_eq!(after["motto"], before["motto"], "an untouched value is the same bytes");
        assert_ne!(after["password"], before["password"]);
        let changed = road.shell.run(
            folder,
            &format!("git diff --unified=0 HEAD~ -- {SEALED} | grep '^[-+] ' | sed 's/:.*//' | sort"),
        );
        assert_eq!(changed, "+    password\n+    replication\n-    password\n");
    }

    /// A commit with an object that can't be opened hurts nobody else, and the next one mends it.
    fn breaks_and_is_mended(&self) {
        let (road, steps, folder) = (self.road, self.steps, self.app.folder());
        let before = self.untouched();
        let commit = steps.step("a renamed copy pushed", || {
            let rename = "s/^\\( *\\)name: mysql$/\\1name: renamed/";
            road.shell.run(folder, &format!("sed '{rename}' {SEALED} > mysql/secret/renamed.yaml"));
            self.app.push("The same password under another name")
        });
        let said = steps.step("pushed → failed for Flux", || self.app.unhealthy("mysql-secret", &commit));
        assert!(said.contains("SealedSecret/mysql/renamed status: 'Failed'"), "{said}");
        assert!(!said.contains("SealedSecret/mysql/mysql"), "{said}");
        let verdict = road.verdict("mysql", "renamed");
        assert!(!verdict.synced && verdict.message.starts_with(UNSEALABLE), "{verdict:?}");
        assert_eq!(road.find("secret", "mysql", "renamed"), None);
        steps.step("what worked works on", || {
            self.opens_with(SECOND, &[FIRST]);
            assert_eq!(self.untouched(), before);
        });
        let commit = steps.step("taken back and pushed", || {
            road.shell.run(folder, "git rm --quiet mysql/secret/renamed.yaml");
            self.app.push("Without the copy")
        });
        steps.step("pushed → healthy again", || {
            self.app.applied("mysql-secret", &commit);
            self.app.applied("mysql-app", &commit);
        });
        assert_eq!(self.untouched(), before);
    }

    /// Who takes the SealedSecret out of git takes the Secret out of the cluster.
    fn ends(&self) {
        let (road, steps, folder) = (self.road, self.steps, self.app.folder());
        steps.step("the SealedSecret removed and pushed", || {
            road.shell.run(folder, &format!("git rm --quiet {SEALED}"));
            self.app.push("No password")
        });
        steps.step("pushed → SealedSecret gone", || road.wait_for("delete", "sealedsecret/mysql", "mysql"));
        steps.step("SealedSecret gone → Secret gone", || road.wait_for("delete", "secret/mysql", "mysql"));
    }

    fn opens_with(&self, password: &str, others: &[&str]) {
        assert_eq!(self.road.login("mysql", "mysql", password), Ok(()));
        for other in others {
            assert_eq!(self.road.login("mysql", "mysql", other), Err(Refusal::Denied), "{other:?}");
        }
    }

    fn untouched(&self) -> Untouched {
        let secret = self.road.world.get("secret", "mysql", "mysql");
        let pods = self.road.world.list("pods", "mysql");
        assert_eq!(pods.len(), 1, "{pods:?}");
        Untouched {
            secret_version: secret["metadata"]["resourceVersion"].clone(),
            secret_uid: secret["metadata"]["uid"].clone(),
            pod_uid: pods[0]["metadata"]["uid"].clone(),
            restarts: pods[0]["status"]["containerStatuses"][0]["restartCount"].clone(),
        }
    }
}

/// The demo as it is shipped, in the folder that its manifests name.
fn copy_example(folder: &Path) {
    let example = repository().join("deploy/examples/mysql");
    for part in ["secret", "app"] {
        let target = folder.join("mysql").join(part);
        fs::create_dir_all(&target).unwrap();
        for file in fs::read_dir(example.join(part)).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), target.join(file.file_name())).unwrap();
        }
    }
}

/// Flux's objects as they are shipped, for this repository, and looking often.
fn flux_example(url: &str) -> String {
    let example = fs::read_to_string(repository().join("deploy/examples/flux/mysql.yaml")).unwrap();
    let (address, interval) = ("url: https://git.example.com/you/app.git", "\n  interval: 1m\n");
    assert!(example.matches(address).count() == 1 && example.matches(interval).count() == 1, "{example}");
    example.replace(address, &format!("url: {url}")).replace(interval, "\n  interval: 2s\n")
}

/// The sealed values in the file, as kubectl reads it.
fn sealed_values(road: &Road, folder: &Path) -> Value {
    let script = format!("kubectl create --dry-run=client --output=json --filename={SEALED}");
    let object: Value = serde_json::from_str(&road.shell.run(folder, &script)).unwrap();
    object["spec"]["encryptedData"].clone()
}
