package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
)

// accountPath is where every client library looks for the files of its service account, below /var/run.
const accountPath = "secrets/kubernetes.io/serviceaccount"

// tokenSeconds is longer than any test: tokens are not renewed.
const tokenSeconds int64 = 24 * 60 * 60

// apiServer is how a Pod reaches the API server.
type apiServer struct {
	host, port string
	ca         []byte
}

func apiServerOf(config *rest.Config) (apiServer, error) {
	address, err := url.Parse(config.Host)
	if err != nil {
		return apiServer{}, fmt.Errorf("can't read the server's address %q: %w", config.Host, err)
	}
	host, port, err := net.SplitHostPort(address.Host)
	if err != nil {
		host, port = address.Host, "443"
	}
	tls := rest.CopyConfig(config)
	if err := rest.LoadTLSFiles(tls); err != nil {
		return apiServer{}, fmt.Errorf("can't read the server's certificate authority: %w", err)
	}
	return apiServer{host: host, port: port, ca: tls.CAData}, nil
}

// mountsAccount tells whether the Pod wants the files: admission adds a volume where it does.
func mountsAccount(container *corev1.Container) bool {
	for _, mount := range container.VolumeMounts {
		if mount.MountPath == "/var/run/"+accountPath {
			return true
		}
	}
	return false
}

// writeAccount puts the token, the certificate authority and the namespace of a Pod into its /var/run.
func (n *node) writeAccount(ctx context.Context, pod *corev1.Pod, runFolder string) error {
	seconds := tokenSeconds
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{
		ExpirationSeconds: &seconds,
		BoundObjectRef: &authenticationv1.BoundObjectReference{
			Kind: "Pod", APIVersion: "v1", Name: pod.Name, UID: pod.UID,
		},
	}}
	accounts := n.client.CoreV1().ServiceAccounts(pod.Namespace)
	answer, err := accounts.CreateToken(ctx, pod.Spec.ServiceAccountName, request, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("can't get a token of service account %s: %w", pod.Spec.ServiceAccountName, err)
	}
	folder := filepath.Join(runFolder, accountPath)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for name, content := range map[string]string{
		"token": answer.Status.Token, "ca.crt": string(n.server.ca), "namespace": pod.Namespace,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			return err
		}
	}
	return nil
}
