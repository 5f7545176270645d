//! Leads the API server's service proxy to a process.

use std::net::SocketAddrV4;

use serde_json::{Value, json};

use crate::Cluster;
use crate::kubectl::KubectlError;

/// Makes `/api/v1/namespaces/NAMESPACE/services/http:SERVICE:http/proxy/` reach `address`.
///
/// The address must not be loopback: see [`crate::netns`]. A Service that is there already stays as it is, also
/// one with a selector, since no controller makes endpoints here; its port with the address' number leads to the
/// address, else its first. A new Service has one port, `http`, with the address' number.
pub fn expose(
    cluster: &Cluster,
    namespace: &str,
    service: &str,
    address: SocketAddrV4,
) -> Result<(), KubectlError> {
    let in_namespace = format!("--namespace={namespace}");
    // Without its service account a Pod is refused.
    cluster.run(&["wait", "serviceaccount/default", "--for=create", "--timeout=60s", &in_namespace])?;
    let get = ["get", "service", service, "--ignore-not-found", "--output=json", &in_namespace];
    let mut existing = cluster.run(&get)?;
    if existing.is_empty() {
        cluster.apply(&new_service(namespace, service, address.port()).to_string())?;
        existing = cluster.run(&get)?;
    }
    let port_name = port_name(&existing, address.port())
        .ok_or_else(|| KubectlError::Unknown { call: format!("get service {service}") })?;

    let pod_name = format!("{service}-stand-in");
    cluster.apply(&pod(namespace, &pod_name).to_string())?;
    // The proxy leads only to addresses that the endpoint's Pod has; a kubelet would report them.
    let ip = address.ip().to_string();
    let status = json!({ "status": { "phase": "Running", "podIP": ip, "podIPs": [{ "ip": ip }] } });
    let patch = format!("--patch={status}");
    cluster.run(&[
        "patch",
        "pod",
        &pod_name,
        "--subresource=status",
        "--type=merge",
        &patch,
        &in_namespace,
    ])?;

    cluster.apply(&endpoint_slice(namespace, service, &pod_name, &port_name, address).to_string())?;
    Ok(())
}

fn new_service(namespace: &str, name: &str, port: u16) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": { "namespace": namespace, "name": name },
        "spec": { "ports": [{ "name": "http", "port": port }] },
    })
}

/// The name of the port that leads to the address; endpoints are found by it. Empty for a single unnamed port.
fn port_name(service: &str, number: u16) -> Option<String> {
    let service: Value = serde_json::from_str(service).ok()?;
    let ports = service.pointer("/spec/ports")?.as_array()?;
    let same_number = ports.iter().find(|port| port["port"] == number);
    Some(same_number.or(ports.first())?["name"].as_str().unwrap_or_default().to_owned())
}

/// A Pod that no scheduler places; it satisfies the strictest Pod security level, should one be enforced.
fn pod(namespace: &str, name: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": { "namespace": namespace, "name": name },
        "spec": {
            "schedulerName": "nobody",
            "automountServiceAccountToken": false,
            "securityContext": { "runAsNonRoot": true, "seccompProfile": { "type": "RuntimeDefault" } },
            "containers": [{
                "name": "stand-in",
                "image": "stand-in",
                "securityContext": { "allowPrivilegeEscalation": false, "capabilities": { "drop": ["ALL"] } },
            }],
        },
    })
}

fn endpoint_slice(
    namespace: &str,
    service: &str,
    pod: &str,
    port_name: &str,
    address: SocketAddrV4,
) -> Value {
    json!({
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "namespace": namespace,
            "name": format!("{service}-stand-in"),
            "labels": { "kubernetes.io/service-name": service },
        },
        "addressType": "IPv4",
        "endpoints": [{
            "addresses": [address.ip().to_string()],
            "conditions": { "ready": true },
            "targetRef": { "kind": "Pod", "namespace": namespace, "name": pod },
        }],
        "ports": [{ "name": port_name, "port": address.port(), "protocol": "TCP" }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_of_the_same_number_comes_before_the_first() {
        let service = r#"{"spec":{"ports":[{"name":"metrics","port":8081},{"name":"http","port":8080}]}}"#;
        assert_eq!(port_name(service, 8080).as_deref(), Some("http"));
        assert_eq!(port_name(service, 9000).as_deref(), Some("metrics"));
    }

    #[test]
    fn a_service_without_ports_leads_nowhere() {
        assert_eq!(port_name(r#"{"spec":{"externalName":"example.org"}}"#, 8080), None);
        assert_eq!(port_name("no JSON", 8080), None);
    }

    #[test]
    fn a_single_port_may_have_no_name() {
        assert_eq!(port_name(r#"{"spec":{"ports":[{"port":80}]}}"#, 80).as_deref(), Some(""));
    }
}
