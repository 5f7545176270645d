//! Containers and what they need.

use serde_json::json;

use crate::support::{script, until, with_node};

#[test]
fn a_pod_waits_for_its_secret_and_starts_when_it_appears() {
    with_node("starting::a_pod_waits_for_its_secret_and_starts_when_it_appears", |world| {
        let mut container = script("echo password=$PASSWORD; exec sleep 600");
        container["env"] = json!([{ "name": "PASSWORD", "valueFrom": { "secretKeyRef": { "name": "mysql", "key": "password" } } }]);
        world.pod("database", &container);
        let reason = ".status.containerStatuses[0].state.waiting";
        world.wait("pod/database", &format!("jsonpath={{{reason}.reason}}=CreateContainerConfigError"));
        assert_eq!(world.field("pod/database", &format!("{reason}.message")), "secret \"mysql\" not found");
        assert_eq!(world.field("pod/database", ".status.phase"), "Pending");

        world.run(&["create", "secret", "generic", "mysql", "--from-literal=user=root"]);
        world.wait(
            "pod/database",
            &format!("jsonpath={{{reason}.message}}=couldn't find key password in Secret default/mysql"),
        );
        world.run(&["delete", "secret", "mysql"]);
        world.run(&["create", "secret", "generic", "mysql", "--from-literal=password=made for this test"]);
        world.wait("pod/database", "condition=Ready");
        assert_eq!(world.run(&["logs", "database"]), "password=made for this test\n");
    });
}

#[test]
fn a_container_has_its_variables_its_account_and_nothing_of_the_node() {
    with_node("starting::a_container_has_its_variables_its_account_and_nothing_of_the_node", |world| {
        world.run(&[
            "create",
            "configmap",
            "settings",
            "--from-literal=COLOUR=blue",
            "--from-literal=size=9",
        ]);
        let mut container =
            script("env | grep -v _= | sort; cat /var/run/secrets/kubernetes.io/serviceaccount/namespace");
        container["envFrom"] = json!([{ "configMapRef": { "name": "settings" }, "prefix": "MY_" }]);
        container["env"] = json!([
            { "name": "ADDRESS", "valueFrom": { "fieldRef": { "fieldPath": "status.podIP" } } },
            { "name": "ME", "valueFrom": { "fieldRef": { "fieldPath": "metadata.name" } } },
            { "name": "SENTENCE", "value": "$(ME) is at $(ADDRESS), not at $(NOWHERE), for $$(ME)" },
            { "name": "SIZE",
              "valueFrom": { "configMapKeyRef": { "name": "settings", "key": "size" } } },
            { "name": "ABSENT",
              "valueFrom": { "secretKeyRef": { "name": "absent", "key": "absent", "optional": true } } },
        ]);
        world.apply(&json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "shower" },
            "spec": { "restartPolicy": "Never", "containers": [container] },
        }));
        world.wait("pod/shower", "jsonpath={.status.phase}=Succeeded");
        let log = world.run(&["logs", "shower"]);
        let names: Vec<_> = log.lines().map(|line| line.split('=').next().unwrap()).collect();
        assert_eq!(
            names,
            [
                "ADDRESS",
                "HOME",
                "HOSTNAME",
                "KUBERNETES_SERVICE_HOST",
                "KUBERNETES_SERVICE_PORT",
                "KUBERNETES_SERVICE_PORT_HTTPS",
                "ME",
                "MY_COLOUR",
                "MY_size",
                "PATH",
                "PWD",
                "SENTENCE",
                "SIZE",
                "TMPDIR",
                "default",
            ]
        );
        for line in [
            "ADDRESS=10.77.0.2",
            "HOSTNAME=shower",
            "MY_COLOUR=blue",
            "SENTENCE=shower is at 10.77.0.2, not at $(NOWHERE), for $(ME)",
            "SIZE=9",
        ] {
            assert!(log.lines().any(|found| found == line), "{line} is not in\n{log}");
        }
    });
}

#[test]
fn a_program_that_ends_is_started_again_in_the_same_folder_and_counted() {
    with_node("starting::a_program_that_ends_is_started_again_in_the_same_folder_and_counted", |world| {
        world.pod(
            "restarter",
            &script("echo x >> starts; wc -l < starts; [ $(wc -l < starts) = 3 ] && exec sleep 600; exit 4"),
        );
        world.wait("pod/restarter", "jsonpath={.status.containerStatuses[0].restartCount}=2");
        until("the third start has written", || world.run(&["logs", "restarter"]) == "3\n");
        assert_eq!(world.run(&["logs", "restarter", "--previous"]), "2\n");
        let last = ".status.containerStatuses[0].lastState.terminated.exitCode";
        assert_eq!(world.field("pod/restarter", last), "4");
    });
}

#[test]
fn init_containers_run_one_by_one_before_the_others() {
    with_node("starting::init_containers_run_one_by_one_before_the_others", |world| {
        let init = |name: &str, text: &str| {
            let mut container = script(text);
            container["name"] = json!(name);
            container
        };
        world.apply(&json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "prepared" },
            "spec": {
                "initContainers": [init("first", "sleep 0.2; echo first > steps"), init("second", "echo second >> steps")],
                "containers": [script("cat steps; exec sleep 600")],
            },
        }));
        world.wait("pod/prepared", "condition=Ready");
        until("the steps are written", || world.run(&["logs", "prepared"]) == "first\nsecond\n");
    });
}

#[test]
fn an_image_that_the_node_does_not_know_is_named() {
    with_node("starting::an_image_that_the_node_does_not_know_is_named", |world| {
        let mut container = script("true");
        container["image"] = json!("docker.io/nginx:1.29");
        world.pod("web", &container);
        let waiting = ".status.containerStatuses[0].state.waiting";
        world.wait("pod/web", &format!("jsonpath={{{waiting}.reason}}=ErrImagePull"));
        let message = world.field("pod/web", &format!("{waiting}.message"));
        assert!(message.contains("docker.io/nginx:1.29") && message.contains("shell"), "{message}");
    });
}
