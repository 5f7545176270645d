// Command oracle answers questions about upstream's behaviour with upstream's own packages.
//
// It reads one JSON request per line and writes one JSON answer per line, in the same order, until its input ends.
// The requests are described in ../README.md.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// answer carries the result, or upstream's refusal in its own words, or what is wrong with the request itself.
type answer struct {
	OK    any    `json:"ok,omitempty"`
	Error string `json:"error,omitempty"`
	Fault string `json:"fault,omitempty"`
}

// fault is a request that the oracle cannot put to upstream at all.
type fault struct{ error }

// sources is a hash of these files, given to the linker by whoever builds this.
var sources string

var operations = map[string]func(json.RawMessage) (any, error){
	"version":     version,
	"dotenv":      dotenv,
	"yaml":        readSecrets,
	"emit":        emit,
	"label":       label,
	"certificate": certificate,
	"seal":        seal,
	"open":        open,
	"seal-secret": sealSecret,
	"seal-v1":     sealV1,
	"unseal":      unseal,
	"render":      render,
	"keygen":      keygen,
}

func main() {
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(1)
	}
}

func serve(in io.Reader, out io.Writer) error {
	requests := bufio.NewReader(in)
	answers := json.NewEncoder(out)
	answers.SetEscapeHTML(false)
	for {
		line, err := requests.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			if err := answers.Encode(handle(line)); err != nil {
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

func handle(line []byte) (a answer) {
	// Upstream panics on some inputs; the next request must still get its answer.
	defer func() {
		if p := recover(); p != nil {
			a = answer{Error: fmt.Sprintf("panic: %v", p)}
		}
	}()
	var head struct {
		Op string `json:"op"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return answer{Fault: err.Error()}
	}
	operation, known := operations[head.Op]
	if !known {
		return answer{Fault: fmt.Sprintf("unknown op %q", head.Op)}
	}
	result, err := operation(line)
	switch err := err.(type) {
	case nil:
		return answer{OK: result}
	case fault:
		return answer{Fault: err.Error()}
	default:
		return answer{Error: err.Error()}
	}
}

// parse reads a request into its own shape; a misspelt field is a fault, not a default.
func parse[T any](line json.RawMessage) (T, error) {
	var fields T
	var loose map[string]json.RawMessage
	if err := json.Unmarshal(line, &loose); err != nil {
		return fields, fault{err}
	}
	delete(loose, "op")
	rest, err := json.Marshal(loose)
	if err != nil {
		return fields, fault{err}
	}
	strict := json.NewDecoder(bytes.NewReader(rest))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&fields); err != nil {
		return fields, fault{err}
	}
	return fields, nil
}
