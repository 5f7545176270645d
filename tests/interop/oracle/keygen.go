package main

import (
	stdcrypto "crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"github.com/bitnami-labs/sealed-secrets/pkg/crypto"
	"k8s.io/client-go/util/cert"
)

// keygen makes a key and a self-signed certificate, an RSA key with upstream's own functions.
// An EC key, which upstream refuses everywhere, is made here.
func keygen(line json.RawMessage) (any, error) {
	request, err := parse[struct {
		Kind         string    `json:"kind"`
		Bits         int       `json:"bits"`
		CommonName   string    `json:"commonName"`
		NotBefore    time.Time `json:"notBefore"`
		ValidSeconds int64     `json:"validSeconds"`
	}](line)
	if err != nil {
		return nil, err
	}
	validFor := time.Duration(request.ValidSeconds) * time.Second
	switch request.Kind {
	case "rsa":
		key, err := rsa.GenerateKey(rand.Reader, request.Bits)
		if err != nil {
			return nil, err
		}
		signed, err := crypto.SignKeyWithNotBefore(rand.Reader, key, request.NotBefore, validFor, request.CommonName)
		if err != nil {
			return nil, err
		}
		answer, err := keyAnswer(key, signed)
		if err == nil {
			answer["pkcs1"] = block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))
		}
		return answer, err
	case "ec":
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		form := x509.Certificate{
			SerialNumber: big.NewInt(1),
			NotBefore:    request.NotBefore,
			NotAfter:     request.NotBefore.Add(validFor),
			Subject:      pkix.Name{CommonName: request.CommonName},
		}
		der, err := x509.CreateCertificate(rand.Reader, &form, &form, &key.PublicKey, key)
		if err != nil {
			return nil, err
		}
		signed, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		return keyAnswer(key, signed)
	default:
		return nil, fault{fmt.Errorf("unknown kind %q", request.Kind)}
	}
}

func keyAnswer(key stdcrypto.PrivateKey, signed *x509.Certificate) (map[string]string, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return map[string]string{
		"pkcs8":       block("PRIVATE KEY", der),
		"certificate": block(cert.CertificateBlockType, signed.Raw),
	}, nil
}

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}
