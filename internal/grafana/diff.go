package grafana

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// maxDiff bounds the differences told of one thing.
const maxDiff = 20

// diff tells how want differs from have, one line each: a path, what stands in
// Grafana and what will. Panels and other lists whose members carry an id are
// matched by it, so that one that was moved is not told as many.
func diff(have, want any) []string {
	d := differ{}
	d.walk("", have, want)
	if len(d.lines) > maxDiff {
		more := len(d.lines) - maxDiff
		d.lines = append(d.lines[:maxDiff], fmt.Sprintf("… och %d skillnader till", more))
	}
	return d.lines
}

type differ struct{ lines []string }

func (d *differ) add(format string, args ...any) {
	d.lines = append(d.lines, fmt.Sprintf(format, args...))
}

func (d *differ) walk(path string, have, want any) {
	switch w := want.(type) {
	case map[string]any:
		if h, ok := have.(map[string]any); ok {
			d.object(path, h, w)
			return
		}
	case []any:
		if h, ok := have.([]any); ok {
			d.list(path, h, w)
			return
		}
	}
	if !equal(have, want) {
		d.add("%s: %s → %s", path, short(have), short(want))
	}
}

func (d *differ) object(path string, have, want map[string]any) {
	keys := slices.Sorted(maps.Keys(want))
	for k := range have {
		if _, ok := want[k]; !ok {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	for _, k := range keys {
		p := k
		if path != "" {
			p = path + "." + k
		}
		h, had := have[k]
		w, has := want[k]
		switch {
		case !had:
			d.add("%s: tillkommer: %s", p, short(w))
		case !has:
			d.add("%s: tas bort: %s", p, short(h))
		default:
			d.walk(p, h, w)
		}
	}
}

func (d *differ) list(path string, have, want []any) {
	byID := map[string]any{}
	for i, h := range have {
		byID[member(h, i)] = h
	}
	for i, w := range want {
		id := member(w, i)
		h, ok := byID[id]
		delete(byID, id)
		if !ok {
			d.add("%s[%s]: tillkommer: %s", path, id, short(w))
			continue
		}
		d.walk(path+"["+id+"]", h, w)
	}
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		d.add("%s[%s]: tas bort: %s", path, id, short(byID[id]))
	}
}

// member is what a list's member is known by: its title, name, refId or id
// before its place.
func member(v any, place int) string {
	m, ok := v.(map[string]any)
	if !ok {
		return strconv.Itoa(place)
	}
	if id, ok := m["id"]; ok && fmt.Sprint(id) != "" {
		if t, ok := m["title"].(string); ok && t != "" {
			return fmt.Sprintf("%v ”%s”", id, t)
		}
		return fmt.Sprint(id)
	}
	for _, k := range []string{"uid", "refId", "name", "title"} {
		if s, ok := m[k].(string); ok && s != "" {
			return s
		}
	}
	return strconv.Itoa(place)
}

func short(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	text := []rune(strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(b)))
	if len(text) > 100 {
		text = append(text[:100], '…')
	}
	return string(text)
}

// equal compares what JSON says: 1 and 1.0 are the same.
func equal(a, b any) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && string(x) == string(y)
}

// plain is a value as JSON has it: maps, lists, numbers and words.
func plain(v any) (any, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var out any
	return out, json.Unmarshal(b, &out)
}
