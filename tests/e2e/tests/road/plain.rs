//! Flux's plain `wait: true`, without expressions for SealedSecrets.

use std::fs;

use sealwright_e2e::harness::Test;
use sealwright_e2e::road::Road;
use sealwright_e2e::road::application::Application;
use sealwright_e2e::secret;
use sealwright_e2e::steps::Steps;
use serde_json::json;

pub const TESTS: &[Test<Road>] = &[(
    "plain_wait_fails_for_a_changed_object_that_cannot_be_opened_and_the_secret_stays",
    plain_wait_fails_for_a_changed_object_that_cannot_be_opened_and_the_secret_stays,
)];

fn plain_wait_fails_for_a_changed_object_that_cannot_be_opened_and_the_secret_stays(road: &Road) {
    let steps = Steps::begin();
    let mut app = Application::new(road, "plain", "plain");
    let folder = app.folder().to_owned();
    let commit = steps.step("sealed and pushed", || {
        fs::write(folder.join("namespace.yaml"), NAMESPACE).unwrap();
        road.shell.run(&folder, SEAL);
        app.push("A sealed token")
    });
    app.hand_to_flux(objects(app.url()));
    steps.step("Flux's objects → applied", || app.applied("plain", &commit));
    // Plain waiting calls an object ready that nobody has looked at yet.
    steps.step("applied → Secret", || road.wait_for("create", "secret/token", "plain"));
    let before = road.world.get("secret", "plain", "token");
    assert_eq!(secret::data(&before), [("token".to_owned(), b"opened".to_vec())].into());

    let commit = steps.step("a value pushed that was sealed for another name", || {
        road.shell.run(&folder, REPLACE);
        app.push("A value from elsewhere")
    });
    let said = steps.step("pushed → failed for Flux", || app.unhealthy("plain", &commit));
    assert!(said.contains("SealedSecret/plain/token status: 'Failed'"), "{said}");
    let verdict = road.verdict("plain", "token");
    assert!(
        !verdict.synced && verdict.message.starts_with("no key could decrypt secret (token)"),
        "{verdict:?}"
    );
    assert_eq!(road.world.get("secret", "plain", "token"), before);

    let commit = steps.step("taken back and pushed", || {
        road.shell.run(&folder, "git checkout --quiet HEAD~ -- token.yaml");
        app.push("The value from before")
    });
    steps.step("pushed → healthy again", || app.applied("plain", &commit));
    assert!(road.verdict("plain", "token").synced);
    assert_eq!(road.world.get("secret", "plain", "token"), before);
    steps.step("everything removed", || app.remove());
}

const NAMESPACE: &str = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: plain\n";

const SEAL: &str = "kubectl create secret generic token --namespace=plain --from-literal=token=opened \
    --dry-run=client --output=yaml | kubeseal --format=yaml > token.yaml";

const REPLACE: &str = "\
    sealed=$(printf elsewhere | kubeseal --raw --namespace=plain --name=other --from-file=/dev/stdin)
    sed -i \"s|^    token: .*|    token: $sealed|\" token.yaml";

/// What somebody has who did not read about health checks.
fn objects(url: &str) -> String {
    let metadata = json!({ "name": "plain", "namespace": "flux-system" });
    let repository = json!({
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": metadata,
        "spec": { "url": url, "ref": { "branch": "main" }, "interval": "2s" },
    });
    let kustomization = json!({
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": metadata,
        "spec": {
            "sourceRef": { "kind": "GitRepository", "name": "plain" },
            "path": "./",
            "prune": true,
            "wait": true,
            "interval": "10m",
            "timeout": "1m",
        },
    });
    json!({ "apiVersion": "v1", "kind": "List", "items": [repository, kustomization] }).to_string()
}
