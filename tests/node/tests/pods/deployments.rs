//! Deployments and Services, with their own controllers.

use serde_json::json;

use crate::support::{until, with_node};

#[test]
fn a_deployment_rolls_out_when_its_probe_succeeds_and_its_ports_are_forwarded() {
    with_node(
        "deployments::a_deployment_rolls_out_when_its_probe_succeeds_and_its_ports_are_forwarded",
        |world| {
            let labels = json!({ "app": "greeter" });
            world.apply(&json!({
                "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "greeter" },
                "spec": {
                    "strategy": { "type": "Recreate" },
                    "selector": { "matchLabels": labels },
                    "template": { "metadata": { "labels": labels }, "spec": { "containers": [{
                        "name": "greeter",
                        "image": "registry.test:5000/greeter:v2@sha256:\
                                  0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                        "args": ["!"],
                        "env": [{ "name": "PORT", "value": "8000" }, { "name": "NAME", "value": "Ada" }],
                        "ports": [{ "name": "web", "containerPort": 8000 }],
                        "readinessProbe": { "httpGet": { "path": "/ready", "port": "web" } },
                        "livenessProbe": { "tcpSocket": { "port": "web" } },
                    }] } },
                },
            }));
            world.apply(&json!({
                "apiVersion": "v1", "kind": "Service", "metadata": { "name": "greeter" },
                "spec": { "selector": labels, "ports": [{ "name": "web", "port": 80, "targetPort": "web" }] },
            }));
            until("the greeter listens", || {
                world
                    .cluster
                    .run(&["logs", "deployment/greeter"])
                    .is_ok_and(|log| log == "greeting on 8000\n")
            });
            assert_eq!(world.field("deployment/greeter", ".status.readyReplicas"), "");
            let ready =
                ["get", "endpointslices", "--output=jsonpath={.items[*].endpoints[*].conditions.ready}"];
            until("the Service has an endpoint", || world.run(&ready) == "false");

            world.run(&["exec", "deployment/greeter", "--", "touch", "ready"]);
            world.run(&["rollout", "status", "deployment/greeter", "--timeout=60s"]);
            world.wait("deployment/greeter", "condition=Available");
            until("the endpoint is ready", || world.run(&ready) == "true");
            for (what, port) in [("deployment/greeter", 8000), ("service/greeter", 80)] {
                let forwarded = world.forward(what, port);
                assert_eq!(forwarded.get("/"), "hello Ada!\n", "{what}");
                assert_eq!(forwarded.get("/ready"), "ready\n", "{what}");
            }
            let proxy = "/api/v1/namespaces/default/services/http:greeter:web/proxy/";
            assert_eq!(world.run(&["get", "--raw", proxy]), "hello Ada!\n");

            // A new template takes the place of the old: its process has to be gone for the port to be free.
            world.run(&["set", "env", "deployment/greeter", "NAME=Grace"]);
            until("the new greeter listens", || {
                world.cluster.run(&["get", "--raw", proxy]).is_err()
                    && world.cluster.run(&["exec", "deployment/greeter", "--", "touch", "ready"]).is_ok()
            });
            world.run(&["rollout", "status", "deployment/greeter", "--timeout=60s"]);
            until("the new one answers", || {
                world.cluster.run(&["get", "--raw", proxy]).is_ok_and(|body| body == "hello Grace!\n")
            });
        },
    );
}
