// Verdicts says how deployment tools judge an object: one question per line of standard input, one answer per line
// of standard output. The module's README has the protocol.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/fluxcd/pkg/apis/kustomize"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// sources is a hash of these files, given to the linker by whoever builds this.
var sources string

type question struct {
	// As the API server gives it.
	Object json.RawMessage `json:"object"`
	// The healthCheckExprs of a Flux Kustomization.
	Checks []kustomize.CustomHealthCheck `json:"checks"`
	// Health scripts of Argo CD.
	Scripts []string `json:"scripts"`
}

type verdict struct {
	State   string `json:"state"`
	Message string `json:"message"`
}

type answer struct {
	Kstatus verdict   `json:"kstatus"`
	FluxCel verdict   `json:"fluxCel"`
	Argo    []verdict `json:"argo"`
}

func main() {
	if err := answerAll(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "verdicts:", err)
		os.Exit(1)
	}
}

func answerAll(in io.Reader, out io.Writer) error {
	questions := bufio.NewReader(in)
	answers := json.NewEncoder(out)
	for {
		line, err := questions.ReadBytes('\n')
		if len(line) > 0 {
			if err := answers.Encode(respond(line)); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func respond(line []byte) any {
	judged, err := judge(line)
	if err != nil {
		return map[string]string{"fault": err.Error()}
	}
	return map[string]any{"ok": judged}
}

func judge(line []byte) (*answer, error) {
	var asked question
	if err := json.Unmarshal(line, &asked); err != nil {
		return nil, err
	}
	// This decoder makes int64 of whole numbers, as the tools' clients do: a generation is compared as one.
	object := &unstructured.Unstructured{}
	if err := object.UnmarshalJSON(asked.Object); err != nil {
		return nil, err
	}
	var judged answer
	var err error
	if judged.Kstatus, err = byKstatus(object); err != nil {
		return nil, err
	}
	if judged.FluxCel, err = byExpressions(object, asked.Checks); err != nil {
		return nil, err
	}
	for _, script := range asked.Scripts {
		one, err := byScript(object, script)
		if err != nil {
			return nil, err
		}
		judged.Argo = append(judged.Argo, one)
	}
	return &judged, nil
}
