package main

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"

	ssv1alpha1 "github.com/bitnami-labs/sealed-secrets/pkg/apis/sealedsecrets/v1alpha1"
	"github.com/bitnami-labs/sealed-secrets/pkg/crypto"
	"github.com/bitnami-labs/sealed-secrets/pkg/kubeseal"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/util/keyutil"
)

func label(line json.RawMessage) (any, error) {
	request, err := parse[struct {
		Scope     string `json:"scope"`
		Namespace string `json:"namespace"`
		Name      string `json:"name"`
	}](line)
	if err != nil {
		return nil, err
	}
	var scope ssv1alpha1.SealingScope
	if err := scope.Set(request.Scope); err != nil {
		return nil, err
	}
	return map[string][]byte{"label": ssv1alpha1.EncryptionLabel(request.Namespace, request.Name, scope)}, nil
}

// certificate judges a PEM text as kubeseal judges what --cert names, at the present time.
func certificate(line json.RawMessage) (any, error) {
	request, err := parse[struct {
		Certificate string `json:"certificate"`
	}](line)
	if err != nil {
		return nil, err
	}
	key, err := kubeseal.ParseKey(bytes.NewReader([]byte(request.Certificate)))
	if err != nil {
		return nil, err
	}
	fingerprint, err := crypto.PublicKeyFingerprint(key)
	if err != nil {
		return nil, err
	}
	return map[string]any{"bits": key.N.BitLen(), "fingerprint": fingerprint}, nil
}

// seal makes one sealed value under a label.
func seal(line json.RawMessage) (any, error) {
	request, err := parse[struct {
		Certificate string `json:"certificate"`
		Label       []byte `json:"label"`
		Plaintext   []byte `json:"plaintext"`
	}](line)
	if err != nil {
		return nil, err
	}
	key, err := kubeseal.ParseKey(bytes.NewReader([]byte(request.Certificate)))
	if err != nil {
		return nil, err
	}
	sealed, err := crypto.HybridEncrypt(rand.Reader, key, request.Plaintext, request.Label)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{"sealed": sealed}, nil
}

// open is the inverse of seal.
func open(line json.RawMessage) (any, error) {
	request, err := parse[struct {
		Keys   []string `json:"keys"`
		Label  []byte   `json:"label"`
		Sealed []byte   `json:"sealed"`
	}](line)
	if err != nil {
		return nil, err
	}
	keys, err := privateKeys(request.Keys)
	if err != nil {
		return nil, err
	}
	plaintext, err := crypto.HybridDecrypt(rand.Reader, keys, request.Sealed, request.Label)
	if err != nil {
		return nil, err
	}
	if plaintext == nil {
		plaintext = []byte{}
	}
	return map[string][]byte{"plaintext": plaintext}, nil
}

func sealSecret(line json.RawMessage) (any, error) {
	secret, key, err := secretAndKey(line)
	if err != nil {
		return nil, err
	}
	return sealedAnswer(ssv1alpha1.NewSealedSecret(scheme.Codecs, key, secret))
}

// sealV1 makes the deprecated form, with the whole Secret in one sealed value under spec.data.
func sealV1(line json.RawMessage) (any, error) {
	secret, key, err := secretAndKey(line)
	if err != nil {
		return nil, err
	}
	return sealedAnswer(ssv1alpha1.NewSealedSecretV1(scheme.Codecs, key, secret))
}

func secretAndKey(line json.RawMessage) (*v1.Secret, *rsa.PublicKey, error) {
	request, err := parse[struct {
		Certificate string    `json:"certificate"`
		Secret      v1.Secret `json:"secret"`
	}](line)
	if err != nil {
		return nil, nil, err
	}
	key, err := kubeseal.ParseKey(bytes.NewReader([]byte(request.Certificate)))
	return &request.Secret, key, err
}

// sealedAnswer writes the SealedSecret with kind and apiVersion, as it would stand in a file.
func sealedAnswer(sealed *ssv1alpha1.SealedSecret, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	text, err := encode(sealed, ssv1alpha1.SchemeGroupVersion)
	if err != nil {
		return nil, err
	}
	return map[string]json.RawMessage{"sealedSecret": text}, nil
}

// unseal opens a SealedSecret, given as a text in YAML or JSON, and renders its templates.
func unseal(line json.RawMessage) (any, error) {
	request, err := parse[struct {
		Text     []byte   `json:"text"`
		Keys     []string `json:"keys"`
		RefuseV1 bool     `json:"refuseV1"`
	}](line)
	if err != nil {
		return nil, err
	}
	keys, err := privateKeys(request.Keys)
	if err != nil {
		return nil, err
	}
	var sealed ssv1alpha1.SealedSecret
	if err := runtime.DecodeInto(scheme.Codecs.UniversalDecoder(), request.Text, &sealed); err != nil {
		return nil, err
	}
	ssv1alpha1.AcceptDeprecatedV1Data = !request.RefuseV1
	secret, err := sealed.Unseal(scheme.Codecs, keys)
	if err != nil {
		return nil, err
	}
	text, err := encode(secret, v1.SchemeGroupVersion)
	if err != nil {
		return nil, err
	}
	return map[string]json.RawMessage{"secret": text}, nil
}

func encode(object runtime.Object, version runtime.GroupVersioner) (json.RawMessage, error) {
	info, found := runtime.SerializerInfoForMediaType(scheme.Codecs.SupportedMediaTypes(), runtime.ContentTypeJSON)
	if !found {
		return nil, fault{fmt.Errorf("no serializer for %s", runtime.ContentTypeJSON)}
	}
	return runtime.Encode(scheme.Codecs.EncoderForVersion(info.Serializer, version), object)
}

func privateKeys(texts []string) (map[string]*rsa.PrivateKey, error) {
	keys := map[string]*rsa.PrivateKey{}
	for _, text := range texts {
		parsed, err := keyutil.ParsePrivateKeyPEM([]byte(text))
		if err != nil {
			return nil, err
		}
		key, isRSA := parsed.(*rsa.PrivateKey)
		if !isRSA {
			return nil, fmt.Errorf("unexpected private key type %T", parsed)
		}
		fingerprint, err := crypto.PublicKeyFingerprint(&key.PublicKey)
		if err != nil {
			return nil, err
		}
		keys[fingerprint] = key
	}
	return keys, nil
}
