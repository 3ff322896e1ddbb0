// Package nextstep ranks what to do next: the steps of the definitions by how
// many rows each would move, weighted by how critical the rows are. It is pure.
//
// What rows fail, and how critical they are, stands in the findings
// ([finding.Finding.Failing]): the statement that measured a figure has counted
// them by förvaltning and tier already, so that nothing is read for a ranking.
package nextstep

import (
	"cmp"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// How many steps are ranked, of the whole and of each förvaltning.
const (
	MostWhole   = 20
	MostOrgUnit = 10
)

// Input is what is ranked.
type Input struct {
	Definitions []catalogue.Definition
	Findings    []finding.Finding
	// Tiers of criticality, the most critical first; none is gold, silver, bronze, copper.
	Tiers []string
	// OrgUnits are the names of org units by their ids.
	OrgUnits map[string]string
}

// Step is one next step.
type Step struct {
	KPI         string
	Title       finding.Text // of the KPI
	Do          finding.Text // what to do: the definition's next step
	Area        string
	OrgUnit     string // "" is the whole municipality
	OrgUnitName string // what people call it
	Place       int    // 1 is the first of its ranking
	// Rows that would move, and those of them that are among the municipality's
	// most critical.
	Rows, Critical int64
	Score          float64     // rows by the weight of their criticality
	Record         record.Kind // what a row is

	core, aimed bool
}

// Ranking is the steps in order, of the whole and of each förvaltning that has any.
type Ranking struct {
	Whole    []Step
	OrgUnits []OrgUnit // by id
}

// OrgUnit is the steps of one förvaltning.
type OrgUnit struct {
	ID, Name string
	Steps    []Step
}

// All lists every step: those of the whole, then those of each förvaltning.
func (r Ranking) All() []Step {
	out := slices.Clone(r.Whole)
	for _, u := range r.OrgUnits {
		out = append(out, u.Steps...)
	}
	return out
}

// Of returns the steps of a förvaltning, or of the whole with "".
func (r Ranking) Of(orgUnit string) []Step {
	if orgUnit == "" {
		return r.Whole
	}
	for _, u := range r.OrgUnits {
		if u.ID == orgUnit {
			return u.Steps
		}
	}
	return nil
}

// Rank ranks the next steps. The same input gives the same order: by score, then
// rows, then what has a decided target, then the core of the catalogue, then id.
func Rank(in Input) Ranking {
	scale := newScale(in.Tiers)
	definitions := map[string]*catalogue.Definition{}
	for i := range in.Definitions {
		definitions[in.Definitions[i].ID] = &in.Definitions[i]
	}
	var whole []Step
	units := map[string][]Step{}
	for i := range in.Findings {
		f := &in.Findings[i]
		d := definitions[f.KPI]
		if d == nil || !movable(d) || !f.Outcome.HasValue() || f.Outcome == finding.Waived || f.Suppressed {
			continue
		}
		step := Step{KPI: f.KPI, Title: d.Title, Do: d.NextStep, Area: d.Area, Record: d.Record, core: d.Priority == "core", aimed: f.Target != nil}
		if open(f.Outcome) {
			if s := scale.add(step, f.Failing); s.Rows > 0 {
				whole = append(whole, s)
			}
		}
		for unit, rows := range byUnit(f) {
			s := step
			s.OrgUnit, s.OrgUnitName = unit, cmp.Or(in.OrgUnits[unit], unit)
			if s = scale.add(s, rows); s.Rows > 0 {
				units[unit] = append(units[unit], s)
			}
		}
	}
	out := Ranking{Whole: first(whole, MostWhole)}
	for id, steps := range units {
		out.OrgUnits = append(out.OrgUnits, OrgUnit{ID: id, Name: cmp.Or(in.OrgUnits[id], id), Steps: first(steps, MostOrgUnit)})
	}
	slices.SortFunc(out.OrgUnits, func(a, b OrgUnit) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// movable tells whether a definition's rows can be moved by doing something:
// it says what to do, which way is better, and is about what is so now. What
// has happened within a window stays as it happened.
func movable(d *catalogue.Definition) bool {
	return d.NextStep.SV != "" && d.Window == nil && (d.Direction == "up" || d.Direction == "down")
}

// open tells whether anything remains to be done.
func open(o finding.Outcome) bool { return o != finding.Met && o != finding.Waived }

// byUnit gives the failing rows of each förvaltning where anything remains.
func byUnit(f *finding.Finding) map[string][]finding.FailingRows {
	done := map[string]bool{"": true}
	for _, c := range f.Breakdown {
		if c.Dimension == "org_unit" && (!open(c.Outcome) || c.Suppressed) {
			done[c.Key] = true
		}
	}
	out := map[string][]finding.FailingRows{}
	for _, r := range f.Failing {
		if !done[r.OrgUnit] {
			out[r.OrgUnit] = append(out[r.OrgUnit], r)
		}
	}
	return out
}

// first ranks steps and keeps the first of them.
func first(steps []Step, most int) []Step {
	slices.SortFunc(steps, func(a, b Step) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(b.Rows, a.Rows), cmp.Compare(last(a.aimed), last(b.aimed)),
			cmp.Compare(last(a.core), last(b.core)), cmp.Compare(a.KPI, b.KPI))
	})
	steps = steps[:min(len(steps), most)]
	for i := range steps {
		steps[i].Place = i + 1
	}
	return steps
}

// last orders what has something before what has not.
func last(has bool) int {
	if has {
		return 0
	}
	return 1
}
