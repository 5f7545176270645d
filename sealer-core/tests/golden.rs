//! What kubeseal made of difficult manifests, made again: everything but the ciphertexts, byte for byte.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use sealer_core::emit::{to_json, to_yaml};
use sealer_core::manifest::{read_sealed_secrets, read_secrets};
use sealer_core::{Overrides, Policy, Scope, SealRequest, SealedSecret};
use serde_json::Value as Json;

/// Upstream's output holds characters here that its own reader takes for line breaks, or a field that we drop.
const WRITTEN_OTHERWISE: [&str; 2] = ["strings", "managed-fields"];

fn file(path: &str) -> String {
    std::fs::read_to_string(format!("{}/../vectors/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn shapes() -> Vec<Json> {
    let index: Json = serde_json::from_str(&file("manifest.json")).unwrap();
    index["shapes"].as_array().unwrap().clone()
}

fn yaml(sealed: &[SealedSecret]) -> String {
    sealed.iter().map(|one| format!("---\n{}", to_yaml(one))).collect()
}

fn json(sealed: &[SealedSecret]) -> String {
    sealed.iter().map(to_json).collect()
}

#[test]
fn what_kubeseal_wrote_is_read_and_written_again_unchanged() {
    let mut compared = 0;
    for shape in shapes() {
        let id = shape["id"].as_str().unwrap();
        if WRITTEN_OTHERWISE.contains(&id) {
            continue;
        }
        for policy in [Policy::Strict, Policy::Kubeseal] {
            if let Some(path) = shape["yaml"].as_str() {
                let text = file(path);
                let sealed =
                    read_sealed_secrets(&text, policy).unwrap_or_else(|error| panic!("{path}: {error}"));
                assert_eq!(yaml(&sealed), text, "{path}");
                compared += 1;
            }
            if let Some(path) = shape["json"].as_str() {
                let text = file(path);
                let sealed =
                    read_sealed_secrets(&text, policy).unwrap_or_else(|error| panic!("{path}: {error}"));
                assert_eq!(json(&sealed), text, "{path}");
                compared += 1;
            }
        }
    }
    assert!(compared > 100, "only {compared} files compared");
}

/// What a shape's arguments are as overrides; `None` for arguments that only a command line can follow.
fn overrides<'a>(args: &[&'a str]) -> Option<Overrides<'a>> {
    let mut overrides = Overrides::default();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match *arg {
            // An explicit `strict` is no override upstream.
            "--scope" => {
                overrides.scope = args.next()?.parse().ok().filter(|scope| *scope != Scope::Strict);
            }
            "--name" => overrides.name = Some(args.next()?),
            "-n" => overrides.namespace = Some(args.next()?),
            "--kubeconfig" => {
                let context = args.next()?;
                overrides.default_namespace =
                    Some(if context.contains("without") { "default" } else { "from-kubeconfig" });
            }
            "--allow-empty-data" => overrides.allow_empty_data = true,
            _ => return None,
        }
    }
    Some(overrides)
}

#[test]
fn what_kubeseal_made_of_a_manifest_is_made_again_around_its_ciphertexts() {
    let mut compared = 0;
    let mut wrong = Vec::new();
    for shape in shapes() {
        let id = shape["id"].as_str().unwrap();
        let Some(out) = shape["yaml"].as_str() else { continue };
        let args: Vec<&str> =
            shape["args"].as_array().unwrap().iter().map(|arg| arg.as_str().unwrap()).collect();
        let (false, Some(overrides)) = (WRITTEN_OTHERWISE.contains(&id), overrides(&args)) else { continue };
        let expected = file(out);
        let theirs = read_sealed_secrets(&expected, Policy::Kubeseal).unwrap();
        let input = file(shape["input"].as_str().unwrap());
        let manifests =
            read_secrets(&input, Policy::Kubeseal).unwrap_or_else(|error| panic!("{id}: {error}"));
        assert_eq!(manifests.len(), theirs.len(), "{id}");
        let ours: Vec<SealedSecret> = manifests
            .into_iter()
            .zip(theirs)
            .map(|(manifest, theirs)| {
                // For a cluster-wide Secret kubeseal neither compares nor sets the namespace.
                let scope =
                    overrides.scope.unwrap_or(Scope::from_annotations(&manifest.metadata.annotations));
                let namespace = overrides.namespace.filter(|_| scope != Scope::ClusterWide);
                let overrides = Overrides { namespace, ..overrides };
                let keys: Vec<String> = manifest.data.keys().cloned().collect();
                assert!(keys.iter().eq(theirs.encrypted_data.keys()), "{id}");
                SealRequest::new(manifest, overrides)
                    .unwrap_or_else(|error| panic!("{id}: {error}"))
                    .around(theirs.encrypted_data)
            })
            .collect();
        if yaml(&ours) != expected {
            wrong.push(format!("{id}:\n{}\nwanted\n{expected}", yaml(&ours)));
        }
        compared += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 30, "only {compared} shapes compared");
}

#[test]
fn managed_fields_are_the_only_thing_that_is_dropped_beyond_upstream() {
    let manifest = read_secrets(&file("shapes/managed-fields.in.yaml"), Policy::Kubeseal).unwrap().remove(0);
    assert!(manifest.stripped.contains(&"managedFields"));
    let theirs =
        read_sealed_secrets(&file("shapes/managed-fields.out.yaml"), Policy::Kubeseal).unwrap().remove(0);
    let ours =
        SealRequest::new(manifest, Overrides::default()).unwrap().around(theirs.encrypted_data.clone());
    assert_eq!(ours, theirs);
}

#[test]
fn difficult_strings_come_back_from_what_we_write() {
    let manifest = read_secrets(&file("shapes/strings.in.json"), Policy::Kubeseal).unwrap().remove(0);
    let expected = manifest.metadata.clone();
    let sealed = SealRequest::new(manifest, Overrides::default()).unwrap().around(Default::default());
    for text in [to_yaml(&sealed), to_json(&sealed)] {
        for policy in [Policy::Strict, Policy::Kubeseal] {
            let read = read_sealed_secrets(&text, policy).unwrap().remove(0);
            assert_eq!(read.template.metadata, expected);
        }
    }
}
