package terminal

import (
	"fmt"
	"io"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// Table writes the figures by area, counts before percent, and apart what
// cannot be known yet.
func Table(w io.Writer, fs []finding.Finding, c Context) error {
	p := &printer{w: w}
	title := c.Municipality
	if len(fs) > 0 {
		title += ", läget " + Date(fs[0].AsOf)
	}
	if c.Demo {
		title += "   DEMODATA"
	}
	p.line(title)
	area := map[string]string{}
	for _, k := range c.Catalogue.KPIs {
		area[k.ID] = k.Area
	}
	for _, a := range catalogue.Areas() {
		t := table{right: []bool{false, true, true, false, false}}
		for _, f := range fs {
			if area[f.KPI] == a.ID && (f.Outcome.HasValue() || f.Suppressed) {
				count, value := figure(f.Unit, f.CountUnit, f.Value, f.Numerator, f.Denominator, f.Suppressed)
				t.add(f.Title.SV, count, value, State(f), f.KPI)
			}
		}
		if len(t.rows) > 0 {
			p.line("\n" + a.Name.SV)
			p.table(&t)
		}
	}
	p.unknown(fs)
	n := len(c.Catalogue.Missing)
	for _, f := range fs {
		if f.Awaits != "" {
			n++
		}
	}
	if n > 0 && len(fs) > 1 {
		p.line(fmt.Sprintf("\n%d mått till kan mätas när fler källor läggs in; listan står sist i rapporten.", n))
	}
	return p.err
}

// unknown lists what has no figure and why, in one place.
func (p *printer) unknown(fs []finding.Finding) {
	t := table{right: []bool{false, false, false}}
	for _, f := range fs {
		if f.Outcome.HasValue() || f.Suppressed || f.Awaits != "" && len(fs) > 1 {
			continue
		}
		why := f.Outcome.Name().SV
		if f.Reason != nil {
			why = f.Reason.SV
		}
		t.add(f.Title.SV, why, f.KPI)
	}
	if len(t.rows) > 0 {
		p.line("\nDet här vet vi inte")
		p.table(&t)
	}
}

// figure writes counts and value apart, so that they stand in columns.
func figure(unit, countUnit string, v, n, d *float64, suppressed bool) (counts, value string) {
	switch {
	case suppressed:
		return "", "för få för att visas"
	case v == nil:
		return "", "–"
	case unit != "share":
		return "", finding.Figure(unit, countUnit, *v)
	case n == nil || d == nil:
		return "", finding.Percent(*v, 1)
	}
	counts = finding.Counts(countUnit, *n, *d)
	if finding.Few(d) {
		return counts, ""
	}
	return counts, finding.Percent(*v, 1)
}

// State is an outcome as a shape and words, with the target where there is one.
func State(f finding.Finding) string {
	state := wording.In(wording.Swedish).State(f)
	s := state.Shape + " " + strings.ToLower(state.Word)
	words := wording.In(wording.Swedish)
	if level := words.TargetLevel(f.Target, f.Unit); level != "" {
		s += ", mål " + level
		if f.Target.Due != "" {
			s += " senast " + words.DayText(f.Target.Due)
		}
	}
	return s
}

type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(s string) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.w, s)
	}
}

func (p *printer) table(t *table) {
	if p.err == nil {
		p.err = t.write(p.w, "  ")
	}
}
