package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/docker/cli/pkg/kvfile"
	"github.com/joho/godotenv"
)

// dotenv reads KEY=value lines as godotenv does, or as docker run --env-file does. The environment is empty.
func dotenv(line json.RawMessage) (any, error) {
	request, err := parse[struct {
		Dialect string `json:"dialect"`
		Text    []byte `json:"text"`
	}](line)
	if err != nil {
		return nil, err
	}
	values := map[string][]byte{}
	switch request.Dialect {
	case "godotenv":
		read, err := godotenv.Parse(bytes.NewReader(request.Text))
		if err != nil {
			return nil, err
		}
		for key, value := range read {
			values[key] = []byte(value)
		}
	case "docker":
		read, err := kvfile.ParseFromReader(bytes.NewReader(request.Text), nil)
		if err != nil {
			return nil, err
		}
		for _, assignment := range read {
			key, value, _ := strings.Cut(assignment, "=")
			values[key] = []byte(value)
		}
	default:
		return nil, fault{fmt.Errorf("unknown dialect %q", request.Dialect)}
	}
	return map[string]any{"values": values}, nil
}
