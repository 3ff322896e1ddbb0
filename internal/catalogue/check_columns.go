package catalogue

import (
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue/expr"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func (k *kpiCheck) breakdowns(row Scope) {
	for i, b := range k.d.Breakdowns {
		at := index("breakdowns", i)
		if !snake.MatchString(b.Dimension) {
			k.fault(at+".dimension", "want lower-case letters, digits and underscores, got %q", b.Dimension)
		}
		for _, other := range k.d.Breakdowns[:i] {
			if other.Dimension == b.Dimension {
				k.fault(at+".dimension", "%s is there twice", b.Dimension)
			}
		}
		if b.By != "" {
			k.expression(at+".by", b.By, aValue, row)
		} else if snake.MatchString(b.Dimension) {
			k.column(at+".dimension", k.d.Record, b.Dimension, "")
		}
		if b.Cap < 0 {
			k.fault(at+".cap", "want a number from 1, got %d", b.Cap)
		}
	}
}

func (k *kpiCheck) evidence(row Scope) {
	e := k.d.Evidence
	k.expression("evidence.label", e.Label, aValue, row)
	k.expression("evidence.reason", e.Reason, aValue, row)
	k.expression("evidence.order", e.Order, aValue, row)
	for i, c := range e.Columns {
		at := index("evidence.columns", i)
		k.column(at, k.d.Record, c, "")
		if f, ok := k.v.rs.Field(string(k.d.Record), c); ok && f.Privacy == record.Personal {
			k.fault(at, "%s names a person and may not be shown", c)
		}
		if slices.Contains(e.Columns[:i], c) {
			k.fault(at, "%s is there twice", c)
		}
	}
}

// fieldNames checks "field", "relation.field" and "system.role", a child list.
func (k *kpiCheck) fieldNames(field string, names []string) {
	for i, n := range names {
		rel, col, dotted := strings.Cut(n, ".")
		if !dotted {
			k.column(index(field, i), k.d.Record, n, "")
			continue
		}
		if list, _, _ := strings.Cut(col, ":"); !k.v.rs.Has(rel + "_" + list) {
			k.column(index(field, i), record.Kind(rel), col, "")
		}
	}
}

// column checks that a relation has a column; kind "instant" wants a Time or Date.
func (k *kpiCheck) column(field string, rel record.Kind, name, kind string) {
	if name == "" {
		k.fault(field, "is missing")
		return
	}
	if !k.v.rs.Has(string(rel)) {
		if rel != "" {
			k.fault(field, "unknown record %s%s", rel, expr.Closest(string(rel), k.v.rs.Names()))
		}
		return
	}
	f, ok := k.v.rs.Field(string(rel), name)
	if !ok {
		k.fault(field, "unknown column %s in %s%s", name, rel, expr.Closest(name, k.v.rs.Columns(string(rel))))
		return
	}
	computed := f.Type == 0 && k.v.rs.ViewSQL(string(rel)) != ""
	isInstant := f.Type == record.Time || f.Type == record.Date || name == "seen_at" || computed
	if kind == "instant" && !isInstant {
		k.fault(field, "%s is no date or time", name)
	}
}

func (k *kpiCheck) span(field, s string, required bool) {
	if s == "" {
		if required {
			k.fault(field, "is missing")
		}
		return
	}
	if _, err := ParseSpan(s); err != nil {
		k.fault(field, "%v", err)
	}
}

func (k *kpiCheck) window(field string, w *Window, rel record.Kind) {
	if w == nil {
		return
	}
	if rel != "" {
		k.column(field+".field", rel, w.Field, "instant")
	}
	k.span(field+".length", w.Length, false)
	k.span(field+".settle", w.Settle, false)
}
