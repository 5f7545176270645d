package main

import (
	"context"

	"github.com/fluxcd/cli-utils/pkg/kstatus/polling/engine"
	"github.com/fluxcd/cli-utils/pkg/kstatus/polling/statusreaders"
	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"github.com/fluxcd/pkg/apis/kustomize"
	"github.com/fluxcd/pkg/runtime/cel"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// byKstatus is what a Kustomization with `wait: true` sees of a custom resource.
func byKstatus(object *unstructured.Unstructured) (verdict, error) {
	return read(statusreaders.NewGenericStatusReader(nil, status.Compute), object)
}

// byExpressions is what it sees with these healthCheckExprs; kinds that they don't name are left to kstatus.
func byExpressions(object *unstructured.Unstructured, checks []kustomize.CustomHealthCheck) (verdict, error) {
	construct, err := cel.NewStatusReader(checks)
	if err != nil {
		return verdict{}, err
	}
	reader := construct(nil)
	if !reader.Supports(object.GroupVersionKind().GroupKind()) {
		return byKstatus(object)
	}
	return read(reader, object)
}

// read passes on an expression that can't be evaluated as Flux does: the state is Unknown, which is waited for.
func read(reader engine.StatusReader, object *unstructured.Unstructured) (verdict, error) {
	// The object is all that these readers look at: no mapper, no cluster.
	result, err := reader.ReadStatusForObject(context.Background(), nil, object)
	if err != nil {
		return verdict{}, err
	}
	message := result.Message
	if result.Error != nil {
		message = result.Error.Error()
	}
	return verdict{State: result.Status.String(), Message: message}, nil
}
