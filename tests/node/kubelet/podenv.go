package main

import (
	"os"

	corev1 "k8s.io/api/core/v1"
)

// variables that every container of the Pod has; its own come on top.
func (p *pod) variables(object *corev1.Pod) *variables {
	vars := &variables{}
	vars.set("PATH", os.Getenv("PATH"))
	vars.set("HOSTNAME", object.Name)
	vars.set("HOME", p.homeFolder())
	vars.set("TMPDIR", p.homeFolder())
	vars.set("KUBERNETES_SERVICE_HOST", p.node.server.host)
	vars.set("KUBERNETES_SERVICE_PORT", p.node.server.port)
	vars.set("KUBERNETES_SERVICE_PORT_HTTPS", p.node.server.port)
	return vars
}
