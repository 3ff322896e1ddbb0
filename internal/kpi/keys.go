package kpi

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/naming"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// restKey stands for the keys beyond a breakdown's limit, counted together.
const restKey = "_rest"

// defaultLimit is how many keys a breakdown shows if it does not say.
const defaultLimit = 100

// cellKey is a key of a breakdown; rest lists the keys that it stands for.
type cellKey struct {
	key, label string
	rest       []string
}

// keys lists the keys of dimension d in order, the smallest ones folded into
// one if there are more than the limit. The unknown key "" comes last.
func (t *task) keys(d int) []cellKey {
	size := map[string]float64{}
	for _, p := range t.parts {
		if d >= len(p.dims) {
			continue
		}
		for k, y := range p.dims[d] {
			size[k] = max(size[k], y.size())
		}
	}
	names := make([]string, 0, len(size))
	for k := range size {
		names = append(names, k)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(size[b], size[a]), cmp.Compare(a, b)) })
	limit := t.dims[d].limit
	var rest []string
	if limit > 0 && len(names) > limit {
		names, rest = names[:limit], names[limit:]
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(emptyLast(a), emptyLast(b)), cmp.Compare(a, b))
	})
	out := make([]cellKey, 0, len(names)+1)
	for _, n := range names {
		out = append(out, cellKey{key: n, label: t.label(d, n)})
	}
	if len(rest) > 0 {
		out = append(out, cellKey{key: restKey, label: fmt.Sprintf("övriga (%d)", len(rest)), rest: rest})
	}
	return out
}

func emptyLast(k string) int {
	if k == "" {
		return 1
	}
	return 0
}

func (t *task) label(d int, key string) string {
	switch {
	case key == "":
		return "okänd"
	case t.dims[d].top:
		return t.s.org.label(key)
	case t.fixed(t.dims[d].name):
		return naming.TitleOf(t.pop.rel+"."+t.dims[d].name, key)
	case t.dims[d].name == "role", t.dims[d].name == "plugin":
		return naming.TitleOf(t.pop.rel+"."+t.dims[d].name, key)
	case t.dims[d].name == "school":
		return t.s.org.label(key)
	}
	return t.s.nameOf(t.dims[d].name, key)
}

// fixed tells whether a breakdown goes by a field with fixed values. A tier has
// none, but four that everybody knows.
func (t *task) fixed(dimension string) bool {
	sc, ok := catalogue.Relation(record.Kind(t.pop.rel))
	i := sc.Index(dimension)
	return ok && i >= 0 && (sc.Fields[i].Type == record.Enum || dimension == "tier")
}

// size orders the keys of a breakdown: rows, as the largest sum tells them.
func (y *tally) size() float64 {
	n := float64(max(len(y.groups), y.values.n+y.other.n))
	for _, v := range y.sums {
		n = max(n, v)
	}
	return n
}

// cellParts returns the tallies of one key, one per spec.
func (t *task) cellParts(d int, k cellKey) []*tally {
	out := make([]*tally, len(t.parts))
	for i, p := range t.parts {
		if d >= len(p.dims) {
			continue
		}
		if s := t.specs; i < len(s) && d < len(s[i].dims) && s[i].dims[d].whole {
			out[i] = p.total
			continue
		}
		if k.rest == nil {
			out[i] = p.dims[d][k.key]
			continue
		}
		for _, name := range k.rest {
			if y := p.dims[d][name]; y != nil {
				if out[i] == nil {
					out[i] = &tally{}
				}
				out[i].merge(y)
			}
		}
	}
	return out
}
