package main

import (
	"net/url"
	"testing"
)

func TestTheLastLinesBeginAfterALineEnd(t *testing.T) {
	for _, c := range []struct {
		content string
		lines   int64
		tail    string
	}{
		{"", 0, ""},
		{"", 3, ""},
		{"a\nb\nc\n", 0, ""},
		{"a\nb\nc\n", 1, "c\n"},
		{"a\nb\nc\n", 2, "b\nc\n"},
		{"a\nb\nc\n", 3, "a\nb\nc\n"},
		{"a\nb\nc\n", 9, "a\nb\nc\n"},
		{"a\nb\nunfinished", 1, "unfinished"},
		{"a\nb\nunfinished", 2, "b\nunfinished"},
		{"a\n\n\n", 2, "\n\n"},
		{"\n", 1, "\n"},
	} {
		if got := c.content[tailStart([]byte(c.content), c.lines):]; got != c.tail {
			t.Errorf("the last %d lines of %q are %q, not %q", c.lines, c.content, got, c.tail)
		}
	}
}

func TestWhatCannotBeHadIsRefused(t *testing.T) {
	for query, fine := range map[string]bool{
		"":                              true,
		"follow=true&tailLines=10":      true,
		"previous=true&limitBytes=1000": true,
		"timestamps=false":              true,
		"timestamps=true":               false,
		"sinceSeconds=60":               false,
		"tailLines=many":                false,
	} {
		values, _ := url.ParseQuery(query)
		if _, err := parseLogRequest(values); (err == nil) != fine {
			t.Errorf("%q: %v", query, err)
		}
	}
}
