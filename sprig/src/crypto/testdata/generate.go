// Writes, for each kind of key, one file of PEM blocks: the key as Sprig writes it, the key in PKCS#8, and four
// certificates as Go makes them from Sprig's templates, with a serial number and a time that the Rust tests repeat.
// The tests hold for whatever keys it draws: go run generate.go
package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log"
	"math/big"
	"net"
	"os"
	"time"
)

func main() {
	_, onEdwards, err := ed25519.GenerateKey(rand.Reader)
	write("rsa", must(rsa.GenerateKey(rand.Reader, 2048)), err)
	write("p256", must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)), err)
	write("p384", must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)), err)
	write("p521", must(ecdsa.GenerateKey(elliptic.P521(), rand.Reader)), err)
	write("ed25519", onEdwards, err)
}

func write(name string, key crypto.Signer, err error) {
	var file bytes.Buffer
	block := func(label string, der []byte) { must(0, pem.Encode(&file, &pem.Block{Type: label, Bytes: der})) }
	// Without a random source, ECDSA signs as RFC 6979 says.
	certify := func(contents, parent *x509.Certificate) []byte {
		der := must(x509.CreateCertificate(nil, contents, parent, key.Public(), key))
		block("CERTIFICATE", der)
		return der
	}
	must(0, err)
	pkcs8 := must(x509.MarshalPKCS8PrivateKey(key))
	switch key := key.(type) {
	case *rsa.PrivateKey:
		block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))
	case *ecdsa.PrivateKey:
		block("EC PRIVATE KEY", must(x509.MarshalECPrivateKey(key)))
	default:
		block("PRIVATE KEY", pkcs8)
	}
	block("PRIVATE KEY", pkcs8)

	authority := contents("Root *&", 365)
	authority.KeyUsage |= x509.KeyUsageCertSign
	authority.IsCA = true
	parent := must(x509.ParseCertificate(certify(authority, authority)))

	own := contents("", 36525)
	own.IPAddresses = []net.IP{net.ParseIP("127.0.0.1"), net.ParseIP("::ffff:1.2.3.4"), net.ParseIP("fe80::1")}
	own.DNSNames = []string{"a.example", "", "*.b.example"}
	certify(own, own)

	leaf := contents("Größe", -1)
	leaf.IPAddresses = []net.IP{net.ParseIP("127.0.0.1")}
	certify(leaf, parent)

	certify(contents("Root *&", 0), parent)
	must(0, os.WriteFile(name+".pem", file.Bytes(), 0o644))
}

func contents(name string, days int) *x509.Certificate {
	serial := make([]byte, 16)
	for i := range serial {
		serial[i] = byte(i)
	}
	now := time.Unix(1709251198, 900000000)
	return &x509.Certificate{
		SerialNumber:          new(big.Int).SetBytes(serial),
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             now,
		NotAfter:              now.Add(time.Duration(days) * 24 * time.Hour),
		KeyUsage:              x509.KeyUsageKeyEncipherment | x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
