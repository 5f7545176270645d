//! Flux applies a SealedSecret while no controller looks.

use std::fs;

use sealwright_e2e::harness::Test;
use sealwright_e2e::road::Road;
use sealwright_e2e::road::application::Application;
use sealwright_e2e::sealing::Sealing;
use sealwright_e2e::steps::Steps;
use serde_json::{Value, json};

use crate::health;

pub const TESTS: &[Test<Road>] = &[(
    "flux_waits_for_an_object_that_nobody_has_looked_at_only_with_expressions",
    flux_waits_for_an_object_that_nobody_has_looked_at_only_with_expressions,
)];

fn flux_waits_for_an_object_that_nobody_has_looked_at_only_with_expressions(road: &Road) {
    let steps = Steps::begin();
    let mut app = Application::new(road, "unseen", "unseen");
    let commit = steps.step("sealed and pushed", || {
        let mut sealing = Sealing::for_cluster(&road.world);
        for name in ["plain", "checked"] {
            let secret = json!({
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": { "name": name, "namespace": "unseen" },
                "stringData": { "token": "opened" },
            });
            fs::create_dir(app.folder().join(name)).unwrap();
            fs::write(app.folder().join(name).join("sealed.yaml"), sealing.seal(&secret).to_string())
                .unwrap();
        }
        fs::write(app.folder().join("plain/namespace.yaml"), NAMESPACE).unwrap();
        app.push("Two sealed tokens")
    });
    road.stop_controller();
    app.hand_to_flux(objects(app.url()));
    steps.step("plain waiting ends at once", || app.applied("plain", &commit));
    let said =
        steps.step("waiting with expressions ends with its patience", || app.unhealthy("checked", &commit));
    assert!(said.contains("timeout waiting for: [SealedSecret/unseen/checked status: 'Unknown'"), "{said}");
    for name in ["plain", "checked"] {
        assert_eq!(road.world.get("sealedsecret", "unseen", name)["status"], Value::Null);
        assert_eq!(road.find("secret", "unseen", name), None);
    }

    road.start_controller(&[]);
    steps.step("the controller looks → healthy", || app.applied("checked", &commit));
    assert!(road.find("secret", "unseen", "checked").is_some(), "ready is opened");
    steps.step("everything removed", || app.remove());
}

const NAMESPACE: &str = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: unseen\n";

/// One folder with plain waiting, and after it one with the expressions.
fn objects(url: &str) -> String {
    let repository = json!({
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": { "name": "unseen", "namespace": "flux-system" },
        "spec": { "url": url, "ref": { "branch": "main" }, "interval": "2s" },
    });
    let kustomization = |name: &str, more: Value| {
        let mut kustomization = json!({
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
            "kind": "Kustomization",
            "metadata": { "name": name, "namespace": "flux-system" },
            "spec": {
                "sourceRef": { "kind": "GitRepository", "name": "unseen" },
                "path": format!("./{name}"),
                "prune": true,
                "wait": true,
                "interval": "10m",
                "retryInterval": "1s",
                // The shortest that Flux knows.
                "timeout": "30s",
            },
        });
        for (field, value) in more.as_object().unwrap() {
            kustomization["spec"][field] = value.clone();
        }
        kustomization
    };
    let checked = json!({
        "healthCheckExprs": health::shipped_checks(),
        "dependsOn": [{ "name": "plain" }],
    });
    let items = [repository, kustomization("plain", json!({})), kustomization("checked", checked)];
    json!({ "apiVersion": "v1", "kind": "List", "items": items }).to_string()
}
