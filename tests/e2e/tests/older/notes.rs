//! The commands, and what a person expects of each.

use std::fs;

use serde_json::json;

use sealwright_e2e::steps::Steps;

use crate::machine::{Machine, Said};

/// Goes through the notes as they are, or with another word in place of `create -f`.
pub fn follow(verb: &str) {
    let steps = Steps::begin();
    let machine = steps.step("an empty cluster", Machine::start);
    steps.step("installed", || install(&machine, verb));
    steps.step("a Secret sealed and opened", || seal_and_open(&machine, verb));
    steps.step("an old file opened", || open_an_old_file(&machine, verb));
    steps.step("the same once more", || repeat(&machine, verb));
    steps.step("a file without sealed values refused", || refuse_an_empty_file(&machine, verb));
}

fn install(machine: &Machine, verb: &str) {
    assert_eq!(
        machine.run(&with(verb, "kubectl create -f sealedsecret-crd.yaml")),
        "customresourcedefinition.apiextensions.k8s.io/sealedsecrets.bitnami.com created\n"
    );
    let said = machine.run(&with(verb, "kubectl create -f controller.yaml"));
    assert!(said.lines().all(|line| line.ends_with(" created")), "{said}");
    for object in ["deployment.apps", "service", "serviceaccount"] {
        let created = format!("{object}/sealed-secrets-controller created");
        assert!(said.lines().any(|line| line == created), "{said}");
    }
}

fn seal_and_open(machine: &Machine, verb: &str) {
    const CREATE: &str = "kubectl create secret generic mysql --from-literal=password=mypassword \
                          --dry-run=client -o json > secret.json";
    assert_eq!(machine.run(CREATE), "");
    assert_eq!(machine.read("secret.json")["data"], json!({ "password": "bXlwYXNzd29yZA==" }));

    // The controller is just starting.
    assert_eq!(machine.run("kubeseal <secret.json >sealed-secret.json"), "");
    let sealed = machine.read("sealed-secret.json");
    assert_eq!(sealed["kind"], "SealedSecret");
    assert_eq!(sealed["metadata"]["name"], "mysql");
    assert_eq!(sealed["metadata"]["namespace"], "default");
    assert!(sealed["spec"]["encryptedData"]["password"].as_str().unwrap().starts_with("Ag"));
    assert!(!sealed.to_string().contains("bXlwYXNzd29yZA"), "{sealed}");

    assert_eq!(
        machine.run(&with(verb, "kubectl create -f sealed-secret.json")),
        "sealedsecret.bitnami.com/mysql created\n"
    );
    is_opened(machine, "mysql");
    assert_eq!(
        machine.run("kubectl get secret mysql -o jsonpath={.data.password} | base64 -d"),
        "mypassword"
    );
}

fn open_an_old_file(machine: &Machine, verb: &str) {
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret",
        "metadata": { "name": "mysql-old", "namespace": "default" },
        "data": { "password": "b2xkcGFzc3dvcmQ=" },
    });
    machine.write_deprecated("old-sealed-secret.json", &secret);
    let spec = machine.read("old-sealed-secret.json")["spec"].clone();
    assert!(spec["data"].is_string() && spec.get("encryptedData").is_none(), "{spec}");

    assert_eq!(
        machine.run(&with(verb, "kubectl create -f old-sealed-secret.json")),
        "sealedsecret.bitnami.com/mysql-old created\n"
    );
    is_opened(machine, "mysql-old");
    assert_eq!(
        machine.run("kubectl get secret mysql-old -o jsonpath={.data.password} | base64 -d"),
        "oldpassword"
    );
}

/// `create` says that the object is there, `apply` that nothing changes.
fn repeat(machine: &Machine, verb: &str) {
    for (file, name) in [("sealed-secret.json", "mysql"), ("old-sealed-secret.json", "mysql-old")] {
        let said = machine.say(&with(verb, &format!("kubectl create -f {file}")));
        let expected = match verb {
            "create" => Said {
                stdout: String::new(),
                stderr: format!(
                    "Error from server (AlreadyExists): error when creating \"{file}\": \
                     sealedsecrets.bitnami.com \"{name}\" already exists\n"
                ),
                code: Some(1),
            },
            _ => Said {
                stdout: format!("sealedsecret.bitnami.com/{name} unchanged\n"),
                stderr: String::new(),
                code: Some(0),
            },
        };
        assert_eq!(said, expected);
        is_opened(machine, name);
    }
}

/// What the definition takes of old files doesn't let a mistyped field through.
fn refuse_an_empty_file(machine: &Machine, verb: &str) {
    let mut empty = machine.read("sealed-secret.json");
    empty["metadata"]["name"] = json!("empty");
    empty["spec"].as_object_mut().unwrap().remove("encryptedData");
    fs::write(machine.file("empty.json"), empty.to_string()).unwrap();
    let said = machine.say(&with(verb, "kubectl create -f empty.json"));
    assert_eq!((said.stdout.as_str(), said.code), ("", Some(1)));
    assert!(said.stderr.contains("spec.encryptedData: Required value"), "{}", said.stderr);
}

/// `create -f` makes what is new; people who come back write another word.
fn with(verb: &str, command: &str) -> String {
    command.replacen("create", verb, 1)
}

/// Both tables have the object in them as opened; the message is empty then.
fn is_opened(machine: &Machine, name: &str) {
    let row = |table: &str| {
        let line = table.lines().find(|line| line.split_whitespace().next() == Some(name))?;
        Some(line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    };
    let secrets = machine.run_until("kubectl get secret", |table| row(table).is_some());
    assert_eq!(heading(&secrets), ["NAME", "TYPE", "DATA", "AGE"]);
    assert_eq!(row(&secrets).unwrap()[1..3], ["Opaque", "1"]);

    let sealed = machine
        .run_until("kubectl get sealedsecret", |table| row(table).is_some_and(|words| words[1] == "True"));
    assert_eq!(heading(&sealed), ["NAME", "STATUS", "SYNCED", "AGE"]);
}

fn heading(table: &str) -> Vec<&str> {
    table.lines().next().unwrap_or_default().split_whitespace().collect()
}
