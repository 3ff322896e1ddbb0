package profile

import (
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/kommunpuls/kommunpuls/internal/closest"
)

// walker holds a YAML tree against the Go types, so that every unknown key and
// every value of the wrong kind is found at once, with its line.
type walker struct {
	file   string
	faults []Fault
}

func (w *walker) fault(n ast.Node, path, format string, args ...any) {
	w.faults = append(w.faults, Fault{File: w.file, Line: nodeLine(n), Path: path, Message: fmt.Sprintf(format, args...)})
}

func (w *walker) root(n ast.Node) { w.node(n, reflect.TypeFor[Profile](), "") }

func (w *walker) node(n ast.Node, t reflect.Type, path string) {
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		w.fault(n, path, "ankare, alias och typmärken används inte i profiler")
		return
	case *ast.NullNode:
		w.fault(n, path, "värdet saknas")
		return
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[Duration]():
		if s, ok := scalar(n); !ok {
			w.fault(n, path, "ska vara ett tidsspann som 90s, 36h eller 7d")
		} else if _, err := ParseDuration(s); err != nil {
			w.fault(n, path, "%v", err)
		}
		return
	case t == reflect.TypeFor[Field]():
		if _, ok := n.(ast.MapNode); !ok {
			w.text(n, path)
			return
		}
		t = reflect.TypeFor[plainField]()
	}
	switch t.Kind() {
	case reflect.Struct:
		w.object(n, t, path)
	case reflect.Map:
		for _, m := range w.members(n, path) {
			w.anyOr(m.Value, t.Elem(), join(path, key(m)))
		}
	case reflect.Slice:
		list, ok := n.(*ast.SequenceNode)
		if !ok {
			w.fault(n, path, "ska vara en lista")
			return
		}
		for i, v := range list.Values {
			w.node(v, t.Elem(), fmt.Sprintf("%s[%d]", path, i))
		}
	case reflect.String:
		w.text(n, path)
	case reflect.Bool:
		if _, ok := n.(*ast.BoolNode); !ok {
			w.fault(n, path, "ska vara true eller false")
		}
	case reflect.Int:
		if _, ok := n.(*ast.IntegerNode); !ok {
			w.fault(n, path, "ska vara ett heltal")
		}
	}
}

// anyOr walks a map's value; what may be anything is left alone.
func (w *walker) anyOr(n ast.Node, t reflect.Type, path string) {
	if t.Kind() != reflect.Interface {
		w.node(n, t, path)
	}
}

func (w *walker) text(n ast.Node, path string) {
	if _, ok := scalar(n); !ok {
		w.fault(n, path, "ska vara en text")
	}
}

func (w *walker) object(n ast.Node, t reflect.Type, path string) {
	known := fields(t)
	for _, m := range w.members(n, path) {
		k := key(m)
		f, ok := known[k]
		if !ok {
			w.fault(m.Key, join(path, k), "nyckeln finns inte%s", meant(k, known))
			continue
		}
		if f.Kind() != reflect.Interface {
			w.node(m.Value, f, join(path, k))
		}
	}
}

// members lists a mapping's members. That none stands twice the parser sees to.
func (w *walker) members(n ast.Node, path string) []*ast.MappingValueNode {
	switch m := n.(type) {
	case *ast.MappingNode:
		return m.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{m}
	}
	w.fault(n, path, "ska vara nycklar med värden")
	return nil
}

// fields lists the YAML names of a struct's fields, those of embedded structs too.
func fields(t reflect.Type) map[string]reflect.Type {
	out := make(map[string]reflect.Type)
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			for k, v := range fields(f.Type) {
				out[k] = v
			}
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		out[name] = f.Type
	}
	return out
}

func meant(k string, known map[string]reflect.Type) string {
	names := make([]string, 0, len(known))
	for n := range known {
		names = append(names, n)
	}
	sort.Strings(names)
	if near := closest.Name(k, names); near != "" {
		return "; menades " + near + "?"
	}
	return "; det finns " + strings.Join(names, ", ")
}

// scalar returns a scalar's text.
func scalar(n ast.Node) (string, bool) {
	switch s := n.(type) {
	case *ast.StringNode:
		return s.Value, true
	case *ast.LiteralNode:
		return s.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	}
	return "", false
}

func key(m *ast.MappingValueNode) string {
	if s, ok := m.Key.(*ast.StringNode); ok {
		return s.Value
	}
	return m.Key.GetToken().Value
}

func nodeLine(n ast.Node) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 0
	}
	return n.GetToken().Position.Line
}

func join(path, k string) string {
	if path == "" {
		return k
	}
	return path + "." + k
}

// lineAt finds the line of a path such as streams[0].fields.role:owner.from; a
// path that leads nowhere gives the line of the nearest node above.
func lineAt(n ast.Node, path string) int {
	line := 0
	for path != "" && n != nil {
		next, rest, at := step(n, path)
		if next == nil {
			break
		}
		n, path, line = next, rest, at
	}
	return line
}

// step goes one member or list entry down.
func step(n ast.Node, path string) (next ast.Node, rest string, line int) {
	if strings.HasPrefix(path, "[") {
		list, ok := n.(*ast.SequenceNode)
		end := strings.IndexByte(path, ']')
		i, err := strconv.Atoi(path[1:end])
		if !ok || err != nil || i >= len(list.Values) {
			return nil, "", 0
		}
		return list.Values[i], strings.TrimPrefix(path[end+1:], "."), nodeLine(list.Values[i])
	}
	for _, m := range (&walker{}).members(n, "") {
		k := key(m)
		if r, ok := strings.CutPrefix(path, k); ok && (r == "" || r[0] == '.' || r[0] == '[') {
			return m.Value, strings.TrimPrefix(r, "."), nodeLine(m.Key)
		}
	}
	return nil, "", 0
}
