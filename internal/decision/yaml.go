package decision

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/kommunpuls/kommunpuls/internal/yamlfault"
)

// yamlFile walks one YAML file into a document, noting every fault with its line.
type yamlFile struct {
	name   string
	doc    document
	faults Faults
}

func readYAML(name string, r io.Reader) (document, Faults) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, Faults{{File: name, Message: "filen går inte att läsa: " + err.Error()}}
	}
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) // positions are counted in lines
	y := &yamlFile{name: name, doc: document{}}
	f, err := parser.ParseBytes(b, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, Faults{y.syntax(err)}
	}
	if len(f.Docs) > 1 {
		y.faultf(f.Docs[1].GetToken().Position.Line, "", "filen har flera YAML-dokument (---); skriv allt i ett")
	}
	if len(f.Docs) > 0 && f.Docs[0].Body != nil {
		y.root(f.Docs[0].Body)
	}
	return y.doc, y.faults
}

func (y *yamlFile) syntax(err error) Fault {
	line, message := yamlfault.Message(err)
	return Fault{File: y.name, Row: line, Message: "YAML går inte att tolka: " + message}
}

func (y *yamlFile) faultf(line int, field, format string, args ...any) {
	y.faults = append(y.faults, Fault{File: y.name, Row: line, Field: field, Message: fmt.Sprintf(format, args...)})
}

func lineOf(n ast.Node) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 0
	}
	return n.GetToken().Position.Line
}

func (y *yamlFile) root(n ast.Node) {
	if n.Type() == ast.NullType || n.Type() == ast.CommentType {
		return
	}
	byKey := map[string]section{}
	keys := []string{tiersRule}
	for _, s := range sections() {
		byKey[s.key] = s
		keys = append(keys, s.key)
	}
	for _, kv := range y.pairs(n, "filen") {
		s, ok := byKey[kv.key]
		switch {
		case kv.key == tiersRule:
			y.tiers(kv)
		case !ok:
			y.faultf(kv.line, kv.key, "okänd rubrik%s", hint(kv.key, keys))
		case kv.value.Type() == ast.NullType:
		case kv.key == "rules":
			y.rules(kv)
		default:
			y.section(s, kv)
		}
	}
}

type pair struct {
	key   string
	line  int
	value ast.Node
}

// pairs returns a mapping's pairs; keys written twice and anchors are faults.
func (y *yamlFile) pairs(n ast.Node, field string) []pair {
	var nodes []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		nodes = m.Values
	case *ast.MappingValueNode:
		nodes = []*ast.MappingValueNode{m}
	default:
		y.faultf(lineOf(n), field, "här väntas fält av formen namn: värde")
		return nil
	}
	out := make([]pair, 0, len(nodes))
	first := map[string]int{}
	for _, v := range nodes {
		p := pair{key: keyText(v.Key), line: lineOf(v.Key), value: v.Value}
		if at, ok := first[p.key]; ok {
			y.faultf(p.line, p.key, "fältet står två gånger, även på rad %d", at)
			continue
		}
		first[p.key] = p.line
		out = append(out, p)
	}
	return out
}

// keyText is a key without the quotes it may carry ("on" and "off" do).
func keyText(k ast.MapKeyNode) string {
	if s, ok := k.(*ast.StringNode); ok {
		return s.Value
	}
	return strings.TrimSpace(k.String())
}

func (y *yamlFile) section(s section, kv pair) {
	seq, ok := kv.value.(*ast.SequenceNode)
	if !ok {
		y.faultf(lineOf(kv.value), s.key, "här väntas en lista, en rad per post med - framför")
		return
	}
	var keys []string
	for _, c := range s.columns {
		keys = append(keys, c.key)
	}
	for i, item := range seq.Values {
		field := fmt.Sprintf("%s[%d]", s.key, i)
		e := entry{at: place{file: y.name, row: lineOf(item), field: field}, cells: map[string]cell{}}
		pairs := y.pairs(item, field)
		for j, p := range pairs {
			if j == 0 {
				e.at.row = p.line
			}
			col := s.column(p.key)
			at := place{file: y.name, row: p.line, field: field + "." + p.key}
			if col.key == "" {
				y.faultf(p.line, at.field, "okänt fält%s", hint(p.key, keys))
				continue
			}
			if c, ok := y.cell(p.value, at, col.cell == listCell); ok {
				e.cells[p.key] = c
			}
		}
		if len(pairs) > 0 {
			y.doc.add(s.key, e)
		}
	}
}

func (y *yamlFile) rules(kv pair) {
	for _, p := range y.pairs(kv.value, "rules") {
		at := place{file: y.name, row: p.line, field: "rules." + p.key}
		if c, ok := y.cell(p.value, at, false); ok {
			y.doc.add("rules", entry{at: at, cells: map[string]cell{"rule": {text: p.key, at: at}, "value": c}})
		}
	}
}

func (y *yamlFile) tiers(kv pair) {
	at := place{file: y.name, row: kv.line, field: tiersRule}
	if c, ok := y.cell(kv.value, at, true); ok {
		y.doc.add("rules", entry{at: at, cells: map[string]cell{"rule": {text: tiersRule, at: at}, "value": c}})
	}
}

// cell reads a scalar, or a list of scalars where the column allows one.
func (y *yamlFile) cell(n ast.Node, at place, list bool) (cell, bool) {
	if seq, ok := n.(*ast.SequenceNode); ok && list {
		c := cell{at: at}
		for i, v := range seq.Values {
			part, ok := y.cell(v, place{file: at.file, row: lineOf(v), field: fmt.Sprintf("%s[%d]", at.field, i)}, false)
			if ok && part.text != "" {
				c.list = append(c.list, part.text)
			}
		}
		c.text = strings.Join(c.list, "; ")
		return c, c.text != ""
	}
	c := cell{at: at}
	switch v := n.(type) {
	case *ast.NullNode:
		return c, false
	case *ast.StringNode:
		c.text = strings.TrimSpace(v.Value)
	case *ast.LiteralNode:
		c.text = strings.TrimSpace(v.Value.Value)
	case *ast.IntegerNode:
		c.text, c.isNum = v.GetToken().Value, true
		switch i := v.Value.(type) {
		case int64:
			c.number = float64(i)
		case uint64:
			c.number = float64(i)
		}
	case *ast.FloatNode:
		c.text, c.isNum, c.number = v.GetToken().Value, true, v.Value
	case *ast.BoolNode:
		c.text = v.GetToken().Value
	default:
		y.faultf(lineOf(n), at.field, "här väntas ett enda värde")
		return c, false
	}
	if list && c.text != "" {
		c.list = splitList(c.text)
	}
	return c, c.text != ""
}

// splitList takes a cell apart at semicolons and line breaks; names hold commas.
func splitList(s string) []string {
	var out []string
	for _, p := range strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == '\n' || r == '\r' }) {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}
