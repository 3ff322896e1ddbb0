package docs

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// setting is one row of a source's settings.
type setting struct {
	Name, Type, Doc, Default string
	Required                 bool
}

// node is the part of JSON Schema that the sources' settings use.
type node struct {
	Ref         string           `json:"$ref"`
	Defs        map[string]*node `json:"$defs"`
	Type        any              `json:"type"`
	Description string           `json:"description"`
	Enum        []any            `json:"enum"`
	Const       any              `json:"const"`
	Default     any              `json:"default"`
	Required    []string         `json:"required"`
	Properties  map[string]*node `json:"properties"`
	Items       *node            `json:"items"`
	AnyOf       []*node          `json:"anyOf"`
	OneOf       []*node          `json:"oneOf"`
}

// settings lists what a schema says of a source's settings, in the order of
// the schema's own text, nested ones as "bind.user" and "targets[].name".
func settings(schema json.RawMessage) ([]setting, error) {
	if len(schema) == 0 {
		return nil, nil
	}
	var top node
	if err := json.Unmarshal(schema, &top); err != nil {
		return nil, err
	}
	w := walker{text: string(schema), defs: top.Defs, told: map[string]string{}}
	w.object("", &top, 0)
	return w.out, nil
}

// walker gathers the settings of a schema.
type walker struct {
	text string
	defs map[string]*node
	told map[string]string // what an object holds → the setting where it stands
	out  []setting
}

// maxDepth is how deep the settings are told; deeper ones stand in the schema.
const maxDepth = 3

func (w *walker) object(prefix string, n *node, depth int) {
	if depth > maxDepth {
		return
	}
	names := slices.SortedFunc(maps.Keys(n.Properties), func(a, b string) int {
		if at, other := strings.Index(w.text, `"`+a+`":`), strings.Index(w.text, `"`+b+`":`); at != other {
			return at - other
		}
		return strings.Compare(a, b)
	})
	for _, name := range names {
		p := w.follow(n.Properties[name])
		w.out = append(w.out, setting{
			Name: prefix + name, Type: w.typeOf(p), Doc: p.Description, Default: plain(p.Default),
			Required: slices.Contains(n.Required, name),
		})
		w.inner(prefix+name+".", p, depth)
		if p.Items != nil {
			w.inner(prefix+name+"[].", w.follow(p.Items), depth)
		}
		for _, alternative := range slices.Concat(p.AnyOf, p.OneOf) {
			w.inner(prefix+name+".", w.follow(alternative), depth)
		}
	}
}

// inner tells what stands in a setting, once: the second setting of the same
// form names the first.
func (w *walker) inner(prefix string, n *node, depth int) {
	if len(n.Properties) == 0 {
		return
	}
	form := strings.Join(slices.Sorted(maps.Keys(n.Properties)), " ")
	if first, ok := w.told[form]; ok {
		last := &w.out[len(w.out)-1]
		last.Doc = strings.TrimSpace(last.Doc + " (som `" + strings.TrimSuffix(first, ".") + "`)")
		return
	}
	w.told[form] = prefix
	w.object(prefix, n, depth+1)
}

// follow looks up a reference; what the reference's place says goes first.
func (w *walker) follow(n *node) *node {
	at, ok := strings.CutPrefix(n.Ref, "#/$defs/")
	if !ok || w.defs[at] == nil {
		return n
	}
	to := *w.defs[at]
	if n.Description != "" {
		to.Description = n.Description
	}
	if n.Default != nil {
		to.Default = n.Default
	}
	return &to
}

func (w *walker) typeOf(n *node) string {
	values := n.Enum
	if n.Const != nil {
		values = append(values, n.Const)
	}
	if len(values) > 0 {
		var words []string
		for _, v := range values {
			if s := plain(v); s != "" {
				words = append(words, "`"+s+"`")
			}
		}
		return strings.Join(words, ", ")
	}
	var kinds []string
	switch t := n.Type.(type) {
	case string:
		kinds = []string{t}
	case []any:
		for _, k := range t {
			kinds = append(kinds, fmt.Sprint(k))
		}
	}
	for _, alternative := range slices.Concat(n.AnyOf, n.OneOf) {
		if k := w.typeOf(w.follow(alternative)); k != "" && !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	if n.Items != nil {
		if k := w.typeOf(w.follow(n.Items)); k != "" {
			return "lista av " + k
		}
	}
	return strings.Join(swedishTypes(kinds), " eller ")
}

func swedishTypes(kinds []string) []string {
	names := map[string]string{"string": "text", "integer": "heltal", "number": "tal", "boolean": "ja/nej", "object": "nycklar och värden", "array": "lista", "null": "inget"}
	out := make([]string, len(kinds))
	for i, k := range kinds {
		if out[i] = names[k]; out[i] == "" {
			out[i] = k
		}
	}
	return out
}

func plain(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}
