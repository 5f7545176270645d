//! What deployment tools make of a SealedSecret in each state that the controller leaves it in.

use std::fmt::Display;
use std::fs;

use sealwright_e2e::harness::Test;
use sealwright_e2e::programs;
use sealwright_e2e::road::Road;
use sealwright_e2e::sealing::Sealing;
use sealwright_e2e::steps::Steps;
use sealwright_e2e::world::World;
use sealwright_gitops::{Verdict, Verdicts, binaries};
use serde::Deserialize;
use serde_json::{Value, json};

pub const TESTS: &[Test<Road>] =
    &[("every_tool_judges_every_state_rightly", every_tool_judges_every_state_rightly)];

/// What is made of a state by a Flux Kustomization with `wait`; by the same with `healthCheckExprs`; by Argo CD; by
/// older ones; and which condition ends a `kubectl wait`.
type Row = [&'static str; 5];

const OPEN: Row = ["Current", "Current", "Healthy", "Healthy", "Synced Ready"];
const FAILED: Row = ["Failed", "Failed", "Degraded", "Degraded", "Stalled"];
const LATER: Row = ["InProgress", "InProgress", "Progressing", "Progressing", "Reconciling"];
/// The known gap: kstatus calls ready what says nothing. An expression about a missing field is waited for.
const SILENT: Row = ["Current", "Unknown", "Progressing", "Progressing", ""];

/// Every state, in the order in which the test makes them, and what is made of it.
const TABLE: &[(&str, Row)] = &[
    ("opened", OPEN),
    ("renamed", FAILED),
    ("damaged", FAILED),
    ("template can't be rendered", FAILED),
    ("Secret is somebody else's", FAILED),
    ("Secret is immutable", FAILED),
    ("Secret has another type", FAILED),
    ("Secret is invalid", FAILED),
    ("no quota for the Secret", LATER),
    ("old Secret is going", LATER),
    ("quota came", OPEN),
    ("mended", OPEN),
    // From here the controller is stopped.
    ("new", SILENT),
    ("changed after it was opened", ["InProgress", "InProgress", "Progressing", "Healthy", ""]),
    ("changed after it failed", ["InProgress", "InProgress", "Progressing", "Degraded", ""]),
    // Annotations don't count in the generation: until the controller looks, nobody can know.
    ("another scope after it was opened", OPEN),
    // And from here it runs without --update-status.
    ("opened, and not told", SILENT),
    ("renamed, and not told", SILENT),
    // At last it is as shipped again.
    ("new, looked at", OPEN),
    ("changed, looked at", OPEN),
    ("mended, looked at", OPEN),
    ("another scope, looked at", FAILED),
    ("renamed, told now", FAILED),
];

/// Every condition that the controller knows.
const CONDITIONS: [&str; 4] = ["Synced", "Ready", "Stalled", "Reconciling"];

const NAMESPACE: &str = "health";
/// Here no Secret may be made.
const FULL: &str = "health-full";

fn every_tool_judges_every_state_rightly(road: &Road) {
    let steps = Steps::begin();
    let mut panel = Panel::begin(road);
    steps.step("judged while the controller runs", || panel.running());
    steps.step("judged while it is stopped", || panel.stopped());
    steps.step("judged while it writes no status", || panel.silent());
    steps.step("judged when it runs again", || panel.running_again());
    let judges = ["Flux wait", "with exprs", "Argo CD", "older", "kubectl wait"];
    print("", &judges);
    for (state, row) in &panel.judged {
        print(state, row);
    }
    let expected: Vec<_> = TABLE.iter().map(|(state, row)| (*state, row.map(str::to_owned))).collect();
    assert_eq!(panel.judged, expected);
}

fn print(state: &str, row: &[impl Display]) {
    let cells: String = row.iter().map(|cell| format!("{cell:12}")).collect();
    println!("    {}", format!("{state:36}{cells}").trim_end());
}

struct Panel<'a> {
    road: &'a Road,
    world: &'a World,
    sealing: Sealing,
    verdicts: Verdicts,
    judged: Vec<(&'static str, [String; 5])>,
}

impl<'a> Panel<'a> {
    fn begin(road: &'a Road) -> Self {
        let world = &road.world;
        let judges = binaries::ensure(&mut |_| {}).unwrap().judges;
        for namespace in [NAMESPACE, FULL] {
            world.namespace(namespace);
        }
        // There is no quota controller here that would do the second step.
        let status = r#"{"status":{"hard":{"secrets":"0"},"used":{"secrets":"0"}}}"#;
        world.kubectl(&["create", "quota", "none", "--hard=secrets=0", "-n", FULL]);
        let quota =
            ["patch", "quota", "none", "-n", FULL, "--subresource=status", "--type=merge", "-p", status];
        world.kubectl(&quota);
        Self {
            road,
            world,
            sealing: Sealing::for_cluster(world),
            verdicts: Verdicts::start(&judges, &shipped_checks()).unwrap(),
            judged: Vec::new(),
        }
    }

    /// States that the controller as shipped makes.
    fn running(&mut self) {
        self.apply("opened", |_| {});
        self.settles("opened", "opened", "true");
        self.apply_renamed("renamed");
        self.fails("renamed", "renamed", "no key could decrypt secret (password)");
        self.apply("damaged", |sealed| sealed["spec"]["encryptedData"]["password"] = "%".into());
        self.fails("damaged", "damaged", "not valid base64 (password)");
        let template = json!({ "url": "db://{{ nosuch .password }}" });
        self.apply("template", |sealed| sealed["spec"]["template"]["data"] = template);
        self.fails("template can't be rendered", "template", "spec.template.data");

        self.world.kubectl(&["create", "secret", "generic", "foreign", "-n", NAMESPACE]);
        self.apply("foreign", |_| {});
        self.fails(
            "Secret is somebody else's",
            "foreign",
            "failed update: Resource \"foreign\" already exists",
        );
        let frozen = |sealed: &mut Value| sealed["spec"]["template"]["immutable"] = true.into();
        self.apply("frozen", frozen);
        self.world.wait_synced(NAMESPACE, "frozen", "true");
        self.apply_value("frozen", "another", frozen);
        self.fails(
            "Secret is immutable",
            "frozen",
            "Error updating health/frozen: the target Secret is immutable",
        );
        self.apply("typed", |_| {});
        self.world.wait_synced(NAMESPACE, "typed", "true");
        self.apply("typed", |sealed| sealed["spec"]["template"]["type"] = "example.com/other".into());
        self.fails(
            "Secret has another type",
            "typed",
            "Error updating health/typed: the target Secret has type",
        );
        self.apply("invalid", |sealed| sealed["spec"]["template"]["type"] = "kubernetes.io/tls".into());
        self.fails("Secret is invalid", "invalid", "Error updating health/invalid: ");

        let full = self.seal(FULL, "full", "value");
        self.world.create(&[full]);
        self.waits("no quota for the Secret", (FULL, "full"), "cannot write Secret");
        self.world.create(&[json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": { "name": "going", "namespace": NAMESPACE, "finalizers": ["example.com/later"] },
        })]);
        self.world.kubectl(&["delete", "secret", "going", "-n", NAMESPACE, "--wait=false"]);
        self.apply("going", |_| {});
        self.waits("old Secret is going", (NAMESPACE, "going"), "waiting for the deletion of the Secret");
        let free = r#"{"metadata":{"finalizers":null}}"#;
        self.world.kubectl(&["patch", "secret", "going", "-n", NAMESPACE, "--type=merge", "-p", free]);
        self.world.wait_synced(NAMESPACE, "going", "true");

        self.world.kubectl(&["delete", "quota", "none", "-n", FULL]);
        self.world.wait_synced(FULL, "full", "true");
        self.judge("quota came", FULL, "full");
        self.apply("damaged", |_| {});
        self.settles("mended", "damaged", "true");
    }

    /// States that nobody has looked at.
    fn stopped(&mut self) {
        self.road.stop_controller();
        self.apply("new", |_| {});
        self.judge("new", NAMESPACE, "new");
        self.apply_value("opened", "another", |_| {});
        self.judge("changed after it was opened", NAMESPACE, "opened");
        self.apply("renamed", |_| {});
        self.judge("changed after it failed", NAMESPACE, "renamed");
        let wide = "sealedsecrets.bitnami.com/cluster-wide=true";
        self.world.kubectl(&["annotate", "sealedsecret", "damaged", "-n", NAMESPACE, wide]);
        self.judge("another scope after it was opened", NAMESPACE, "damaged");
    }

    /// States that the controller keeps to itself.
    fn silent(&mut self) {
        self.road.start_controller(&["--update-status=false"]);
        self.apply("quiet", |_| {});
        self.world.kubectl(&["wait", "--for=create", "secret/quiet", "-n", NAMESPACE, "--timeout=60s"]);
        self.judge("opened, and not told", NAMESPACE, "quiet");
        self.apply_renamed("unheard");
        self.road.until("an event about health/unheard", || self.told_by_event("unheard"));
        self.judge("renamed, and not told", NAMESPACE, "unheard");
    }

    fn running_again(&mut self) {
        self.road.stop_controller();
        self.road.start_controller(&[]);
        self.settles("new, looked at", "new", "true");
        self.settles("changed, looked at", "opened", "true");
        self.settles("mended, looked at", "renamed", "true");
        self.fails("another scope, looked at", "damaged", "no key could decrypt secret (password)");
        self.fails("renamed, told now", "unheard", "no key could decrypt secret (password)");
    }

    fn told_by_event(&self, name: &str) -> Option<()> {
        let failed =
            |event: &Value| event["involvedObject"]["name"] == name && event["reason"] == "ErrUnsealFailed";
        self.world.list("events", NAMESPACE).iter().any(failed).then_some(())
    }

    fn seal(&mut self, namespace: &str, name: &str, value: &str) -> Value {
        self.sealing.seal(&json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": { "name": name, "namespace": namespace },
            "stringData": { "password": value },
        }))
    }

    /// Applies a SealedSecret of this name, spoiled so.
    fn apply(&mut self, name: &str, spoil: impl FnOnce(&mut Value)) {
        self.apply_value(name, "value", spoil);
    }

    fn apply_value(&mut self, name: &str, value: &str, spoil: impl FnOnce(&mut Value)) {
        let mut sealed = self.seal(NAMESPACE, name, value);
        spoil(&mut sealed);
        self.world.cluster.apply(&sealed.to_string()).unwrap();
    }

    /// Applies under this name what was sealed for another.
    fn apply_renamed(&mut self, name: &str) {
        let mut sealed = self.seal(NAMESPACE, "elsewhere", "value");
        for path in ["/metadata/name", "/spec/template/metadata/name"] {
            *sealed.pointer_mut(path).unwrap() = name.into();
        }
        self.world.cluster.apply(&sealed.to_string()).unwrap();
    }

    /// Waits for a refusal that begins so, and judges it: the tools show its message.
    fn fails(&mut self, state: &'static str, name: &str, message: &str) {
        self.world.wait_synced(NAMESPACE, name, "false");
        let verdict = self.judge(state, NAMESPACE, name);
        assert!(verdict.argo.message.starts_with(message), "{state}: {:?}", verdict.argo.message);
        assert_eq!(verdict.argo_old.message, verdict.argo.message, "{state}");
        assert_eq!(verdict.kstatus.message, "see the condition Synced", "{state}");
    }

    /// Waits until the object waits for this, and judges it.
    fn waits(&mut self, state: &'static str, (namespace, name): (&str, &str), message: &str) {
        self.world.wait_synced(namespace, name, "unknown");
        let said =
            self.world.get("sealedsecret", namespace, name)["status"]["conditions"][0]["message"].take();
        assert!(said.as_str().is_some_and(|said| said.starts_with(message)), "{state}: {said}");
        self.judge(state, namespace, name);
    }

    /// Waits until the controller has said this of `Synced`, and judges it.
    fn settles(&mut self, state: &'static str, name: &str, synced: &str) {
        self.world.wait_synced(NAMESPACE, name, synced);
        self.judge(state, NAMESPACE, name);
    }

    fn judge(&mut self, state: &'static str, namespace: &str, name: &str) -> Verdict {
        let object = self.world.get("sealedsecret", namespace, name);
        let verdict = self.verdicts.judge(&object).unwrap();
        let ends_waiting = |condition: &&str| {
            let (name, condition) = (format!("sealedsecret/{name}"), format!("--for=condition={condition}"));
            // Zero is one look.
            self.world.cluster.run(&["wait", &name, "-n", namespace, &condition, "--timeout=0"]).is_ok()
        };
        let ends: Vec<_> = CONDITIONS.into_iter().filter(ends_waiting).collect();
        let states = [&verdict.kstatus, &verdict.flux_cel, &verdict.argo, &verdict.argo_old];
        let [kstatus, flux_cel, argo, argo_old] = states.map(|said| said.state.clone());
        self.judged.push((state, [kstatus, flux_cel, argo, argo_old, ends.join(" ")]));
        verdict
    }
}

/// The expressions that the example for Flux has.
pub fn shipped_checks() -> Vec<Value> {
    #[derive(Deserialize)]
    struct Object {
        spec: Spec,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Spec {
        #[serde(default)]
        health_check_exprs: Vec<Value>,
    }
    let file = programs::repository().join("deploy/examples/flux/mysql.yaml");
    let objects: Vec<Object> = serde_saphyr::from_multiple(&fs::read_to_string(file).unwrap()).unwrap();
    let checks: Vec<Value> = objects.into_iter().flat_map(|object| object.spec.health_check_exprs).collect();
    assert!(!checks.is_empty(), "the example has health check expressions");
    checks
}
