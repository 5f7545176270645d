package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"runtime/debug"

	v1 "k8s.io/api/core/v1"
	apiyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// A decoder that repeats one error for ever would be asked for ever: kubeseal then hangs.
const patience = 1000

var errEndless = errors.New("endless: the decoder repeats its error for ever, so kubeseal would hang")

// readSecrets reads a text as kubeseal reads its input: every document into a Secret, whatever its kind.
// A document that fails without having filled a single field is passed over in silence; one that fails later is an error.
func readSecrets(line json.RawMessage) (any, error) {
	request, err := parse[struct {
		Text []byte `json:"text"`
	}](line)
	if err != nil {
		return nil, err
	}
	secrets := []v1.Secret{}
	passedOver := []string{}
	decoder := apiyaml.NewYAMLOrJSONDecoder(bytes.NewReader(request.Text), 4096)
	for failures := 0; ; {
		var secret v1.Secret
		err := decoder.Decode(&secret)
		empty := reflect.DeepEqual(secret, v1.Secret{})
		switch {
		case empty && errors.Is(err, io.EOF):
			return map[string]any{"secrets": secrets, "passedOver": passedOver}, nil
		case empty && err == nil:
			failures = 0
		case empty:
			passedOver = append(passedOver, err.Error())
			if failures++; failures == patience {
				return nil, errEndless
			}
		case err != nil && !errors.Is(err, io.EOF):
			return nil, err
		default:
			failures = 0
			secrets = append(secrets, secret)
		}
	}
}

// emit writes a JSON value as the YAML that kubeseal's encoder would write.
func emit(line json.RawMessage) (any, error) {
	request, err := parse[struct {
		Value json.RawMessage `json:"value"`
	}](line)
	if err != nil {
		return nil, err
	}
	// kubeseal's encoder reads back what Go's JSON encoder wrote, with its escapes; so does this.
	numbers := json.NewDecoder(bytes.NewReader(request.Value))
	numbers.UseNumber()
	var value any
	if err := numbers.Decode(&value); err != nil {
		return nil, fault{err}
	}
	written, err := json.Marshal(value)
	if err != nil {
		return nil, fault{err}
	}
	text, err := yaml.JSONToYAML(written)
	if err != nil {
		return nil, err
	}
	return map[string]string{"yaml": string(text)}, nil
}

// version names the upstream module that was compiled in, and the oracle's own sources.
func version(json.RawMessage) (any, error) {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return nil, fault{errors.New("built without module information")}
	}
	for _, module := range build.Deps {
		if module.Path == "github.com/bitnami-labs/sealed-secrets" {
			return map[string]string{"upstream": module.Version, "go": build.GoVersion, "sources": sources}, nil
		}
	}
	return nil, fault{errors.New("upstream is not among the modules")}
}
