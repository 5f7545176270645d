package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"text/template"
	"time"
	// A zone of time is the same on every machine.
	_ "time/tzdata"

	"github.com/Masterminds/sprig/v3"
)

const (
	// The longest that a rendering may take.
	renderTime = 20 * time.Second
	// The most that it may write.
	renderBytes = 16 << 20
)

var (
	errTooLong = errors.New("endless: the template was still rendering")
	errTooMuch = errors.New("endless: the template wrote and wrote")
)

// The functions that upstream gives to templates.
var templateFunctions = sprig.GenericFuncMap()

func init() {
	for _, name := range []string{"env", "expandenv", "getHostByName"} {
		delete(templateFunctions, name)
	}
	// As in upstream's image.
	time.Local = time.UTC
}

// render does with one template what Unseal does with each under spec.template.data.
func render(line json.RawMessage) (any, error) {
	request, err := parse[struct {
		Name     string            `json:"name"`
		Template []byte            `json:"template"`
		Values   map[string][]byte `json:"values"`
		// How often it is parsed and rendered; once if not given.
		Times int `json:"times"`
	}](line)
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for key, value := range request.Values {
		values[key] = string(value)
	}
	type result struct {
		output []byte
		err    error
	}
	// A rendering that does not end is left behind; it ends with the oracle.
	done := make(chan result, 1)
	start := time.Now()
	go func() {
		var last result
		for range max(request.Times, 1) {
			last.output, last.err = execute(request.Name, string(request.Template), values)
		}
		done <- last
	}()
	select {
	case rendered := <-done:
		if rendered.err != nil {
			return nil, rendered.err
		}
		took := time.Since(start).Nanoseconds()
		return map[string]any{"output": rendered.output, "nanoseconds": took}, nil
	case <-time.After(renderTime):
		return nil, errTooLong
	}
}

func execute(name, text string, values map[string]string) (output []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	parsed, err := template.New(name).Funcs(templateFunctions).Parse(text)
	if err != nil {
		return nil, err
	}
	written := bounded{output: []byte{}}
	err = parsed.Execute(&written, values)
	return written.output, err
}

// bounded refuses what would make the output too long.
type bounded struct{ output []byte }

func (b *bounded) Write(more []byte) (int, error) {
	if len(b.output)+len(more) > renderBytes {
		return 0, errTooMuch
	}
	b.output = append(b.output, more...)
	return len(more), nil
}
