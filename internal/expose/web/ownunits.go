package web

import (
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// own is a finding as a förvaltning sees it: the municipality's figure and what
// concerns its own units. What else is broken down by could name the systems,
// places and queues of others, so only parts of the whole that name nobody stay.
func own(v Visitor, f finding.Finding) finding.Finding {
	others := map[string]bool{}
	cells := make([]finding.Cell, 0, len(f.Breakdown))
	for _, c := range f.Breakdown {
		switch {
		case c.Dimension == "org_unit" && v.Sees(c.Key), nameless(c.Dimension):
			cells = append(cells, c)
		case c.Dimension == "org_unit" && c.Key != "":
			others[c.Key] = true
		}
	}
	if len(others) == 1 && len(cells) > 0 {
		// The whole less one's own would be the figure of the only other unit.
		f = withoutWhole(f)
		cells = slices.DeleteFunc(cells, func(c finding.Cell) bool { return c.Dimension != "org_unit" })
	}
	f.Breakdown = cells
	f.Waivers = slices.DeleteFunc(slices.Clone(f.Waivers), func(w finding.Waiver) bool {
		unit, isUnit := strings.CutPrefix(w.Scope, "org_unit:")
		return isUnit && !v.Sees(unit) || strings.HasPrefix(w.Scope, "record:")
	})
	if f.Target != nil && len(f.Target.List) > 0 {
		t := *f.Target
		t.List = nil
		f.Target = &t
	}
	rows := f.Evidence
	f.Evidence = slices.DeleteFunc(slices.Clone(rows), func(r finding.Row) bool { return !v.Sees(r.OrgUnit) })
	f.EvidenceTotal -= int64(len(rows) - len(f.Evidence))
	return f
}

// nameless tells whether a breakdown is by how old, how far or which field, and
// not by something that belongs to somebody.
func nameless(dimension string) bool {
	return dimension == "age" || dimension == "split" || dimension == "field"
}

func withoutWhole(f finding.Finding) finding.Finding {
	f.Value, f.Numerator, f.Denominator, f.Level, f.Previous = nil, nil, nil, nil, nil
	f.Suppressed, f.Also, f.NotCounted, f.Remarks, f.WaivedRows, f.Coverage = true, nil, nil, nil, 0, nil
	return f
}
