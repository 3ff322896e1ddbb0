package page

import (
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// Row is one figure in a table of figures.
type Row struct {
	ID, Title, Href string
	Figure          wording.Figure
	Whole           wording.Figure // the municipality's, where Figure is a förvaltning's
	State           wording.State
	Target          string
	Before, Change  string // how it stood, and what may be said of the change
	Reason          string // why there is no figure
	With            bool   // belongs to the row above
}

// Known tells whether there is a figure.
func (r Row) Known() bool { return r.Figure != wording.Figure{} }

// row makes the row of a finding, of the chosen förvaltning if there is one.
func (f Frame) row(x finding.Finding) Row {
	r := Row{ID: x.KPI, Title: f.Text(x.Title), Href: f.Measure(x.KPI)}
	if f.Choices.Unit != "" {
		r.Whole = f.fig(wording.Of(x))
		x = ofUnit(x, f.Choices.Unit)
	}
	r.Figure, r.State = f.fig(wording.Of(x)), f.State(x)
	r.Target = f.TargetLevel(x.Target, x.Unit)
	if x.Reason != nil {
		r.Reason = f.Why(*x.Reason)
	}
	r.Before, r.Change = f.before(x)
	return r
}

// fig writes a figure so that it may break before "av" in a narrow column.
func (f Frame) fig(p wording.Pair) wording.Figure {
	out := f.Pair(p)
	for _, of := range []string{"av", "of"} {
		out.Counts = strings.Replace(out.Counts, "\u00a0"+of+"\u00a0", " "+of+"\u00a0", 1)
	}
	return out
}

// before is the earlier figure and the word for the change.
func (f Frame) before(x finding.Finding) (value, change string) {
	p := x.Previous
	if p == nil || p.Value == nil || x.Suppressed || finding.Few(x.Denominator) {
		return "", ""
	}
	value = f.Figure(x.Unit, x.CountUnit, *p.Value)
	if p.Trend != "" {
		change = f.change(p)
	}
	return value, change
}

// change says in which direction a figure has gone since the earlier one.
func (f Frame) change(p *finding.Previous) string {
	name := f.Text(finding.TrendName(p.Trend))
	if p.Period != "month" && p.Period != "year" {
		return name
	}
	switch p.Trend {
	case "unchanged":
		return f.say("as-" + p.Period)
	case "not_comparable":
		return f.say("not-with-" + p.Period)
	}
	return f.say("than-"+p.Period, name)
}

// ofUnit is a finding as one förvaltning has it. What is decided for the whole
// is not said of a part.
func ofUnit(x finding.Finding, unit string) finding.Finding {
	out := x
	out.Value, out.Numerator, out.Denominator, out.Target, out.Level, out.Previous, out.Forecast = nil, nil, nil, nil, nil, nil, nil
	out.Pace, out.Suppressed, out.WaivedRows, out.Also, out.Outcome = "", false, 0, nil, finding.NoData
	for _, c := range x.Breakdown {
		if c.Dimension == "org_unit" && c.Key == unit {
			out.Value, out.Numerator, out.Denominator, out.Suppressed, out.Outcome = c.Value, c.Numerator, c.Denominator, c.Suppressed, c.Outcome
		}
	}
	return out
}

// hasUnit tells whether a finding says anything of a förvaltning.
func hasUnit(x finding.Finding, unit string) bool {
	for _, c := range x.Breakdown {
		if c.Dimension == "org_unit" && c.Key == unit && (c.Value != nil || c.Suppressed) {
			return true
		}
	}
	return false
}

// index finds definitions and findings by id.
type index struct {
	defs     map[string]*catalogue.Definition
	findings map[string]*finding.Finding
}

func newIndex(c catalogue.Catalogue, fs []finding.Finding) index {
	x := index{defs: make(map[string]*catalogue.Definition, len(c.KPIs)), findings: make(map[string]*finding.Finding, len(fs))}
	for i := range c.KPIs {
		x.defs[c.KPIs[i].ID] = &c.KPIs[i]
	}
	for i := range fs {
		x.findings[fs[i].KPI] = &fs[i]
	}
	return x
}
