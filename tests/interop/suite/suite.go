// Package suite imports what upstream's integration suite needs and its library doesn't, so that go.sum has it.
package suite

import (
	_ "github.com/bitnami-labs/sealed-secrets/pkg/client/clientset/versioned"
	_ "github.com/onsi/ginkgo/v2"
	_ "github.com/onsi/gomega"
	_ "k8s.io/client-go/plugin/pkg/client/auth"
)
