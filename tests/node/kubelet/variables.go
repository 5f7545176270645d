package main

import "strings"

// variables are the environment of a process; a later value of a name replaces the earlier.
type variables struct {
	names  []string
	values map[string]string
}

func (v *variables) set(name, value string) {
	if v.values == nil {
		v.values = map[string]string{}
	}
	if _, known := v.values[name]; !known {
		v.names = append(v.names, name)
	}
	v.values[name] = value
}

// over returns these variables on top of others.
func (v *variables) over(base *variables) *variables {
	both := &variables{}
	for _, layer := range []*variables{base, v} {
		for _, name := range layer.names {
			both.set(name, layer.values[name])
		}
	}
	return both
}

// list returns them as NAME=VALUE.
func (v *variables) list() []string {
	list := make([]string, 0, len(v.names))
	for _, name := range v.names {
		list = append(list, name+"="+v.values[name])
	}
	return list
}

// expand replaces $(NAME) where the name is known; $$ stands for one dollar sign.
func (v *variables) expand(text string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "$")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		switch {
		case strings.HasPrefix(rest, "$"):
			out.WriteString("$")
			text = rest[1:]
		case strings.HasPrefix(rest, "("):
			name, after, closed := strings.Cut(rest[1:], ")")
			value, known := v.values[name]
			switch {
			case known && closed:
				out.WriteString(value)
				text = after
			case closed:
				out.WriteString("$(" + name + ")")
				text = after
			default:
				out.WriteString("$(")
				text = rest[1:]
			}
		default:
			out.WriteString("$")
			text = rest
		}
	}
}

// expandAll expands every word.
func (v *variables) expandAll(words []string) []string {
	expanded := make([]string, 0, len(words))
	for _, word := range words {
		expanded = append(expanded, v.expand(word))
	}
	return expanded
}
