package main

import (
	"fmt"
	"slices"
	"strings"
)

// images holds, for the name of each image, the program that it stands for.
type images map[string]string

// Set reads the flag NAME=PROGRAM.
func (i images) Set(text string) error {
	name, program, found := strings.Cut(text, "=")
	if !found || name == "" || program == "" {
		return fmt.Errorf("%q is not NAME=PROGRAM", text)
	}
	i[name] = program
	return nil
}

func (i images) String() string {
	return strings.Join(i.names(), ", ")
}

func (i images) names() []string {
	names := make([]string, 0, len(i))
	for name := range i {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// program finds what a reference with or without tag and digest stands for.
func (i images) program(reference string) (string, error) {
	if program, known := i[withoutTag(reference)]; known {
		return program, nil
	}
	return "", fmt.Errorf("image %q is unknown to this node, which knows: %s", reference, i)
}

// withoutTag removes the tag and the digest; a colon before the last slash belongs to a registry's port.
func withoutTag(reference string) string {
	name, _, _ := strings.Cut(reference, "@")
	colon := strings.LastIndex(name, ":")
	if colon > strings.LastIndex(name, "/") {
		name = name[:colon]
	}
	return name
}
