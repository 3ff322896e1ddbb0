package setup

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// set makes changes to one source's settings in the text itself, line by line,
// so that comments and the person's own layout stay. The result is read back
// and must say exactly what was meant.
func (c configText) set(name string, changes []change) (configText, error) {
	out := c
	for _, ch := range changes {
		text, err := out.setOne(name, ch)
		if err != nil {
			return c, err
		}
		if out, err = parseConfig(text); err != nil {
			return c, err
		}
	}
	want := map[string]any{}
	for _, s := range c.sources {
		if s.Name != name {
			continue
		}
		var err error
		if want, err = normal(s.Settings); err != nil {
			return c, err
		}
	}
	apply(want, changes)
	for _, s := range out.sources {
		if got, err := normal(s.Settings); s.Name == name && (err != nil || !reflect.DeepEqual(got, want)) {
			return c, fmt.Errorf("%w: %s: källan %s är skriven så att init inte kan ändra i den; ändra den för hand", ErrInput, ConfigName, name)
		}
	}
	return out, nil
}

func (c configText) setOne(name string, ch change) (string, error) {
	f, err := parser.ParseBytes([]byte(c.text), 0)
	if err != nil {
		return "", fmt.Errorf("%w: %s: %w", ErrInput, ConfigName, err)
	}
	parent := settingsOf(f, name)
	if parent == nil {
		return "", fmt.Errorf("%w: %s: källan %s har inga settings", ErrInput, ConfigName, name)
	}
	lines := splitLines(c.text)
	for i, key := range ch.path {
		next := child(parent.Value, key)
		if next == nil {
			// The rest of the path is new: it stands last under the parent.
			var v = ch.value
			for j := len(ch.path) - 1; j > i; j-- {
				v = map[string]any{ch.path[j]: v}
			}
			return insert(lines, parent, map[string]any{key: v})
		}
		parent = next
	}
	start := parent.Key.GetToken().Position.Line - 1
	end := blockEnd(lines, start)
	var put []string
	if ch.value != nil {
		s, err := render(map[string]any{ch.path[len(ch.path)-1]: ch.value}, parent.Key.GetToken().Position.Column-1)
		if err != nil {
			return "", err
		}
		put = splitLines(s)
	}
	return strings.Join(append(lines[:start:start], append(put, lines[end:]...)...), "\n") + "\n", nil
}

// insert puts a new key last in a block mapping.
func insert(lines []string, parent *ast.MappingValueNode, v map[string]any) (string, error) {
	start := parent.Key.GetToken().Position.Line - 1
	col := parent.Key.GetToken().Position.Column + 2
	if kids := pairs(parent.Value); len(kids) > 0 {
		col = kids[0].Key.GetToken().Position.Column
	}
	s, err := render(v, col-1)
	if err != nil {
		return "", err
	}
	end := blockEnd(lines, start)
	return strings.Join(append(lines[:end:end], append(splitLines(s), lines[end:]...)...), "\n") + "\n", nil
}

// settingsOf finds the settings of the source of that name.
func settingsOf(f *ast.File, name string) *ast.MappingValueNode {
	for _, kv := range topLevel(f) {
		seq, ok := kv.Value.(*ast.SequenceNode)
		if !ok || kv.Key.String() != "sources" {
			continue
		}
		for _, item := range seq.Values {
			named := false
			var settings *ast.MappingValueNode
			for _, p := range pairs(item) {
				if s, ok := p.Value.(*ast.StringNode); ok && p.Key.String() == "name" && s.Value == name {
					named = true
				}
				if p.Key.String() == "settings" {
					settings = p
				}
			}
			if named {
				return settings
			}
		}
	}
	return nil
}

func child(n ast.Node, key string) *ast.MappingValueNode {
	for _, p := range pairs(n) {
		text := p.Key.String()
		if s, ok := p.Key.(*ast.StringNode); ok {
			text = s.Value
		}
		if text == key {
			return p
		}
	}
	return nil
}

// blockEnd is the line after the block that a key on line start opens. Blank
// lines and remarks before the next key belong to that one.
func blockEnd(lines []string, start int) int {
	indent := indentOf(lines[start])
	if strings.HasPrefix(strings.TrimSpace(lines[start]), "- ") {
		indent += 2
	}
	end := start + 1
	for i := start + 1; i < len(lines); i++ {
		trimmed := strings.TrimSpace(lines[i])
		if trimmed == "" || strings.HasPrefix(trimmed, "#") {
			continue
		}
		in := indentOf(lines[i])
		if in < indent || in == indent && !strings.HasPrefix(trimmed, "- ") {
			break
		}
		end = i + 1
	}
	return end
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

func splitLines(s string) []string {
	return strings.Split(strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), "\n"), "\n")
}

func shift(block string, by int) string {
	lines := splitLines(block)
	for i, l := range lines {
		if by > 0 {
			lines[i] = strings.Repeat(" ", by) + l
		} else {
			lines[i] = l[min(-by, indentOf(l)):]
		}
	}
	return strings.Join(lines, "\n") + "\n"
}
