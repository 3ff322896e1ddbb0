package nextstep

import (
	"cmp"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// Tiers lists the tiers of criticality, the most critical first: those that are
// decided, or the usual ones.
func Tiers(decided []string) []string { return newScale(decided).tiers }

// Work lists the figures with rows for a förvaltning to go through: in the order
// of the score of its next steps, then those of the core by how many rows there are.
func Work(ds []catalogue.Definition, fs []finding.Finding, unit string, score map[string]float64) []string {
	type item struct {
		id    string
		score float64
		core  bool
		rows  int
	}
	found := map[string]*finding.Finding{}
	for i := range fs {
		found[fs[i].KPI] = &fs[i]
	}
	var items []item
	for i := range ds {
		d := &ds[i]
		f := found[d.ID]
		if f == nil || !d.HasWork() {
			continue
		}
		for _, cell := range f.Breakdown {
			if cell.Dimension != "org_unit" || cell.Key != unit || cell.Suppressed {
				continue
			}
			rows := d.ToGoThroughOf(cell.Numerator, cell.Denominator)
			if d.Unit == "count" && cell.Value != nil {
				rows = int(*cell.Value)
			}
			if rows > 0 {
				items = append(items, item{d.ID, score[d.ID], d.Priority == "core", rows})
			}
		}
	}
	slices.SortStableFunc(items, func(x, y item) int {
		return cmp.Or(cmp.Compare(y.score, x.score), cmp.Compare(last(x.core), last(y.core)), cmp.Compare(y.rows, x.rows))
	})
	out := make([]string, len(items))
	for i, it := range items {
		out[i] = it.id
	}
	return out
}
