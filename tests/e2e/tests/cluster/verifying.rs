//! `sealwright verify` before both controllers: which values open, and why the others don't.

use sealwright_e2e::harness::Test;
use sealwright_e2e::world::World;
use serde_json::json;

use crate::kubeseals::{run, succeeded, with_each_controller};

pub const TESTS: &[Test<World>] = &[(
    "sealwright_tells_of_each_value_why_a_controller_does_not_open_it",
    sealwright_tells_of_each_value_why_a_controller_does_not_open_it,
)];

fn sealwright_tells_of_each_value_why_a_controller_does_not_open_it(world: &World) {
    let value = |arguments: &[&str]| {
        let arguments = [&["--raw", "--from-file=/dev/stdin"], arguments].concat();
        succeeded(run(world, &world.ours, &arguments, "hunter2"))
    };
    let good = value(&["--namespace=payments", "--name=db"]);
    let sealed = |name: &str, values: serde_json::Value| {
        json!({
            "apiVersion": "bitnami.com/v1alpha1",
            "kind": "SealedSecret",
            "metadata": { "name": name, "namespace": "payments" },
            "spec": { "encryptedData": values, "template": { "metadata": { "name": "db", "namespace": "payments" } } },
        })
    };
    let mixed = sealed(
        "db",
        json!({
            "cut": good[..good.len() - 8],
            "foreign": value(&["--namespace=payments", "--name=other"]),
            "good": good,
            "wide": value(&["--scope=cluster-wide"]),
        }),
    );
    let renamed = sealed("shop", json!({ "good": good }));
    let whole = sealed("db", json!({ "good": good }));
    for (name, object) in [("mixed.json", &mixed), ("renamed.json", &renamed), ("whole.json", &whole)] {
        world.file(name, object.to_string());
    }
    let expected = [
        "mixed.json: payments/db: cut does not open: ",
        "mixed.json: payments/db: foreign does not open: it was sealed for another cluster, or for another name",
        "mixed.json: payments/db: wide does not open: it was sealed cluster-wide: the annotation sealedsecrets.",
        "renamed.json: payments/shop: good does not open: its template says payments/db, so it was probably sealed",
        "whole.json: payments/db: opens",
    ];
    with_each_controller(world, |controller| {
        let output = world.try_sealwright(&["verify", "mixed.json", "renamed.json", "whole.json"]);
        let (stdout, stderr) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!((output.status.code(), stderr.as_ref()), (Some(1), ""), "{controller}");
        let lines: Vec<&str> = stdout.lines().collect();
        assert_eq!(lines.len(), expected.len(), "{controller}: {stdout}");
        for (line, expected) in lines.iter().zip(expected) {
            assert!(line.starts_with(expected), "{controller}: {line}");
        }
    });
}
