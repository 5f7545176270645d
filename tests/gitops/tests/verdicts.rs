//! The judges judge as the tools do: Argo CD on its own examples, Flux on what its documentation says.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use std::fs;
use std::path::Path;

use sealwright_gitops::{Judges, VerdictError, Verdicts, binaries};
use serde::Deserialize;
use serde_json::{Value, json};

/// The expressions of Flux's documentation for SealedSecrets.
fn checks() -> Vec<Value> {
    let all = |status: &str| {
        format!("status.conditions.filter(e, e.type == 'Synced').all(e, e.status == '{status}')")
    };
    vec![json!({
        "apiVersion": "bitnami.com/v1alpha1",
        "kind": "SealedSecret",
        "failed": all("False"),
        "current": all("True"),
    })]
}

/// Nothing where Go is missing; that was said aloud.
fn with(test: impl FnOnce(&Judges, Verdicts)) {
    if let Some(binaries) = binaries::ensure_or_skip().unwrap() {
        let verdicts = Verdicts::start(&binaries.judges, &checks()).unwrap();
        test(&binaries.judges, verdicts);
    }
}

fn yaml<T: for<'de> Deserialize<'de>>(path: &Path) -> T {
    serde_saphyr::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[derive(Deserialize)]
struct Examples {
    tests: Vec<Example>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Example {
    input_path: String,
    health_status: Health,
}

#[derive(Deserialize)]
struct Health {
    status: String,
    message: String,
}

#[test]
fn argo_cds_own_examples_are_judged_as_argo_cd_expects() {
    with(|judges, mut verdicts| {
        let expected = [(&judges.argo.new, 6), (&judges.argo.old, 3)];
        for (version, (folder, count)) in expected.into_iter().enumerate() {
            let examples: Examples = yaml(&folder.join("health_test.yaml"));
            assert_eq!(examples.tests.len(), count, "{}", folder.display());
            for example in examples.tests {
                let object: Value = yaml(&folder.join(&example.input_path));
                let verdict = verdicts.judge(&object).unwrap();
                let said = if version == 0 { verdict.argo } else { verdict.argo_old };
                let expected = (example.health_status.status, example.health_status.message);
                assert_eq!((said.state, said.message), expected, "{}", example.input_path);
            }
        }
    });
}

fn object(generation: i64, status: &Value) -> Value {
    json!({
        "apiVersion": "bitnami.com/v1alpha1",
        "kind": "SealedSecret",
        "metadata": { "name": "db", "namespace": "payments", "generation": generation },
        "status": status,
    })
}

#[test]
fn flux_takes_its_steps_in_the_documented_order() {
    let with_conditions =
        |conditions: Value| object(2, &json!({ "observedGeneration": 2, "conditions": conditions }));
    let synced = |status: &str| json!([{ "type": "Synced", "status": status }]);
    let older = json!({ "observedGeneration": 1, "conditions": synced("False") });
    let rows = [
        ("another generation comes first", object(2, &older), "InProgress", "InProgress"),
        ("failed comes before current", with_conditions(json!([])), "Current", "Failed"),
        ("neither is in progress", with_conditions(synced("Unknown")), "Current", "InProgress"),
        ("kstatus does not know Synced", with_conditions(synced("False")), "Current", "Failed"),
        ("a missing field is waited for", object(1, &Value::Null), "Current", "Unknown"),
    ];
    with(|_, mut verdicts| {
        for (row, object, kstatus, flux_cel) in rows {
            let verdict = verdicts.judge(&object).unwrap();
            assert_eq!((&*verdict.kstatus.state, &*verdict.flux_cel.state), (kstatus, flux_cel), "{row}");
        }
    });
}

#[test]
fn expressions_are_for_the_kind_that_they_name() {
    with(|_, mut verdicts| {
        let mut object = object(1, &json!({}));
        object["kind"] = "SealedThing".into();
        let verdict = verdicts.judge(&object).unwrap();
        assert_eq!(verdict.flux_cel, verdict.kstatus);
    });
}

#[test]
fn a_question_that_makes_no_sense_is_no_verdict() {
    with(|_, mut verdicts| {
        let fault = verdicts.judge(&json!({ "no": "kind" })).unwrap_err();
        assert!(matches!(fault, VerdictError::Fault(_)), "{fault:?}");
        assert_eq!(verdicts.judge(&object(1, &json!({}))).unwrap().argo.state, "Progressing");
    });
}

#[test]
fn a_module_with_another_hash_is_not_used() {
    use sealwright_test_cluster::go::{BuildError, pinned_module_folder};
    with(|_, _| {
        let module = "github.com/yuin/gopher-lua@v1.1.2";
        let refused = pinned_module_folder(module, "h1:another").unwrap_err();
        assert!(matches!(refused, BuildError::Sum { .. }), "{refused:?}");
    });
}
