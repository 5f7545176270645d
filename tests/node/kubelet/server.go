package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"time"

	"k8s.io/klog/v2"
)

// serve answers the API server, which asks nodes for logs and leads commands and ports to them; it returns the port.
//
// Nobody has to prove who they are: the address belongs to the network namespace of one test.
func (n *node) serve() (int32, error) {
	certificate, err := selfSigned()
	if err != nil {
		return 0, err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(n.address, "0"))
	if err != nil {
		return 0, fmt.Errorf("%w; the node has to run in a network namespace that has the address", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", n.serveLogs)
	mux.HandleFunc("/exec/{namespace}/{pod}/{container}", n.serveExec)
	mux.HandleFunc("/portForward/{namespace}/{pod}", n.servePortForward)
	server := &http.Server{
		Handler: mux, ReadHeaderTimeout: 10 * time.Second, Protocols: new(http.Protocols),
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}},
	}
	// Streams take over their connections, which HTTP/2 has no way for.
	server.Protocols.SetHTTP1(true)
	go func() { klog.ErrorS(server.ServeTLS(listener, "", ""), "The node's server ended") }()
	return int32(listener.Addr().(*net.TCPAddr).Port), nil
}

// selfSigned is enough for an API server that was given no authority for nodes.
func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "node"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{certificate}, PrivateKey: key}, nil
}

// containerOf finds the container that a request names; it answers where there is none.
func (n *node) containerOf(w http.ResponseWriter, r *http.Request) *container {
	if pod := n.find(r.PathValue("namespace"), r.PathValue("pod")); pod != nil {
		if c := pod.container(r.PathValue("container")); c != nil {
			return c
		}
	}
	http.Error(w, fmt.Sprintf("no container %s of pod %s/%s is on this node",
		r.PathValue("container"), r.PathValue("namespace"), r.PathValue("pod")), http.StatusNotFound)
	return nil
}
