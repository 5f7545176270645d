package main

import "testing"

func TestAKnownNameIsReplacedAndTheRestStays(t *testing.T) {
	vars := &variables{}
	vars.set("NAME", "Ada")
	vars.set("EMPTY", "")
	for text, expanded := range map[string]string{
		"":                   "",
		"plain":              "plain",
		"hello $(NAME)!":     "hello Ada!",
		"$(NAME)$(NAME)":     "AdaAda",
		"[$(EMPTY)]":         "[]",
		"$(UNKNOWN)":         "$(UNKNOWN)",
		"$$(NAME)":           "$(NAME)",
		"$$$(NAME)":          "$Ada",
		"$NAME costs 5$":     "$NAME costs 5$",
		"$(NAME":             "$(NAME",
		"$(un $(NAME)":       "$(un $(NAME)",
		"$(UNKNOWN) $(NAME)": "$(UNKNOWN) Ada",
	} {
		if got := vars.expand(text); got != expanded {
			t.Errorf("%q became %q, not %q", text, got, expanded)
		}
	}
}

func TestAContainersOwnVariablesWin(t *testing.T) {
	base, own := &variables{}, &variables{}
	base.set("HOME", "/pod")
	base.set("PATH", "/bin")
	own.set("HOME", "/mine")
	own.set("NAME", "Ada")
	got := own.over(base).list()
	want := []string{"HOME=/mine", "PATH=/bin", "NAME=Ada"}
	if len(got) != len(want) {
		t.Fatalf("got %q", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %q, not %q", got[i], want[i])
		}
	}
}
