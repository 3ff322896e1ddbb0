package catalogue

import (
	"slices"
	"strings"
)

// cycles finds arithmetic that needs itself.
func (v *validator) cycles() {
	needs := map[string][]string{}
	for _, d := range v.c.KPIs {
		for _, src := range append([]string{d.Formula}, alsoFormulas(d)...) {
			if x, err := CheckExpr(src, v.c.FormulaScope()); src != "" && err == nil {
				needs[d.ID] = append(needs[d.ID], x.Values()...)
			}
		}
	}
	for i := range v.c.KPIs {
		d := &v.c.KPIs[i]
		if path := chain(d.ID, d.ID, needs, nil); path != nil {
			k := v.entry(d.File, d.Line, "kpi "+d.ID, d.lines)
			k.fault("formula", "needs itself: %s", strings.Join(path, " → "))
		}
	}
}

func alsoFormulas(d Definition) []string {
	var out []string
	for _, a := range d.Also {
		out = append(out, a.Formula)
	}
	return out
}

// chain returns the way from one id to another, or nil.
func chain(from, to string, needs map[string][]string, seen []string) []string {
	seen = append(seen, from)
	for _, n := range needs[from] {
		if n == to {
			return append(slices.Clone(seen), to)
		}
		if !slices.Contains(seen, n) {
			if p := chain(n, to, needs, seen); p != nil {
				return p
			}
		}
	}
	return nil
}
