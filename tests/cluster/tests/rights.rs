//! What our manifests ask for, against what upstream's ask for.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// One thing that somebody may do: API group, resource, name (empty for any), verb.
type Right = [String; 4];

/// The roles and cluster roles of a file, by kind and name.
fn roles(text: &str) -> BTreeMap<String, BTreeSet<Right>> {
    let documents: Vec<Value> = serde_saphyr::from_multiple(text).unwrap();
    let roles = documents.iter().filter(|document| document["kind"].as_str().unwrap().ends_with("Role"));
    roles.map(|role| (label(role), rights(role))).collect()
}

fn label(object: &Value) -> String {
    format!("{} {}", object["kind"].as_str().unwrap(), object["metadata"]["name"].as_str().unwrap())
}

fn rights(role: &Value) -> BTreeSet<Right> {
    let mut rights = BTreeSet::new();
    for rule in role["rules"].as_array().unwrap() {
        let list = |field: &str| -> Vec<String> {
            let words = rule[field].as_array().map(Vec::as_slice).unwrap_or_default();
            words.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
        };
        let names = Some(list("resourceNames")).filter(|names| !names.is_empty());
        assert!(list("nonResourceURLs").is_empty(), "a rule of another kind: {rule}");
        for group in list("apiGroups") {
            for resource in list("resources") {
                for name in names.clone().unwrap_or_else(|| vec![String::new()]) {
                    for verb in list("verbs") {
                        rights.insert([group.clone(), resource.clone(), name.clone(), verb]);
                    }
                }
            }
        }
    }
    rights
}

const OURS: &str = include_str!("../../../deploy/controller.yaml");
const UPSTREAMS: &str = include_str!("../upstream-rights.yaml");

/// Upstream's role by the name of ours: what upstream gives whoever uses the service proxy in one role, ours gives in
/// two, and the second is bound to nobody.
fn upstreams_name(role: &str) -> &str {
    if role == "Role sealed-secrets-resealer" { "Role sealed-secrets-service-proxier" } else { role }
}

#[test]
fn our_manifests_ask_for_no_more_than_upstreams() {
    let upstreams = roles(UPSTREAMS);
    let ours = roles(OURS);
    assert_eq!(ours.len(), 4, "{:?}", ours.keys());
    for (role, rights) in ours {
        let allowed =
            upstreams.get(upstreams_name(&role)).unwrap_or_else(|| panic!("upstream has no {role}"));
        let more: Vec<_> = rights.difference(allowed).collect();
        assert!(more.is_empty(), "{role} may do more than upstream's: {more:?}");
        assert!(!rights.is_empty(), "{role} may do nothing");
    }
}

#[test]
fn roles_are_bound_to_whom_upstream_binds_them() {
    let bindings = |text: &str| -> BTreeMap<String, Value> {
        let documents: Vec<Value> = serde_saphyr::from_multiple(text).unwrap();
        let bindings =
            documents.into_iter().filter(|object| object["kind"].as_str().unwrap().ends_with("Binding"));
        bindings
            .map(|mut object| (label(&object), [object["roleRef"].take(), object["subjects"].take()].into()))
            .collect()
    };
    assert_eq!(bindings(OURS), bindings(UPSTREAMS));
}

#[test]
fn a_wildcard_is_more_than_a_list() {
    let role = |verb: &str| {
        format!(
            "kind: Role\nmetadata: {{name: r}}\nrules: [{{apiGroups: [''], resources: [secrets], verbs: ['{verb}']}}]\n"
        )
    };
    let all = roles(&role("*"));
    let get = roles(&role("get"));
    assert_eq!(all["Role r"].difference(&get["Role r"]).count(), 1);
}
