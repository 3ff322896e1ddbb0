package setup

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"sort"
	"strings"

	"github.com/goccy/go-yaml"
)

// normal brings settings to the form that JSON gives, so that a config read
// from YAML and a proposal can be compared.
func normal(v any) (map[string]any, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var out map[string]any
	err = json.Unmarshal(b, &out)
	return out, err
}

// change is one difference between what stands in the configuration and what
// should: at a path below settings. A nil value takes the key away.
type change struct {
	path  []string
	value any
	old   any
}

// merge compares key by key: base is what init last wrote, cur what stands in
// the configuration now, next what init would write today. What a person has
// edited (cur differs from base) stays; the rest follows next.
func merge(base, cur, next map[string]any) []change { return mergeAt(nil, base, cur, next) }

func mergeAt(path []string, base, cur, next map[string]any) []change {
	keys := map[string]bool{}
	for k := range cur {
		keys[k] = true
	}
	for k := range next {
		keys[k] = true
	}
	var out []change
	for _, k := range sorted(keys) {
		at := append(append([]string(nil), path...), k)
		b, c, n := base[k], cur[k], next[k]
		cm, cIsMap := c.(map[string]any)
		nm, nIsMap := n.(map[string]any)
		switch {
		case reflect.DeepEqual(c, n):
		case cIsMap && nIsMap:
			bm, _ := b.(map[string]any)
			out = append(out, mergeAt(at, bm, cm, nm)...)
		case reflect.DeepEqual(c, b):
			out = append(out, change{path: at, value: n, old: c})
		}
	}
	return out
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// apply gives settings with changes made.
func apply(settings map[string]any, changes []change) {
	for _, c := range changes {
		m := settings
		for _, k := range c.path[:len(c.path)-1] {
			next, ok := m[k].(map[string]any)
			if !ok {
				next = map[string]any{}
				m[k] = next
			}
			m = next
		}
		last := c.path[len(c.path)-1]
		if c.value == nil {
			delete(m, last)
			continue
		}
		m[last] = c.value
	}
}

// render writes a value as YAML lines, indented. What does not come back from
// YAML as it went in is written as JSON, which YAML reads too.
func render(v any, indent int) (string, error) {
	b, err := yaml.MarshalWithOptions(tidy(v), yaml.IndentSequence(true))
	if err != nil {
		return "", err
	}
	if !comesBack(v, b) {
		if b, err = json.Marshal(plain(v)); err != nil {
			return "", err
		}
	}
	pad := strings.Repeat(" ", indent)
	lines := strings.Split(strings.TrimRight(string(b), "\n"), "\n")
	for i := range lines {
		if lines[i] != "" {
			lines[i] = pad + lines[i]
		}
	}
	return strings.Join(lines, "\n") + "\n", nil
}

func comesBack(v any, b []byte) bool {
	want, err := json.Marshal(plain(v))
	if err != nil {
		return false
	}
	got, err := yaml.YAMLToJSON(b)
	if err != nil {
		return false
	}
	var x, y any
	if json.Unmarshal(want, &x) != nil || json.Unmarshal(got, &y) != nil {
		return false
	}
	return reflect.DeepEqual(x, y)
}

// tidy writes whole numbers without a decimal point.
func tidy(v any) any {
	switch x := v.(type) {
	case float64:
		if x == float64(int64(x)) {
			return int64(x)
		}
	case map[string]any:
		out := make(map[string]any, len(x))
		for k := range x {
			out[k] = tidy(x[k])
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i := range x {
			out[i] = tidy(x[i])
		}
		return out
	case yaml.MapSlice:
		out := make(yaml.MapSlice, len(x))
		for i := range x {
			out[i] = yaml.MapItem{Key: x[i].Key, Value: tidy(x[i].Value)}
		}
		return out
	}
	return v
}

// plain turns ordered maps into ordinary ones.
func plain(v any) any {
	switch x := v.(type) {
	case yaml.MapSlice:
		out := make(map[string]any, len(x))
		for _, item := range x {
			out[fmt.Sprint(item.Key)] = plain(item.Value)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i := range x {
			out[i] = plain(x[i])
		}
		return out
	}
	return v
}

// orderedJSON is the inverse of ordered.
func orderedJSON(v any) (json.RawMessage, error) {
	if list, ok := v.([]any); ok {
		parts := make([]json.RawMessage, len(list))
		for i := range list {
			var err error
			if parts[i], err = orderedJSON(list[i]); err != nil {
				return nil, err
			}
		}
		return json.Marshal(parts)
	}
	m, ok := v.(yaml.MapSlice)
	if !ok {
		return json.Marshal(v)
	}
	var b bytes.Buffer
	b.WriteByte('{')
	for i, item := range m {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(fmt.Sprint(item.Key))
		if err != nil {
			return nil, err
		}
		val, err := orderedJSON(item.Value)
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(val)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// ordered reads JSON into a form that keeps the order of its keys.
func ordered(raw json.RawMessage) (yaml.MapSlice, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	v, err := orderedValue(dec)
	if err != nil {
		return nil, err
	}
	m, ok := v.(yaml.MapSlice)
	if !ok {
		return nil, fmt.Errorf("settings are no object")
	}
	return m, nil
}

func orderedValue(dec *json.Decoder) (any, error) {
	tok, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch d, _ := tok.(json.Delim); d {
	case '{':
		out := yaml.MapSlice{}
		for dec.More() {
			key, err := dec.Token()
			if err != nil {
				return nil, err
			}
			v, err := orderedValue(dec)
			if err != nil {
				return nil, err
			}
			out = append(out, yaml.MapItem{Key: key, Value: v})
		}
		_, err := dec.Token()
		return out, err
	case '[':
		out := []any{}
		for dec.More() {
			v, err := orderedValue(dec)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		_, err := dec.Token()
		return out, err
	}
	return tok, nil
}
