package main

import "testing"

func TestAnImageIsFoundWithoutTagAndDigest(t *testing.T) {
	for reference, name := range map[string]string{
		"mariadb":                          "mariadb",
		"mariadb:10.11":                    "mariadb",
		"mariadb@sha256:0123":              "mariadb",
		"mariadb:10.11@sha256:0123":        "mariadb",
		"registry.test:5000/greeter":       "registry.test:5000/greeter",
		"registry.test:5000/greeter:v2":    "registry.test:5000/greeter",
		"registry.test/team/greeter@md5:0": "registry.test/team/greeter",
	} {
		if got := withoutTag(reference); got != name {
			t.Errorf("%q has the name %q, not %q", reference, got, name)
		}
	}
}

func TestAnImageNeedsANameAndAProgram(t *testing.T) {
	for _, text := range []string{"", "mariadb", "=/bin/sh", "mariadb="} {
		if err := (images{}).Set(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}
