package catalogue

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue/expr"
)

// cases checks the test cases: that they are about something that exists.
func (v *validator) cases() {
	var ids []string
	for _, d := range v.c.KPIs {
		ids = append(ids, d.ID)
	}
	seen := map[[2]string]bool{}
	for _, c := range v.c.Cases {
		e := v.entry(c.File, c.Line, "case of "+c.KPI, c.lines)
		if !slices.Contains(ids, c.KPI) {
			e.fault("kpi", "unknown KPI %s%s", c.KPI, expr.Closest(c.KPI, ids))
		}
		switch name := [2]string{c.KPI, c.Name}; {
		case strings.TrimSpace(c.Name) == "":
			e.fault("name", "is missing")
		case seen[name]:
			e.fault("name", "%q is there twice", c.Name)
		default:
			seen[name] = true
		}
		if _, err := time.Parse(time.RFC3339, c.AsOf); err != nil {
			e.fault("as_of", "want an instant such as 2026-11-21T12:00:00Z, got %q", c.AsOf)
		}
		if len(c.Want) == 0 {
			e.fault("want", "is missing: a case that wants nothing proves nothing")
		}
		e.caseRows(c)
	}
}

// caseRows checks relations and columns. A row may hold its child lists.
func (e *entryCheck) caseRows(c Case) {
	rs := e.v.rs
	for _, rel := range slices.Sorted(maps.Keys(c.Rows)) {
		columns := append(rs.Columns(rel), "repeat")
		if !rs.Has(rel) || rs.ViewSQL(rel) != "" {
			e.fault("rows."+rel, "unknown relation %s%s", rel, expr.Closest(rel, rs.Names()))
			continue
		}
		for i, row := range c.Rows[rel] {
			for _, col := range slices.Sorted(maps.Keys(row)) {
				if !slices.Contains(columns, col) && !rs.Has(rel+"_"+col) {
					e.fault(index("rows."+rel, i)+"."+col, "unknown column %s%s", col, expr.Closest(col, columns))
				}
			}
		}
	}
	for _, rel := range slices.Sorted(maps.Keys(c.Unmapped)) {
		for _, col := range c.Unmapped[rel] {
			if !slices.Contains(rs.Columns(rel), col) && !rs.Has(rel+"_"+col) {
				e.fault("unmapped."+rel, "unknown column %s in %s%s", col, rel, expr.Closest(col, rs.Columns(rel)))
			}
		}
	}
}
