package kpi

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// The statement that measures a figure groups by all of its dimensions at once,
// so it already holds how many rows fail in each förvaltning and tier. They are
// folded here beside the breakdowns: no row is read for them.

// tierDimension is the breakdown by criticality. Systems have it in every
// figure, shown or not.
const tierDimension = "tier"

// place is a förvaltning and a tier; "" is unknown, and what a record has none of.
type place struct{ orgUnit, tier string }

// byRow tells the shapes whose rows pass or fail and add up.
func byRow(s catalogue.Shape) bool {
	return slices.Contains([]catalogue.Shape{catalogue.Share, catalogue.Related, catalogue.Planned, catalogue.CountOf}, s)
}

// hiddenTier adds the tier to a system's figure that is not broken down by it.
func (t *task) hiddenTier(dims []dimension) ([]dimension, error) {
	if record.Kind(t.pop.rel) != record.System || !byRow(t.def.Shape) ||
		slices.ContainsFunc(dims, func(d dimension) bool { return d.name == tierDimension }) {
		return dims, nil
	}
	var u usage
	sql, err := t.s.texts.value(tierDimension, t.pop.rel, t.def.Clock, &u)
	if err != nil {
		return nil, fmt.Errorf("tier: %w", err)
	}
	return append(dims, dimension{name: tierDimension, sql: sql, limit: defaultLimit, hidden: true}), nil
}

// crossed finds the two dimensions that failing rows are told by, -1 where the
// figure has none.
func crossed(dims []dimension) (orgUnit, tier int) {
	return slices.IndexFunc(dims, func(d dimension) bool { return d.top && d.name == "org_unit" }),
		slices.IndexFunc(dims, func(d dimension) bool { return d.name == tierDimension })
}

// cross adds a row to its förvaltning and tier.
func (f *folded) cross(s *session, sp *spec, keys []string, group string, take func(*tally, string, []float64), own []float64) {
	var at place
	orgUnit, tier := crossed(sp.dims)
	if orgUnit >= 0 {
		at.orgUnit = s.org.of(keys[orgUnit])
	}
	if tier >= 0 {
		at.tier = keys[tier]
	}
	y, ok := f.places[at]
	if !ok {
		y = &tally{}
		f.places[at] = y
	}
	take(y, group, own)
}

// fails counts the failing rows by förvaltning and tier.
func (t *task) fails() map[place]float64 {
	if !byRow(t.def.Shape) {
		return nil
	}
	out := map[place]float64{}
	for i, sp := range t.specs {
		if sp != t.counts {
			continue
		}
		for at, y := range t.parts[i].places {
			if n := t.failing(t.of(y, "pass"), t.of(y, "n")); n > 0 {
				out[at] = n
			}
		}
	}
	return out
}

// failing is how many of n rows fail when pass of them pass, as rowPass tells them.
func (t *task) failing(pass, n float64) float64 {
	switch down := t.def.Direction == "down"; {
	case t.def.Shape != catalogue.CountOf && (down || t.def.Direction == "none"), down:
		return pass
	case t.def.Shape == catalogue.CountOf && t.def.Pass == "":
		return 0
	case t.def.Shape == catalogue.CountOf && t.def.Direction == "none":
		return 0
	}
	return n - pass
}

// failingRows lists what fails and is not accepted by a decision, the most
// first. A decision that accepts the whole leaves nothing.
func failingRows(f *figure) []finding.FailingRows {
	var out []finding.FailingRows
	for at, n := range f.fails {
		if left := int64(n) - f.acceptedAt[at]; left > 0 {
			out = append(out, finding.FailingRows{OrgUnit: at.orgUnit, Tier: at.tier, Rows: left})
		}
	}
	slices.SortFunc(out, func(a, b finding.FailingRows) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.OrgUnit, b.OrgUnit), cmp.Compare(a.Tier, b.Tier))
	})
	return out
}

// tierColumn is where a relation has its tier, NULL where it has none.
func (t *task) tierColumn() string {
	if record.Kind(t.pop.rel) == record.System {
		return t.pop.rel + "." + tierDimension
	}
	return "NULL"
}
