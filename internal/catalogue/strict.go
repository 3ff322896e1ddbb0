package catalogue

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/kommunpuls/kommunpuls/internal/catalogue/expr"
)

// strict walks a YAML node beside the Go type that it will become and notes
// every key that the type does not have, and the line of every key it has.
type strict struct {
	anchors map[string]ast.Node
	lines   map[string]int
	faults  []located
	alias   int // line of the *alias that is being followed, 0 outside
	active  map[string]bool
	visits  int
	cyclic  bool
}

// maxVisits bounds one entry with all its aliases followed.
const maxVisits = 100_000

func newStrict(anchors map[string]ast.Node) *strict {
	return &strict{anchors: anchors, lines: map[string]int{}, active: map[string]bool{}}
}

type located struct {
	line           int
	field, message string
}

// collectAnchors finds every &anchor of a file.
func collectAnchors(n ast.Node) map[string]ast.Node {
	anchors := map[string]ast.Node{}
	ast.Walk(visitor(func(n ast.Node) {
		if a, ok := n.(*ast.AnchorNode); ok {
			anchors[a.Name.GetToken().Value] = a.Value
		}
	}), n)
	return anchors
}

type visitor func(ast.Node)

// Visit implements ast.Visitor.
func (v visitor) Visit(n ast.Node) ast.Visitor { v(n); return v }

// plain follows aliases, anchors and tags to the node that holds the value, so
// that an entry can be decoded without the rest of the file.
func (s *strict) plain(n ast.Node) ast.Node {
	for range 20 {
		switch v := n.(type) {
		case *ast.AliasNode:
			target, ok := s.anchors[v.Value.GetToken().Value]
			if !ok {
				return n
			}
			n = target
		case *ast.AnchorNode:
			n = v.Value
		default:
			return n
		}
	}
	return n
}

// walk visits a node that will become a t; path is its field.
func (s *strict) walk(n ast.Node, t reflect.Type, path string) {
	if s.visits++; s.visits > maxVisits {
		return
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		for _, v := range n.Values {
			s.key(v, t, path)
		}
	case *ast.MappingValueNode:
		s.key(n, t, path)
	case *ast.SequenceNode:
		elem := t
		switch t.Kind() {
		case reflect.Slice:
			elem = t.Elem()
		case reflect.Interface:
		default:
			return
		}
		for i := range n.Values {
			at := fmt.Sprintf("%s[%d]", path, i)
			s.lines[at] = s.line(n.Values[i])
			n.Values[i] = s.follow(n.Values[i], elem, at)
		}
	}
}

func (s *strict) key(v *ast.MappingValueNode, t reflect.Type, path string) {
	name := v.Key.GetToken().Value
	at := name
	if path != "" {
		at = path + "." + name
	}
	switch t.Kind() {
	case reflect.Struct:
		s.lines[at] = s.line(v.Key)
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() && yamlName(f) == name {
				v.Value = s.follow(v.Value, f.Type, at)
				return
			}
		}
		s.faults = append(s.faults, located{s.line(v.Key), path, fmt.Sprintf("unknown key %s%s", name, expr.Closest(name, yamlNames(t)))})
	case reflect.Map:
		s.lines[at] = s.line(v.Key)
		v.Value = s.follow(v.Value, t.Elem(), at)
	case reflect.Interface:
		v.Value = s.follow(v.Value, t, at)
	default:
		v.Value = s.plain(v.Value)
	}
}

// follow walks a node and returns it without aliases. What stands behind an
// alias is located where the alias stands.
func (s *strict) follow(n ast.Node, t reflect.Type, path string) ast.Node {
	if a, ok := n.(*ast.AliasNode); ok {
		name := a.Value.GetToken().Value
		if s.active[name] {
			s.faults = append(s.faults, located{s.line(n), path, "*" + name + " stands inside what it stands for"})
			s.cyclic = true
			return n
		}
		s.active[name] = true
		defer delete(s.active, name)
		if s.alias == 0 {
			s.alias = line(n)
			defer func() { s.alias = 0 }()
		}
	}
	n = s.plain(n)
	s.walk(n, t, path)
	return n
}

func (s *strict) line(n ast.Node) int {
	if s.alias > 0 {
		return s.alias
	}
	return line(n)
}

func line(n ast.Node) int {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}

func yamlName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return name
}

func yamlNames(t reflect.Type) []string {
	var out []string
	for i := range t.NumField() {
		if n := yamlName(t.Field(i)); n != "" && n != "-" {
			out = append(out, n)
		}
	}
	return out
}
