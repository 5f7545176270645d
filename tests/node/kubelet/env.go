package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// references reads the objects that a container's variables name, in its Pod's namespace.
type references struct {
	client    kubernetes.Interface
	namespace string
}

// secret returns the data of a Secret; nil where a missing one is allowed.
func (r references) secret(ctx context.Context, name string, optional *bool) (map[string][]byte, error) {
	secret, err := r.client.CoreV1().Secrets(r.namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, missing(err, "secret", name, optional)
	}
	return secret.Data, nil
}

// configMap returns the data of a ConfigMap; nil where a missing one is allowed.
func (r references) configMap(ctx context.Context, name string, optional *bool) (map[string][]byte, error) {
	configMap, err := r.client.CoreV1().ConfigMaps(r.namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, missing(err, "configmap", name, optional)
	}
	data := maps.Clone(configMap.BinaryData)
	if data == nil {
		data = map[string][]byte{}
	}
	for key, value := range configMap.Data {
		data[key] = []byte(value)
	}
	return data, nil
}

// missing says it as a kubelet does, which reads these objects from its own cache.
func missing(err error, kind, name string, optional *bool) error {
	if !apierrors.IsNotFound(err) {
		return err
	}
	if optional != nil && *optional {
		return nil
	}
	return fmt.Errorf("%s %q not found", kind, name)
}

// environment returns the variables that a container's specification names, in the order in which they were named.
func environment(ctx context.Context, refs references, pod *corev1.Pod, container *corev1.Container) (*variables, error) {
	vars := &variables{}
	for _, from := range container.EnvFrom {
		var data map[string][]byte
		var err error
		switch {
		case from.SecretRef != nil:
			data, err = refs.secret(ctx, from.SecretRef.Name, from.SecretRef.Optional)
		case from.ConfigMapRef != nil:
			data, err = refs.configMap(ctx, from.ConfigMapRef.Name, from.ConfigMapRef.Optional)
		}
		if err != nil {
			return nil, err
		}
		for _, key := range slices.Sorted(maps.Keys(data)) {
			vars.set(from.Prefix+key, string(data[key]))
		}
	}
	for _, env := range container.Env {
		value, found, err := valueOf(ctx, refs, pod, &env, vars)
		if err != nil {
			return nil, err
		}
		if found {
			vars.set(env.Name, value)
		}
	}
	return vars, nil
}

func valueOf(ctx context.Context, refs references, pod *corev1.Pod, env *corev1.EnvVar, vars *variables) (string, bool, error) {
	from := env.ValueFrom
	switch {
	case from == nil:
		return vars.expand(env.Value), true, nil
	case from.SecretKeyRef != nil:
		ref := from.SecretKeyRef
		data, err := refs.secret(ctx, ref.Name, ref.Optional)
		return valueAt(data, err, "Secret", refs.namespace, ref.Name, ref.Key, ref.Optional)
	case from.ConfigMapKeyRef != nil:
		ref := from.ConfigMapKeyRef
		data, err := refs.configMap(ctx, ref.Name, ref.Optional)
		return valueAt(data, err, "ConfigMap", refs.namespace, ref.Name, ref.Key, ref.Optional)
	case from.FieldRef != nil:
		value, err := fieldOf(pod, from.FieldRef.FieldPath)
		return value, err == nil, err
	}
	return "", false, fmt.Errorf("the source of %s is not one that this node can read", env.Name)
}

func valueAt(data map[string][]byte, err error, kind, namespace, name, key string, optional *bool) (string, bool, error) {
	if err != nil {
		return "", false, err
	}
	value, found := data[key]
	if !found && (optional == nil || !*optional) {
		return "", false, fmt.Errorf("couldn't find key %s in %s %s/%s", key, kind, namespace, name)
	}
	return string(value), found, nil
}

// fieldOf reads a field of the Pod itself; its addresses are in its status before its containers start.
func fieldOf(pod *corev1.Pod, path string) (string, error) {
	switch path {
	case "metadata.name":
		return pod.Name, nil
	case "metadata.namespace":
		return pod.Namespace, nil
	case "metadata.uid":
		return string(pod.UID), nil
	case "spec.nodeName":
		return pod.Spec.NodeName, nil
	case "spec.serviceAccountName":
		return pod.Spec.ServiceAccountName, nil
	case "status.podIP", "status.podIPs":
		return pod.Status.PodIP, nil
	case "status.hostIP", "status.hostIPs":
		return pod.Status.HostIP, nil
	}
	for prefix, fields := range map[string]map[string]string{
		"metadata.labels['":      pod.Labels,
		"metadata.annotations['": pod.Annotations,
	} {
		if key, found := strings.CutPrefix(path, prefix); found {
			return fields[strings.TrimSuffix(key, "']")], nil
		}
	}
	return "", fmt.Errorf("the field %s is not one that this node can read", path)
}
