package main

import (
	"context"
	"fmt"
	"time"

	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// The longest that Argo CD lets a script run.
const scriptLimit = time.Second

// byScript runs a health script of Argo CD as its util/lua does: a fresh interpreter with the libraries package, base
// and table; the object as the global `obj`; the health is the table that the script returns. What its `os` library
// offers beside these, the time, no health script of a SealedSecret uses, so it is absent here.
func byScript(object *unstructured.Unstructured, script string) (verdict, error) {
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for _, library := range []struct {
		name string
		open lua.LGFunction
	}{
		{lua.LoadLibName, lua.OpenPackage},
		{lua.BaseLibName, lua.OpenBase},
		{lua.TabLibName, lua.OpenTable},
	} {
		call := lua.P{Fn: state.NewFunction(library.open), NRet: 0, Protect: true}
		if err := state.CallByParam(call, lua.LString(library.name)); err != nil {
			return verdict{}, err
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), scriptLimit)
	defer cancel()
	state.SetContext(ctx)
	state.SetGlobal("obj", luaValue(state, object.Object))
	if err := state.DoString(script); err != nil {
		return verdict{}, err
	}
	table, ok := state.Get(-1).(*lua.LTable)
	if !ok {
		return verdict{}, fmt.Errorf("the script returned a %s, not a table", state.Get(-1).Type())
	}
	health, err := text(table, "status")
	if err != nil {
		return verdict{}, err
	}
	message, err := text(table, "message")
	return verdict{State: health, Message: message}, err
}

// text reads a field of the answer; one that is missing is empty, as in Argo CD's own type.
func text(table *lua.LTable, field string) (string, error) {
	switch value := table.RawGetString(field).(type) {
	case lua.LString:
		return string(value), nil
	case *lua.LNilType:
		return "", nil
	default:
		return "", fmt.Errorf("the script's %s is a %s, not a string", field, value.Type())
	}
}

// luaValue makes a list a sequence, a map a table by its keys, and every number a float; null is absent.
func luaValue(state *lua.LState, value any) lua.LValue {
	switch value := value.(type) {
	case bool:
		return lua.LBool(value)
	case int64:
		return lua.LNumber(value)
	case float64:
		return lua.LNumber(value)
	case string:
		return lua.LString(value)
	case []any:
		list := state.CreateTable(len(value), 0)
		for _, item := range value {
			list.Append(luaValue(state, item))
		}
		return list
	case map[string]any:
		table := state.CreateTable(0, len(value))
		for key, item := range value {
			table.RawSetString(key, luaValue(state, item))
		}
		return table
	default:
		return lua.LNil
	}
}
